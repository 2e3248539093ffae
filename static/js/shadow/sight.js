/** What of a body the camera shows. Twin of processing/motion/sight.py. */

/**
 * Give no visibility to landmarks outside the picture: there the detector guesses, and is
 * surprisingly sure of it.
 * @param {ArrayLike<number>} visibility 33, 0..1
 * @param {ArrayLike<number>} image 33x2 pixels
 * @param {number} width of the picture, pixels
 * @param {number} height
 * @param {Float64Array} out 33
 * @returns {Float64Array} `out`, filled
 */
export function inside(visibility, image, width, height, out) {
  for (let i = 0; i < out.length; i += 1) {
    const x = image[2 * i];
    const y = image[2 * i + 1];
    out[i] = x >= 0 && x <= width && y >= 0 && y <= height ? visibility[i] : 0;
  }
  return out;
}
