import assert from "node:assert/strict";
import { test } from "node:test";

import { clock, workoutSeconds } from "../../static/js/studio/estimate.js";

// The same workout, with the same answer, is in tests/studio/test_workouts.py.
test("work and rest are counted, but not the rest after the end", () => {
  const items = [
    { sets: 3, reps: 10, seconds: 0, rest_seconds: 30 },
    { sets: 2, reps: 0, seconds: 45, rest_seconds: 20 },
  ];
  assert.equal(workoutSeconds(items, 4), 3 * (40 + 30) + 45 + 20 + 45);
  assert.equal(workoutSeconds([], 4), 0);
  assert.equal(workoutSeconds([{ sets: 0, reps: 0, seconds: 0, rest_seconds: 30 }], 4), 0);
});

test("seconds are told as minutes", () => {
  assert.equal(clock(0), "0:00");
  assert.equal(clock(65), "1:05");
  assert.equal(clock(359.6), "6:00");
});
