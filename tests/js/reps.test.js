import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { mirrorBones, rotateYaw, unitBones } from "../../static/js/shadow/alignment.js";
import { count, counting, mainAxis, progress } from "../../static/js/shadow/reps.js";
import { prepare } from "../../static/js/shadow/reference.js";

const cases = JSON.parse(readFileSync(new URL("../data/score.json", import.meta.url), "utf8"));
const caseOf = (name) => cases.find((one) => one.name === name);
const metres = (values) => Float64Array.from(values, (v) => (v === null ? NaN : v / 1000));

function referenceOf({ reference: given }) {
  return prepare(given.times, metres(given.world), given.visibility, given.duration, given.focus);
}

const tally = (places, stepS = 0.1) =>
  places.reduce((state, place, i) => count(state, i * stepS, place), counting()).reps;

test("a rep is there and back", () => {
  assert.equal(tally([0, 0.5, 1, 0.5, 0]), 1);
  assert.equal(tally([0, 1, 0, 1, 0, 1], 0.5), 2, "the last one is not back yet");
});

test("half-hearted, jittery and impossibly quick ones do not count", () => {
  assert.equal(tally([0, 0.5, 0, 0.55, 0]), 0);
  assert.equal(tally([0, 0.59, 0.61, 0.58, 0.62, 0.57, 0.2]), 1);
  assert.equal(tally([0, 1, 0, 1, 0, 1, 0, 1, 0], 0.05), 1);
  assert.equal(tally([0, 1, NaN, NaN, 0]), 1);
});

test("the axis of a squat leads from standing to the bottom, for the client as well", () => {
  const squat = caseOf("late");
  const reference = referenceOf(squat);
  const axis = mainAxis(reference);
  const at = (i) => progress(axis, reference.bones.subarray(39 * i, 39 * (i + 1)));
  assert.ok(at(0) < 0.1 && at(18) > 0.9, `${at(0)} ${at(18)}`);

  const places = squat.frames.map((frame, i) => {
    const { mirror, yaw } = squat.expected.matches[i];
    const bones = unitBones(metres(frame.world));
    return progress(axis, rotateYaw(mirror ? mirrorBones(bones) : bones, yaw));
  });
  assert.ok(Math.min(...places) < 0.15 && Math.max(...places) > 0.85,
    `${Math.min(...places)} ${Math.max(...places)}`);
});

test("someone who holds still has no reps to count", () => {
  const given = caseOf("still").frames;
  const world = given.flatMap((frame) => frame.world);
  const reference = prepare(given.map(({ t }) => t), metres(world),
    new Float64Array(given.length * 33).fill(1), 5);

  assert.equal(mainAxis(reference), null);
});
