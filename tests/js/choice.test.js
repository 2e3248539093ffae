import assert from "node:assert/strict";
import { test } from "node:test";

import { Choice } from "../../static/js/shadow/choice.js";

const GPU_FULL = { model: "full", delegate: "GPU" };
const GPU_LITE = { model: "lite", delegate: "GPU" };
const FULL = { model: "full", delegate: "CPU" };
const LITE = { model: "lite", delegate: "CPU" };

/** Let frames come until the choice changes or the time is up; tells what was taken, and when. */
function live(choice, tookMs, seconds, fromMs = 0) {
  const changes = [];
  for (let nowMs = fromMs; nowMs < fromMs + 1000 * seconds;) {
    const ms = tookMs(choice.current);
    nowMs += Math.max(33, ms);
    const next = choice.see(ms, nowMs);
    if (next) {
      choice.took(next);
      changes.push([next, nowMs - fromMs]);
    }
  }
  return changes;
}

function running(candidates) {
  const choice = new Choice(candidates);
  choice.took(choice.first);
  return choice;
}

test("what is quick enough stays", () => {
  const choice = running([GPU_FULL, GPU_LITE, FULL, LITE]);

  assert.deepEqual(live(choice, () => 12, 120), []);
  assert.equal(choice.current, GPU_FULL);
});

test("what is far too slow is left after the first few frames", () => {
  const choice = running([FULL, LITE]);
  const [[taken, afterMs]] = live(choice, (one) => (one === FULL ? 140 : 40), 20);

  assert.equal(taken, LITE);
  assert.ok(afterMs < 16 * 140 + 1);
});

test("what is a little slow is left only when it stays so", () => {
  const choice = running([FULL, LITE]);
  const [[taken, afterMs]] = live(choice, (one) => (one === FULL ? 70 : 45), 20);

  assert.equal(taken, LITE);
  assert.ok(afterMs > 3000 && afterMs < 6000);
});

test("one slow moment changes nothing", () => {
  const choice = running([FULL, LITE]);
  live(choice, () => 40, 10);
  live(choice, () => 80, 2, 10_000);

  assert.deepEqual(live(choice, () => 40, 10, 12_000), []);
});

test("where all are slow the quickest is kept", () => {
  const times = new Map([[GPU_FULL, 300], [GPU_LITE, 100], [FULL, 400], [LITE, 250]]);
  const choice = running([GPU_FULL, GPU_LITE, FULL, LITE]);
  const changes = live(choice, (one) => times.get(one), 120);

  assert.equal(choice.current, GPU_LITE);
  assert.deepEqual(changes.map(([one]) => one), [GPU_LITE, FULL, LITE, GPU_LITE]);
});

test("what was fast for long makes room for the better model", () => {
  const choice = running([FULL, LITE]);
  live(choice, (one) => (one === FULL ? 100 : 50), 20);
  assert.equal(choice.current, LITE);
  const [[taken, afterMs]] = live(choice, (one) => (one === FULL ? 40 : 25), 60, 20_000);

  assert.equal(taken, FULL);
  assert.ok(afterMs >= 30_000);
});

test("a better model that fails again and again is tried ever more seldom", () => {
  // Alone the small model is quick; the large one is too slow every time.
  const choice = running([FULL, LITE]);
  const changes = live(choice, (one) => (one === FULL ? 75 : 25), 1800);
  const rises = changes.filter(([one]) => one === FULL).map(([, atMs]) => atMs);

  assert.ok(rises.length >= 3 && rises.length <= 6, `${rises.length} tries in half an hour`);
  const gaps = rises.slice(1).map((at, i) => at - rises[i]);
  for (let i = 1; i < gaps.length; i += 1) assert.ok(gaps[i] > gaps[i - 1]);
  assert.ok(gaps.at(-1) > 5 * gaps[0]);
});

test("a delegate that was left is not gone back to for being fast elsewhere", () => {
  const choice = running([GPU_LITE, LITE]);
  const changes = live(choice, (one) => (one === GPU_LITE ? 120 : 20), 300);

  assert.deepEqual(changes.map(([one]) => one), [LITE]);
});

test("what can't be started is out", () => {
  const choice = new Choice([GPU_FULL, FULL]);
  choice.failed(GPU_FULL);
  assert.equal(choice.first, FULL);
  choice.took(FULL);
  assert.deepEqual(live(choice, () => 200, 30), []);
  choice.failed(FULL);

  assert.equal(choice.first, null);
});

test("what gives up is replaced by the next, the last by itself", () => {
  const choice = running([GPU_FULL, FULL]);
  assert.equal(choice.substitute, FULL);
  choice.took(FULL);
  assert.equal(choice.substitute, GPU_FULL);
  choice.failed(GPU_FULL);

  assert.equal(choice.substitute, FULL);
});
