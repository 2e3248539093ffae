import assert from "node:assert/strict";
import { test } from "node:test";

import {
  clock, labelStep, preciseClock, pxPerSecond, slots, tileAt, tilePlace,
} from "../../static/js/studio/filmstrip_scale.js";
import {
  add, canAdd, canMerge, canSplit, gapAt, History, LEAST_S, limits, merge, moveBorder, pieceAt,
  proposed, remove, rename, repsIn, split,
} from "../../static/js/studio/pieces.js";

const WORDS = { exercise: (n) => `Exercise ${n}`, set: (name, n) => `${name}, set ${n}` };
const WHOLE = { start_s: 0, end_s: 30 };
const segment = (start_s, end_s, group = null, kind = "exercise") =>
  ({ kind, start_s, end_s, group, reps: [] });
const TAKE = [
  segment(0, 2, null, "rest"), segment(2, 8, 0), segment(8, 12, null, "rest"),
  segment(12, 18, 1), segment(18, 20, null, "rest"), segment(20, 26, 0),
];
const PIECES = proposed(TAKE, WHOLE, WORDS);
const spans = (pieces) => pieces.map(({ start_s: a, end_s: b }) => [a, b]);
const names = (pieces) => pieces.map(({ name }) => name);

test("exercises are proposed, rests are not, and sets of one exercise know each other", () => {
  assert.deepEqual(spans(PIECES), [[2, 8], [12, 18], [20, 26]]);
  assert.deepEqual(names(PIECES), ["Exercise 1", "Exercise 2", "Exercise 1, set 2"]);
});

test("where nothing was found, the whole is one piece", () => {
  assert.deepEqual(spans(proposed([TAKE[0]], WHOLE, WORDS)), [[0, 30]]);
});

test("exercises without a group are numbered one by one", () => {
  const pieces = proposed([segment(0, 5), segment(6, 9)], WHOLE, WORDS);
  assert.deepEqual(names(pieces), ["Exercise 1", "Exercise 2"]);
});

test("a border stops at its neighbour, at its own other border and at the ends of the take", () => {
  const [first, second, third] = PIECES;
  const moved = (id, side, t) => spans(moveBorder(PIECES, id, side, t, 30));
  assert.deepEqual(moved(first.id, "end", 100), [[2, 12], [12, 18], [20, 26]]);
  assert.deepEqual(moved(second.id, "start", 0), [[2, 8], [8, 18], [20, 26]]);
  assert.deepEqual(moved(first.id, "start", -5), [[0, 8], [12, 18], [20, 26]]);
  assert.deepEqual(moved(first.id, "start", 9), [[8 - LEAST_S, 8], [12, 18], [20, 26]]);
  assert.deepEqual(moved(third.id, "end", 99), [[2, 8], [12, 18], [20, 30]]);
  assert.deepEqual(limits(PIECES, second.id, "end", 30), [12 + LEAST_S, 20]);
});

test("a border that does not move changes nothing, nor does nonsense", () => {
  assert.equal(moveBorder(PIECES, PIECES[0].id, "start", 2, 30), PIECES);
  assert.equal(moveBorder(PIECES, 99, "start", 3, 30), PIECES);
  assert.equal(moveBorder(PIECES, PIECES[0].id, "start", Number.NaN, 30), PIECES);
});

test("however borders are dragged, pieces stay apart, in order and long enough", () => {
  let pieces = PIECES;
  let seed = 7;
  const random = () => { seed = (seed * 16807) % 2147483647; return seed / 2147483647; };
  for (let i = 0; i < 2000; i += 1) {
    const { id } = pieces[Math.floor(random() * pieces.length)];
    pieces = moveBorder(pieces, id, random() < 0.5 ? "start" : "end", random() * 40 - 5, 30);
    for (const [k, piece] of pieces.entries()) {
      assert.ok(piece.end_s - piece.start_s >= LEAST_S - 1e-9);
      assert.ok(piece.start_s >= (pieces[k - 1]?.end_s ?? 0) && piece.end_s <= 30);
    }
  }
});

test("a piece splits where both halves are long enough", () => {
  assert.equal(canSplit(PIECES, 2.3), false);
  assert.equal(canSplit(PIECES, 10), false);
  const halves = split(PIECES, 5, WORDS);
  assert.deepEqual(spans(halves), [[2, 5], [5, 8], [12, 18], [20, 26]]);
  assert.deepEqual(names(halves),
    ["Exercise 1", "Exercise 1, set 3", "Exercise 2", "Exercise 1, set 2"]);
  assert.equal(new Set(halves.map(({ id }) => id)).size, 4);
  assert.equal(split(PIECES, 10, WORDS), PIECES);
});

