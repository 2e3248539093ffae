import assert from "node:assert/strict";
import { test } from "node:test";

import {
  binsOf, blockOf, blockSeconds, clock, decode, frameNear, levelOf, trainerTime,
} from "../../static/js/report/data.js";

const decoded = (score, t = score.map((_, i) => i / 10)) => decode({
  t: t.map((value, i) => Math.round((value - (i ? t[i - 1] : 0)) * 1000)),
  clip_t: t.map((_, i) => (i ? 100 : 0)),
  score: score.map((value) => (value === null ? null : Math.round(value * 10))),
  lag: score.map((value) => (value === null ? null : 200)),
  places: [[0, 0, score.length]],
  blocks: [{ item: 1, set: 0, start: 0, stop: score.length, score: null }],
  moments: [],
});
const close = (actual, expected, within = 1e-9) =>
  assert.ok(Math.abs(actual - expected) <= within, `${actual} is not ${expected}`);

test("differences are summed and null becomes NaN", () => {
  const report = decode({
    t: [500, 100, 67], clip_t: [3900, 100, -3950], score: [805, null, 0], lag: [-120, null, 1000],
    places: [[3, 0, 1], [5, 7, 2]], blocks: [], moments: [],
  });
  assert.deepEqual([...report.t], [0.5, 0.6, 0.667]);
  assert.deepEqual([...report.clipT], [3.9, 4, 0.05]);
  assert.deepEqual([...report.score], [80.5, NaN, 0]);
  assert.deepEqual([...report.lag], [-0.12, NaN, 1]);
  assert.deepEqual([...report.seq], [3, 5, 5]);
  assert.deepEqual([...report.row], [0, 7, 8]);
});

test("colours part at 70 and 40, which belong to the lower one", () => {
  const cases = [[100, "green"], [70.1, "green"], [70, "yellow"], [40.1, "yellow"], [40, "red"],
    [0, "red"], [NaN, "unseen"], [null, "unseen"]];
  for (const [score, level] of cases) assert.equal(levelOf(score), level);
});

test("stretches cover the block and keep its mean", () => {
  const report = decoded(Array.from({ length: 100 }, (_, i) => i));
  const bins = binsOf(report, report.blocks[0], 20);
  assert.equal(bins.length, 20);
  bins.forEach((bin, k) => close(bin.score, 2 + 5 * k));
  close(bins[0].startS, 0);
  close(bins.at(-1).stopS, 10);
  close(blockSeconds(report, report.blocks[0]), 10);
});

test("a stretch is unseen where most of it is, and a stall leaves a gap", () => {
  const report = decoded(
    [90, 90, 90, 90, null, null, null, 20, 20, 20],
    [0, 0.1, 0.2, 0.3, 1.0, 1.1, 1.2, 4.5, 4.6, 4.7],
  );
  const bins = binsOf(report, report.blocks[0], 5);
  assert.deepEqual(bins.map(({ score }) => levelOf(score)), ["green", "unseen", "red"]);
  close(bins[2].startS, 3.84);
});

test("one late frame tears no hole", () => {
  const t = Array.from({ length: 20 }, (_, i) => 0.1 * i + (i >= 10 ? 0.4 : 0));
  const report = decoded(t.map(() => 50), t);
  const bins = binsOf(report, report.blocks[0], 10);
  assert.equal(bins.length, 9);
  for (let k = 1; k < bins.length; k += 1) close(bins[k].startS, bins[k - 1].stopS);
  close(bins.at(-1).stopS, 2.4);
});

test("every frame can be found by its time, and times between go to the nearer", () => {
  const report = decoded([1, 2, 3, 4], [2, 2.1, 2.3, 2.8]);
  const [block] = report.blocks;
  [2, 2.1, 2.3, 2.8].forEach((t, i) => assert.equal(frameNear(report, block, t - 2), i));
  assert.equal(frameNear(report, block, 0.19), 1);
  assert.equal(frameNear(report, block, 0.21), 2);
  assert.equal(frameNear(report, block, -5), 0);
  assert.equal(frameNear(report, block, 99), 3);
  assert.equal(blockOf(report, 3), 0);
  assert.equal(blockOf(report, 4), -1);
});

test("the trainer's time lies behind the clock by the lag, round the clip's end", () => {
  const report = { clipT: [1.0, 0.1, 0.1, 2.0], lag: [0.3, 0.3, 0.3, NaN] };
  close(trainerTime(report, 0, 4), 0.7);
  close(trainerTime(report, 1, 4), 3.8);
  close(trainerTime(report, 2, 0), 0);
  close(trainerTime(report, 3, 4), 2.0);
});

test("clock", () => {
  assert.equal(clock(0), "0:00");
  assert.equal(clock(65.9), "1:05");
  assert.equal(clock(-1), "0:00");
});
