// Plays the cut: asks the scene what each frame shows, gets the pictures from videos, decoder and files,
// has them drawn, and has its sound heard. Runs beside React; talks to it through the player's store.
import type { Project, Segment } from "@/api/types";
import { framesPerSecond } from "@/engine/frameRate";
import type { SceneProject } from "@/engine/scene/project";
import { makeScene, type Scene, type SceneFrame, sceneAt, segmentAt } from "@/engine/scene/scene";
import type { Strand } from "@/engine/scene/sounds";
import { afterPaint } from "@/lib/afterPaint";
import type { Item } from "@/lib/itemRequests";
import { usePlayer } from "@/lib/store/player";
import { canvasCompositor } from "../compositor/canvas2d";
import type { Compositor, Image } from "../compositor/drawing";
import { webglCompositor } from "../compositor/webgl";
import { partOf } from "../looping";
import { ClipFiles } from "./clipFiles";
import { ClipPictures, type Shown } from "./clipPictures";
import { Clock } from "./clock";
import { Cubes } from "./cubes";
import { drawingOf, type Material, topUrl } from "./drawings";
import { Mixer } from "./mixer";
import { PictureFiles } from "./pictureFiles";
import { ReadAhead } from "./readAhead";
import type { SoundSource } from "./soundFiles";

/** What is played: the document, and what is known of the files of its items. */
export interface Reel {
  project: Project;
  items: readonly Item[];
  media: ReadonlyMap<string, { url: string | null; seconds: number | null }>;
  /** How texts of each preset come and go. */
  presets: SceneProject["presets"];
}

const NOTHING = { segments: [], items: [], mediaSeconds: new Map(), presets: new Map() };

export class Deck {
  private reel: Reel | null = null;
  private scene: Scene = makeScene({ fps: 24, ...NOTHING });
  private compositor: Compositor | null;
  private audio: AudioContext | null = null;
  private mixer: Mixer | null = null;
  private readonly clock = new Clock(() => this.audio);
  private readonly pictures = new PictureFiles(() => this.redraw());
  private readonly clips = new ClipPictures(this.pictures);
  private readonly cubes = new Cubes(() => this.redraw());
  private files: ClipFiles | null = null;
  private ticking = 0;
  private speed = 0;
  /** Raised whenever playing begins: what was to be shown standing comes too late then. */
  private turn = 0;
  private isShowing = false;
  /** The frame to be shown once the one before it is there. */
  private wished: number | null = null;

  private readonly ahead = new ReadAhead(() => this.prepare());

