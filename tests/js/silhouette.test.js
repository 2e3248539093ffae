import assert from "node:assert/strict";
import { test } from "node:test";

import { DARK, LIGHT, OPACITY, reduced, shade } from "../../static/js/shadow/silhouette.js";

const SOLID = Math.round(255 * OPACITY);

function picture(width, height, value) {
  const data = new Uint8ClampedArray(4 * width * height).fill(value);
  for (let i = 3; i < data.length; i += 4) data[i] = 255;
  return data;
}

test("masks are worked on at 256 pixels at most, by whole blocks", () => {
  assert.deepEqual(reduced(480, 360), { step: 2, width: 240, height: 180 });
  assert.deepEqual(reduced(270, 480), { step: 2, width: 135, height: 240 });
  assert.deepEqual(reduced(256, 192), { step: 1, width: 256, height: 192 });
  assert.deepEqual(reduced(640, 360), { step: 3, width: 213, height: 120 });
});

test("the body is green, from dark to light, and the background is not there", () => {
  const size = { step: 2, width: 2, height: 1 };
  const mask = Float32Array.from([1, 1, 0, 0, 1, 1, 0, 0]);
  const dark = picture(2, 1, 0);
  const light = picture(2, 1, 255);
  shade(dark, mask, 4, size);
  shade(light, mask, 4, size);

  assert.deepEqual([...dark.subarray(0, 4)], [...DARK, SOLID]);
  assert.deepEqual([...light.subarray(0, 4)], [...LIGHT, SOLID]);
  assert.equal(dark[7], 0);
  assert.equal(light[7], 0);
});

test("edges are soft and rise steadily with the mask", () => {
  const width = 101;
  const data = picture(width, 1, 128);
  const mask = Float32Array.from({ length: width }, (_, i) => i / (width - 1));
  shade(data, mask, width, { step: 1, width, height: 1 });
  const alpha = Array.from({ length: width }, (_, i) => data[4 * i + 3]);

  assert.equal(alpha[19], 0);
  assert.equal(alpha[86], SOLID);
  for (let i = 1; i < width; i += 1) assert.ok(alpha[i] >= alpha[i - 1]);
  assert.ok(new Set(alpha).size > 40, "a step is not an edge");
});

test("a pixel is as sure as the mean of its block", () => {
  const data = picture(1, 1, 100);
  shade(data, Float32Array.from([1, 0, 0.5, 0.6]), 2, { step: 2, width: 1, height: 1 });
  const single = picture(1, 1, 100);
  shade(single, Float32Array.from([0.525]), 1, { step: 1, width: 1, height: 1 });

  assert.deepEqual(data, single);
});
