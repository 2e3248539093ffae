import assert from "node:assert/strict";
import { test } from "node:test";

import { frameAt } from "../../static/js/studio/frames.js";

const TIMES = Float32Array.of(0, 0.1, 0.2, 0.5);

test("the nearest frame is found on either side", () => {
  assert.equal(frameAt(TIMES, 0.14, 0.06), 1);
  assert.equal(frameAt(TIMES, 0.16, 0.06), 2);
  assert.equal(frameAt(TIMES, -0.02, 0.06), 0);
  assert.equal(frameAt(TIMES, 0.55, 0.06), 3);
});

test("where nobody was seen there is no frame", () => {
  assert.equal(frameAt(TIMES, 0.35, 0.06), -1);
  assert.equal(frameAt(TIMES, 2, 0.06), -1);
  assert.equal(frameAt(new Float32Array(0), 0, 1), -1);
});
