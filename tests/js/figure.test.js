import assert from "node:assert/strict";
import { test } from "node:test";

import { figureOf, frameOf } from "../../static/js/shadow/figure.js";
import { BONES } from "../../static/js/shadow/skeleton.js";

const DIRECTIONS = {
  torso: [0, -1, 0], shoulder_line: [-1, 0, 0], hip_line: [-1, 0, 0], foot: [0, 0, -1],
};
/** Somebody who stands facing the camera: their left is to the picture's right. */
function standing(changes = {}) {
  const bones = new Float64Array(39);
  BONES.forEach(({ name }, b) => {
    const direction = changes[name] ?? DIRECTIONS[name]
      ?? DIRECTIONS[name.replace(/left_|right_/, "")] ?? [0, 1, 0];
    bones.set(direction, 3 * b);
  });
  return bones;
}
const lineOf = (figure, name) =>
  figure.lines.find(({ bone }) => bone === BONES.findIndex((one) => one.name === name));

test("a standing body stands: head above, feet below, left at the picture's right", () => {
  const figure = figureOf(standing());
  assert.ok(figure.head.y < -2);
  assert.ok(lineOf(figure, "left_shin").y2 > 3.5);
  assert.ok(lineOf(figure, "left_thigh").x1 > 0 && lineOf(figure, "right_thigh").x1 < 0);
  assert.equal(lineOf(figure, "left_upper_arm").y2 > lineOf(figure, "left_upper_arm").y1, true);
  assert.equal(figure.lines.length, 15);
});

test("what hangs on an unseen bone is left out with it", () => {
  const figure = figureOf(standing({ left_thigh: [NaN, NaN, NaN] }));
  assert.equal(lineOf(figure, "left_thigh"), undefined);
  assert.equal(lineOf(figure, "left_shin"), undefined);
  assert.ok(lineOf(figure, "right_shin"));
  const unseen = figureOf(new Float64Array(39).fill(NaN));
  assert.deepEqual([unseen.lines, unseen.head], [[], null]);
});

test("one frame holds all figures, whatever they do", () => {
  const up = figureOf(standing({ left_upper_arm: [0, -1, 0], left_forearm: [0, -1, 0] }));
  const frame = frameOf([figureOf(standing()), up]);
  for (const { y1, y2, x1, x2 } of up.lines) {
    assert.ok(Math.min(y1, y2) > frame.y && Math.max(y1, y2) < frame.y + frame.height);
    assert.ok(Math.min(x1, x2) > frame.x && Math.max(x1, x2) < frame.x + frame.width);
  }
  const nobody = frameOf([figureOf(new Float64Array(39).fill(NaN))]);
  assert.ok(nobody.width > 0 && nobody.height > 0);
});
