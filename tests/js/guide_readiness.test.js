import assert from "node:assert/strict";
import { test } from "node:test";

import { reachOf } from "../../static/js/shadow/guide/reach.js";
import { HINTS, Readiness, statureOf } from "../../static/js/shadow/guide/readiness.js";
import { MIRROR } from "../../static/js/shadow/skeleton.js";
import { posesOf, referenceOf } from "./guide_takes.js";

const WIDTH = 360;
const HEIGHT = 480;
const GOOD_LIGHT = { mean: 110, contrast: 150, body: 90 };
const stands = Array.from(posesOf("squat_front_good"))[0].pose;

/** Where a body is in the picture, as a camera far away sees it: by scale, and the hips' place. */
function framed({ world, visibility }, { pxPerM = 210, x = WIDTH / 2, y = 0.52 * HEIGHT } = {}) {
  // The golden takes keep no ears: they are where the nose is.
  const full = Float32Array.from(world, (value, k) => (Number.isNaN(value) ? world[k % 3] : value));
  return {
    found: true,
    width: WIDTH,
    height: HEIGHT,
    world: full,
    visibility: Float32Array.from(visibility, (v) => v || 0.9),
    image: Float32Array.from({ length: 66 }, (_, k) =>
      (k % 2 ? y : x) + pxPerM * full[3 * (k >> 1) + (k % 2)]),
  };
}

/** Turned to its own left, the picture's right. */
const turned = (pose, deg) => {
  const [cos, sin] = [Math.cos((deg * Math.PI) / 180), Math.sin((deg * Math.PI) / 180)];
  return {
    ...pose,
    world: Float32Array.from(pose.world, (value, k) => {
      const [x, y, z] = pose.world.subarray(k - (k % 3), k - (k % 3) + 3);
      return [cos * x - sin * z, y, sin * x + cos * z][k % 3];
    }),
  };
};

/** Look at the same picture for a while. */
function look(pose, { seconds = 3, light = GOOD_LIGHT, readiness = new Readiness(), fromS = 0,
  ...rest } = {}) {
  let result;
  for (let i = 0; i <= 10 * seconds; i += 1) {
    result = readiness.check({ pose, light, nowS: fromS + i / 10, ...rest });
  }
  return result;
}
const keys = ({ hints }) => hints.map(({ key }) => key);

test("who stands well is ready", () => {
  const found = look(framed(stands), { reference: referenceOf("squat_front") });
  assert.deepEqual([found.ready, keys(found), found.hint], [true, [], null]);
});

test("what is cut off is named", () => {
  assert.deepEqual(keys(look(framed(stands, { y: 0.66 * HEIGHT }))), ["ready_feet"]);
  assert.deepEqual(keys(look(framed(stands, { y: 0.22 * HEIGHT }))), ["ready_head"]);
  assert.deepEqual(keys(look(framed(stands, { pxPerM: 480 }))), ["ready_whole"]);
  assert.deepEqual(keys(look({ ...framed(stands), found: false })), ["ready_nobody"]);
  assert.deepEqual(keys(look(null)), ["ready_nobody"]);
});

test("the distance is judged by the exercise to come", () => {
  const jack = referenceOf("jack");
  const squat = referenceOf("squat_front");
  const far = framed(stands, { pxPerM: 80 });
  const near = framed(stands, { pxPerM: 240 });

  assert.deepEqual(keys(look(near, { reference: jack })), ["ready_near"]);
  assert.deepEqual(keys(look(near, { reference: squat })), []);
  assert.deepEqual(keys(look(far, { reference: squat })), ["ready_far"]);
});

test("near a border one is sent to the middle: left and right are the client's own", () => {
  const jack = referenceOf("jack");
  const small = { pxPerM: 150 };
  // The picture is not mirrored: its right is at the left hand of someone who faces it.
  const atRight = look(framed(stands, { ...small, x: WIDTH - 70 }), { reference: jack });
  const atLeft = look(framed(stands, { ...small, x: 70 }), { reference: jack });

  assert.deepEqual(keys(atRight), ["ready_move_right"]);
  assert.deepEqual(keys(atLeft), ["ready_move_left"]);
});

test("light: dark, from behind, and black clothes on a grey day", () => {
  const pose = framed(stands);
  assert.deepEqual(keys(look(pose, { light: { mean: 25, contrast: 60, body: 20 } })),
    ["ready_dark"]);
  assert.deepEqual(keys(look(null, { light: { mean: 10, contrast: 20, body: NaN } })),
    ["ready_dark", "ready_nobody"]);
  assert.deepEqual(keys(look(pose, { light: { mean: 160, contrast: 200, body: 30 } })),
    ["ready_backlit"]);
  assert.deepEqual(keys(look(pose, { light: { mean: 90, contrast: 120, body: 25 } })), []);
  assert.deepEqual(keys(look(pose, { light: null })), []);
});

