// Draws a frame of the film where there is no WebGL: clips, moves, fades and what lies on top. Shapes and
// blurs become crossfades, looks are left out.
import type { Moment, Place } from "@/engine/scene/transitions";
import type { Rect } from "@/engine/scene/view";
import type { ClipLayer, Compositor, Drawing, TopLayer } from "./drawing";

/** Null where canvases cannot be drawn on at all. */
export function canvasCompositor(canvas: HTMLCanvasElement): Compositor | null {
  const context = canvas.getContext("2d", { alpha: false });
  return context && new CanvasCompositor(context, canvas);
}

class CanvasCompositor implements Compositor {
  constructor(
    private readonly context: CanvasRenderingContext2D,
    private readonly canvas: HTMLCanvasElement,
  ) {}

  draw({ clips, moment, tops }: Drawing): void {
    this.context.fillStyle = "black";
    this.context.fillRect(0, 0, this.canvas.width, this.canvas.height);
    const [first, second] = clips;
    if (first && second && moment) this.drawChange(first, second, moment);
    else if (first) this.drawClip(first, null, 1);
    for (const top of tops) this.drawTop(top);
  }

  dispose(): void {
    this.canvas.width = 1;
  }

  private drawChange(first: ClipLayer, second: ClipLayer, moment: Moment): void {
    const isFirstOnTop = moment.top === "a";
    const under = isFirstOnTop ? second : first;
    const over = isFirstOnTop ? first : second;
    this.drawClip(under, isFirstOnTop ? moment.b : moment.a, 1);
    const share = isFirstOnTop ? 1 - moment.weight : moment.weight;
    this.drawClip(over, isFirstOnTop ? moment.a : moment.b, share);
    this.context.globalAlpha = moment.veil;
    this.context.fillStyle = moment.veilColour;
    this.context.fillRect(0, 0, this.canvas.width, this.canvas.height);
    this.context.globalAlpha = 1;
  }

  private drawClip(layer: ClipLayer, place: Place | null, opacity: number): void {
    const { context } = this;
    const { width, height } = this.canvas;
    context.save();
    context.globalAlpha = opacity;
    if (place) context.translate(place.x * width, place.y * height);
    context.beginPath();
    context.rect(0, 0, width, height);
    context.clip();
    const [red, green, blue] = layer.background.map((part) => Math.round(part * 255));
    context.fillStyle = `rgb(${red} ${green} ${blue})`;
    context.fillRect(0, 0, width, height);
    this.drawPicture(layer);
    context.restore();
  }

  private drawPicture({ image, placing, view }: ClipLayer): void {
    if (image === null) return;
    const { crop, target } = placing;
    const seen = {
      left: (target.left - view.left) / view.width,
      top: (target.top - view.top) / view.height,
      width: target.width / view.width,
      height: target.height / view.height,
    };
    this.context.drawImage(
      image.source,
      ...inPixels(crop, image.width, image.height),
      ...inPixels(seen, this.canvas.width, this.canvas.height),
    );
  }

  private drawTop({ image, box, state }: TopLayer): void {
    const { context } = this;
    const { clip, scale } = state;
    const [width, height] = [box.width * scale, box.height * scale];
    const left = box.left + (box.width - width) / 2 + state.x;
    const top = box.top + (box.height - height) / 2 + state.y;
    const part = {
      left: clip.left,
      top: clip.top,
      width: clip.right - clip.left,
      height: clip.bottom - clip.top,
    };
    if (part.width <= 0 || part.height <= 0) return;
    const target = {
      left: left + part.left * width,
      top: top + part.top * height,
      width: part.width * width,
      height: part.height * height,
    };
    context.globalAlpha = state.opacity;
    context.drawImage(
      image.source,
      ...inPixels(part, image.width, image.height),
      ...inPixels(target, this.canvas.width, this.canvas.height),
    );
    context.globalAlpha = 1;
  }
}

type Four = [number, number, number, number];

const inPixels = (rect: Rect, width: number, height: number): Four => [
  rect.left * width,
  rect.top * height,
  rect.width * width,
  rect.height * height,
];
