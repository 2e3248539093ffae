import assert from "node:assert/strict";
import { test } from "node:test";

import { Tally } from "../../static/js/shadow/tally.js";

const bones = (fill) => new Float64Array(39).fill(fill);
const match = (score, { reps = 0, lagS = 0.2, place = NaN, marks = {} } = {}) => {
  const all = new Float64Array(13).fill(1);
  for (const [bone, mark] of Object.entries(marks)) all[bone] = mark;
  return { score, lagS, reps, place, marks: all, body: bones(score), target: bones(1) };
};
/** Ten frames a second, each of a score. */
const play = (tally, scores, more) =>
  scores.forEach((score, i) => tally.add(i / 10, match(score, more)));
const repeated = (score, seconds) => Array.from({ length: 10 * seconds }, () => score);

test("the score is the mean of the frames in which the client was seen", () => {
  const tally = new Tally();
  tally.begin({ item: 0, set: 0, goal: 5 });
  play(tally, [80, 60, NaN, 40], { reps: 2 });
  assert.equal(tally.score, 60);
  assert.deepEqual(tally.sets.map(({ reps, goal, score }) => [reps, goal, score]), [[2, 5, 60]]);
  assert.ok(Number.isNaN(new Tally().score));
});

test("the strip shows where it went well", () => {
  const tally = new Tally();
  tally.begin({ item: 0, set: 0, goal: null });
  play(tally, [...repeated(90, 10), ...repeated(20, 10), ...repeated(NaN, 10)]);
  const grades = tally.strip(0).map(({ grade }) => grade);
  assert.equal(grades.length, 48);
  assert.deepEqual([grades[5], grades[24], grades[45]], ["green", "red", "unseen"]);
});

test("best and worst are moments, not single frames, and come with their postures", () => {
  const tally = new Tally();
  tally.begin({ item: 2, set: 1, goal: null });
  const course = [...repeated(50, 5), ...repeated(90, 2), ...repeated(50, 2), ...repeated(30, 2)];
  course[45] = 100;
  course[48] = 0;
  play(tally, course);
  assert.ok(tally.best.atS >= 5 && tally.best.atS <= 7, `${tally.best.atS}`);
  assert.equal(tally.best.body[0], 90);
  assert.ok(tally.worst.atS >= 9, `${tally.worst.atS}`);
  assert.deepEqual([tally.worst.item, tally.worst.set], [2, 1]);
});

test("standing between two repetitions is nobody's best moment", () => {
  const tally = new Tally();
  tally.begin({ item: 0, set: 0, goal: 3 });
  const play = (from, score, place) => {
    for (let i = 0; i < 20; i += 1) tally.add(from + i / 10, match(score, { place }));
  };
  play(4, 99, 0.05);
  assert.deepEqual([tally.best, tally.worst], [null, null]);
  play(6, 80, 0.9);
  play(8, 60, 0.5);
  assert.equal(tally.best.body[0], 80);
  assert.equal(tally.worst.body[0], 60);
});

test("an even workout has no worst moment", () => {
  const tally = new Tally();
  tally.begin({ item: 0, set: 0, goal: null });
  play(tally, repeated(85, 8));
  assert.equal(tally.worst, null);
});

test("the seconds in which the rhythm is found are nobody's worst", () => {
  const tally = new Tally();
  tally.begin({ item: 0, set: 0, goal: null });
  play(tally, [...repeated(0, 2), ...repeated(80, 6), ...repeated(60, 2)]);
  assert.ok(tally.worst.score >= 60);
});

test("a set that is repeated counts once", () => {
  const tally = new Tally();
  tally.begin({ item: 0, set: 0, goal: 3 });
  play(tally, repeated(10, 5));
  tally.begin({ item: 0, set: 0, goal: 3 });
  play(tally, repeated(90, 5));
  assert.deepEqual([tally.sets.length, tally.score], [1, 90]);
});

test("advice names the limb, the lateness, the place", () => {
  const keys = (scores, more) => {
    const tally = new Tally();
    tally.begin({ item: 0, set: 0, goal: null });
    play(tally, scores, more);
    return tally.advice();
  };
  assert.deepEqual(keys(repeated(90, 5)).map(({ key }) => key), ["advice_good"]);
  assert.deepEqual(keys(repeated(60, 5), { marks: { 6: 0.3 }, lagS: 1.4 }), [
    { key: "advice_limb", bone: 6 },
    { key: "advice_late", values: { lagS: 1.4 } },
    { key: "advice_slower" },
  ]);
  assert.deepEqual(keys([...repeated(NaN, 5), ...repeated(90, 5)])[0],
    { key: "advice_unseen", values: { share: 50 } });
  assert.deepEqual(new Tally().advice(), [{ key: "advice_nothing" }]);
});

test("a tally can be stored and gone on with", () => {
  const first = new Tally();
  first.begin({ item: 0, set: 0, goal: null });
  play(first, repeated(80, 5));
  const second = new Tally(structuredClone(first.kept));
  second.begin({ item: 0, set: 1, goal: null });
  play(second, repeated(60, 5));
  assert.deepEqual([second.sets.length, second.score], [2, 70]);
});
