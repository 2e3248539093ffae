import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { prepare } from "../../static/js/shadow/reference.js";
import { gradeOf, initial, step } from "../../static/js/shadow/score.js";

const TOLERANCE = 1e-6;
const cases = JSON.parse(readFileSync(new URL("../data/score.json", import.meta.url), "utf8"));

const metres = (millimetres) =>
  Float64Array.from(millimetres, (v) => (v === null ? NaN : v / 1000));

function assertClose(got, want, what) {
  if (want === null) assert.ok(Number.isNaN(got), `${what}: ${got} should be NaN`);
  else assert.ok(Math.abs(got - want) <= TOLERANCE, `${what}: ${got} is not ${want}`);
}

for (const { name, reference: given, frames, expected } of cases) {
  test(`score equals its Python twin: ${name}`, () => {
    const reference = prepare(given.times, metres(given.world), given.visibility, given.duration,
      given.focus);
    expected.weights.forEach((want, b) => assertClose(reference.weights[b], want, `weight ${b}`));
    const state = initial();
    frames.forEach((frame, i) => {
      const match = step(state, reference, frame.t, frame.position,
        frame.world && metres(frame.world), frame.visibility);
      const want = expected.matches[i];
      assert.equal(match.mirror, want.mirror, `mirror in frame ${i}`);
      assertClose(match.score, want.score, `score in frame ${i}`);
      assertClose(match.lagS, want.lag, `lag in frame ${i}`);
      assertClose(match.yawRad, want.yaw, `yaw in frame ${i}`);
      assertClose(match.agreement, want.agreement, `agreement in frame ${i}`);
      want.errors.forEach((error, b) =>
        assertClose(match.errorsDeg[b], error, `error of bone ${b} in frame ${i}`));
    });
  });
}

test("grades begin above their thresholds", () => {
  assert.deepEqual([100, 70.01, 70, 40.01, 40, 0, NaN, null].map(gradeOf),
    ["green", "green", "yellow", "yellow", "red", "red", "unseen", "unseen"]);
});
