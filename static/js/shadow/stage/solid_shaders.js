/** What the graphics processor runs for the view in 3D. Colours leave premultiplied. */

export const BODY_VERTEX = `
attribute vec3 tint;
attribute float fault;
varying vec3 vNormal;
varying vec3 vTowards;
varying vec3 vTint;
varying float vFault;
void main() {
  vec4 place = modelViewMatrix * vec4(position, 1.0);
  vNormal = normalMatrix * normal;
  vTowards = -place.xyz;
  vTint = tint;
  vFault = fault;
  gl_Position = projectionMatrix * place;
}`;

/**
 * A studio: one large lamp above the left shoulder of who looks, the floor's glow from below, and
 * light from behind along the edges. Limbs that are off are striped as well as coloured.
 */
export const BODY_FRAGMENT = `
uniform vec3 edge;
uniform float opacity;
uniform float stripe;
varying vec3 vNormal;
varying vec3 vTowards;
varying vec3 vTint;
varying float vFault;
void main() {
  vec3 normal = normalize(vNormal);
  vec3 towards = normalize(vTowards);
  float lamp = clamp((dot(normal, normalize(vec3(-0.45, 0.75, 0.6))) + 0.3) / 1.3, 0.0, 1.0);
  float sky = 0.5 + 0.5 * normal.y;
  float rim = pow(1.0 - clamp(dot(normal, towards), 0.0, 1.0), 3.0);
  float shine = pow(clamp(dot(normal, normalize(towards + vec3(-0.45, 0.75, 0.6))), 0.0, 1.0), 28.0);
  vec3 colour = vTint * (mix(0.2, 0.46, sky) + 0.66 * pow(lamp, 1.4)) + edge * rim * 0.5 + 0.1 * shine;
  float band = smoothstep(0.4, 0.6, abs(fract((gl_FragCoord.x + gl_FragCoord.y) / stripe) - 0.5) * 2.0);
  colour *= 1.0 - 0.38 * vFault * band;
  float alpha = mix(opacity, min(1.0, opacity + 0.25), rim);
  gl_FragColor = vec4(min(colour, 1.0) * alpha, alpha);
}`;

export const FLOOR_VERTEX = `
varying vec2 vPlace;
void main() {
  vPlace = position.xz;
  gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
}`;

/** A disc of light with a grid of half metres that fades into the dark. */
export const FLOOR_FRAGMENT = `
uniform float radius;
varying vec2 vPlace;
float lines(float every) {
  vec2 place = vPlace / every;
  vec2 width = fwidth(place);
  vec2 line = 1.0 - smoothstep(vec2(0.0), 1.5 * width, abs(fract(place - 0.5) - 0.5));
  // Where lines are closer than pixels they would only flicker.
  return max(line.x, line.y) * clamp(1.4 - 3.0 * max(width.x, width.y), 0.0, 1.0);
}
void main() {
  float away = length(vPlace) / radius;
  float fade = 1.0 - smoothstep(0.15, 1.0, away);
  float glow = 0.10 * fade * fade;
  float grid = (0.10 * lines(0.5) + 0.13 * lines(1.0)) * fade;
  float alpha = clamp(glow + grid, 0.0, 1.0);
  gl_FragColor = vec4(vec3(0.78, 0.86, 1.0) * alpha, alpha);
}`;

/** Soft discs on the floor, one below each part of a body: the higher the part, the fainter. */
export const DISC_VERTEX = `
attribute vec4 disc;
varying vec2 vCorner;
varying float vStrength;
void main() {
  vCorner = 2.0 * position.xy - 1.0;
  vStrength = disc.w;
  vec3 place = vec3(disc.x + vCorner.x * disc.z, 0.002, disc.y + vCorner.y * disc.z);
  gl_Position = projectionMatrix * modelViewMatrix * vec4(place, 1.0);
}`;

export const DISC_FRAGMENT = `
varying vec2 vCorner;
varying float vStrength;
void main() {
  float inside = max(0.0, 1.0 - length(vCorner));
  gl_FragColor = vec4(0.0, 0.0, 0.0, vStrength * inside * inside * (3.0 - 2.0 * inside));
}`;
