import assert from "node:assert/strict";
import { test } from "node:test";

import { reasonOf } from "../../static/js/shadow/camera.js";
import { poseIndex } from "../../static/js/shadow/player.js";

test("the pose nearest to the frame on show is drawn", () => {
  const times = [0, 0.04, 0.08, 0.5];

  assert.deepEqual([-1, 0, 0.019, 0.021, 0.2, 0.4, 9].map((t) => poseIndex(times, t)),
    [0, 0, 0, 1, 2, 3, 3]);
  assert.equal(poseIndex([0], 3), 0);
});

test("every way a camera can fail has its reason", () => {
  const named = (name) => Object.assign(new Error("no"), { name });

  assert.deepEqual(
    ["NotAllowedError", "NotFoundError", "OverconstrainedError", "NotReadableError", "Odd"]
      .map((name) => reasonOf(named(name))),
    ["denied", "missing", "missing", "busy", "failed"],
  );
});
