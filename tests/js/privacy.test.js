import assert from "node:assert/strict";
import { test } from "node:test";

import { allowedLevels, filmOf, levelOf, LEVELS, sendsSkeleton }
  from "../../static/js/shadow/privacy.js";

test("never more than the trainer asks for", () => {
  assert.deepEqual(allowedLevels("numbers"), ["numbers"]);
  assert.deepEqual(allowedLevels("silhouette"), ["numbers", "skeleton", "silhouette"]);
  assert.deepEqual(allowedLevels("video"), LEVELS);
  assert.deepEqual(allowedLevels(undefined), ["numbers", "skeleton"]);
  assert.deepEqual(allowedLevels("everything"), ["numbers", "skeleton"]);
});

test("a client's choice holds within what is asked, and pictures have to be chosen", () => {
  assert.equal(levelOf("video", "numbers"), "numbers");
  assert.equal(levelOf("skeleton", "video"), "skeleton");
  assert.equal(levelOf("numbers", "video"), "numbers");
  assert.equal(levelOf("video", ""), "skeleton");
});

test("what is filmed follows from the level alone", () => {
  assert.deepEqual(LEVELS.map((level) => filmOf(level, false)), [null, null, "silhouette", "video"]);
  assert.deepEqual(LEVELS.map((level) => filmOf(level, true)), [null, null, "silhouette", "stage"]);
  assert.deepEqual(LEVELS.map(sendsSkeleton), [false, true, true, true]);
});
