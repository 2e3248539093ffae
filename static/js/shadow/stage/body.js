/**
 * A body fitted to the joints: a mannequin of tapered capsules, posed from world landmarks.
 *
 * Twin of processing/motion/capsules.py, held equal to it by tests/data/mannequin.json. World axes:
 * x right, y down, z away from the camera, which is right-handed. NaN means "not seen".
 */

import { BONES, INDEX, LANDMARK_COUNT } from "../skeleton.js";
import { parts } from "./mannequin.js";

const TABLES_HEIGHT_M = 1.7;
/** Stature against upper arm + forearm + thigh + shin, see capsules.py. */
const HEIGHT_TO_LIMBS = 1.266;
const HAND_M = 0.165;
const THUMB_M = 0.085;
const SIDES = ["left", "right"];
const CHAINS = [["shoulder", "elbow"], ["elbow", "wrist"], ["hip", "knee"], ["knee", "ankle"]];

/**
 * @typedef {{heightM: number, hipsM: number, shouldersM: number}} Build how large a person is:
 *   stature, and half the distances of hips and shoulders
 */

const boneOf = (name) => BONES.findIndex((bone) => bone.name === name);
/** Part -> the bone whose mark it wears; what shows no bone of its own goes with its neighbour. */
const LIMB_BONE = {
  collar: "upper_arm", upperArm: "upper_arm", forearm: "forearm", hand: "forearm",
  thumb: "forearm", thigh: "thigh", shin: "shin", foot: "foot",
};
const ARM_AND_LEG = Object.keys(LIMB_BONE);

const distance = (world, base, a, b) => Math.hypot(
  world[base + 3 * a] - world[base + 3 * b],
  world[base + 3 * a + 1] - world[base + 3 * b + 1],
  world[base + 3 * a + 2] - world[base + 3 * b + 2],
);

function median(values) {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return NaN;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Measure a person: medians over the poses, since every single one is off.
 * @param {ArrayLike<number>} world n x 33 x 3 metres
 * @returns {Build}
 */
export function buildOf(world) {
  const poses = Math.floor(world.length / (3 * LANDMARK_COUNT));
  const between = (start, end) => median(Array.from({ length: poses }, (_, pose) =>
    distance(world, 99 * pose, INDEX[start], INDEX[end])));
  const limbs = CHAINS.map(([start, end]) =>
    SIDES.reduce((sum, side) => sum + between(`${side}_${start}`, `${side}_${end}`) / 2, 0));
  return {
    heightM: HEIGHT_TO_LIMBS * limbs.reduce((sum, length) => sum + length),
    hipsM: 0.5 * between("left_hip", "right_hip"),
    shouldersM: 0.5 * between("left_shoulder", "right_shoulder"),
  };
}

// --- Vectors, written into what is given: nothing is allocated while a body moves -------------

const vector = () => new Float64Array(3);
const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

function set(out, x, y, z) {
  out[0] = x;
  out[1] = y;
  out[2] = z;
  return out;
}

/** out = a + share * b */
const along = (out, a, b, share) =>
  set(out, a[0] + share * b[0], a[1] + share * b[1], a[2] + share * b[2]);
const difference = (out, a, b) => along(out, a, b, -1);
const mean = (out, a, b) =>
  set(out, 0.5 * (a[0] + b[0]), 0.5 * (a[1] + b[1]), 0.5 * (a[2] + b[2]));
const cross = (out, a, b) => set(out, a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0]);
const scaled = (out, a, factor) => set(out, factor * a[0], factor * a[1], factor * a[2]);

/** Two joints in one place point nowhere: any direction will do, but a number it must be. */
function unit(out, v) {
  const length = Math.sqrt(dot(v, v));
  return length > 1e-6 || Number.isNaN(length) ? scaled(out, v, 1 / length) : set(out, 1, 0, 0);
}

