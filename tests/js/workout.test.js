import assert from "node:assert/strict";
import { test } from "node:test";

import { advance, COUNTDOWN_S, plan, stepOf } from "../../static/js/shadow/workout.js";

const SQUAT = { id: 1, sets: 2, reps: 3, seconds: null, rest_seconds: 20 };
const PLANK = { id: 2, sets: 1, reps: null, seconds: 30, rest_seconds: 0 };
const play = (state, ...events) => events.reduce(advance, state);
const tick = (dtS) => ({ type: "tick", dtS });
const START = { type: "start" };

test("a workout goes through countdown, sets, rests and ends", () => {
  let state = plan([SQUAT, PLANK]);
  assert.equal(state.phase, "ready");
  state = advance(state, START);
  assert.equal(state.phase, "countdown");
  state = play(state, tick(COUNTDOWN_S - 0.1), tick(0.2));
  assert.equal(state.phase, "set");
  state = play(state, { type: "reps", reps: 1 }, { type: "reps", reps: 3 });
  assert.deepEqual([state.phase, stepOf(state).set, state.reps, state.finishedSets],
    ["rest", 1, 0, 1]);
  state = play(state, tick(20), tick(COUNTDOWN_S), { type: "reps", reps: 3 });
  assert.deepEqual([state.phase, stepOf(state).itemIndex], ["rest", 1]);
  state = play(state, tick(20), tick(COUNTDOWN_S));
  state = advance(state, { type: "reps", reps: 50 });
  assert.equal(state.phase, "set", "a set with seconds does not end by reps");
  state = play(state, tick(29.9), tick(0.2));
  assert.deepEqual([state.phase, state.finishedSets], ["done", 3]);
});

test("stopping keeps what was done", () => {
  const state = play(plan([SQUAT]), START, tick(3), { type: "reps", reps: 2 }, tick(5),
    { type: "stop" });
  assert.deepEqual([state.phase, state.reps, state.elapsedS], ["stopped", 2, 5]);
  assert.equal(advance(state, tick(100)).phase, "stopped");

  const again = play(state, START, tick(3));
  assert.deepEqual([again.phase, again.reps, again.elapsedS, again.index], ["set", 2, 5, 0]);
});

test("no rest means the countdown follows at once", () => {
  const state = play(plan([{ ...SQUAT, rest_seconds: 0 }]), START, tick(3),
    { type: "reps", reps: 3 });

  assert.deepEqual([state.phase, state.index], ["countdown", 1]);
});

test("next leaves a set unfinished and cuts a rest short", () => {
  let state = play(plan([SQUAT]), START, tick(3), { type: "next" });
  assert.deepEqual([state.phase, state.index, state.finishedSets], ["rest", 1, 0]);
  state = advance(state, { type: "next" });
  assert.equal(state.phase, "countdown");
  state = play(state, tick(3), { type: "next" });
  assert.equal(state.phase, "done");
  assert.equal(play(state, START, tick(1), { type: "next" }), state, "done is done");
});

test("starting during a rest skips it", () => {
  const state = play(plan([SQUAT]), START, tick(3), { type: "next" }, START);

  assert.equal(state.phase, "countdown");
});

test("finish ends the workout from anywhere", () => {
  for (const events of [[], [START], [START, tick(3)], [START, tick(3), { type: "stop" }]]) {
    assert.equal(play(plan([SQUAT]), ...events, { type: "finish" }).phase, "done");
  }
});

test("a set with neither reps nor seconds lasts until next", () => {
  const state = play(plan([{ id: 3, sets: 1, reps: null, seconds: null }]), START, tick(3),
    tick(1000), { type: "reps", reps: 99 });

  assert.equal(state.phase, "set");
});

test("nothing to do is done", () => {
  assert.equal(plan([]).phase, "done");
  assert.equal(stepOf(plan([])), null);
});

test("reps never go down, and an unknown event is a mistake", () => {
  const state = play(plan([SQUAT]), START, tick(3), { type: "reps", reps: 2 });

  assert.equal(advance(state, { type: "reps", reps: 1 }), state);
  assert.throws(() => advance(state, { type: "jump" }), /unknown event jump/);
});

test("a stopped set goes on where it was, a repeated one begins anew", () => {
  const stopped = play(plan([SQUAT]), START, tick(3), { type: "reps", reps: 2 }, tick(5),
    { type: "stop" });

  const resumed = advance(stopped, START);
  assert.deepEqual([resumed.phase, resumed.begun, resumed.elapsedS], ["countdown", true, 5]);
  const again = advance(stopped, { type: "repeat" });
  assert.deepEqual([again.phase, again.begun, again.elapsedS, again.reps, again.index],
    ["countdown", false, 0, 0, 0]);
});

test("repeating during a rest does the last set once more", () => {
  const resting = play(plan([SQUAT]), START, tick(3), { type: "reps", reps: 3 });
  assert.deepEqual([resting.phase, resting.index, resting.finishedSets], ["rest", 1, 1]);

  const again = advance(resting, { type: "repeat" });
  assert.deepEqual([again.phase, again.index, again.finishedSets], ["countdown", 0, 0]);
  const first = plan([SQUAT]);
  assert.equal(advance(first, { type: "repeat" }), first, "there is nothing to repeat yet");
});

test("skipping leaves the exercise, without a rest", () => {
  const skipped = play(plan([SQUAT, PLANK]), START, tick(3), { type: "skip" });
  assert.deepEqual([skipped.phase, stepOf(skipped).itemIndex, skipped.finishedSets],
    ["countdown", 1, 0]);
  assert.equal(advance(skipped, { type: "skip" }).phase, "done");
  assert.equal(advance(plan([SQUAT, PLANK]), { type: "skip" }).phase, "ready", "not begun yet");
});

test("a rest can be made longer", () => {
  const rest = play(plan([SQUAT]), START, tick(3), { type: "next" }, { type: "rest", moreS: 15 });
  assert.deepEqual([rest.remainingS, rest.restS], [35, 35]);
  assert.equal(play(rest, tick(34)).phase, "rest");
  assert.equal(advance(plan([SQUAT]), { type: "rest", moreS: 15 }).remainingS, 0);
});

test("a workout left behind goes on after its last set", () => {
  const state = plan([SQUAT, PLANK], [{ item: 1, set: 0 }, { item: 1, set: 1 }]);
  assert.deepEqual([state.phase, stepOf(state).itemIndex, state.finishedSets], ["ready", 1, 2]);
  assert.equal(plan([PLANK], [{ item: 2, set: 0 }]).phase, "done");
});
