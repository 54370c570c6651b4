// Pictures that do not move: stills, images and titles that the server draws, each with the box of what
// is not clear. Loaded when first asked for; whoever draws is told when they are there.

/** A picture, cropped to what is not clear. Sizes and places in pixels of the whole. */
export interface StillPicture {
  bitmap: ImageBitmap;
  whole: { width: number; height: number };
  left: number;
  top: number;
}

const KEPT = 60;

export class PictureFiles {
  private readonly known = new Map<string, StillPicture | "loading" | "nothing">();

  constructor(private readonly onReady: () => void) {}

  /** Null until it is there; asking loads it. `isCropped`: without its clear edges. */
  get(url: string, isCropped: boolean): StillPicture | null {
    const key = keyOf(url, isCropped);
    const found = this.known.get(key);
    if (found === undefined) void this.load(key, url, isCropped);
    return typeof found === "object" ? found : null;
  }

  /** Whether it is still on its way. */
  isLoading(url: string, isCropped: boolean): boolean {
    return this.known.get(keyOf(url, isCropped)) === "loading";
  }

  private async load(key: string, url: string, isCropped: boolean): Promise<void> {
    this.known.set(key, "loading");
    try {
      const answer = await fetch(url);
      if (!answer.ok) throw new Error(answer.statusText);
      const bitmap = await createImageBitmap(await answer.blob());
      this.known.set(key, await (isCropped ? cropped(bitmap) : whole(bitmap)));
      this.forgetOldest();
    } catch {
      this.known.set(key, "nothing");
    }
    this.onReady();
  }

  private forgetOldest(): void {
    for (const [key, entry] of this.known) {
      if (this.known.size <= KEPT) return;
      if (typeof entry === "object") entry.bitmap.close();
      if (entry !== "loading") this.known.delete(key);
    }
  }
}

/** One file may be a clip in one place and lie on top in another. */
const keyOf = (url: string, isCropped: boolean) => (isCropped ? `cropped ${url}` : url);

const whole = (bitmap: ImageBitmap): StillPicture => ({
  bitmap,
  whole: { width: bitmap.width, height: bitmap.height },
  left: 0,
  top: 0,
});

async function cropped(bitmap: ImageBitmap): Promise<StillPicture | "nothing"> {
  const { width, height } = bitmap;
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) return whole(bitmap);
  context.drawImage(bitmap, 0, 0);
  const box = boxOf(context.getImageData(0, 0, width, height));
  if (box === null) return "nothing";
  const part = await createImageBitmap(bitmap, box.left, box.top, box.width, box.height);
  bitmap.close();
  return { bitmap: part, whole: { width, height }, left: box.left, top: box.top };
}

/** The smallest box that holds everything not wholly clear; null where all is clear. */
function boxOf({ data, width, height }: ImageData) {
  const isClear = (x: number, y: number) => data[4 * (y * width + x) + 3] === 0;
  const rows = Array.from({ length: height }, (_, y) => y);
  const columns = Array.from({ length: width }, (_, x) => x);
  const isUsedRow = (y: number) => columns.some((x) => !isClear(x, y));
  const top = rows.findIndex(isUsedRow);
  if (top < 0) return null;
  const bottom = rows.findLastIndex(isUsedRow) + 1;
  const used = rows.slice(top, bottom);
  const isUsedColumn = (x: number) => used.some((y) => !isClear(x, y));
  const left = columns.findIndex(isUsedColumn);
  const right = columns.findLastIndex(isUsedColumn) + 1;
  return { left, top, width: right - left, height: bottom - top };
}