/** Right-handed axes of a part: side x front = axis. */
const frame = () => ({ side: vector(), front: vector(), axis: vector() });

/** The frame about an axis whose side is as near to the one given as it can be. */
function upright(out, side, axis) {
  out.axis.set(axis);
  unit(out.side, along(out.side, side, axis, -dot(side, axis)));
  cross(out.front, axis, out.side);
  return out;
}

const turnCross = vector();
const turnSide = vector();
/** Turn a frame by the least rotation that brings its axis to another one (Rodrigues' formula). */
function towards(out, from, axis) {
  cross(turnCross, from.axis, axis);
  const cos = dot(from.axis, axis);
  // Vanishes only for a limb folded back onto its parent.
  const divisor = Math.max(1 + cos, 1e-6);
  for (const name of ["side", "front"]) {
    const v = from[name];
    cross(turnSide, turnCross, v);
    const share = dot(turnCross, v) / divisor;
    set(out[name], cos * v[0] + turnSide[0] + share * turnCross[0],
      cos * v[1] + turnSide[1] + share * turnCross[1],
      cos * v[2] + turnSide[2] + share * turnCross[2]);
  }
  out.axis.set(axis);
  return out;
}

// --- The body ---------------------------------------------------------------------------------

/** A mannequin's surface: its topology never changes, so no vertex slides or spins. */
export class Body {
  /** 3 a vertex, metres; parts whose joints were not seen are gathered in one point. */
  positions;
  /** 3 a vertex, of length 1. */
  normals;
  /** Numbers of vertices, counter-clockwise from outside. */
  faces;
  /** Which of the 13 bones a vertex belongs to; -1 for neck and head. */
  bones;
  #pieces = [];
  #joint = Array.from({ length: LANDMARK_COUNT }, vector);
  #at = 0;

  // Working memory of one pose.
  #hips = vector();
  #shoulders = vector();
  #up = vector();
  #one = vector();
  #two = vector();
  #three = vector();
  #pelvis = frame();
  #chest = frame();
  #rest = frame();
  #upper = frame();
  #lower = frame();
  #small = frame();

  /** @param {number} [detail] 1, 2 or 4: how finely it is drawn; at 1 it is the twin's */
  constructor(detail = 2) {
    const made = parts(detail);
    const order = ["trunk", "neck", "head", ...SIDES.flatMap(() => ARM_AND_LEG)];
    let first = 0;
    order.forEach((name, i) => {
      const side = SIDES[i < 3 + ARM_AND_LEG.length ? 0 : 1];
      const bone = name === "trunk" ? boneOf("torso")
        : LIMB_BONE[name] ? boneOf(`${side}_${LIMB_BONE[name]}`) : -1;
      this.#pieces.push({ part: made[name], first, bone });
      first += made[name].share.length;
    });
    this.positions = new Float32Array(3 * first);
    this.normals = new Float32Array(3 * first);
    this.bones = new Int8Array(first);
    const faces = [];
    for (const { part, first: from, bone } of this.#pieces) {
      this.bones.fill(bone, from, from + part.share.length);
      for (const vertex of part.faces) faces.push(vertex + from);
    }
    this.faces = Uint16Array.from(faces);
  }