test("joining undoes splitting, and takes the rest between in", () => {
  const { id } = PIECES[0];
  assert.deepEqual(spans(merge(split(PIECES, 5, WORDS), id)), spans(PIECES));
  assert.deepEqual(spans(merge(PIECES, id)), [[2, 18], [20, 26]]);
  assert.equal(canMerge(PIECES, PIECES.at(-1).id), false);
  assert.equal(merge(PIECES, PIECES.at(-1).id), PIECES);
});

test("a new piece takes the room there is", () => {
  assert.deepEqual(gapAt(PIECES, 10, 30), [8, 12]);
  assert.equal(gapAt(PIECES, 5, 30), null);
  assert.equal(canAdd(PIECES, 5, 30), false);
  assert.deepEqual(spans(add(PIECES, 9, 30, WORDS)), [[2, 8], [9, 12], [12, 18], [20, 26]]);
  assert.deepEqual(spans(add(PIECES, 11.9, 30, WORDS))[1], [11.5, 12]);
  assert.equal(names(add(PIECES, 9, 30, WORDS))[1], "Exercise 4");
  assert.equal(add(PIECES, 5, 30, WORDS), PIECES);
});

test("everything can be removed, and a piece added to nothing", () => {
  const none = PIECES.reduce((left, { id }) => remove(left, id), PIECES);
  assert.deepEqual(none, []);
  assert.deepEqual(spans(add(none, 3, 30, WORDS)), [[3, 8]]);
});

test("sets follow the name of their exercise until they have one of their own", () => {
  const [first, , third] = PIECES;
  const named = rename(PIECES, first.id, "Squat", WORDS);
  assert.deepEqual(names(named), ["Squat", "Exercise 2", "Squat, set 2"]);
  const own = rename(rename(named, third.id, "Jump", WORDS), first.id, "Deep squat", WORDS);
  assert.deepEqual(names(own), ["Deep squat", "Exercise 2", "Jump"]);
  assert.deepEqual(names(rename(named, first.id, "", WORDS)), ["", "Exercise 2", "Squat, set 2"]);
});

test("repetitions belong to the piece their middle lies in", () => {
  const reps = [[2, 4], [4, 6], [6, 8.4]];
  const [left, right] = split(PIECES, 4.8, WORDS);
  assert.deepEqual([repsIn(reps, PIECES[0]), repsIn(reps, left), repsIn(reps, right)], [3, 1, 2]);
});

test("a drag is one step back; the next one is another", () => {
  const history = new History(PIECES);
  for (const t of [8.5, 9, 9.5]) {
    history.do(moveBorder(history.now, 0, "end", t, 30), "end 0");
  }
  history.settle();
  history.do(moveBorder(history.now, 0, "end", 11, 30), "end 0");
  history.undo();
  assert.equal(history.now[0].end_s, 9.5);
  history.undo();
  assert.equal(history.now, PIECES);
  assert.equal(history.canUndo, false);
  history.redo();
  assert.equal(history.now[0].end_s, 9.5);
  assert.equal(history.do(history.now), false);
  history.do(remove(history.now, 1));
  assert.equal(history.canRedo, false);
});

test("which piece is at a time: its end belongs to the next", () => {
  const [first, second] = split(PIECES, 5, WORDS);
  assert.equal(pieceAt([first, second], 5), second);
});

const TILES = { count: 50, columns: 12, width: 54, height: 96, step_s: 0.5 };

test("tiles are found by time and on the sheet", () => {
  assert.deepEqual([0, 0.49, 0.5, 24.9, 99].map((t) => tileAt(TILES, t)), [0, 0, 1, 49, 49]);
  assert.deepEqual(tilePlace(TILES, 13), { x: 54, y: 96 });
});

test("without zoom all of the take is in sight, with it a second is wide", () => {
  assert.equal(pxPerSecond(20, 800, 0), 40);
  assert.ok(Math.abs(pxPerSecond(20, 800, 1) - 160) < 1e-9);
  // A take shorter than the window is not made smaller.
  assert.equal(pxPerSecond(2, 800, 1), 400);
});

test("the pictures in sight stand side by side and end with the take", () => {
  const shown = slots(TILES, 96, 40, 100, 500, 25);
  assert.ok(shown[0].left <= 0 && shown[0].left > -54);
  for (const [i, slot] of shown.slice(1).entries()) assert.equal(slot.left, shown[i].left + 54);
  assert.ok(shown.at(-1).left < 500 && shown.at(-1).left + 54 >= 500);
  assert.deepEqual(slots(TILES, 96, 40, 990, 500, 25).map(({ index }) => index), [49]);
});

test("marks on the ruler have room for their words", () => {
  for (const px of [0.5, 3, 12, 40, 160]) assert.ok(labelStep(px) * px >= 64 || px < 1);
  assert.equal(clock(65.9), "1:05");
  assert.equal(preciseClock(65.96), "1:06.0");
  assert.equal(preciseClock(5.25, ","), "0:05,3");
});
