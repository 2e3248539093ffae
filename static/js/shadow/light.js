/**
 * How a picture is lit, from a tiny copy of it. Pure.
 *
 * @typedef {object} Light
 * @property {number} mean luma of the picture, 0..255
 * @property {number} contrast between its dark and its bright parts (5th and 95th percentile), 0..255
 * @property {number} body luma of the torso, 0..255; NaN where there is no body. Much darker than
 *   the mean: the light is behind the person.
 */

export const LIGHT_WIDTH = 32;
export const LIGHT_HEIGHT = 24;

const DARK_SHARE = 0.05;
const counts = new Uint32Array(256);

function percentile(share, total) {
  let rest = share * total;
  for (let value = 0; value < 256; value += 1) {
    rest -= counts[value];
    if (rest < 0) return value;
  }
  return 255;
}

/**
 * @param {Uint8ClampedArray} data RGBA of LIGHT_WIDTH by LIGHT_HEIGHT
 * @param {{left: number, top: number, right: number, bottom: number}|null} torso shares 0..1 of
 *   the picture
 * @returns {Light}
 */
export function measureLight(data, torso) {
  counts.fill(0);
  let sum = 0;
  let bodySum = 0;
  let bodyCount = 0;
  const pixels = LIGHT_WIDTH * LIGHT_HEIGHT;
  for (let i = 0; i < pixels; i += 1) {
    const luma = (54 * data[4 * i] + 183 * data[4 * i + 1] + 19 * data[4 * i + 2]) / 256;
    counts[luma | 0] += 1;
    sum += luma;
    const x = ((i % LIGHT_WIDTH) + 0.5) / LIGHT_WIDTH;
    const y = (Math.floor(i / LIGHT_WIDTH) + 0.5) / LIGHT_HEIGHT;
    if (torso && x >= torso.left && x <= torso.right && y >= torso.top && y <= torso.bottom) {
      bodySum += luma;
      bodyCount += 1;
    }
  }
  return {
    mean: sum / pixels,
    contrast: percentile(1 - DARK_SHARE, pixels) - percentile(DARK_SHARE, pixels),
    body: bodyCount > 0 ? bodySum / bodyCount : NaN,
  };
}
