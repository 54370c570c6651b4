// Draws a frame of the film with WebGL 2: each clip into its frame, both into each other, what lies on
// top over them. One path for every transition, so that all of them look as the server renders them.
import type { Placing, Size } from "@/engine/scene/placing";
import { type Moment, type Place, STILL } from "@/engine/scene/transitions";
import type { Rect } from "@/engine/scene/view";
import type { ClipLayer, Compositor, Drawing, TopLayer } from "./drawing";
import { type GL, Program, Target } from "./program";
import {
  BLUR_FRAGMENT,
  CHANGE_FRAGMENT,
  CLIP_FRAGMENT,
  FULL_VERTEX,
  SHAPES,
  TOP_FRAGMENT,
  TOP_VERTEX,
} from "./shaders";
import { Textures } from "./textures";

const PLAIN_LOOK = [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0];
/** Pixels of deviation under which a blur cannot be seen. */
const LEAST_BLUR = 0.05;

/** Null where there is no WebGL 2. */
export function webglCompositor(canvas: HTMLCanvasElement): Compositor | null {
  const gl = canvas.getContext("webgl2", {
    alpha: false,
    antialias: false,
    depth: false,
    // Pictures of the preview are compared, copied and read back.
    preserveDrawingBuffer: true,
  });
  return gl === null ? null : new WebGLCompositor(gl);
}

class WebGLCompositor implements Compositor {
  private readonly clip: Program;
  private readonly blur: Program;
  private readonly change: Program;
  private readonly top: Program;
  private readonly textures: Textures;
  private readonly targets: readonly [Target, Target];
  private readonly spare: Target;

  constructor(private readonly gl: GL) {
    this.clip = new Program(gl, FULL_VERTEX, CLIP_FRAGMENT);
    this.blur = new Program(gl, FULL_VERTEX, BLUR_FRAGMENT);
    this.change = new Program(gl, FULL_VERTEX, CHANGE_FRAGMENT);
    this.top = new Program(gl, TOP_VERTEX, TOP_FRAGMENT);
    this.textures = new Textures(gl);
    this.targets = [new Target(gl), new Target(gl)];
    this.spare = new Target(gl);
  }

  draw({ frame, clips, moment, tops }: Drawing): void {
    const { gl } = this;
    gl.disable(gl.BLEND);
    const [first, second] = clips;
    if (first && second && moment) this.drawChange(first, second, moment, frame);
    else if (first) this.drawClip(first, 0, null);
    else this.clear();
    for (const top of tops) this.drawTop(top);
  }

  dispose(): void {
    this.gl.getExtension("WEBGL_lose_context")?.loseContext();
  }

  private clear(): void {
    this.aim(null);
    this.gl.clearColor(0, 0, 0, 1);
    this.gl.clear(this.gl.COLOR_BUFFER_BIT);
  }

  /** Has what follows drawn into a target, or onto the screen. */
  private aim(target: Target | null): void {
    const { gl } = this;
    const [width, height] = [gl.drawingBufferWidth, gl.drawingBufferHeight];
    if (target) target.bind(width, height);
    else gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.viewport(0, 0, width, height);
  }

  private read(unit: number, texture: WebGLTexture, kind: number = this.gl.TEXTURE_2D): void {
    this.gl.activeTexture(this.gl.TEXTURE0 + unit);
    this.gl.bindTexture(kind, texture);
  }

  /** A triangle that covers everything. */
  private cover(program: Program, target: Target | null): void {
    program.set({ flip: target === null ? 1 : 0 });
    this.gl.drawArrays(this.gl.TRIANGLES, 0, 3);
  }

  private drawClip(layer: ClipLayer, slot: number, target: Target | null): void {
    this.gl.activeTexture(this.gl.TEXTURE0);
    const picture = this.textures.of(layer.image, slot);
    const table = this.textures.cube(layer.cube);
    this.aim(target);
    this.clip.use();
    this.read(1, table, this.gl.TEXTURE_3D);
    this.read(0, picture);
    this.clip.setWhole({ picture: 0, cube: 1 });
    this.clip.set({
      ...corners(layer.placing),
      view: asList(layer.view),
      background: layer.background,
      look: columns(layer.look),
      isThere: layer.image === null ? 0 : 1,
      cubeSize: layer.cube?.size ?? 0,
      low: layer.cube?.low ?? [0, 0, 0],
      high: layer.cube?.high ?? [1, 1, 1],
    });
    this.cover(this.clip, target);
  }

