import assert from "node:assert/strict";
import { test } from "node:test";

import { Gestures, isArmUp, raisesBothArms } from "../../static/js/shadow/guide/gestures.js";
import { posesOf, referenceOf, TAKES } from "./guide_takes.js";

/** When a take's gestures are given, seconds. */
function given(name, { reference = null, from = 0 } = {}) {
  const gestures = new Gestures();
  gestures.during(reference);
  const at = [];
  for (const { pose, nowS } of posesOf(name)) {
    if (nowS >= from && gestures.see(pose, nowS)) at.push(nowS);
  }
  return at;
}

test("both arms held up are one sign, given while they are still up", () => {
  const at = given("raising_both");

  assert.equal(at.length, 1, String(at));
  // They rise from 2.0 to 2.7 s and stay until 4.7 s.
  assert.ok(at[0] > 3.2 && at[0] < 4.6, String(at));
});

test("one arm is none", () => {
  assert.deepEqual(given("raising_left"), []);
});

test("exercises that throw both arms up are none either, whatever is asked for", () => {
  const names = ["jack_good", "jack_low", "press_good", "press_low", "squat_good", "push_up_good",
    "lunge_good"];
  for (const name of names) {
    assert.deepEqual(given(name, { reference: referenceOf("squat") }), [], name);
  }
});

test("in an exercise that raises both arms nothing is a sign", () => {
  assert.deepEqual(["jack", "press", "squat", "push_up", "lunge"].map((name) =>
    raisesBothArms(referenceOf(name))), [true, true, false, false, false]);

  assert.deepEqual(given("raising_both", { reference: referenceOf("press") }), []);
  assert.equal(given("raising_both", { reference: referenceOf("lunge") }).length, 1);
});

/** A pose of raising_both with its arms up, over and over at other times. */
const up = Array.from(posesOf("raising_both")).find(({ nowS }) => nowS > 3.3).pose;
const down = Array.from(posesOf("raising_both"))[0].pose;
const NOBODY = { found: false, world: new Float32Array(99), visibility: new Float32Array(33) };

function play(...spells) {
  const gestures = new Gestures();
  let nowS = 0;
  const at = [];
  for (const [pose, seconds] of spells) {
    for (const endS = nowS + seconds; nowS < endS - 1e-9; nowS += 0.1) {
      if (gestures.see(pose, nowS)) at.push(Number(nowS.toFixed(1)));
    }
  }
  return at;
}

test("arms must be held, and come down before the next sign", () => {
  assert.deepEqual(play([up, 0.9], [down, 1]), []);
  assert.deepEqual(play([up, 5]).length, 1);
  assert.deepEqual(play([up, 1.5], [down, 1], [up, 1.5]).length, 2);
});

test("a blink of the detector does not end a sign, going away does", () => {
  assert.deepEqual(play([up, 0.5], [NOBODY, 0.2], [up, 0.7]).length, 1);
  assert.deepEqual(play([up, 0.5], [NOBODY, 0.5], [up, 0.7]), []);
});

test("waving hands give no sign", () => {
  const gestures = new Gestures();
  const waving = { ...up, world: up.world.slice() };
  for (let i = 0; i < 40; i += 1) {
    for (const wrist of [15, 16]) {
      waving.world[3 * wrist] = up.world[3 * wrist] + 0.15 * Math.sin(i);
    }
    assert.equal(gestures.see(waving, i / 10), null);
  }
});

test("how far a sign has come fills up to one", () => {
  const gestures = new Gestures();
  assert.equal(gestures.progress(0), 0);
  gestures.see(up, 1);
  gestures.see(up, 1.4);
  assert.ok(Math.abs(gestures.progress(1.5) - 0.5) < 1e-9);
  gestures.see(up, 2);
  assert.equal(gestures.progress(2), 0, "given");
});

test("an arm that is not seen is not up", () => {
  assert.equal(isArmUp(up, 0) && isArmUp(up, 1), true);
  const hidden = { ...up, visibility: up.visibility.slice() };
  hidden.visibility[15] = 0.2;
  assert.equal(isArmUp(hidden, 0), false);
  assert.equal(isArmUp(NOBODY, 0), false);
  assert.ok(TAKES.size > 10);
});
