import assert from "node:assert/strict";
import { test } from "node:test";

import { OwnTime } from "../../static/js/shadow/own_time.js";

test("the median of the frames, each the sum of its pieces", () => {
  const own = new OwnTime();
  assert.ok(Number.isNaN(own.medianMs));
  for (const pieces of [[1, 2], [10], [1]]) {
    for (const ms of pieces) own.add(ms);
    own.next();
  }
  assert.equal(own.medianMs, 3);
});

test("only the last 120 frames count", () => {
  const own = new OwnTime();
  for (let i = 0; i < 500; i += 1) {
    own.add(i < 380 ? 50 : 2);
    own.next();
  }
  assert.equal(own.medianMs, 2);
});
