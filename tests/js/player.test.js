import assert from "node:assert/strict";
import { test } from "node:test";

import { reasonOf } from "../../static/js/shadow/camera.js";

test("every way a camera can fail has its reason", () => {
  const named = (name) => Object.assign(new Error("no"), { name });

  assert.deepEqual(
    ["NotAllowedError", "NotFoundError", "OverconstrainedError", "NotReadableError", "Odd"]
      .map((name) => reasonOf(named(name))),
    ["denied", "missing", "missing", "busy", "failed"],
  );
});
