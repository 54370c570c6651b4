// The programs of the WebGL compositor. The formulas are those of the server's composition (core.masks,
// core.transitions); places count from the top left of the frame, 0 to 1.

export const FULL_VERTEX = `#version 300 es
uniform float flip;
out vec2 at;
void main() {
  vec2 corner = vec2(float((gl_VertexID << 1) & 2), float(gl_VertexID & 2));
  at = corner;
  gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0);
  if (flip > 0.5) gl_Position.y = -gl_Position.y;
}`;

/** A clip in its frame: crop, place, view and look. */
export const CLIP_FRAGMENT = `#version 300 es
precision highp float;
precision highp sampler3D;
in vec2 at;
out vec4 colour;
uniform sampler2D picture;
uniform sampler3D cube;
uniform vec4 crop, target, view;
uniform vec3 background;
uniform mat4x3 look;
uniform vec3 low, high;
uniform float isThere, cubeSize;
vec3 looked(vec3 c) {
  c = clamp(look * vec4(c, 1.0), 0.0, 1.0);
  if (cubeSize < 1.5) return c;
  vec3 place = clamp((c - low) / (high - low), 0.0, 1.0);
  return clamp(texture(cube, (place * (cubeSize - 1.0) + 0.5) / cubeSize).rgb, 0.0, 1.0);
}
void main() {
  vec2 place = (view.xy + at * view.zw - target.xy) / target.zw;
  bool inside = all(greaterThanEqual(place, vec2(0.0))) && all(lessThan(place, vec2(1.0)));
  vec3 c = texture(picture, crop.xy + clamp(place, 0.0, 1.0) * crop.zw).rgb;
  colour = vec4(inside && isThere > 0.5 ? looked(c) : background, 1.0);
}`;

/** One direction of a Gaussian blur. */
export const BLUR_FRAGMENT = `#version 300 es
precision highp float;
in vec2 at;
out vec4 colour;
uniform sampler2D picture;
uniform vec2 direction;
uniform float deviation;
void main() {
  int reach = int(ceil(min(3.0 * deviation, 120.0)));
  vec3 sum = vec3(0.0);
  float all = 0.0;
  for (int i = -reach; i <= reach; i++) {
    float share = exp(-float(i * i) / (2.0 * deviation * deviation));
    sum += share * texture(picture, at + direction * float(i)).rgb;
    all += share;
  }
  colour = vec4(sum / all, 1.0);
}`;

const MASKS = `
uniform int shape;
uniform vec2 way;
uniform float count, aspect, isFlipped;
float smoothed(float p) { return p * p * (3.0 - 2.0 * p); }
float scatter(uint x, uint y, uint seed) {
  uint mixed = x * 374761393u + y * 668265263u + seed * 1442695041u;
  mixed = (mixed ^ (mixed >> 13u)) * 1274126177u;
  return float(mixed ^ (mixed >> 16u)) / 4294967296.0;
}
float noise(vec2 p, uint seed) {
  vec2 corner = floor(p);
  vec2 part = vec2(smoothed(p.x - corner.x), smoothed(p.y - corner.y));
  uvec2 c = uvec2(corner);
  float upper = mix(scatter(c.x, c.y, seed), scatter(c.x + 1u, c.y, seed), part.x);
  float lower = mix(scatter(c.x, c.y + 1u, seed), scatter(c.x + 1u, c.y + 1u, seed), part.x);
  return mix(upper, lower, part.y);
}
float layer(vec2 p, float cells, vec2 turn, uint seed) {
  vec2 q = vec2(p.x * aspect, p.y) * cells;
  return noise(vec2(turn.x * q.x - turn.y * q.y, turn.y * q.x + turn.x * q.y) + 512.0, seed);
}
float spots(vec2 p) {
  float total = 0.5 * layer(p, 9.0, vec2(0.8, 0.6), 0u)
    + 0.3 * layer(p, 19.0, vec2(0.6, -0.8), 1u)
    + 0.2 * layer(p, 41.0, vec2(0.28, 0.96), 2u);
  return clamp((total - 0.5) * 1.9 + 0.5, 0.0, 1.0);
}
float checkers(vec2 p) {
  float rows = max(1.0, round(count / aspect));
  float late = mod(floor(p.x * count) + floor(p.y * rows), 2.0);
  return (late + fract(p.x * count)) / 2.0;
}
float rawTurnsAt(vec2 p) {
  vec2 c = p - 0.5;
  float along = way.x != 0.0 ? p.x : p.y;
  if (shape == 0) return dot(way, c) / (abs(way.x) + abs(way.y)) + 0.5;
  if (shape == 1) return length(vec2(c.x * aspect, c.y)) / length(vec2(aspect / 2.0, 0.5));
  if (shape == 2) return abs(c.x) + abs(c.y);
  if (shape == 3) return fract(atan(c.x * aspect, -c.y) / 6.283185307179586);
  if (shape == 4) return abs(2.0 * along - 1.0);
  if (shape == 5) return fract(along * count);
  if (shape == 6) return checkers(p);
  return spots(p);
}
float turnsAt(vec2 p) {
  float turn = rawTurnsAt(p);
  return clamp(isFlipped > 0.5 ? 1.0 - turn : turn, 0.0, 1.0);
}`;

