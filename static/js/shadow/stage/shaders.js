/**
 * What the graphics processor runs. Colours leave premultiplied and untouched by any colour
 * management: what the decoder gives is what is shown.
 */

/** A unit square laid on the stage; vUv runs from the picture's top left corner. */
export const QUAD_VERTEX = `
varying vec2 vUv;
void main() {
  vUv = position.xy;
  gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
}`;

/** A picture whose texture is premultiplied. */
export const PICTURE_FRAGMENT = `
uniform sampler2D map;
varying vec2 vUv;
void main() {
  gl_FragColor = texture2D(map, vUv);
}`;

/**
 * Colour over matte. Texels are premultiplied before they are mixed, as the browser does with
 * VP9's alpha, so that both ways look alike; none is ever taken from across the seam.
 */
export const STACKED_FRAGMENT = `
uniform sampler2D map;
varying vec2 vUv;
vec4 texelAt(ivec2 at, ivec2 size) {
  ivec2 inside = clamp(at, ivec2(0), size - 1);
  float alpha = texelFetch(map, inside + ivec2(0, size.y), 0).g;
  // Rounded to what a texture's byte can hold, for those texels are.
  vec3 colour = floor(255.0 * alpha * texelFetch(map, inside, 0).rgb + 0.5) / 255.0;
  return vec4(colour, alpha);
}
void main() {
  ivec2 size = textureSize(map, 0) / ivec2(1, 2);
  vec2 place = vUv * vec2(size) - 0.5;
  ivec2 at = ivec2(floor(place));
  vec2 share = fract(place);
  gl_FragColor = mix(
    mix(texelAt(at, size), texelAt(at + ivec2(1, 0), size), share.x),
    mix(texelAt(at + ivec2(0, 1), size), texelAt(at + ivec2(1, 1), size), share.x),
    share.y);
}`;

/** The client: edges softened over neighbouring texels, with a line of light along them. */
export const SILHOUETTE_FRAGMENT = `
uniform sampler2D map;
varying vec2 vUv;
void main() {
#ifdef SOFT
  vec2 texel = 1.25 / vec2(textureSize(map, 0));
  vec4 middle = texture2D(map, vUv);
  vec4 around = texture2D(map, vUv + texel) + texture2D(map, vUv - texel)
    + texture2D(map, vUv + vec2(texel.x, -texel.y)) + texture2D(map, vUv + vec2(-texel.x, texel.y));
  vec4 soft = 0.36 * middle + 0.16 * around;
  vec2 wide = 3.0 / vec2(textureSize(map, 0));
  float least = min(
    min(texture2D(map, vUv + vec2(wide.x, 0.0)).a, texture2D(map, vUv - vec2(wide.x, 0.0)).a),
    min(texture2D(map, vUv + vec2(0.0, wide.y)).a, texture2D(map, vUv - vec2(0.0, wide.y)).a));
  float edge = clamp(soft.a - least, 0.0, 1.0);
  gl_FragColor = soft + edge * 0.5 * vec4(0.45, 1.0, 0.75, 0.55) * soft.a;
#else
  gl_FragColor = texture2D(map, vUv);
#endif
}`;

/** The soft dark ellipse that stands a body on the floor. */
export const SHADOW_FRAGMENT = `
uniform float strength;
varying vec2 vUv;
void main() {
  float inside = max(0.0, 1.0 - length(2.0 * vUv - 1.0));
  gl_FragColor = vec4(0.0, 0.0, 0.0, strength * inside * inside * (3.0 - 2.0 * inside));
}`;

/** A pane with round corners and a fine border: where the camera's picture ends. */
export const FRAME_FRAGMENT = `
uniform vec2 size;
varying vec2 vUv;
void main() {
  float radius = 0.05 * min(size.x, size.y);
  vec2 away = abs(vUv - 0.5) * size - 0.5 * size + radius;
  float outside = length(max(away, 0.0)) + min(max(away.x, away.y), 0.0) - radius;
  float line = max(1.0, 0.004 * min(size.x, size.y));
  float inside = clamp(0.5 - outside, 0.0, 1.0);
  float border = inside * clamp(0.5 + outside + 2.0 * line, 0.0, 1.0);
  gl_FragColor = vec4(mix(0.06, 0.45, border) * inside);
}`;

/** One instance a stroke: a rectangle around a tapered line with round ends, in pixels. */
export const STROKE_VERTEX = `
attribute vec4 ends;
attribute vec3 shape;
attribute vec4 colour;
uniform float rim;
uniform vec2 size;
varying vec2 vPlace;
flat varying vec4 vEnds;
flat varying vec3 vShape;
flat varying vec4 vColour;
void main() {
  vec2 span = ends.zw - ends.xy;
  float reach = length(span);
  vec2 along = reach > 0.001 ? span / reach : vec2(1.0, 0.0);
  float margin = max(shape.x, shape.y) + rim + 1.0;
  vec2 corner = 2.0 * position.xy - 1.0;
  vPlace = mix(ends.xy, ends.zw, position.x)
    + margin * (corner.x * along + corner.y * vec2(-along.y, along.x));
  vEnds = ends;
  vShape = shape;
  vColour = colour;
  gl_Position = vec4(vec2(2.0, -2.0) * vPlace / size + vec2(-1.0, 1.0), 0.0, 1.0);
}`;

/** Rounded by light from above, with a dark rim that keeps it legible on any ground. */
export const STROKE_FRAGMENT = `
uniform float rim;
varying vec2 vPlace;
flat varying vec4 vEnds;
flat varying vec3 vShape;
flat varying vec4 vColour;
void main() {
  vec2 from = vPlace - vEnds.xy;
  vec2 span = vEnds.zw - vEnds.xy;
  float share = clamp(dot(from, span) / max(dot(span, span), 0.001), 0.0, 1.0);
  vec2 away = from - share * span;
  float radius = mix(vShape.x, vShape.y, share);
  float outside = length(away) - radius;
  float inside = clamp(0.5 - outside, 0.0, 1.0);
  vec2 slope = away / max(radius, 0.001);
  float light = 0.92 + 0.3 * clamp(dot(slope, vec2(-0.45, -0.8)), -0.6, 1.0);
  vec3 colour = mix(vColour.rgb * light, vColour.rgb, vShape.z);
  float fill = vColour.a * inside;
  // A dark rim lies outside the line, a coloured one on its edge.
  float dark = (1.0 - vShape.z) * 0.6 * clamp(0.5 + rim - outside, 0.0, 1.0);
  float ring = vShape.z * clamp(0.5 + rim - abs(outside), 0.0, 1.0);
  float alpha = fill + (1.0 - fill) * dark;
  vec3 lit = mix(vec3(0.02, 0.03, 0.045), colour, fill / max(alpha, 0.001));
  alpha = max(alpha, ring * 0.7);
  lit = mix(lit, vColour.rgb, ring);
  gl_FragColor = vec4(lit * alpha, alpha);
}`;
