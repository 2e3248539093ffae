/**
 * The person in the accent's green, everything else transparent: cut out by the processor.
 *
 * The silhouette keeps light and shade: one recognises oneself, yet it is no picture.
 * `silhouette_gl.js` does the same without leaving the GPU.
 */

export const DARK = Object.freeze([0, 70, 40]);
export const LIGHT = Object.freeze([150, 255, 200]);
export const OPACITY = 0.62;
/** Mask confidence below the first is background, above the second body; between, a soft edge. */
export const EDGE_FROM = 0.2;
export const EDGE_TO = 0.85;
/** Longer side: what is shown larger is smoothed while it is enlarged. */
const LONGEST_PX = 256;

/** Opacity 0..255 of every mask value 0..255. */
const OPACITIES = Uint8ClampedArray.from({ length: 256 }, (_, value) => {
  const x = Math.min(1, Math.max(0, (value / 255 - EDGE_FROM) / (EDGE_TO - EDGE_FROM)));
  return 255 * OPACITY * x * x * (3 - 2 * x);
});

/** RGB of every luma 0..255. */
const SHADES = Uint8ClampedArray.from({ length: 3 * 256 }, (_, i) =>
  DARK[i % 3] + (Math.floor(i / 3) / 255) * (LIGHT[i % 3] - DARK[i % 3]));

/**
 * The size at which a mask is worked on: an integer fraction of its own, so that every pixel is the
 * mean of a whole block.
 * @returns {{step: number, width: number, height: number}}
 */
export function reduced(width, height) {
  const step = Math.max(1, Math.ceil(Math.max(width, height) / LONGEST_PX));
  return { step, width: Math.floor(width / step), height: Math.floor(height / step) };
}

/**
 * Colour a picture in place and make it as opaque as its mask is sure.
 * @param {Uint8ClampedArray} data RGBA of width x height; straight alpha
 * @param {Float32Array} mask 0..1, `step` times as wide and high
 * @param {number} maskWidth of the mask's rows
 */
export function shade(data, mask, maskWidth, { step, width, height }) {
  const scale = 255 / (step * step);
  for (let y = 0, at = 0; y < height; y += 1) {
    const row = y * step * maskWidth;
    for (let x = 0; x < width; x += 1, at += 4) {
      let sum = 0;
      const corner = row + x * step;
      for (let j = 0; j < step; j += 1) {
        for (let i = 0; i < step; i += 1) sum += mask[corner + j * maskWidth + i];
      }
      const alpha = OPACITIES[(sum * scale + 0.5) | 0];
      data[at + 3] = alpha;
      if (alpha === 0) continue;
      const luma = (54 * data[at] + 183 * data[at + 1] + 19 * data[at + 2]) >> 8;
      data[at] = SHADES[3 * luma];
      data[at + 1] = SHADES[3 * luma + 1];
      data[at + 2] = SHADES[3 * luma + 2];
    }
  }
}

export class Silhouette {
  #canvas = new OffscreenCanvas(1, 1);
  #context = this.#canvas.getContext("2d", { willReadFrequently: true });

  /**
   * @param {OffscreenCanvas} picture the frame, as large as the mask
   * @param {import("@mediapipe/tasks-vision").MPMask} mask of this very frame, still open
   * @returns {ImageBitmap} the receiver closes it
   */
  paint(picture, mask) {
    const size = reduced(mask.width, mask.height);
    const canvas = this.#canvas;
    const context = this.#context;
    if (canvas.width !== size.width || canvas.height !== size.height) {
      canvas.width = size.width;
      canvas.height = size.height;
    }
    context.globalCompositeOperation = "copy";
    context.drawImage(picture, 0, 0, size.width * size.step, size.height * size.step,
      0, 0, size.width, size.height);
    const image = context.getImageData(0, 0, size.width, size.height);
    // The values lie in the task's own memory: as floats they are read without a copy.
    shade(image.data, mask.getAsFloat32Array(), mask.width, size);
    context.putImageData(image, 0, 0);
    return canvas.transferToImageBitmap();
  }
}
