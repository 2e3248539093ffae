import assert from "node:assert/strict";
import { test } from "node:test";

import { SessionClock } from "../../static/js/shadow/clock.js";

test("a session's clock goes on over a reload, by the wall clock", () => {
  let nowMs = 500;
  const first = new SessionClock(1_000_000, { wallMs: () => 1_000_000, nowMs: () => nowMs });
  assert.equal(first.elapsedS, 0);
  nowMs += 2500;
  assert.equal(first.elapsedS, 2.5);

  const second = new SessionClock(1_000_000, { wallMs: () => 1_060_000, nowMs: () => 3 });
  assert.equal(second.elapsedS, 60);
});

test("it never goes back: neither with the wall clock nor before the last row", () => {
  let nowMs = 0;
  const clock = new SessionClock(5_000_000,
    { lastS: 12.5, wallMs: () => 4_000_000, nowMs: () => nowMs });
  assert.equal(clock.elapsedS, 12.5);
  nowMs = 250;
  assert.equal(clock.elapsedS, 12.75);
});
