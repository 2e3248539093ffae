import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { Attempt, Pace } from "../../static/js/shadow/attempt.js";
import { prepare } from "../../static/js/shadow/reference.js";

const cases = JSON.parse(readFileSync(new URL("../data/score.json", import.meta.url), "utf8"));
const metres = (values) => Float32Array.from(values, (v) => (v === null ? NaN : v / 1000));
const NOBODY = { found: false, world: new Float32Array(99), visibility: new Float32Array(33) };

function attemptOf(name) {
  const one = cases.find((each) => each.name === name);
  const { reference: given } = one;
  const attempt = new Attempt(prepare(given.times, metres(given.world), given.visibility,
    given.duration, given.focus));
  const poses = one.frames.map((frame) => (frame.world
    ? { found: true, world: metres(frame.world), visibility: Float32Array.from(frame.visibility) }
    : NOBODY));
  return { attempt, poses, times: one.frames.map(({ t }) => t) };
}

test("a client who follows has reps and a calm score", () => {
  const { attempt, poses, times } = attemptOf("late");
  poses.forEach((pose, i) => attempt.judge(pose, times[i], times[i]));

  assert.equal(attempt.reps, 1);
  assert.ok(attempt.calmScore > 85, String(attempt.calmScore));
});

test("a client who stands still has no reps", () => {
  const { attempt, poses, times } = attemptOf("still");
  poses.forEach((pose, i) => attempt.judge(pose, times[i], times[i]));

  assert.equal(attempt.reps, 0);
  assert.ok(attempt.calmScore < 70, String(attempt.calmScore));
});

test("the convention is open at first, and once settled it stays", () => {
  const { attempt, poses, times } = attemptOf("paused");
  const said = poses.map((pose, i) => {
    attempt.judge(pose, times[i], times[i]);
    return attempt.mirrored;
  });

  assert.equal(said[0], null);
  const first = said.findIndex((mirrored) => mirrored !== null);
  assert.ok(first === -1 || said.slice(first).every((mirrored) => mirrored === said[first]));
});

test("a blink keeps the number on show, a longer absence takes it away, and it comes back", () => {
  const { attempt, poses } = attemptOf("late");
  attempt.judge(poses[0], 0, 0);
  const before = attempt.calmScore;
  attempt.judge(NOBODY, 0.5, 0.5);
  assert.equal(attempt.calmScore, before);
  attempt.judge(NOBODY, 1, 1);
  assert.ok(Number.isNaN(attempt.calmScore));
  attempt.judge(poses[0], 1.1, 0);
  assert.ok(Number.isFinite(attempt.calmScore));
});

test("a match says all that the page shows", () => {
  const { attempt, poses, times } = attemptOf("late");
  let judged = null;
  poses.forEach((pose, i) => { judged = attempt.judge(pose, times[i], times[i]); });

  assert.equal(judged.reps, attempt.reps);
  assert.equal(judged.marks.length, 13);
  assert.ok([...judged.marks].every((mark) => mark > 0.7), String(judged.marks));
  assert.equal(judged.body.length, 39);
  assert.equal(judged.target.length, 39);
  assert.ok([...judged.seen].every((seen) => seen >= 0.5));
  assert.ok(judged.phase >= 0 && judged.phase <= 1);
  assert.equal(attempt.judge(poses[0], 99, 99), judged, "one object for the attempt's life");
});

test("what lies outside the picture is not visible, and never wrong", () => {
  const { attempt, poses, times } = attemptOf("late");
  const image = Float32Array.from({ length: 66 }, (_, i) => (i >= 46 ? 200 : 50));
  poses.forEach((pose, i) => {
    const { marks, score, reps } = attempt.judge({ ...pose, image, width: 100, height: 100 },
      times[i], times[i]);
    assert.ok(Number.isNaN(score));
    assert.ok([...marks].every(Number.isNaN));
    assert.equal(reps, 0);
  });
});

test("what the tutorial found is where the set begins", () => {
  const { reference: given } = cases.find(({ name }) => name === "expected");
  const reference = prepare(given.times, metres(given.world), given.visibility, given.duration,
    given.focus);
  const attempt = new Attempt(reference, { mirror: false, lagS: 0.8 });

  assert.equal(attempt.mirrored, false);
  assert.deepEqual(new Attempt(reference, null).prior, { mirror: null, lagS: null });
});

test("pace counts pictures a second", () => {
  const pace = new Pace();
  assert.equal(pace.beat(0), 0);
  let fps = 0;
  for (let i = 1; i <= 100; i += 1) fps = pace.beat(i * 50);

  assert.ok(Math.abs(fps - 20) < 1e-9);
});
