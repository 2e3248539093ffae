import assert from "node:assert/strict";
import { test } from "node:test";

import {
  addPair, boneLevel, boxOf, emptyView, faultsOf, poseIndex, project, settle, sizeRatio,
} from "../../static/js/report/view.js";
import { rotateYaw } from "../../static/js/shadow/alignment.js";
import { INDEX, LANDMARK_COUNT, MIRROR } from "../../static/js/shadow/skeleton.js";

const SEEN = new Float64Array(LANDMARK_COUNT).fill(1);
const close = (actual, expected, within = 1e-9) =>
  assert.ok(Math.abs(actual - expected) <= within, `${actual} is not ${expected}`);

/** A body that is not its own mirror image: arms and legs point elsewhere on either side. */
function body() {
  const world = new Float64Array(3 * LANDMARK_COUNT);
  for (let i = 0; i < LANDMARK_COUNT; i += 1) {
    world[3 * i] = 0.4 * Math.sin(12.9898 * (i + 1));
    world[3 * i + 1] = 0.9 * Math.cos(4.1414 * (i + 1));
    world[3 * i + 2] = 0.3 * Math.sin(7.233 * (i + 2));
  }
  return world;
}

/** What a camera elsewhere sees of the same pose, done mirrored: sides exchanged, x flipped. */
function mirrored(world) {
  const other = new Float64Array(world.length);
  for (let i = 0; i < LANDMARK_COUNT; i += 1) {
    other[3 * i] = -world[3 * MIRROR[i]];
    other[3 * i + 1] = world[3 * MIRROR[i] + 1];
    other[3 * i + 2] = world[3 * MIRROR[i] + 2];
  }
  return other;
}

for (const mirror of [false, true]) {
  for (const yaw of [-2.5, -0.4, 0, 0.3, 1.9]) {
    test(`finds the view: ${mirror ? "mirrored" : "as seen"}, turned by ${yaw}`, () => {
      const trainer = body();
      const client = rotateYaw(mirror ? mirrored(trainer) : trainer, yaw);
      const view = emptyView();
      addPair(view, client, SEEN, trainer, SEEN);
      const found = settle(view);
      assert.equal(found.mirror, mirror);
      const flat = project(client, found);
      for (let i = 0; i < LANDMARK_COUNT; i += 1) {
        // A mirrored client's left is where the trainer's right is.
        const j = mirror ? MIRROR[i] : i;
        close(flat[2 * i], trainer[3 * j], 1e-9);
        close(flat[2 * i + 1], trainer[3 * j + 1], 1e-9);
      }
    });
  }
}

test("what is not seen does not vote, and nothing seen is shown mirrored", () => {
  const hidden = new Float64Array(LANDMARK_COUNT);
  const view = emptyView();
  addPair(view, body(), hidden, body(), SEEN);
  addPair(view, body().fill(NaN), SEEN, body(), SEEN);
  assert.deepEqual(settle(view), { mirror: true, yawRad: 0 });
});

test("the box holds visible points only", () => {
  const flat = new Float64Array(2 * LANDMARK_COUNT);
  const visibility = new Float64Array(LANDMARK_COUNT);
  flat[2 * INDEX.nose] = 9;
  for (const [name, x, y] of [["left_hip", -1, 2], ["right_hip", 3, -4]]) {
    flat[2 * INDEX[name]] = x;
    flat[2 * INDEX[name] + 1] = y;
    visibility[INDEX[name]] = 0.9;
  }
  assert.deepEqual(boxOf(flat, visibility), { left: -1, right: 3, top: -4, bottom: 2 });
});

test("size is compared by bones, wherever the body stands", () => {
  const trainer = body();
  const client = trainer.map((value, i) => 1.25 * value + [0.5, -1, 2][i % 3]);
  close(sizeRatio(client, trainer), 1.25);
  assert.equal(sizeRatio(new Float64Array(99).fill(NaN), trainer), 1);
});

test("a bone's colour is what it alone would score", () => {
  // Full marks to 15 degrees, none from 60: 70 lies at 28.5, 40 at 42.
  const cases = [[0, "green"], [15, "green"], [28.4, "green"], [28.6, "yellow"], [41.9, "yellow"],
    [42.1, "red"], [170, "red"], [null, "unseen"]];
  for (const [degrees, level] of cases) assert.equal(boneLevel(degrees), level, String(degrees));
});

test("faults are beyond the tolerance, the worst first", () => {
  const errors = new Array(13).fill(10);
  errors[4] = 24;
  errors[0] = 50;
  errors[2] = null;
  errors[3] = 15;
  assert.deepEqual(faultsOf(errors).map(({ bone, degrees }) => [bone, degrees]), [[0, 50], [4, 24]]);
});

test("the nearest pose, unless the trainer was not seen for a while", () => {
  const times = [0, 0.1, 0.2, 2];
  assert.equal(poseIndex(times, 0.14), 1);
  assert.equal(poseIndex(times, 0.16), 2);
  assert.equal(poseIndex(times, 1), -1);
  assert.equal(poseIndex(times, 2.2), 3);
  assert.equal(poseIndex([], 0), -1);
});
