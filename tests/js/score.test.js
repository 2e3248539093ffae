import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { prepare } from "../../static/js/shadow/reference.js";
import { count, counting, mainAxis } from "../../static/js/shadow/reps.js";
import { gradeOf, initial, step } from "../../static/js/shadow/score.js";
import { inside } from "../../static/js/shadow/sight.js";

const TOLERANCE = 1e-6;
const cases = JSON.parse(readFileSync(new URL("../data/score.json", import.meta.url), "utf8"));

const metres = (millimetres) =>
  Float64Array.from(millimetres, (v) => (v === null ? NaN : v / 1000));

function assertClose(got, want, what) {
  if (want === null) assert.ok(Number.isNaN(got), `${what}: ${got} should be NaN`);
  else assert.ok(Math.abs(got - want) <= TOLERANCE, `${what}: ${got} is not ${want}`);
}

/** Weigh 39 numbers into one, as tools/make_golden.py does: a wrong sign or order changes it. */
const checkOf = (values) =>
  values.reduce((sum, v, i) => (Number.isNaN(v) ? sum : sum + v * (i + 1)), 0);

function sightOf({ visibility, image }, picture) {
  return image
    ? inside(visibility, image, picture.width, picture.height, new Float64Array(33))
    : visibility;
}

for (const { name, reference: given, frames, picture, prior, expected } of cases) {
  test(`score and reps equal their Python twins: ${name}`, () => {
    const reference = prepare(given.times, metres(given.world), given.visibility, given.duration,
      given.focus);
    expected.weights.forEach((want, b) => assertClose(reference.weights[b], want, `weight ${b}`));
    expected.shown.forEach((want, b) => assertClose(reference.shown[b], want, `shown ${b}`));
    const state = initial({ mirror: prior?.mirror, lagS: prior?.lag });
    const axis = mainAxis(reference);
    const counter = counting();
    frames.forEach((frame, i) => {
      const world = frame.world && metres(frame.world);
      const sight = frame.world && sightOf(frame, picture);
      const match = step(state, reference, frame.t, frame.position, world, sight);
      if (axis) count(counter, axis, frame.t, world, sight);
      const want = expected.matches[i];
      assert.equal(match.mirror, want.mirror, `mirror in frame ${i}`);
      assert.equal(counter.reps, want.reps, `reps in frame ${i}`);
      assertClose(counter.phase, want.phase, `phase in frame ${i}`);
      assertClose(match.score, want.score, `score in frame ${i}`);
      assertClose(match.lagS, want.lag, `lag in frame ${i}`);
      assertClose(match.yawRad, want.yaw, `yaw in frame ${i}`);
      assertClose(match.agreement, want.agreement, `agreement in frame ${i}`);
      assertClose(checkOf(match.body), want.body, `body in frame ${i}`);
      assertClose(checkOf(match.target), want.target, `target in frame ${i}`);
      for (const [key, got] of [["errors", match.errorsDeg], ["marks", match.marks],
        ["seen", match.seen]]) {
        want[key].forEach((value, b) =>
          assertClose(got[b], value, `${key} of bone ${b} in frame ${i}`));
      }
    });
  });
}

test("grades begin above their thresholds", () => {
  assert.deepEqual([100, 70.01, 70, 40.01, 40, 0, NaN, null].map(gradeOf),
    ["green", "green", "yellow", "yellow", "red", "red", "unseen", "unseen"]);
});
