// WebGL by name: a linked program and its uniforms, textures and targets. Knows nothing of films.

export type GL = WebGL2RenderingContext;

type Value = number | readonly number[];

/** A linked program whose uniforms are set by name. */
export class Program {
  private readonly program: WebGLProgram;
  private readonly places = new Map<string, WebGLUniformLocation | null>();

  constructor(
    private readonly gl: GL,
    vertex: string,
    fragment: string,
  ) {
    this.program = linked(gl, vertex, fragment);
  }

  use(): void {
    // biome-ignore lint/correctness/useHookAtTopLevel: WebGL's word, not React's.
    this.gl.useProgram(this.program);
  }

  /** Numbers by name; lists of 2, 3, 4 or 12 (a look). */
  set(values: Readonly<Record<string, Value>>): void {
    for (const [name, value] of Object.entries(values)) this.put(name, value);
  }

  /** The texture units that samplers read, and other whole numbers. */
  setWhole(values: Readonly<Record<string, number>>): void {
    for (const [name, value] of Object.entries(values)) this.gl.uniform1i(this.place(name), value);
  }

  private put(name: string, value: Value): void {
    const { gl } = this;
    const place = this.place(name);
    if (typeof value === "number") gl.uniform1f(place, value);
    else if (value.length === 2) gl.uniform2fv(place, value);
    else if (value.length === 3) gl.uniform3fv(place, value);
    else if (value.length === 4) gl.uniform4fv(place, value);
    else gl.uniformMatrix4x3fv(place, false, value);
  }

  private place(name: string): WebGLUniformLocation | null {
    const known = this.places.get(name);
    if (known !== undefined) return known;
    const found = this.gl.getUniformLocation(this.program, name);
    this.places.set(name, found);
    return found;
  }
}

function linked(gl: GL, vertex: string, fragment: string): WebGLProgram {
  const program = gl.createProgram();
  gl.attachShader(program, compiled(gl, gl.VERTEX_SHADER, vertex));
  gl.attachShader(program, compiled(gl, gl.FRAGMENT_SHADER, fragment));
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
    throw new Error(gl.getProgramInfoLog(program) ?? "the program does not link");
  }
  return program;
}

function compiled(gl: GL, kind: number, source: string): WebGLShader {
  const shader = gl.createShader(kind) as WebGLShader;
  gl.shaderSource(shader, source);
  gl.compileShader(shader);
  if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS) && !gl.isContextLost()) {
    throw new Error(gl.getShaderInfoLog(shader) ?? "the shader does not compile");
  }
  return shader;
}

/** A texture that is read between its pixels and not beyond its edges. */
export function smoothTexture(gl: GL): WebGLTexture {
  const texture = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, texture);
  for (const [name, value] of [
    [gl.TEXTURE_MIN_FILTER, gl.LINEAR],
    [gl.TEXTURE_MAG_FILTER, gl.LINEAR],
    [gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE],
    [gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE],
  ] as const) {
    gl.texParameteri(gl.TEXTURE_2D, name, value);
  }
  return texture;
}

/** A picture that is drawn into, and then read. */
export class Target {
  readonly texture: WebGLTexture;
  private readonly buffer: WebGLFramebuffer;
  private size = [0, 0];

  constructor(private readonly gl: GL) {
    this.texture = smoothTexture(gl);
    this.buffer = gl.createFramebuffer();
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.buffer);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, this.texture, 0);
  }

  /** Has what follows drawn here. */
  bind(width: number, height: number): void {
    const { gl } = this;
    if (this.size[0] !== width || this.size[1] !== height) {
      gl.bindTexture(gl.TEXTURE_2D, this.texture);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, width, height, 0, gl.RGBA, gl.UNSIGNED_BYTE, null);
      this.size = [width, height];
    }
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.buffer);
  }
}
