/**
 * The trainer's point of view: which rotation and mirroring lay the client's stored skeleton over
 * the trainer's, and what is drawn then. Pure.
 */

import {
  boneVisibility, mirrorBones, rotateYaw, unitBones,
} from "../shadow/alignment.js";
import { nearestIndex } from "../shadow/nearest.js";
import { LIMIT_DEG, TOLERANCE_DEG } from "../shadow/marks.js";
import { VISIBLE } from "../shadow/reference.js";
import { BONE_COUNT, LANDMARK_COUNT, BONES } from "../shadow/skeleton.js";
import { levelOf } from "./data.js";

const NEAREST_S = 0.25;

/**
 * The trainer's pose nearest to a time.
 * @param {ArrayLike<number>} times seconds, rising
 * @param {number} time seconds
 * @returns {number} its index; -1 where none is near
 */
export const poseIndex = (times, time) => nearestIndex(times, time, NEAREST_S);

/** Sums over pairs of poses, for either convention: [as seen, mirrored]. */
export const emptyView = () => ({
  weight: [0, 0],
  level: [0, 0],
  along: [0, 0],
  across: [0, 0],
});

/**
 * Add one pair of poses to the sums.
 * @param {ReturnType<typeof emptyView>} view updated in place
 * @param {ArrayLike<number>} client 33x3 metres, as the camera saw it
 * @param {ArrayLike<number>} clientVisibility 33, 0..1
 * @param {ArrayLike<number>} trainer 33x3 metres
 * @param {ArrayLike<number>} trainerVisibility 33, 0..1
 */
export function addPair(view, client, clientVisibility, trainer, trainerVisibility) {
  const target = unitBones(trainer);
  const targetSeen = boneVisibility(trainerVisibility);
  const plain = unitBones(client);
  const bodies = [plain, mirrorBones(plain)];
  const seen = boneVisibility(clientVisibility);
  for (let m = 0; m < 2; m += 1) {
    const body = bodies[m];
    for (let b = 0; b < BONE_COUNT; b += 1) {
      const w = Math.min(seen[b], targetSeen[b]);
      const i = 3 * b;
      const level = target[i + 1] * body[i + 1];
      const along = target[i] * body[i] + target[i + 2] * body[i + 2];
      const across = target[i] * body[i + 2] - target[i + 2] * body[i];
      if (!(w >= VISIBLE) || Number.isNaN(level + along + across)) continue;
      view.weight[m] += w;
      view.level[m] += level * w;
      view.along[m] += along * w;
      view.across[m] += across * w;
    }
  }
}

/**
 * Decide the convention and the rotation. Nothing seen: mirrored, as the client saw themselves.
 * @param {ReturnType<typeof emptyView>} view
 * @returns {{mirror: boolean, yawRad: number}}
 */
export function settle(view) {
  const likeness = (m) => (view.weight[m] > 0
    ? (view.level[m] + Math.hypot(view.along[m], view.across[m])) / view.weight[m]
    : -1);
  const m = likeness(1) >= likeness(0) ? 1 : 0;
  return { mirror: m === 1, yawRad: Math.atan2(view.across[m], view.along[m]) };
}

/**
 * Turn a body to the trainer's view and drop the depth.
 * @param {ArrayLike<number>} world 33x3 metres
 * @param {{mirror: boolean, yawRad: number}} pose
 * @returns {Float64Array} 33x2 metres, x right, y down; landmarks keep their own numbers, so a
 *   mirrored body still has its errors on its own bones
 */
export function project(world, { mirror, yawRad }) {
  const turned = Float64Array.from(world, (value, i) => (mirror && i % 3 === 0 ? -value : value));
  rotateYaw(turned, yawRad, turned);
  const flat = new Float64Array(2 * LANDMARK_COUNT);
  for (let i = 0; i < LANDMARK_COUNT; i += 1) {
    flat[2 * i] = turned[3 * i];
    flat[2 * i + 1] = turned[3 * i + 1];
  }
  return flat;
}

/**
 * The box round the visible points.
 * @param {Float64Array} flat 33x2
 * @param {ArrayLike<number>} visibility 33, 0..1
 * @returns {{left: number, right: number, top: number, bottom: number}}
 */
export function boxOf(flat, visibility) {
  const box = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity };
  for (let i = 0; i < LANDMARK_COUNT; i += 1) {
    const x = flat[2 * i];
    const y = flat[2 * i + 1];
    if (!(visibility[i] >= VISIBLE) || Number.isNaN(x + y)) continue;
    box.left = Math.min(box.left, x);
    box.right = Math.max(box.right, x);
    box.top = Math.min(box.top, y);
    box.bottom = Math.max(box.bottom, y);
  }
  return box;
}

/**
 * How large the client is compared with the trainer: the sum of the bones' lengths.
 * @param {ArrayLike<number>} client 33x3 metres
 * @param {ArrayLike<number>} trainer 33x3 metres
 * @returns {number} 1 where nothing can be compared
 */
export function sizeRatio(client, trainer) {
  let mine = 0;
  let theirs = 0;
  for (const bone of BONES) {
    const a = lengthOf(client, bone);
    const b = lengthOf(trainer, bone);
    if (Number.isNaN(a + b)) continue;
    mine += a;
    theirs += b;
  }
  return theirs > 0 && mine > 0 ? mine / theirs : 1;
}

function lengthOf(world, { start, end }) {
  const along = (axis) => {
    const at = (indices) =>
      indices.reduce((sum, i) => sum + world[3 * i + axis], 0) / indices.length;
    return at(end) - at(start);
  };
  return Math.hypot(along(0), along(1), along(2));
}

/**
 * A bone's colour: what its error alone would score.
 * @param {?number} degrees null = not judged
 * @returns {import("./data.js").Level}
 */
export function boneLevel(degrees) {
  if (degrees === null || Number.isNaN(degrees)) return "unseen";
  const share = (LIMIT_DEG - degrees) / (LIMIT_DEG - TOLERANCE_DEG);
  return levelOf(100 * Math.min(1, Math.max(0, share)));
}

/**
 * Bones beyond the tolerance, the worst first.
 * @param {(?number)[]} errors 13, degrees
 * @returns {{bone: number, degrees: number, level: import("./data.js").Level}[]}
 */
export function faultsOf(errors) {
  return errors
    .map((degrees, bone) => ({ bone, degrees, level: boneLevel(degrees) }))
    .filter(({ degrees }) => degrees !== null && degrees > TOLERANCE_DEG)
    .sort((a, b) => b.degrees - a.degrees);
}
