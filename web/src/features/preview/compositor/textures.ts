// Pictures as textures: those that never change are handed over once and kept while they are in use,
// videos again for every frame. Knows no programs.
import type { Cube, Image } from "./drawing";
import { type GL, smoothTexture } from "./program";

const KEPT = 24;

export class Textures {
  private readonly kept = new Map<string, WebGLTexture>();
  private readonly moving: WebGLTexture[] = [];
  private readonly nothing: WebGLTexture;
  private readonly noCube: WebGLTexture;

  constructor(private readonly gl: GL) {
    gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, true);
    this.nothing = smoothTexture(gl);
    const black = new Uint8Array([0, 0, 0, 255]);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, 1, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, black);
    this.noCube = this.cubeTexture(1, new Float32Array(3));
  }

  /** The texture of a picture; `slot` is 0 or 1 for pictures that change. */
  of(image: Image | null, slot: number): WebGLTexture {
    if (image === null) return this.nothing;
    if (image.key !== null) return this.fixed(image.key, () => this.still(image));
    this.moving[slot] ??= smoothTexture(this.gl);
    const texture = this.moving[slot] as WebGLTexture;
    this.gl.bindTexture(this.gl.TEXTURE_2D, texture);
    this.fill(image);
    return texture;
  }

  /** The texture of a table of colours. */
  cube(cube: Cube | null): WebGLTexture {
    if (cube === null) return this.noCube;
    return this.fixed(`cube ${cube.key}`, () => this.cubeTexture(cube.size, cube.colours));
  }

  /** The newest stay. */
  private fixed(key: string, make: () => WebGLTexture): WebGLTexture {
    const texture = this.kept.get(key) ?? make();
    this.kept.delete(key);
    this.kept.set(key, texture);
    for (const [oldest, old] of this.kept) {
      if (this.kept.size <= KEPT) break;
      this.gl.deleteTexture(old);
      this.kept.delete(oldest);
    }
    return texture;
  }

  /** In steps of sizes, since stills are often many times larger than they are shown. */
  private still(image: Image): WebGLTexture {
    const { gl } = this;
    const texture = smoothTexture(gl);
    this.fill(image);
    gl.generateMipmap(gl.TEXTURE_2D);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR_MIPMAP_LINEAR);
    return texture;
  }

  private fill({ source }: Image): void {
    const { gl } = this;
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, source);
  }

  private cubeTexture(size: number, colours: Float32Array): WebGLTexture {
    const { gl } = this;
    const texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_3D, texture);
    for (const name of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T, gl.TEXTURE_WRAP_R]) {
      gl.texParameteri(gl.TEXTURE_3D, name, gl.CLAMP_TO_EDGE);
    }
    for (const name of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) {
      gl.texParameteri(gl.TEXTURE_3D, name, gl.LINEAR);
    }
    // Premultiplying is for pictures; it must be off for volumes.
    gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false);
    const bytes = Uint8Array.from(colours, (part) =>
      Math.round(Math.min(1, Math.max(0, part)) * 255),
    );
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    gl.texImage3D(gl.TEXTURE_3D, 0, gl.RGB8, size, size, size, 0, gl.RGB, gl.UNSIGNED_BYTE, bytes);
    gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, true);
    return texture;
  }
}
