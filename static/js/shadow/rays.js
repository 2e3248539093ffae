/**
 * Landmarks in space put where the picture shows them.
 *
 * Twin of processing/motion/rays.py, which says why; tests/data/rays.json holds the two equal.
 * Works in place, on numbers that lie one after another: a frame makes nothing to be collected.
 */

import { INDEX, LANDMARK_COUNT } from "./skeleton.js";

const FOCAL = 1.0;
const NEAREST_M = 0.2;
const LEAST_WEIGHT = 0.05;
const FITTED = ["shoulder", "elbow", "wrist", "hip", "knee", "ankle"]
  .flatMap((joint) => [INDEX[`left_${joint}`], INDEX[`right_${joint}`]]);
const LEFT_HIP = INDEX.left_hip;
const RIGHT_HIP = INDEX.right_hip;

/**
 * Move a body's landmarks onto the rays they are seen along.
 *
 * @param {Float64Array|Float32Array} world 33 times x, y, z, metres, origin hip centre; changed
 * @param {Float64Array|Float32Array} image 33 times x, y, pixels
 * @param {Float64Array|Float32Array} visibility 33, 0..1
 * @param {number} width of the picture, pixels
 * @param {number} height of the picture, pixels
 * @returns {boolean} whether a distance of the body was found that fits; if not, nothing is changed
 */
export function ontoRays(world, image, visibility, width, height) {
  const focal = FOCAL * Math.max(width, height);
  const across = (i) => (image[2 * i] - 0.5 * width) / focal;
  const down = (i) => (image[2 * i + 1] - 0.5 * height) / focal;
  const weightOf = (i) => Math.min(Math.max(visibility[i], LEAST_WEIGHT), 1);

  let total = 0;
  let meanU = 0, meanV = 0, meanX = 0, meanY = 0;
  for (const i of FITTED) {
    const weight = weightOf(i);
    const depth = world[3 * i + 2];
    total += weight;
    meanU += weight * across(i);
    meanV += weight * down(i);
    meanX += weight * (world[3 * i] - across(i) * depth);
    meanY += weight * (world[3 * i + 1] - down(i) * depth);
  }
  meanU /= total;
  meanV /= total;
  meanX /= total;
  meanY /= total;
  let spread = 0, along = 0;
  for (const i of FITTED) {
    const weight = weightOf(i);
    const depth = world[3 * i + 2];
    const u = across(i) - meanU;
    const v = down(i) - meanV;
    spread += weight * (u * u + v * v);
    along += weight * (u * (world[3 * i] - across(i) * depth - meanX)
      + v * (world[3 * i + 1] - down(i) * depth - meanY));
  }
  if (!(spread > 0)) return false;
  const distance = along / spread;
  let nearest = Infinity;
  for (let i = 0; i < LANDMARK_COUNT; i += 1) nearest = Math.min(nearest, world[3 * i + 2]);
  if (!(distance + nearest > NEAREST_M)) return false;

  for (let i = 0; i < LANDMARK_COUNT; i += 1) {
    const away = distance + world[3 * i + 2];
    world[3 * i] = across(i) * away;
    world[3 * i + 1] = down(i) * away;
  }
  for (let axis = 0; axis < 3; axis += 1) {
    const middle = 0.5 * (world[3 * LEFT_HIP + axis] + world[3 * RIGHT_HIP + axis]);
    for (let i = 0; i < LANDMARK_COUNT; i += 1) world[3 * i + axis] -= middle;
  }
  return true;
}
