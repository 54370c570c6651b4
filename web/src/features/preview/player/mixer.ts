// Lets the film's sounds be heard: decoded files, started on the sound clock and shaped by gain curves.
// What is heard when, and how loud, is the scene's matter.
import type { Scene } from "@/engine/scene/scene";
import { type Strand, strandGain, strandSeconds } from "@/engine/scene/sounds";
import type { Clock } from "./clock";
import { leadIn, SoundFiles, type SoundSource } from "./soundFiles";

/** Seconds ahead for which sounds are started. */
const AHEAD = 2;
/** Steps of a gain curve, in seconds. */
const STEP = 0.01;
/** Seconds of one gain curve. */
const LONGEST_CURVE = 60;

/** A decoded sound, and the seconds of it that come before its beginning. */
interface Led {
  sound: AudioBuffer;
  lead: number;
}

export class Mixer {
  private readonly files: SoundFiles;
  private readonly out: GainNode;
  private readonly started = new Map<Strand, AudioScheduledSourceNode>();

  constructor(
    private readonly audio: AudioContext,
    private readonly clock: Clock,
  ) {
    this.files = new SoundFiles(audio);
    this.out = audio.createGain();
    this.out.connect(audio.destination);
  }

  /** What everything goes through, for measuring. */
  get output(): AudioNode {
    return this.out;
  }

  setVolume(volume: number): void {
    this.out.gain.setTargetAtTime(volume, this.audio.currentTime, 0.01);
  }

  /**
   * Starts what begins soon or should be heard already. `sourceOf` gives a strand's file, null while
   * there is none.
   */
  advance(scene: Scene, now: number, sourceOf: (strand: Strand) => SoundSource | null): void {
    for (const strand of soon(scene, now)) {
      if (this.started.has(strand)) continue;
      const source = sourceOf(strand);
      const sound = source && this.files.load(source.url, strand.reversedFrom !== null);
      if (sound)
        this.start(scene, strand, { sound, lead: leadIn(sound.duration, source.seconds) }, now);
    }
  }

  /** Silence at once, without a click. */
  stop(): void {
    for (const source of this.started.values()) source.stop();
    this.started.clear();
  }

  dispose(): void {
    this.stop();
    this.out.disconnect();
  }

  private start(scene: Scene, strand: Strand, { sound, lead }: Led, now: number): void {
    const begins = Math.max(strand.start, now + 0.005);
    const lasts = Math.min(strand.end - begins, LONGEST_CURVE);
    if (lasts <= STEP) return;
    const heard = lead + strandSeconds(strand, begins);
    const offset = strand.reversedFrom === null ? heard : sound.duration - heard;
    const when = Math.max(this.audio.currentTime, this.clock.soundTimeOf(begins));
    const [source, gain] = [this.audio.createBufferSource(), this.audio.createGain()];
    source.buffer = sound;
    source.playbackRate.value = strand.speed;
    gain.gain.setValueCurveAtTime(curve(scene, strand, begins, lasts), when, lasts);
    source.connect(gain).connect(this.out);
    source.start(when, Math.max(0, offset), lasts * strand.speed);
    source.onended = () => gain.disconnect();
    this.started.set(strand, source);
  }
}

function soon({ sound }: Scene, now: number): Strand[] {
  return sound.strands.filter(({ start, end }) => start < now + AHEAD && end > now);
}

function curve({ sound }: Scene, strand: Strand, begins: number, lasts: number): Float32Array {
  const count = Math.max(2, Math.ceil(lasts / STEP) + 1);
  const at = (index: number) => begins + (lasts * index) / (count - 1);
  return Float32Array.from({ length: count }, (_, index) => strandGain(sound, strand, at(index)));
}
