import assert from "node:assert/strict";
import { test } from "node:test";

import { nearestIndex } from "../../static/js/shadow/nearest.js";

const TIMES = Float32Array.of(0, 0.1, 0.2, 0.5);

test("the nearest frame is found on either side", () => {
  assert.equal(nearestIndex(TIMES, 0.14, 0.06), 1);
  assert.equal(nearestIndex(TIMES, 0.16, 0.06), 2);
  assert.equal(nearestIndex(TIMES, -0.02, 0.06), 0);
  assert.equal(nearestIndex(TIMES, 0.55, 0.06), 3);
});

test("where nobody was seen there is no frame", () => {
  assert.equal(nearestIndex(TIMES, 0.35, 0.06), -1);
  assert.equal(nearestIndex(TIMES, 2, 0.06), -1);
  assert.equal(nearestIndex(new Float32Array(0), 0, 1), -1);
});

test("without a tolerance there is always a nearest one", () => {
  const times = [0, 0.04, 0.08, 0.5];

  assert.deepEqual([-1, 0, 0.019, 0.021, 0.2, 0.4, 9].map((t) => nearestIndex(times, t)),
    [0, 0, 0, 1, 2, 3, 3]);
  assert.equal(nearestIndex([0], 3), 0);
});
