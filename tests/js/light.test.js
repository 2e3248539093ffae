import assert from "node:assert/strict";
import { test } from "node:test";

import { LIGHT_HEIGHT, LIGHT_WIDTH, measureLight } from "../../static/js/shadow/light.js";

/** A picture by a function of column and row. */
function picture(value) {
  const data = new Uint8ClampedArray(4 * LIGHT_WIDTH * LIGHT_HEIGHT);
  for (let i = 0; i < LIGHT_WIDTH * LIGHT_HEIGHT; i += 1) {
    data.fill(value(i % LIGHT_WIDTH, Math.floor(i / LIGHT_WIDTH)), 4 * i, 4 * i + 3);
  }
  return data;
}

test("an even picture has no contrast", () => {
  assert.deepEqual(measureLight(picture(() => 80), null), { mean: 80, contrast: 0, body: NaN });
});

test("half black, half white", () => {
  const { mean, contrast } = measureLight(picture((x) => (x < LIGHT_WIDTH / 2 ? 0 : 255)), null);

  assert.equal(mean, 127.5);
  assert.equal(contrast, 255);
});

test("a single bright lamp is no contrast", () => {
  const { contrast } = measureLight(picture((x, y) => (x < 4 && y < 4 ? 255 : 40)), null);

  assert.equal(contrast, 0);
});

test("light from behind: the torso is darker than the picture", () => {
  const torso = { left: 0.25, top: 0.25, right: 0.75, bottom: 0.75 };
  const inside = (x, y) => x >= 8 && x < 24 && y >= 6 && y < 18;
  const { mean, body } = measureLight(picture((x, y) => (inside(x, y) ? 20 : 220)), torso);

  assert.equal(body, 20);
  assert.equal(mean, 170);
});

test("a torso out of the picture has no light", () => {
  const torso = { left: 1.2, top: 0.2, right: 1.5, bottom: 0.6 };
  assert.ok(Number.isNaN(measureLight(picture(() => 9), torso).body));
});
