import assert from "node:assert/strict";
import { test } from "node:test";

import { another, constraints } from "../../static/js/shadow/camera.js";

const FRONT = { deviceId: "f", label: "front" };
const BACK = { deviceId: "b", label: "back" };
const WIDE = { deviceId: "w", label: "back, wide" };

test("the front camera is asked for at first, no sound ever", () => {
  const { audio, video } = constraints({});

  assert.equal(audio, false);
  assert.deepEqual(video.facingMode, { ideal: "user" });
  assert.equal(video.deviceId, undefined);
});

test("a camera that was chosen is asked for by itself", () => {
  assert.deepEqual(constraints({ deviceId: "b" }).video.deviceId, { exact: "b" });
  assert.equal(constraints({ deviceId: "b" }).video.facingMode, undefined);
  assert.deepEqual(constraints({ facing: "environment" }).video.facingMode,
    { exact: "environment" });
});

test("on a phone front and back take turns, however many there are on the back", () => {
  const cameras = [FRONT, BACK, WIDE];

  assert.deepEqual(another(cameras, { deviceId: "f", facingMode: "user" }),
    { facing: "environment" });
  assert.deepEqual(another(cameras, { deviceId: "b", facingMode: "environment" }),
    { facing: "user" });
});

test("elsewhere the next one in the list is meant", () => {
  assert.deepEqual(another([FRONT, BACK], { deviceId: "f" }), { deviceId: "b" });
  assert.deepEqual(another([FRONT, BACK], { deviceId: "b" }), { deviceId: "f" });
  assert.deepEqual(another([FRONT, BACK], { deviceId: "gone" }), { deviceId: "f" });
});

test("with one camera there is nothing to change to", () => {
  assert.equal(another([FRONT], { deviceId: "f", facingMode: "user" }), null);
  assert.equal(another([], {}), null);
});
