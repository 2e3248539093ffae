/**
 * Skeletons as strokes: tapered lines with round ends, farthest first. Pure: it fills arrays that a
 * shader draws (strokes_mesh.js), the same ones for the flat picture and for the view in 3D.
 */

import { BONES, EDGES, INDEX, LANDMARK_COUNT } from "../skeleton.js";

/** Landmarks below this visibility are not drawn. */
export const SEEN = 0.3;
/** Joints this far from the hips in depth are drawn at the thinnest and thickest. */
const DEPTH_M = 0.45;
const DEPTH_WIDTH = 0.38;

const GREEN_ABOVE = 0.7;
const YELLOW_ABOVE = 0.4;
const rgb = (hex) => [16, 8, 0].map((shift) => ((hex >> shift) & 255) / 255);
/** The colours of grades, everywhere the same; their width tells them apart without colour. */
const GRADES = Object.freeze({
  green: { colour: rgb(0x00ff88), width: 1 },
  yellow: { colour: rgb(0xffaa00), width: 1.25 },
  red: { colour: rgb(0xff4444), width: 1.55 },
  unseen: { colour: rgb(0x9aa0ad), width: 0.7 },
});

/** @param {number} mark 0..1; NaN = not judged @returns {{colour: number[], width: number}} */
export function styleOf(mark) {
  if (Number.isNaN(mark)) return GRADES.unseen;
  if (mark > GREEN_ABOVE) return GRADES.green;
  return mark > YELLOW_ABOVE ? GRADES.yellow : GRADES.red;
}

const boneOf = (name) => BONES.findIndex((bone) => bone.name === name);
const FACE = new Set(["left_ear", "right_ear", "left_eye", "right_eye", "nose"]
  .map((name) => INDEX[name]));
/** What a limb's landmark beyond the bones hangs on: fingers on the forearm, heels on the foot. */
const BONE_BY_PARTS = [
  [["shoulder", "elbow"], "upper_arm"], [["elbow", "wrist"], "forearm"],
  [["wrist", "index"], "forearm"], [["wrist", "pinky"], "forearm"], [["wrist", "thumb"], "forearm"],
  [["hip", "knee"], "thigh"], [["knee", "ankle"], "shin"], [["ankle", "heel"], "foot"],
  [["heel", "foot_index"], "foot"], [["ankle", "foot_index"], "foot"],
];

function boneOfEdge(a, b) {
  const is = (first, second) => a === INDEX[first] && b === INDEX[second];
  if (is("left_shoulder", "right_shoulder")) return boneOf("shoulder_line");
  if (is("left_hip", "right_hip")) return boneOf("hip_line");
  for (const side of ["left", "right"]) {
    if (is(`${side}_shoulder`, `${side}_hip`)) return boneOf("torso");
    for (const [[start, end], bone] of BONE_BY_PARTS) {
      if (is(`${side}_${start}`, `${side}_${end}`)) return boneOf(`${side}_${bone}`);
    }
  }
  throw new Error(`no bone between landmarks ${a} and ${b}`);
}

const THIN = new Set(["pinky", "thumb", "index", "heel", "foot_index"]
  .flatMap((name) => [INDEX[`left_${name}`], INDEX[`right_${name}`]]));

/** Every line of the body; the face is a head instead. */
const LINES = Object.freeze(EDGES
  .filter(([a, b]) => !FACE.has(a) && !FACE.has(b))
  .map(([a, b]) => Object.freeze({ a, b, bone: boneOfEdge(a, b), thin: THIN.has(a) || THIN.has(b) })));
const JOINTS = Object.freeze(["shoulder", "elbow", "wrist", "hip", "knee", "ankle"]
  .flatMap((name) => [INDEX[`left_${name}`], INDEX[`right_${name}`]]));

/** Strokes of one skeleton: lines, joints, neck and head. */
export const CAPACITY = LINES.length + JOINTS.length + 2;

const HEAD = [INDEX.left_ear, INDEX.right_ear];
const SHOULDERS = [INDEX.left_shoulder, INDEX.right_shoulder];
/** The head's radius against the distance of shoulders from hips. */
const HEAD_SIZE = 0.21;
const HEAD_FILL = 0.1;
const LINE_FILL = 0.94;
const THIN_WIDTH = 0.55;
const JOINT_WIDTH = 0.62;
const WHITE = [1, 1, 1];

/** What is drawn of one skeleton, in painter's order. */
export class Strokes {
  /** Two ends of each, pixels: ax, ay, bx, by. */
  ends = new Float32Array(4 * CAPACITY);
  /** Radius at either end, pixels, and how much of its rim is its own colour (else dark). */
  shapes = new Float32Array(3 * CAPACITY);
  /** Red, green, blue and opacity of the inside, 0..1, straight. */
  colours = new Float32Array(4 * CAPACITY);
  count = 0;
  // Painter's order, kept between frames: nearly sorted already, and nothing to allocate.
  #order = LINES.map((_, i) => i);
  #depth = new Float64Array(LINES.length);

