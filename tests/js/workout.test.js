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
