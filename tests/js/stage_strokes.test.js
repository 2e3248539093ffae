import assert from "node:assert/strict";
import { test } from "node:test";

import { BONES, INDEX, LANDMARK_COUNT } from "../../static/js/shadow/skeleton.js";
import { CAPACITY, laid, Strokes, styleOf } from "../../static/js/shadow/stage/strokes.js";

const STYLE = { colour: [0.1, 0.2, 0.3], thickness: 10, torsoPx: 100, marks: null };
const bone = (name) => BONES.findIndex((other) => other.name === name);
const at = (name) => INDEX[name];

/** Every landmark in a place of its own, all in one plane. */
function points() {
  const out = new Float32Array(3 * LANDMARK_COUNT);
  for (let i = 0; i < LANDMARK_COUNT; i += 1) out.set([20 * i, 7 * i, 0], 3 * i);
  return out;
}

const everything = () => new Float32Array(LANDMARK_COUNT).fill(1);

/** The stroke from one landmark to another, or undefined. */
function between(strokes, start, end) {
  const [ax, bx] = [20 * at(start), 20 * at(end)];
  for (let i = 0; i < strokes.count; i += 1) {
    if (strokes.ends[4 * i] === ax && strokes.ends[4 * i + 2] === bx) {
      return {
        number: i,
        radius: strokes.shapes[3 * i],
        colour: Array.from(strokes.colours.subarray(4 * i, 4 * i + 3), (v) => Math.round(255 * v)),
      };
    }
  }
  return undefined;
}

test("a whole body fills what is kept for it, in one colour", () => {
  const strokes = new Strokes();
  strokes.fill(points(), everything(), STYLE);

  assert.equal(strokes.count, CAPACITY);
  assert.deepEqual(between(strokes, "left_knee", "left_ankle").colour, [26, 51, 77]);
});

test("limbs take their marks' colours, and the worse the wider", () => {
  const strokes = new Strokes();
  const marks = new Float64Array(BONES.length).fill(1);
  marks[bone("left_thigh")] = 0.7;   // not above 0.7
  marks[bone("left_shin")] = 0.4;    // not above 0.4
  marks[bone("right_forearm")] = NaN;
  strokes.fill(points(), everything(), { ...STYLE, marks });
  const good = between(strokes, "right_knee", "right_ankle");
  const fair = between(strokes, "left_hip", "left_knee");
  const poor = between(strokes, "left_knee", "left_ankle");
  const unseen = between(strokes, "right_elbow", "right_wrist");

  assert.deepEqual(good.colour, [0, 255, 136]);
  assert.deepEqual(fair.colour, [255, 170, 0]);
  assert.deepEqual(poor.colour, [255, 68, 68]);
  assert.equal(new Set(unseen.colour).size, 3);
  assert.ok(unseen.radius < good.radius && good.radius < fair.radius && fair.radius < poor.radius);
  assert.deepEqual(between(strokes, "right_wrist", "right_thumb").colour, unseen.colour);
  assert.equal(styleOf(0.71), styleOf(1));
});

test("what is not seen is not drawn", () => {
  const strokes = new Strokes();
  const visibility = everything();
  visibility[at("left_wrist")] = 0.1;
  strokes.fill(points(), visibility, STYLE);
  assert.equal(between(strokes, "left_elbow", "left_wrist"), undefined);
  assert.ok(between(strokes, "left_shoulder", "left_elbow"));

  const lost = points();
  lost.fill(NaN, 3 * at("right_knee"), 3 * at("right_knee") + 3);
  strokes.fill(lost, everything(), STYLE);
  assert.equal(between(strokes, "right_hip", "right_knee"), undefined);
  assert.ok(![...strokes.ends.subarray(0, 4 * strokes.count)].some(Number.isNaN));
});

test("what is nearer lies on top, and is thicker", () => {
  const strokes = new Strokes();
  const world = points();
  for (const name of ["elbow", "wrist"]) {
    world[3 * at(`left_${name}`) + 2] = -0.4;
    world[3 * at(`right_${name}`) + 2] = 0.4;
  }
  for (const sign of [1, -1]) {  // the order is kept between frames and must still change
    for (let i = 2; i < world.length; i += 3) world[i] *= sign;
    strokes.fill(world, everything(), STYLE);
    const left = between(strokes, "left_elbow", "left_wrist");
    const right = between(strokes, "right_elbow", "right_wrist");
    const nearer = sign > 0 ? [left, right] : [right, left];
    assert.ok(nearer[0].number > nearer[1].number);
    assert.ok(nearer[0].radius > 1.5 * nearer[1].radius);
  }
});

test("a pose is laid where its picture lies, mirrored with it", () => {
  const image = new Float32Array(2 * 66).fill(0);
  const world = new Float32Array(2 * 99).fill(0.25);
  image.set([30, 40], 66 + 2 * at("nose"));
  const out = laid(new Float32Array(99), image, world, { x0: 500, y0: 10, scale: 2, flip: -1 }, 1);

  assert.deepEqual(Array.from(out.subarray(3 * at("nose"), 3 * at("nose") + 3)), [440, 90, 0.25]);
});
