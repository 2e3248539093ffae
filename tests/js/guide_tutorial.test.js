import assert from "node:assert/strict";
import { test } from "node:test";

import { advance, atFirst, Tutorial } from "../../static/js/shadow/guide/tutorial.js";
import { posesOf } from "./guide_takes.js";

const NOBODY = { found: false, world: new Float32Array(99), visibility: new Float32Array(33) };
const still = Array.from(posesOf("raising_left"))[0].pose;

const pose = (nowS, body = still, ready = true) => ({ type: "pose", nowS, pose: body, ready });
const play = (events, state = atFirst()) => events.reduce(advance, state);
const mirrorImage = ({ world, visibility }) => {
  const swap = (i) => (i < 11 ? i : i % 2 ? i + 1 : i - 1);
  return {
    found: true,
    world: Float32Array.from(world, (_, k) =>
      (k % 3 === 0 ? -1 : 1) * world[3 * swap(Math.floor(k / 3)) + (k % 3)]),
    visibility: Float32Array.from(visibility, (_, i) => visibility[swap(i)]),
  };
};

/** Somebody who raises the left arm from 2.0 to 2.7 s of the take, and lets it down from 4.7 s. */
function raise({ shownS, change = (body) => body, untilS = Infinity }) {
  let state = play([pose(-1)]);
  assert.equal(state.step, "raise");
  let shown = false;
  const steps = [];
  for (const { pose: body, nowS } of posesOf("raising_left")) {
    if (nowS > untilS) break;
    if (!shown && nowS >= shownS) {
      state = advance(state, { type: "shown", nowS: shownS });
      shown = true;
    }
    state = advance(state, pose(nowS, change(body)));
    if (steps.at(-1) !== state.step) steps.push(state.step);
  }
  return { state, steps };
}

test("it waits until everything is ready, and goes step by step", () => {
  assert.equal(play([pose(0, still, false), pose(5, still, false)]).step, "stand");
  const { state, steps } = raise({ shownS: 1.5 });

  assert.deepEqual(steps, ["raise", "lower", "ready", "done"]);
  assert.equal(state.skipped, false);
});

test("the same name of arm is no mirror image, the same side of the screen is one", () => {
  assert.equal(raise({ shownS: 1.5 }).state.prior.mirror, false);
  assert.equal(raise({ shownS: 1.5, change: mirrorImage }).state.prior.mirror, true);
});

test("a prompt client's delay, less a reaction, is the first guess of the lag", () => {
  // The arm has risen by the onset's 12 cm some 0.25 s after it began at 2.0 s.
  const { lagS } = raise({ shownS: 1.6 }).state.prior;
  assert.ok(lagS > 0.2 && lagS < 0.6, String(lagS));
});

test("who thinks for long, or moves before the demonstration, tells nothing of the lag", () => {
  assert.equal(raise({ shownS: 0.5 }).state.prior.lagS, null);
  assert.equal(raise({ shownS: 2.15 }).state.prior.lagS, null);
  assert.equal(raise({ shownS: 99 }).state.prior.lagS, null);
  assert.equal(raise({ shownS: 99 }).state.prior.mirror, false);
});

test("two arms are not one", () => {
  let state = play([pose(-1)]);
  const seen = new Set();
  for (const { pose: body, nowS } of posesOf("raising_both")) {
    state = advance(state, pose(nowS, body));
    seen.add(state.bothArms);
  }
  assert.equal(state.step, "raise");
  assert.deepEqual(seen, new Set([false, true]));
});

test("without an answer the demonstration comes again", () => {
  const state = play([pose(0), { type: "shown", nowS: 0.5 }, pose(3), pose(6)]);
  assert.equal(state.round, 1);
  const again = play([pose(6.6)], state);
  assert.equal(again.round, 2);
  assert.ok(Number.isNaN(again.shownS));
});

test("a blink is forgiven, whoever leaves begins anew", () => {
  const state = play([pose(0), pose(1, NOBODY), pose(2, NOBODY), pose(2.4)]);
  assert.equal(state.step, "raise");
  assert.equal(play([pose(3, NOBODY), pose(4.6, NOBODY)], state).step, "stand");
  const almost = raise({ shownS: 1.5, untilS: 5.6 }).state;
  const gone = play([pose(100, NOBODY), pose(102, NOBODY)], almost);
  assert.equal(gone.step, "stand");
  assert.equal(gone.prior.mirror, null);
});

test("it can be skipped at any time, and then nothing is known", () => {
  const state = play([pose(0), { type: "skip" }]);
  assert.deepEqual([state.step, state.skipped, state.prior], ["done", true,
    { mirror: null, lagS: null }]);
  assert.equal(advance(state, pose(1)), state);
  assert.throws(() => advance(atFirst(), { type: "dance" }), /dance/);
});

test("the page hears of steps, demonstrations and two arms, and of nothing else", () => {
  const told = [];
  const tutorial = new Tutorial(({ step, round, bothArms }) => told.push([step, round, bothArms]));
  tutorial.advance(pose(0));
  for (const { pose: body, nowS } of posesOf("raising_both")) tutorial.advance(pose(nowS, body));
  tutorial.advance({ type: "skip" });

  assert.deepEqual(told.slice(0, 3),
    [["raise", 1, false], ["raise", 1, true], ["raise", 1, false]]);
  assert.equal(told.at(-1)[0], "done");
  assert.ok(told.length <= 5, JSON.stringify(told));
  tutorial.restart();
  assert.equal(tutorial.step, "stand");
});
