import assert from "node:assert/strict";
import { test } from "node:test";

import { actionOf, RATES, stepRate } from "../../static/js/shadow/keys.js";

const press = (code, key = code, more = {}) =>
  actionOf({ code, key, altKey: false, ctrlKey: false, metaKey: false, repeat: false, ...more });

test("keys ask for actions by their place, whatever is written on them", () => {
  assert.equal(press("Space", " "), "toggle");
  assert.equal(press("KeyN", "т"), "next");
  assert.equal(press("KeyR", "к"), "repeat");
  assert.equal(press("Slash", "?"), "help");
  assert.equal(press("Digit7", "?"), "help", "where the question mark is elsewhere");
  assert.equal(press("KeyQ"), null);
});

test("the browser's own shortcuts and held keys are left alone", () => {
  assert.equal(press("KeyR", "r", { ctrlKey: true }), null);
  assert.equal(press("ArrowLeft", "ArrowLeft", { altKey: true }), null);
  assert.equal(press("Space", " ", { repeat: true }), null);
});

test("speeds go one step at a time and stop at both ends", () => {
  assert.equal(stepRate(1, -1), 0.75);
  assert.equal(stepRate(RATES[0], -1), RATES[0]);
  assert.equal(stepRate(RATES.at(-1), 1), RATES.at(-1));
  assert.equal(stepRate(0.9, 1), 1.25, "an unknown speed counts as the usual one");
});
