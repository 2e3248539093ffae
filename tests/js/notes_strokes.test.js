/** Strokes over a picture: angles in the picture's own proportions, lines that need few points. */

import assert from "node:assert/strict";
import test from "node:test";

import {
  angleOf, distanceTo, History, kept, shapeOf, simplified,
} from "../../static/js/notes/strokes.js";
import { picturesOf } from "../../static/js/notes/card.js";

const near = (a, b, by = 1e-6) => assert.ok(Math.abs(a - b) <= by, `${a} is not ${b}`);

test("an angle is measured as it is seen, not in shares of width and height", () => {
  near(angleOf([[0.5, 0.1], [0.5, 0.5], [0.9, 0.5]], 0.6), 90);
  // Up by 0.2 heights, right by 0.2 heights: 45 degrees in any picture.
  for (const ratio of [0.5, 1, 16 / 9]) {
    near(angleOf([[0.5 + 0.2 / ratio, 0.3], [0.5, 0.5], [0.5 + 0.2 / ratio, 0.5]], ratio), 45);
  }
  near(angleOf([[0.1, 0.5], [0.5, 0.5], [0.9, 0.5]], 1), 180);
  // Either arm may come first.
  const points = [[0.2, 0.1], [0.5, 0.5], [0.9, 0.6]];
  near(angleOf(points, 0.75), angleOf([...points].reverse(), 0.75));
});

test("a circle is round in any picture", () => {
  const { circle } = shapeOf({ tool: "circle", points: [[0.5, 0.5], [0.75, 0.5]] }, 2);
  assert.deepEqual(circle, { x: 1000, y: 500, r: 500 });
});

test("a stroke that is only begun has a shape already", () => {
  for (const tool of ["pen", "line", "arrow", "circle", "angle"]) {
    for (const count of [0, 1, 2, 3]) {
      const points = [[0.1, 0.1], [0.5, 0.6], [0.9, 0.2]].slice(0, count);
      const { d, circle } = shapeOf({ tool, points }, 1);
      assert.ok(!d.includes("NaN"), d);
      assert.ok(count === 0 || d !== "" || circle);
    }
  }
});

test("a straight line needs two points, a circle some, and none is moved", () => {
  const straight = Array.from({ length: 200 }, (_, i) => [i / 400, 0.1 + i / 800]);
  assert.equal(simplified(straight, 500).length, 2);
  const round = Array.from({ length: 900 }, (_, i) =>
    [0.5 + 0.3 * Math.cos(i / 140), 0.5 + 0.3 * Math.sin(i / 140)]);
  const fewer = simplified(round, 500);
  assert.ok(fewer.length > 8 && fewer.length < 60, String(fewer.length));
  assert.ok(fewer.every((point) => round.includes(point)));
  const wild = Array.from({ length: 3000 }, (_, i) => [(i * 7919 % 1000) / 1000, (i * 104729 % 1000) / 1000]);
  assert.ok(simplified(wild, 500).length <= 500);
});

test("points stay within the picture", () => {
  assert.equal(kept(-0.2), 0);
  assert.equal(kept(1.3), 1);
  assert.equal(kept(0.123456), 0.1235);
});

test("an eraser finds the stroke that it touches", () => {
  const line = { tool: "line", points: [[0.1, 0.5], [0.9, 0.5]] };
  near(distanceTo(line, [0.5, 0.6], 1), 0.1);
  near(distanceTo(line, [1, 0.5], 2), 0.2);
  const circle = { tool: "circle", points: [[0.5, 0.5], [0.7, 0.5]] };
  // Its line counts, not what lies within.
  near(distanceTo(circle, [0.5, 0.5], 1), 0.2);
  near(distanceTo(circle, [0.5, 0.7], 1), 0);
});

test("what is undone can be done again, until something else is done", () => {
  const history = new History(["a"]);
  history.change(["a", "b"]);
  history.change(["a", "b", "c"]);
  history.undo();
  history.undo();
  history.undo();
  assert.deepEqual(history.strokes, ["a"]);
  assert.equal(history.canUndo, false);
  history.redo();
  assert.deepEqual(history.strokes, ["a", "b"]);
  history.change([]);
  assert.equal(history.canRedo, false);
  history.undo();
  assert.deepEqual(history.strokes, ["a", "b"]);
});

test("a note shows the pictures that were drawn on, and the client in any case", () => {
  const items = { 4: { video: "/v" } };
  const note = {
    at_s: 1, clip_s: 0.5, item: 4, strokes: [], figure: { landmarks: [] }, film: { url: "/f" },
  };
  const shown = (changes) => picturesOf({ ...note, ...changes }, items).map(({ on }) => on);
  assert.deepEqual(shown({}), ["trainer", "recording"]);
  assert.deepEqual(shown({ strokes: [{ on: "client" }] }), ["trainer", "client"]);
  assert.deepEqual(shown({ film: null }), ["trainer", "client"]);
  assert.deepEqual(shown({ item: 5, figure: null }), ["recording"]);
  assert.deepEqual(shown({ strokes: [{ on: "client" }, { on: "recording" }] }),
    ["trainer", "recording", "client"]);
  assert.deepEqual(shown({ at_s: null }), []);
});
