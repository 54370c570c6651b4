// Paints clips that are too narrow to be laid out: slivers say how they stand and whether they are
// chosen; where there is a little more room, there are pictures and numbers too.
import type { Segment } from "@/api/types";
import { type ClipLayout, clipsBetween, leftOf, widthOf } from "@/engine/clipLayout";
import { type ClipState, clipState } from "@/engine/clipState";
import { pictureAt } from "./pictures";

export interface Painting {
  segments: readonly Segment[];
  layout: ClipLayout;
  selectedIds: readonly string[];
  height: number;
  /** Whose colours are painted with. */
  theme: string;
}

/** The themes' colours by state; what needs a person stands out. */
const COLOURS: Readonly<Record<ClipState, string>> = {
  empty: "--c-line-strong",
  generating: "--c-accent",
  ready: "--c-good",
  changed: "--c-warn",
  failed: "--c-bad",
  needs_attention: "--c-warn",
  own: "--c-muted",
};
const OTHERS = ["--c-ink", "--c-field", "--c-accent", "--c-accent-soft"];

/** From these widths on clips are kept apart by a px, are small clips, and show their number. */
const ROOM_FOR_GAP_PX = 3;
const ROOM_FOR_PICTURE_PX = 10;
const ROOM_FOR_NUMBER_PX = 20;
/** Above and below a sliver that is not chosen. */
const MARGIN_PX = 3;
/** The line at the bottom of a small clip that says how it stands. */
const LINE_PX = 4;
const ROUND_PX = 3;

/** Paints the `width` px from `left` on. `onPicture` is called when another picture could be painted. */
export function paintClips(
  canvas: HTMLCanvasElement,
  left: number,
  width: number,
  painting: Painting,
  onPicture: () => void,
): void {
  const { segments, layout, selectedIds, height } = painting;
  const style = styleOf(canvas, painting.theme);
  const pen = begin(canvas, width, height);
  if (pen === null) return;
  pen.font = style.font;
  const chosen = new Set(selectedIds);
  const [first, last] = clipsBetween(layout, left, left + width);
  for (let index = first; index <= last; index++) {
    const segment = segments[index] as Segment;
    const px = widthOf(layout, index);
    const gap = px >= ROOM_FOR_GAP_PX ? 1 : 0;
    const small: Small = {
      segment,
      isChosen: chosen.has(segment.id),
      x: leftOf(layout, index) - left,
      width: Math.max(px - gap, 0.5),
      height,
    };
    if (px < ROOM_FOR_PICTURE_PX) paintSliver(pen, style, small);
    else paintSmall(pen, style, small, onPicture);
  }
}

interface Small {
  segment: Segment;
  isChosen: boolean;
  x: number;
  width: number;
  height: number;
}

function begin(canvas: HTMLCanvasElement, width: number, height: number) {
  const ratio = globalThis.devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const pen = canvas.getContext("2d");
  pen?.scale(ratio, ratio);
  return pen;
}

interface Style {
  font: string;
  colour: (name: string) => string;
}

const styles = new Map<string, Style>();

/** Asked for once a theme: every question makes the browser work out the style of the whole page. */
function styleOf(canvas: HTMLCanvasElement, theme: string): Style {
  const known = styles.get(theme);
  if (known) return known;
  const computed = getComputedStyle(canvas);
  const names = [...Object.values(COLOURS), ...OTHERS];
  const colours = new Map(names.map((name) => [name, computed.getPropertyValue(name)]));
  const style = {
    font: `600 11px ${computed.fontFamily}`,
    colour: (name: string) => colours.get(name) ?? "",
  };
  styles.set(theme, style);
  return style;
}

function paintSliver(
  pen: CanvasRenderingContext2D,
  { colour }: Style,
  { segment, isChosen, x, width, height }: Small,
): void {
  const margin = isChosen ? 0 : MARGIN_PX;
  pen.globalAlpha = isChosen ? 1 : 0.55;
  pen.fillStyle = colour(isChosen ? "--c-ink" : COLOURS[clipState(segment)]);
  pen.fillRect(x, margin, width, height - 2 * margin);
}

function paintSmall(
  pen: CanvasRenderingContext2D,
  { colour }: Style,
  { segment, isChosen, x, width, height }: Small,
  onPicture: () => void,
): void {
  pen.globalAlpha = 1;
  pen.save();
  pen.beginPath();
  pen.roundRect(x, 0, width, height, ROUND_PX);
  pen.clip();
  pen.fillStyle = colour(isChosen ? "--c-accent-soft" : "--c-field");
  pen.fillRect(x, 0, width, height);
  const room = height - LINE_PX;
  const hasPicture = paintPicture(pen, segment, { x, width, height: room }, onPicture);
  pen.fillStyle = colour(COLOURS[clipState(segment)]);
  pen.fillRect(x, room, width, LINE_PX);
  if (isChosen) {
    pen.strokeStyle = colour("--c-accent");
    pen.lineWidth = 3;
    pen.stroke();
  }
  if (width >= ROOM_FOR_NUMBER_PX) {
    pen.fillStyle = hasPicture ? "white" : colour("--c-ink");
    paintNumber(pen, String(segment.order_index + 1), x + 4, room - 5, width - 6, hasPicture);
  }
  pen.restore();
}

/** As much of the picture's left as there is room for; whether there is one. */
function paintPicture(
  pen: CanvasRenderingContext2D,
  { thumbnail_url: url }: Segment,
  { x, width, height }: Pick<Small, "x" | "width" | "height">,
  onPicture: () => void,
): boolean {
  const picture = url === null ? null : pictureAt(url, onPicture);
  if (picture === null || picture.naturalHeight === 0) return false;
  const scale = height / picture.naturalHeight;
  const part = Math.min(picture.naturalWidth, width / scale);
  pen.drawImage(picture, 0, 0, part, picture.naturalHeight, x, 0, part * scale, height);
  return true;
}

/** On a picture the number keeps a shadow, to be read on any. */
function paintNumber(
  pen: CanvasRenderingContext2D,
  number: string,
  x: number,
  y: number,
  widest: number,
  isOnPicture: boolean,
): void {
  pen.shadowColor = "black";
  pen.shadowBlur = isOnPicture ? 3 : 0;
  pen.fillText(number, x, y, widest);
}
