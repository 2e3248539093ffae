import assert from "node:assert/strict";
import { test } from "node:test";

import {
  blockAt, chunkAt, clock, decode, decodePairs, levelOf, repAt, rowNear, samePhase, stretchesOf,
  trainerTime,
} from "../../static/js/report/data.js";
import { bandOf, pathOf, spanOf } from "../../static/js/report/curve.js";

const close = (actual, expected, within = 1e-9) =>
  assert.ok(Math.abs(actual - expected) <= within, `${actual} is not ${expected}`);
const report = decode({
  blocks: [
    { item: 1, set: 0, start_ms: 2000, length_ms: 10000, score: 80, bins: [90, null, -1, 70] },
    { item: 1, set: 1, start_ms: 20000, length_ms: 5000, score: null, bins: [null] },
  ],
  chunks: [[0, 0, 2000, 6900], [1, 0, 7000, 11900], [2, 1, 20000, 24900]],
  exercises: [{
    id: 7,
    item: 1,
    reps: [[2500, 2000, 91, 0], [2500, 1500, null, 1]],
    moments: [[5200, 1400, 1], [6000, null, 0]],
  }],
  moments: [],
  shares: {},
});

test("times are summed and become seconds", () => {
  assert.deepEqual(report.blocks.map(({ startS, lengthS }) => [startS, lengthS]), [[2, 10], [20, 5]]);
  const [{ reps, moments }] = report.exercises;
  assert.deepEqual(reps, [
    { n: 1, startS: 2.5, endS: 4.5, score: 91, half: false },
    { n: 2, startS: 5, endS: 6.5, score: null, half: true },
  ]);
  assert.deepEqual(moments, [
    { number: 1, atS: 5.2, trainerAtS: 1.4, severe: true },
    { number: 2, atS: 6, trainerAtS: null, severe: false },
  ]);
});

test("colours part at 70 and 40, which belong to the lower one", () => {
  const cases = [[100, "green"], [70.1, "green"], [70, "yellow"], [40.1, "yellow"], [40, "red"],
    [0, "red"], [NaN, "unseen"], [null, "unseen"]];
  for (const [score, level] of cases) assert.equal(levelOf(score), level);
});

test("stretches keep the mean, and what was not recorded is left out", () => {
  const fine = stretchesOf(report.blocks[0], 100);
  assert.deepEqual(fine.map(({ score }) => score), [90, null, 70]);
  close(fine[2].startS, 7.5);
  close(fine[2].stopS, 10);
  const coarse = stretchesOf(report.blocks[0], 2);
  assert.deepEqual(coarse.map(({ score }) => score), [90, 70]);
  const long = stretchesOf({ lengthS: 100, bins: Array.from({ length: 100 }, (_, i) => i) }, 20);
  assert.equal(long.length, 20);
  long.forEach(({ score }, k) => close(score, 2 + 5 * k));
  const unseen = stretchesOf({ lengthS: 3, bins: [50, null, null] }, 1);
  assert.deepEqual(unseen.map(({ score }) => score), [null]);
});

test("every time belongs to the nearest set, chunk and row", () => {
  assert.deepEqual([-3, 2, 11, 13, 17, 22, 99].map((t) => blockAt(report, t)), [0, 0, 0, 0, 1, 1, 1]);
  assert.deepEqual([0, 6.9, 6.96, 15, 16, 30].map((t) => chunkAt(report, t)), [0, 0, 1, 1, 2, 2]);
  assert.equal(rowNear([1, 1.1, 1.4], 1.24), 1);
  assert.equal(rowNear([1, 1.1, 1.4], 1.26), 2);
  assert.equal(blockAt({ blocks: [] }, 1), -1);
});

test("a time is in a repetition, or between two", () => {
  const [exercise] = report.exercises;
  assert.deepEqual([2, 3, 4.7, 6].map((t) => repAt(exercise, t)), [-1, 0, -1, 1]);
  assert.equal(repAt(undefined, 3), -1);
});

test("equal phase lies between the knots, and not beyond the ends", () => {
  const [pair] = decodePairs({ pairs: [[[1000, 1000, 2000], [500, 250, 250]]] });
  assert.deepEqual(pair, { clientS: [1, 2, 4], trainerS: [0.5, 0.75, 1] });
  close(samePhase(pair, 1.5), 0.625);
  close(samePhase(pair, 3), 0.875);
  close(samePhase(pair, 0), 0.5);
  close(samePhase(pair, 9), 1);
});

test("the trainer's time lies behind the clock by the lag, round the clip's end", () => {
  close(trainerTime(1, 0.4, 4), 0.6);
  close(trainerTime(0.1, 0.4, 4), 3.7);
  close(trainerTime(0.1, null, 4), 0.1);
  close(trainerTime(0.1, 0.4, 0), 0);
});

test("clocks", () => {
  assert.deepEqual([0, 59.9, 65, -1].map(clock), ["0:00", "0:59", "1:05", "0:00"]);
});

test("a line is broken where nothing was seen, a band is closed", () => {
  const x = (i) => 10 * i;
  const y = (value) => value;
  assert.equal(pathOf([1, 2, null, 3], x, y), "M0.0 1.0L10.0 2.0M30.0 3.0");
  assert.equal(bandOf([5, 6], 1, x, y), "M0.0 6.0L10.0 7.0L10.0 5.0L0.0 4.0Z");
  assert.equal(bandOf([5, null], 1, x, y), "");
  const curve = { client: [[120, null]], trainer: [[400, 600]], tolerance: 100 };
  assert.deepEqual(spanOf(curve), [100, 700]);
});