  /** `isLeading`: files are opened before they are needed. */
  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly isLeading: boolean,
  ) {
    this.compositor = webglCompositor(canvas) ?? canvasCompositor(canvas);
    canvas.addEventListener("webglcontextrestored", this.restore);
    canvas.addEventListener("webglcontextlost", this.lose);
  }

  // What is played

  /** Takes in the document as it is now; what plays plays on by it. */
  load(reel: Reel): void {
    if (this.reel?.project.id !== reel.project.id) {
      this.files?.dispose();
      this.files = new ClipFiles(
        reel.project.id,
        () => this.redraw(),
        () => this.prepareSoon(),
      );
    }
    const heard = this.speed === 1 ? this.heard() : null;
    this.reel = reel;
    const { sound } = this.scene;
    this.scene = makeScene({
      fps: framesPerSecond(reel.project.settings.fps),
      segments: reel.project.segments,
      items: reel.items,
      mediaSeconds: new Map([...reel.media].map(([id, { seconds }]) => [id, seconds])),
      presets: reel.presets,
    });
    if (this.speed !== 1) return this.redraw();
    // What is heard goes on without a gap where an edit does not concern it.
    if (this.heard() === heard) this.scene = { ...this.scene, sound };
    else this.run(1);
  }

  /** What is heard when, and of which files, in a form that can be compared. */
  private heard(): string {
    const files = this.reel?.project.segments.map((segment) => segment.asset_url);
    return JSON.stringify([this.scene.sound.strands, files]);
  }

  dispose(): void {
    this.halt();
    this.turn++;
    this.ahead.dispose();
    this.canvas.removeEventListener("webglcontextrestored", this.restore);
    this.canvas.removeEventListener("webglcontextlost", this.lose);
    this.clips.dispose();
    // Browsers give out few of these; one that is gone from the page must not hold on to its own.
    if (!this.canvas.isConnected) this.compositor?.dispose();
    this.files?.dispose();
    this.mixer?.dispose();
    void this.audio?.close();
  }

  // The transport

  get time(): number {
    return usePlayer.getState().time;
  }

  /** Seconds of the film. */
  get total(): number {
    return this.scene.layout.frames / this.scene.fps;
  }

  readonly toggle = (): void => (this.speed === 0 ? this.play() : this.stop());

  readonly stop = (): void => {
    if (this.speed === 0) return;
    this.halt();
    this.seek(this.time);
  };

  /** 1 plays; more, less and below 0 shuttles without sound; 0 stops. */
  readonly shuttle = (speed: number): void => {
    if (speed === 0) return this.stop();
    if (this.total > 0) this.run(speed);
  };

  readonly seek = (time: number, { isPatient = false } = {}): void => {
    const last = Math.max(0, this.scene.layout.frames - 1) / this.scene.fps;
    usePlayer.setState({ time: Math.max(0, Math.min(time, last)) });
    if (this.speed !== 0) this.run(this.speed);
    else if (isPatient) this.redrawSoon();
    else this.redraw();
  };

  readonly step = (frames: number): void => {
    if (this.speed !== 0) this.halt();
    this.seek((this.frameOf(this.time) + frames + 1e-3) / this.scene.fps);
  };

  /** How loud, 0 to 1. */
  setVolume(volume: number): void {
    this.mixer?.setVolume(volume);
  }

  private play(): void {
    if (this.total === 0) return;
    const { start, end } = partOf(usePlayer.getState(), this.total);
    if (this.time >= end - 1.5 / this.scene.fps) usePlayer.setState({ time: start });
    void this.withSound().then(() => this.run(1));
  }

  /** Browsers start sound only after somebody did something on the page. */
  private async withSound(): Promise<void> {
    if (this.audio === null) {
      this.audio = new AudioContext({ latencyHint: "interactive" });
      this.mixer = new Mixer(this.audio, this.clock);
      const { isMuted, volume } = usePlayer.getState();
      this.mixer.setVolume(isMuted ? 0 : volume);
    }
    const patience = new Promise((resolve) => setTimeout(resolve, 300));
    await Promise.race([this.audio.resume(), patience]);
  }

  private run(speed: number): void {
    this.mixer?.stop();
    this.turn++;
    this.speed = speed;
    this.clock.start(this.time, speed);
    usePlayer.setState({ isPlaying: true, speed });
    cancelAnimationFrame(this.ticking);
    this.ticking = requestAnimationFrame(this.tick);
  }

  private halt(): void {
    cancelAnimationFrame(this.ticking);
    this.clock.stop();
    this.mixer?.stop();
    this.clips.pause();
    this.speed = 0;
    usePlayer.setState({ isPlaying: false, speed: 0 });
  }

  // Playing

  private readonly tick = (): void => {
    const now = this.clock.now();
    if (this.turnsAround(now)) return;
    usePlayer.setState({ time: now });
    this.ticking = requestAnimationFrame(this.tick);
    this.files?.want(this.segmentsFrom(now));
    if (this.speed > 0) this.drawPlaying(now);
    else if (!this.isShowing) void this.show(this.frameOf(now));
    if (this.speed !== 1 || !this.mixer) return;
    this.mixer.advance(this.scene, now, this.soundOf);
  };

  /** At the end of the film, or of the part that is looped. */
  private turnsAround(now: number): boolean {
    const { isLooping } = usePlayer.getState();
    const { start, end } = partOf(usePlayer.getState(), this.total);
    if (this.speed > 0 ? now < end : now > 0) return false;
    if (isLooping && this.speed > 0 && start < end) {
      usePlayer.setState({ time: start });
      this.run(this.speed);
      return true;
    }
    this.halt();
    this.seek(this.speed < 0 ? 0 : now);
    return true;
  }

  private drawPlaying(now: number): void {
    const frame = this.frameOf(now);
    const scene = sceneAt(this.scene, frame);
    const moment = { seconds: now, frame, speed: this.speed };
    const images = this.clips.playing(this.shown(), scene.pictures, moment);
    if (images) this.draw(scene, images, frame);
  }

  // Standing

  /** Shows the frame at the playhead, exactly. */
  redraw(): void {
    if (this.speed > 0 || this.reel === null) return;
    this.files?.want(this.segmentsFrom(this.time));
    void this.show(this.frameOf(this.time));
  }

  private redrawSoon(): void {
    const { turn } = this;
    afterPaint(() => turn === this.turn && this.redraw());
  }

  /** Shows a frame as soon as the one before it is there: only the newest wish waits. */
  private async show(frame: number): Promise<void> {
    this.wished = frame;
    if (this.isShowing) return;
    this.isShowing = true;
    try {
      while (this.wished !== null) {
        const next = this.wished;
        this.wished = null;
        await this.showNow(next);
      }
    } finally {
      this.isShowing = false;
      this.prepareSoon();
    }
  }

  private prepareSoon(): void {
    if (this.isLeading) this.ahead.soon();
  }

  /** Whether there may be more to prepare; a film that runs needs everything for itself. */
  private async prepare(): Promise<boolean> {
    if (this.speed !== 0 || this.isShowing) return false;
    return this.clips.prepare(this.shown(), segmentAt(this.scene, this.frameOf(this.time)));
  }

  private async showNow(frame: number): Promise<void> {
    const { turn } = this;
    const scene = sceneAt(this.scene, frame);
    const images = await this.clips.standing(this.shown(), scene.pictures);
    try {
      if (turn === this.turn) this.draw(scene, images, frame);
    } finally {
      this.clips.release(images);
    }
  }

  private draw(scene: SceneFrame, images: readonly (Image | null)[], frame: number): void {
    const material = this.material();
    if (material === null) return;
    this.compositor?.draw(drawingOf(scene, images, material));
    const isWhole = scene.overlays.every(({ layer }) => {
      const url = topUrl(layer, material);
      return url === null || !this.pictures.isLoading(url, true);
    });
    this.canvas.dataset.frame = String(frame);
    this.canvas.dataset.whole = String(isWhole);
  }

  private material(): Material | null {
    if (this.reel === null) return null;
    const { project, media } = this.reel;
    const { width, height } = project.settings;
    return {
      segments: project.segments,
      frame: { width, height },
      pictures: this.pictures,
      imageUrl: (id) => media.get(id)?.url ?? null,
      cube: (digest) => this.cubes.get(digest),
    };
  }

  // Finding

  private readonly soundOf = (strand: Strand): SoundSource | null => {
    const item = this.reel?.items.find(({ id }) => id === strand.id);
    const url = item && this.reel?.media.get(item.media ?? "")?.url;
    if (item) return url ? { url, seconds: null } : null;
    const segment = this.reel?.project.segments.find(({ id }) => id === strand.id);
    return (segment && this.files?.soundOf(segment)) ?? null;
  };

  private frameOf(time: number): number {
    const frame = Math.floor(time * this.scene.fps + 1e-6);
    return Math.max(0, Math.min(frame, this.scene.layout.frames - 1));
  }

  private shown(): Shown {
    return { scene: this.scene, segments: this.reel?.project.segments ?? [], files: this.files };
  }

  private segmentsFrom(time: number): Segment[] {
    const at = Math.max(0, segmentAt(this.scene, this.frameOf(time)) - 1);
    return this.reel?.project.segments.slice(at, at + 4) ?? [];
  }

  private readonly lose = (event: Event): void => {
    // Without this the browser never gives it back.
    event.preventDefault();
    this.compositor = null;
  };

  private readonly restore = (): void => {
    this.compositor = webglCompositor(this.canvas);
    this.redraw();
  };
}