test("turning: as the trainer stands, in the mirror or not", () => {
  const reference = referenceOf("squat");  // 38° to the trainer's left
  const pose = framed(stands);
  const mirrored = look(pose, { reference, mirror: true });
  const plain = look(pose, { reference, mirror: false });

  assert.deepEqual([keys(mirrored), keys(plain)], [["ready_turn_right"], ["ready_turn_left"]]);
  // As the pose model sees them: within 5° each.
  for (const { hint } of [mirrored, plain]) {
    assert.ok([30, 40].includes(hint.values.degrees), JSON.stringify(hint));
  }
  assert.deepEqual(keys(look(turned(pose, -30), { reference, mirror: true })), [], "done");
  assert.deepEqual(keys(look(turned(pose, 30), { reference, mirror: false })), [], "done");
  assert.equal(look(turned(pose, 30), { reference, mirror: true }).hint.key, "ready_turn_right");
});

test("a trainer's own take, seen again, needs nothing", () => {
  for (const name of ["squat", "jack", "press", "lunge"]) {
    const pose = framed(Array.from(posesOf(name))[0].pose, { pxPerM: 170 });
    assert.deepEqual(keys(look(pose, { reference: referenceOf(name), mirror: false })), [], name);
  }
});

test("the mirror image of a body is asked to turn the other way", () => {
  const reference = referenceOf("squat");
  const pose = framed(Array.from(posesOf("squat"))[0].pose, { pxPerM: 170 });
  const image = {
    ...pose,
    world: Float32Array.from(pose.world, (_, k) =>
      (k % 3 === 0 ? -1 : 1) * pose.world[3 * MIRROR[Math.floor(k / 3)] + (k % 3)]),
  };
  assert.deepEqual(keys(look(image, { reference, mirror: true })), []);
  assert.equal(look(image, { reference, mirror: false }).hint.key, "ready_turn_left");
});

test("hints come and go calmly, and ready is not said too early", () => {
  const readiness = new Readiness();
  const good = framed(stands);
  const bad = framed(stands, { y: 0.66 * HEIGHT });
  const at = (pose, nowS) => readiness.check({ pose, light: GOOD_LIGHT, nowS });

  assert.deepEqual(keys(at(bad, 0)), []);
  assert.equal(at(bad, 0.3).ready, false, "not shown yet, but not ready either");
  assert.deepEqual(keys(at(good, 0.5)), [], "a flicker");
  at(bad, 1);
  assert.deepEqual(keys(at(bad, 1.8)), ["ready_feet"]);
  assert.deepEqual(keys(at(good, 2)), ["ready_feet"]);
  assert.deepEqual(keys(at(good, 2.8)), []);
  assert.equal(at(good, 2.9).ready, true);
});

test("one hint at a time, the most urgent first, and each long enough to be read", () => {
  const readiness = new Readiness();
  const bad = framed(stands, { y: 0.66 * HEIGHT });
  const dark = { mean: 20, contrast: 30, body: 15 };
  assert.equal(look(bad, { readiness, seconds: 1 }).hint.key, "ready_feet");
  const soon = look(bad, { readiness, light: dark, fromS: 1.1, seconds: 0.7 });
  assert.deepEqual([keys(soon), soon.hint.key], [["ready_dark", "ready_feet"], "ready_feet"]);
  const later = look(bad, { readiness, light: dark, fromS: 1.9, seconds: 1 });
  assert.equal(later.hint.key, "ready_dark");
});

test("who can't do what is asked is let through in the end, but not unseen", () => {
  const reference = referenceOf("squat");
  const late = look(framed(stands), { reference, seconds: 16 });
  assert.deepEqual([late.ready, keys(late)], [true, ["ready_turn_right"]]);
  assert.equal(look(framed(stands, { y: 0.66 * HEIGHT }), { seconds: 16 }).ready, false);
});

test("patience begins with the words, not with the fault", () => {
  const reference = referenceOf("squat");
  const readiness = new Readiness();
  const dark = { mean: 20, contrast: 10, body: 15 };
  look(framed(stands), { reference, readiness, light: dark, seconds: 20 });
  const lit = look(framed(stands), { reference, readiness, fromS: 20.1, seconds: 5 });
  assert.deepEqual([lit.ready, lit.hint.key], [false, "ready_turn_right"]);
  assert.equal(look(framed(stands), { reference, readiness, fromS: 25.2, seconds: 10 }).ready, true);
});

test("a stature does not depend on the pose", () => {
  const statures = ["squat_front_good", "press_good", "raising_both"].flatMap((name) =>
    Array.from(posesOf(name), ({ pose }) => {
      const { image, world } = framed(pose, { pxPerM: 200 });
      return statureOf(image, world);
    }));
  for (const stature of statures) assert.ok(Math.abs(stature - 320) < 1, String(stature));
});

test("arms overhead need room above, arms held out at the sides, the floor none above", () => {
  const reaches = Object.fromEntries(["squat_front", "press", "jack", "push_up"].map((name) =>
    [name, reachOf(referenceOf(name))]));
  assert.ok(reaches.press.up > 1.15 && reaches.press.up < 1.35, JSON.stringify(reaches));
  assert.ok(Math.min(reaches.jack.left, reaches.jack.right) > 0.4, JSON.stringify(reaches));
  assert.equal(reaches.squat_front.up, 1);
  assert.ok(reaches.push_up.up < 0.7 && reaches.push_up.left + reaches.push_up.right > 0.8,
    JSON.stringify(reaches));
});

test("every hint is listed once", () => {
  assert.equal(new Set(HINTS.map(({ key }) => key)).size, HINTS.length);
});