  /**
   * Pose it: `positions` and `normals` are new afterwards.
   * @param {ArrayLike<number>} world 33x3 metres from `base` on
   * @param {Build} build
   */
  pose(world, build, base = 0) {
    for (let i = 0; i < LANDMARK_COUNT; i += 1) {
      set(this.#joint[i], world[base + 3 * i], world[base + 3 * i + 1], world[base + 3 * i + 2]);
    }
    const scale = build.heightM / TABLES_HEIGHT_M;
    const joint = (name) => this.#joint[INDEX[name]];
    const hips = mean(this.#hips, joint("left_hip"), joint("right_hip"));
    const shoulders = mean(this.#shoulders, joint("left_shoulder"), joint("right_shoulder"));
    unit(this.#up, difference(this.#up, shoulders, hips));
    upright(this.#pelvis,
      difference(this.#one, joint("right_hip"), joint("left_hip")), this.#up);
    upright(this.#chest,
      difference(this.#one, joint("right_shoulder"), joint("left_shoulder")), this.#up);
    this.#at = 0;
    this.#trunk(build, scale);
    this.#neckAndHead(joint, scale);
    for (const side of SIDES) {
      const own = (name) => joint(`${side}_${name}`);
      this.#arm(own, side, scale);
      this.#leg(own, scale);
    }
    this.#shade();
  }

  #next() {
    this.#at += 1;
    return this.#pieces[this.#at - 1];
  }

  /** A loft whose rings turn from the line of the hips to that of the shoulders. */
  #trunk(build, scale) {
    const { part, first } = this.#next();
    const { share, offset, hips: wideHips, shoulders: wideShoulders } = part;
    const side = this.#one;
    const front = this.#two;
    const axis = this.#pelvis.axis;
    for (let v = 0; v < share.length; v += 1) {
      const s = share[v];
      scaled(side, this.#pelvis.side, 1 - s);
      along(side, side, this.#chest.side, s);
      unit(side, along(side, side, axis, -dot(side, axis)));
      cross(front, axis, side);
      const wide = scale * offset[3 * v] + build.hipsM * wideHips[v]
        + build.shouldersM * wideShoulders[v];
      for (let i = 0; i < 3; i += 1) {
        this.positions[3 * (first + v) + i] = this.#hips[i]
          + s * (this.#shoulders[i] - this.#hips[i]) + wide * side[i]
          + scale * (offset[3 * v + 1] * front[i] + offset[3 * v + 2] * axis[i]);
      }
    }
    this.#gatherUnseen(first, share.length);
  }

  #neckAndHead(joint, scale) {
    const head = this.#small;
    const right = unit(this.#one, difference(this.#one, joint("right_ear"), joint("left_ear")));
    const up = difference(this.#two, mean(this.#two, joint("left_eye"), joint("right_eye")),
      mean(this.#three, joint("mouth_left"), joint("mouth_right")));
    unit(up, along(up, up, right, -dot(up, right)));
    head.side.set(right);
    head.axis.set(up);
    cross(head.front, up, right);
    const skull = mean(this.#one, joint("left_ear"), joint("right_ear"));
    along(skull, skull, head.front, 0.012 * scale);
    along(skull, skull, head.axis, 0.012 * scale);
    const nape = along(this.#two, skull, head.axis, -0.045 * scale);
    along(nape, nape, head.front, -0.012 * scale);
    const axis = unit(this.#three, difference(this.#three, nape, this.#shoulders));
    this.#place(this.#shoulders, nape, towards(this.#upper, this.#chest, axis), scale);
    this.#place(skull, skull, head, scale);
  }

  #arm(own, side, scale) {
    const chest = this.#chest;
    const rest = this.#rest;
    // Held out sideways, no arm can reach the opposite, where least rotation is undefined.
    scaled(rest.axis, chest.side, side === "right" ? 1 : -1);
    rest.front.set(chest.front);
    cross(rest.side, chest.front, rest.axis);
    const shoulder = own("shoulder");
    const elbow = own("elbow");
    const wrist = own("wrist");
    const direction = this.#one;
    const point = this.#two;
    unit(direction, difference(direction, shoulder, this.#shoulders));
    this.#place(this.#shoulders, shoulder, towards(this.#small, rest, direction), scale);
    unit(direction, difference(direction, elbow, shoulder));
    this.#place(shoulder, elbow, towards(this.#upper, rest, direction), scale);
    unit(direction, difference(direction, wrist, elbow));
    this.#place(elbow, wrist, towards(this.#lower, this.#upper, direction), scale);

    mean(point, own("index"), own("pinky"));
    unit(direction, difference(direction, point, wrist));
    const hand = upright(this.#lower, difference(point, own("index"), own("pinky")), direction);
    this.#place(wrist, along(point, wrist, direction, HAND_M * scale), hand, scale);
    unit(direction, difference(direction, own("thumb"), wrist));
    this.#place(wrist, along(point, wrist, direction, THUMB_M * scale),
      towards(this.#small, hand, direction), scale);
  }

  #leg(own, scale) {
    const rest = this.#rest;
    scaled(rest.side, this.#pelvis.side, -1);
    rest.front.set(this.#pelvis.front);
    scaled(rest.axis, this.#pelvis.axis, -1);
    const direction = this.#one;
    const hip = own("hip");
    const knee = own("knee");
    const ankle = own("ankle");
    unit(direction, difference(direction, knee, hip));
    this.#place(hip, knee, towards(this.#upper, rest, direction), scale);
    unit(direction, difference(direction, ankle, knee));
    this.#place(knee, ankle, towards(this.#lower, this.#upper, direction), scale);

    const heel = own("heel");
    const foot = this.#small;
    unit(foot.axis, difference(foot.axis, own("foot_index"), heel));
    const rise = difference(foot.front, ankle, heel);
    unit(rise, along(rise, rise, foot.axis, -dot(rise, foot.axis)));
    cross(foot.side, rise, foot.axis);
    this.#place(heel, own("foot_index"), foot, scale);
  }

  /** Lay the next part between two joints. */
  #place(start, end, { side, front, axis }, scale) {
    const { part: { share, offset }, first } = this.#next();
    for (let v = 0; v < share.length; v += 1) {
      const x = scale * offset[3 * v];
      const y = scale * offset[3 * v + 1];
      const z = scale * offset[3 * v + 2];
      for (let i = 0; i < 3; i += 1) {
        this.positions[3 * (first + v) + i] = start[i] + share[v] * (end[i] - start[i])
          + x * side[i] + y * front[i] + z * axis[i];
      }
    }
    this.#gatherUnseen(first, share.length);
  }

  /** A part whose joints were not seen has no extent, hence no picture; NaN would spoil normals. */
  #gatherUnseen(first, count) {
    const { positions } = this;
    const from = 3 * first;
    const to = 3 * (first + count);
    let sum = 0;
    for (let i = from; i < to; i += 1) sum += positions[i];
    if (Number.isNaN(sum)) positions.fill(0, from, to);
  }

  #shade() {
    shade(this.positions, this.faces, this.normals);
  }
}

/**
 * Give every vertex the mean direction of its faces, larger ones counting more.
 * @param {Float32Array} positions @param {Uint16Array|Uint32Array} faces
 * @param {Float32Array} normals written
 */
export function shade(positions, faces, normals) {
  normals.fill(0);
  for (let f = 0; f < faces.length; f += 3) {
    const a = 3 * faces[f];
    const b = 3 * faces[f + 1];
    const c = 3 * faces[f + 2];
    const ux = positions[b] - positions[a];
    const uy = positions[b + 1] - positions[a + 1];
    const uz = positions[b + 2] - positions[a + 2];
    const vx = positions[c] - positions[a];
    const vy = positions[c + 1] - positions[a + 1];
    const vz = positions[c + 2] - positions[a + 2];
    const nx = uy * vz - uz * vy;
    const ny = uz * vx - ux * vz;
    const nz = ux * vy - uy * vx;
    for (const vertex of [a, b, c]) {
      normals[vertex] += nx;
      normals[vertex + 1] += ny;
      normals[vertex + 2] += nz;
    }
  }
  for (let i = 0; i < normals.length; i += 3) {
    const length = Math.hypot(normals[i], normals[i + 1], normals[i + 2]) || 1;
    normals[i] /= length;
    normals[i + 1] /= length;
    normals[i + 2] /= length;
  }
}