  private drawChange(first: ClipLayer, second: ClipLayer, moment: Moment, film: Size): void {
    const [a, b] = this.targets;
    this.drawClip(first, 0, a);
    this.drawClip(second, 1, b);
    this.drawBlur(a, moment.a.blur);
    this.drawBlur(b, moment.b.blur);
    this.aim(null);
    this.change.use();
    this.read(0, a.texture);
    this.read(1, b.texture);
    this.change.setWhole({
      first: 0,
      second: 1,
      shape: SHAPES.indexOf(moment.mask?.shape ?? "linear"),
    });
    const { drawingBufferWidth: width, drawingBufferHeight: height } = this.gl;
    this.change.set({
      ...changeValues(moment),
      aspect: width / height,
      film: [film.width, film.height],
      pixel: [1 / width, 1 / height],
    });
    this.cover(this.change, null);
  }

  private drawBlur(target: Target, amount: number): void {
    const [width, height] = [this.gl.drawingBufferWidth, this.gl.drawingBufferHeight];
    const deviation = amount * height;
    if (deviation < LEAST_BLUR) return;
    this.blur.use();
    this.blur.setWhole({ picture: 0 });
    const pass = (from: Target, to: Target, direction: number[]) => {
      this.aim(to);
      this.read(0, from.texture);
      this.blur.set({ direction, deviation });
      this.cover(this.blur, to);
    };
    pass(target, this.spare, [1 / width, 0]);
    pass(this.spare, target, [0, 1 / height]);
  }

  private drawTop({ image, box, state }: TopLayer): void {
    const { gl } = this;
    const { clip } = state;
    const shown = { width: clip.right - clip.left, height: clip.bottom - clip.top };
    if (state.opacity <= 0 || shown.width <= 0 || shown.height <= 0) return;
    gl.activeTexture(gl.TEXTURE0);
    const picture = this.textures.of(image, 0);
    this.aim(null);
    this.top.use();
    this.read(0, picture);
    this.top.setWhole({ picture: 0 });
    this.top.set({
      target: targetOf(box, state),
      part: [clip.left, clip.top, shown.width, shown.height],
      pixel: [1 / gl.drawingBufferWidth, 1 / gl.drawingBufferHeight],
      opacity: state.opacity,
    });
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
    gl.disable(gl.BLEND);
  }
}

/** The visible part of a box, enlarged about the box's centre and moved. */
function targetOf(box: Rect, { scale, x, y, clip }: TopLayer["state"]): number[] {
  const width = box.width * scale;
  const height = box.height * scale;
  const left = box.left + (box.width - width) / 2 + x;
  const top = box.top + (box.height - height) / 2 + y;
  return [
    left + clip.left * width,
    top + clip.top * height,
    (clip.right - clip.left) * width,
    (clip.bottom - clip.top) * height,
  ];
}

function changeValues(moment: Moment): Record<string, number | number[]> {
  const mask = moment.mask;
  return {
    weight: moment.weight,
    softness: Math.max(moment.softness, 1e-6),
    isMasked: mask ? 1 : 0,
    isFlipped: mask?.isFlipped ? 1 : 0,
    way: [mask?.dx ?? 0, mask?.dy ?? 0],
    count: mask?.count ?? 1,
    firstPlace: moves(moment.a),
    secondPlace: moves(moment.b),
    scales: [moment.a.scale, moment.b.scale],
    isFirstOnTop: moment.top === "a" ? 1 : 0,
    veil: moment.veil,
    veilColour: moment.veilColour === "white" ? 1 : 0,
  };
}

const moves = ({ x, y, apartX, apartY }: Place = STILL): number[] => [x, y, apartX, apartY];

const asList = ({ left, top, width, height }: Rect): number[] => [left, top, width, height];

const corners = ({ crop, target }: Placing) => ({ crop: asList(crop), target: asList(target) });

/** A look's rows as WebGL wants them: column by column. */
function columns(look: ClipLayer["look"]): readonly number[] {
  if (look === null) return PLAIN_LOOK;
  return [0, 1, 2, 3].flatMap((column) => look.map((row) => row[column] ?? 0));
}
