import assert from "node:assert/strict";
import { test } from "node:test";

import { HOME, keyed, turned, zoomed } from "../../static/js/shadow/stage/orbit.js";

test("turning goes all the way round, but not over the top nor below the floor", () => {
  let orbit = HOME;
  for (let i = 0; i < 36; i += 1) orbit = turned(orbit, Math.PI / 18, 0);
  assert.ok(Math.abs(orbit.azimuthRad - HOME.azimuthRad) < 1e-9);

  assert.ok(turned(HOME, 0, 10).elevationRad < Math.PI / 2);
  assert.ok(turned(HOME, 0, -10).elevationRad > -Math.PI / 8);
});

test("coming nearer and going back leads back", () => {
  const near = zoomed(HOME, 0.8);

  assert.ok(near.zoom < HOME.zoom);
  assert.ok(Math.abs(zoomed(near, 1 / 0.8).zoom - HOME.zoom) < 1e-12);
  assert.ok(zoomed(HOME, 1e-9).zoom > 0.2);
});

test("every movement has a key, and other keys are left alone", () => {
  assert.ok(keyed(HOME, "ArrowLeft").azimuthRad < 0);
  assert.ok(keyed(HOME, "ArrowRight").azimuthRad > 0);
  assert.ok(keyed(HOME, "ArrowUp").elevationRad > HOME.elevationRad);
  assert.ok(keyed(HOME, "ArrowDown").elevationRad < HOME.elevationRad);
  assert.ok(keyed(HOME, "+").zoom < 1 && keyed(HOME, "-").zoom > 1);
  assert.deepEqual(keyed(turned(HOME, 1, 1), "Home"), HOME);
  for (const key of [" ", "n", "Tab", "Enter"]) assert.equal(keyed(HOME, key), null);
});