  clear() {
    this.count = 0;
  }

  /**
   * Fill anew.
   * @param {Float32Array} points 33x3: the stage's x and y in pixels, depth in metres, near negative
   * @param {ArrayLike<number>} visibility 33 from `base` on
   * @param {{colour: number[], thickness: number, torsoPx: number,
   *   marks: Float64Array|null, base?: number, head?: boolean}} style thickness and torso in the
   *   stage's pixels
   */
  fill(points, visibility, { colour, thickness, torsoPx, marks, base = 0, head = true }) {
    this.count = 0;
    const seen = (i) => visibility[base + i] >= SEEN && !Number.isNaN(points[3 * i]);
    this.#sort(points);
    if (head) this.#head(points, seen, colour, thickness, torsoPx);
    for (const at of this.#order) {
      const { a, b, bone, thin } = LINES[at];
      if (!seen(a) || !seen(b)) continue;
      const { colour: own, width } = marks ? styleOf(marks[bone]) : { colour, width: 1 };
      const radius = 0.5 * thickness * width * (thin ? THIN_WIDTH : 1);
      this.#put(points[3 * a], points[3 * a + 1], points[3 * b], points[3 * b + 1],
        radius * near(points[3 * a + 2]), radius * near(points[3 * b + 2]), 0, own, LINE_FILL);
    }
    for (const joint of JOINTS) {
      if (!seen(joint)) continue;
      const x = points[3 * joint];
      const y = points[3 * joint + 1];
      const radius = 0.5 * thickness * JOINT_WIDTH * near(points[3 * joint + 2]);
      this.#put(x, y, x, y, radius, radius, 0, WHITE, 1);
    }
  }

  #head(points, seen, colour, thickness, torsoPx) {
    if (![...HEAD, ...SHOULDERS].every(seen)) return;
    const middle = (pair, axis) => (points[3 * pair[0] + axis] + points[3 * pair[1] + axis]) / 2;
    const x = middle(HEAD, 0);
    const y = middle(HEAD, 1);
    const neckX = middle(SHOULDERS, 0);
    const neckY = middle(SHOULDERS, 1);
    const radius = HEAD_SIZE * torsoPx * near(middle(HEAD, 2));
    const length = Math.hypot(x - neckX, y - neckY);
    if (length > radius) {
      const share = radius / length;
      const half = 0.5 * thickness * THIN_WIDTH;
      this.#put(neckX, neckY, x + share * (neckX - x), y + share * (neckY - y), half, half, 0,
        colour, LINE_FILL);
    }
    this.#put(x, y, x, y, radius, radius, 1, colour, HEAD_FILL);
  }

  #put(ax, ay, bx, by, fromRadius, toRadius, rim, colour, opacity) {
    const i = this.count;
    this.ends.set([ax, ay, bx, by], 4 * i);
    this.shapes.set([fromRadius, toRadius, rim], 3 * i);
    this.colours.set(colour, 4 * i);
    this.colours[4 * i + 3] = opacity;
    this.count += 1;
  }

  #sort(points) {
    const order = this.#order;
    const depth = this.#depth;
    for (let i = 0; i < LINES.length; i += 1) {
      depth[i] = points[3 * LINES[i].a + 2] + points[3 * LINES[i].b + 2];
    }
    for (let i = 1; i < order.length; i += 1) {
      const line = order[i];
      let j = i - 1;
      while (j >= 0 && depth[order[j]] < depth[line]) {
        order[j + 1] = order[j];
        j -= 1;
      }
      order[j + 1] = line;
    }
  }
}

const near = (depthM) =>
  1 + DEPTH_WIDTH * Math.max(-1, Math.min(1, Number.isNaN(depthM) ? 0 : -depthM / DEPTH_M));

/**
 * Lay a pose on the stage.
 * @param {Float32Array} out 33x3, see `Strokes.fill`
 * @param {ArrayLike<number>} image 33x2 pixels of the picture, from `pose` poses on
 * @param {ArrayLike<number>} world 33x3 metres, likewise
 * @param {import("../fit.js").Placement} placement
 * @returns {Float32Array} `out`
 */
export function laid(out, image, world, { x0, y0, scale, flip }, pose = 0) {
  for (let i = 0; i < LANDMARK_COUNT; i += 1) {
    out[3 * i] = x0 + flip * scale * image[66 * pose + 2 * i];
    out[3 * i + 1] = y0 + scale * image[66 * pose + 2 * i + 1];
    out[3 * i + 2] = world[99 * pose + 3 * i + 2];
  }
  return out;
}
