/**
 * A body drawn of its bones' directions alone: everybody gets the same limbs, so that two postures
 * can be laid side by side. Pure.
 */

import { BONES } from "./skeleton.js";

const at = (name) => BONES.findIndex((bone) => bone.name === name);
/** Lengths in heads of a drawing, after the usual proportions of an adult. */
const LENGTH = Object.freeze({
  upper_arm: 1.5, forearm: 1.35, thigh: 2, shin: 1.95, foot: 0.85, torso: 2.3,
  shoulder_line: 1.7, hip_line: 1,
});
const SIDES = Object.freeze([["left", 1], ["right", -1]]);
const HEAD = 0.55;
const NECK = 0.45;

/**
 * @typedef {object} Line of the drawing: x to the right, y down, in heads from the hips' middle
 * @property {number} x1
 * @property {number} y1
 * @property {number} x2
 * @property {number} y2
 * @property {number} bone whose colour it takes
 */

/**
 * Lay bones out as a drawing.
 * @param {ArrayLike<number>} bones 13x3 unit vectors; a bone that is not seen is left out with all
 *   that hangs on it
 * @returns {{lines: Line[], head: {x: number, y: number, r: number}|null}}
 */
export function figureOf(bones) {
  const lines = [];
  const along = (name, length, from, sign = 1) => {
    const bone = at(name);
    const x = from.x + sign * length * bones[3 * bone];
    const y = from.y + sign * length * bones[3 * bone + 1];
    return Number.isNaN(x + y) ? null : { x, y, bone };
  };
  const draw = (from, to) => {
    if (from && to) lines.push({ x1: from.x, y1: from.y, x2: to.x, y2: to.y, bone: to.bone });
    return to;
  };
  const hips = { x: 0, y: 0 };
  const chest = draw(hips, along("torso", LENGTH.torso, hips));
  for (const [side, first] of SIDES) {
    // The two lines run from left to right through the middle.
    const sign = -first;
    const hip = draw(hips, along("hip_line", LENGTH.hip_line / 2, hips, sign));
    limb(hip, side, ["thigh", "shin", "foot"]);
    if (!chest) continue;
    const shoulder = draw(chest, along("shoulder_line", LENGTH.shoulder_line / 2, chest, sign));
    limb(shoulder, side, ["upper_arm", "forearm"]);
  }
  const head = chest && along("torso", NECK + HEAD, chest);
  return { lines, head: head && { x: head.x, y: head.y, r: HEAD } };

  function limb(from, side, parts) {
    let end = from;
    for (const part of parts) {
      end = end && draw(end, along(`${side}_${part}`, LENGTH[part], end));
    }
  }
}

/**
 * Give the rectangle that holds several figures, so that all are drawn to one scale.
 * @param {ReturnType<typeof figureOf>[]} figures
 * @param {number} margin in heads
 * @returns {{x: number, y: number, width: number, height: number}}
 */
export function frameOf(figures, margin = 0.5) {
  let left = -1;
  let right = 1;
  let top = -1;
  let bottom = 1;
  for (const { lines, head } of figures) {
    for (const { x1, y1, x2, y2 } of lines) {
      left = Math.min(left, x1, x2);
      right = Math.max(right, x1, x2);
      top = Math.min(top, y1, y2);
      bottom = Math.max(bottom, y1, y2);
    }
    if (!head) continue;
    left = Math.min(left, head.x - head.r);
    right = Math.max(right, head.x + head.r);
    top = Math.min(top, head.y - head.r);
    bottom = Math.max(bottom, head.y + head.r);
  }
  return {
    x: left - margin,
    y: top - margin,
    width: right - left + 2 * margin,
    height: bottom - top + 2 * margin,
  };
}
