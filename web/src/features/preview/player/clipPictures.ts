// The pictures of the clips that a frame shows: from videos that play along, or exactly one frame from
// the decoder while the film stands. Knows where a clip's picture is found, not what is drawn of it.
import type { Segment } from "@/api/types";
import { isStill } from "@/engine/scene/frames";
import { pictureOf, type Scene, type ScenePicture } from "@/engine/scene/scene";
import type { Image } from "../compositor/drawing";
import type { ClipFile, ClipFiles } from "./clipFiles";
import { ExactFrames, KEPT } from "./exactFrames";
import type { PictureFiles } from "./pictureFiles";
import { direct } from "./proxies";
import { type Cue, VideoPool } from "./videoPool";

/** What is shown now: its scene, and where the files of its segments are. */
export interface Shown {
  scene: Scene;
  segments: readonly Segment[];
  files: ClipFiles | null;
}

/** Where playing is: seconds and frame of the film, and how fast it runs. */
export interface Moment {
  seconds: number;
  frame: number;
  speed: number;
}

/** Seconds before a clip's turn from which its video waits on its first picture. */
const PRIMED = 3;
/** Just before the middle of a frame: safely within it, however times are rounded. */
const INSIDE = 0.49;

/** Segments before and after the playhead whose files are opened ahead. */
const FARTHEST = 8;

/** `at`, then one after and one before it, and so on. */
const nearestFirst = (at: number, farthest: number): number[] => [
  at,
  ...Array.from({ length: farthest }, (_, step) => [at + step + 1, at - step - 1]).flat(),
];

/** A segment, the file that stands for it, and where that is played from. */
interface Source {
  segment: Segment;
  file: ClipFile;
  key: string;
  url: string;
}

export class ClipPictures {
  private readonly pool = new VideoPool();
  private readonly exact = new ExactFrames();

  constructor(private readonly stills: PictureFiles) {}

  /** The pictures of a frame of a film that runs; null while one of them is late. */
  playing(
    shown: Shown,
    pictures: readonly ScenePicture[],
    moment: Moment,
  ): (Image | null)[] | null {
    this.pool.cue(this.cues(shown, pictures, moment));
    const images = pictures.map((one) => this.playingImage(sourceOf(shown, one.segment)));
    return images.includes("late") ? null : (images as (Image | null)[]);
  }

  /** Exactly the pictures of a frame; whoever asked releases them. */
  async standing(shown: Shown, pictures: readonly ScenePicture[]): Promise<(Image | null)[]> {
    const keys = pictures.flatMap((one) => sourceOf(shown, one.segment)?.key ?? []);
    const images: (Image | null)[] = [];
    // One after the other: without a decoder they share a few videos.
    for (const one of pictures) images.push(await this.exactImage(shown, one, keys));
    return images;
  }

  /** Opens one more of the files around a segment, nearest first; whether there may be another. */
  async prepare(shown: Shown, at: number): Promise<boolean> {
    const near = nearestFirst(at, FARTHEST).flatMap((index) => {
      const segment = shown.segments[index];
      return segment && segment.asset_url !== null && !isStill(segment) ? [index] : [];
    });
    shown.files?.want(near.flatMap((index) => shown.segments[index] ?? []));
    const known = near.flatMap((index) => {
      const source = sourceOf(shown, index);
      return source && shown.files?.isSettled(source.file) ? [{ index, url: source.url }] : [];
    });
    const urls = [...new Set(known.map(({ url }) => url))].slice(0, KEPT);
    const next = this.exact.missing(urls);
    const index = known.find(({ url }) => url === next)?.index;
    if (next === undefined || index === undefined) return false;
    const { seconds } = pictureOf(shown.scene, index, shown.scene.layout.placed[index]?.start ?? 0);
    (await this.exact.at(next, seconds))?.close();
    return true;
  }

  /** Decoded frames hold memory until they are closed. */
  release(images: readonly (Image | null)[]): void {
    for (const image of images) if (image?.source instanceof VideoFrameType) image.source.close();
  }

  pause(): void {
    this.pool.pause();
  }

  dispose(): void {
    this.pool.dispose();
    this.exact.dispose();
  }

  /** What is on screen, and what comes next. */
  private cues(shown: Shown, pictures: readonly ScenePicture[], moment: Moment): Cue[] {
    const { scene } = shown;
    const live = pictures.flatMap((one) => cue(shown, one, moment, true));
    const next = (pictures.at(-1)?.segment ?? -1) + 1;
    const placed = scene.layout.placed[next];
    if (!placed) return live;
    const begin = placed.start / scene.fps;
    const wait = (begin - moment.seconds) / moment.speed;
    if (wait > PRIMED) return live;
    const first = pictureOf(scene, next, placed.start);
    const then = { ...moment, seconds: begin, frame: placed.start };
    return [...live, ...cue(shown, first, then, wait <= this.pool.latency)];
  }

  private playingImage(source: Source | null): Image | "late" | null {
    if (source === null) return null;
    if (source.file.isStill) return this.stillImage(source.file.url);
    const video = this.pool.picture(source.key);
    if (video) return imageOf(video);
    return this.pool.isBroken(source.key) ? null : "late";
  }

  private async exactImage(
    shown: Shown,
    one: ScenePicture,
    beside: readonly string[],
  ): Promise<Image | null> {
    const source = sourceOf(shown, one.segment);
    if (source === null) return null;
    const { segment, file, key, url } = source;
    if (file.isStill) return this.stillImage(file.url);
    const seconds = one.seconds + (INSIDE * (segment.retime?.speed ?? 1)) / shown.scene.fps;
    const frame = await this.exact.at(url, seconds);
    if (frame) {
      const { displayWidth: width, displayHeight: height } = frame;
      return { source: frame, width, height, key: null };
    }
    const video = await this.pool.still(key, url, seconds, beside);
    return video && imageOf(video);
  }

  private stillImage(url: string): Image | null {
    const picture = this.stills.get(direct(url), false);
    return picture && { source: picture.bitmap, ...picture.whole, key: url };
  }
}

function sourceOf({ segments, files }: Shown, index: number): Source | null {
  const segment = segments[index];
  const file = segment && files?.of(segment);
  if (!segment || !file) return null;
  // Another take of a segment is another picture at once.
  const key = `${segment.id} ${file.url}`;
  return { segment, file, key, url: files?.addressOf(file) ?? file.url };
}

function cue(shown: Shown, one: ScenePicture, moment: Moment, isLive: boolean): Cue[] {
  const source = sourceOf(shown, one.segment);
  if (source === null || source.file.isStill) return [];
  const { scene } = shown;
  const step = pictureOf(scene, one.segment, moment.frame + 1).seconds - one.seconds;
  const into = moment.seconds * scene.fps - moment.frame;
  return [
    {
      key: source.key,
      url: source.url,
      seconds: one.seconds + step * into,
      rate: step * scene.fps * moment.speed,
      isLive,
    },
  ];
}

/** Browsers that do not decode have no such type. */
const VideoFrameType: typeof VideoFrame = globalThis.VideoFrame ?? class {};

const imageOf = (video: HTMLVideoElement): Image => ({
  source: video,
  width: video.videoWidth,
  height: video.videoHeight,
  key: null,
});