/** The names of the shapes, in the order of their numbers in the program. */
export const SHAPES = [
  "linear",
  "circle",
  "diamond",
  "clock",
  "doors",
  "slats",
  "checker",
  "noise",
] as const;

/** Two pictures at one moment of a transition. Places are x, y, apart x, apart y, scale. */
export const CHANGE_FRAGMENT = `#version 300 es
precision highp float;
precision highp int;
in vec2 at;
out vec4 colour;
uniform sampler2D first, second;
uniform vec4 firstPlace, secondPlace;
uniform vec2 scales, film, pixel;
uniform float weight, softness, isMasked, isFirstOnTop, veil, veilColour;
${MASKS}
vec3 seen(sampler2D picture, vec2 p, float scale) {
  return texture(picture, 0.5 + (p - 0.5) / scale).rgb;
}
/* How much of each pixel lies between two ends of a row or column. */
float covered(float place, float pixel, float low, float high) {
  float begin = max(place - pixel / 2.0, low), end = min(place + pixel / 2.0, high);
  return clamp((end - begin) / pixel, 0.0, 1.0);
}
/* Along one side: the place in a moved picture, held within its part, and how much is covered. */
vec2 along(float place, float apart, float pixel) {
  bool isFirst = place + apart < 0.5 + pixel / 2.0;
  vec2 ends = apart == 0.0 ? vec2(0.0, 1.0) : isFirst ? vec2(0.0, 0.5) : vec2(0.5, 1.0);
  float own = place + (isFirst ? apart : -apart);
  float inside = clamp(own, ends.x + pixel / 2.0, ends.y - pixel / 2.0);
  return vec2(inside, covered(own, pixel, ends.x, ends.y));
}
/* A moved picture over another, which shows through where a pixel is covered in part. */
vec3 placed(sampler2D picture, vec4 place, float scale, vec3 under) {
  if (place == vec4(0.0)) return seen(picture, at, scale);
  vec2 x = along(at.x - place.x, place.z, pixel.x), y = along(at.y - place.y, place.w, pixel.y);
  return mix(under, seen(picture, vec2(x.x, y.x), scale), x.y * y.y);
}
float shownAt(vec2 p) {
  return smoothed(clamp((weight * (1.0 + softness) - turnsAt(p)) / softness, 0.0, 1.0));
}
/* Films keep colour for every second pixel of every second row: there a shape decides on it. */
vec3 shaped(vec3 a, vec3 b) {
  vec2 site = (2.0 * floor(at * film / 2.0) + vec2(0.5, 1.0)) / film;
  float ofColour = shownAt(site);
  float brighter = dot(b - a, vec3(0.2126, 0.7152, 0.0722));
  return mix(a, b, ofColour) + (shownAt(at) - ofColour) * brighter;
}
vec3 joined() {
  vec3 a = seen(first, at, scales.x), b = seen(second, at, scales.y);
  if (isMasked > 0.5) return shaped(a, b);
  if (isFirstOnTop > 0.5) {
    vec3 below = placed(second, secondPlace, scales.y, b);
    return mix(below, placed(first, firstPlace, scales.x, below), 1.0 - weight);
  }
  vec3 below = placed(first, firstPlace, scales.x, a);
  return mix(below, placed(second, secondPlace, scales.y, below), weight);
}
void main() {
  colour = vec4(mix(joined(), vec3(veilColour), veil), 1.0);
}`;

/** A rectangle of the frame, with a part of a picture whose colours carry their alpha. */
export const TOP_VERTEX = `#version 300 es
precision highp float;
uniform vec4 target, part;
uniform vec2 pixel;
out vec2 at, place;
void main() {
  vec2 corner = vec2(float(gl_VertexID & 1), float(gl_VertexID >> 1));
  place = target.xy - pixel + corner * (target.zw + 2.0 * pixel);
  at = part.xy + (place - target.xy) / target.zw * part.zw;
  gl_Position = vec4(place.x * 2.0 - 1.0, 1.0 - place.y * 2.0, 0.0, 1.0);
}`;

/** Pixels that the rectangle covers in part take their part. */
export const TOP_FRAGMENT = `#version 300 es
precision highp float;
in vec2 at, place;
out vec4 colour;
uniform sampler2D picture;
uniform vec4 target, part;
uniform vec2 pixel;
uniform float opacity;
void main() {
  vec2 begin = max(place - pixel / 2.0, target.xy);
  vec2 end = min(place + pixel / 2.0, target.xy + target.zw);
  vec2 share = clamp((end - begin) / pixel, 0.0, 1.0);
  colour = texture(picture, clamp(at, part.xy, part.xy + part.zw)) * opacity * share.x * share.y;
}`;
