import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { mirrorBones, rotateYaw, unitBones } from "../../static/js/shadow/alignment.js";
import { prepare } from "../../static/js/shadow/reference.js";
import { count, counting, mainAxis, progress } from "../../static/js/shadow/reps.js";

const cases = JSON.parse(readFileSync(new URL("../data/score.json", import.meta.url), "utf8"));
const caseOf = (name) => cases.find((one) => one.name === name);
const metres = (values) => Float64Array.from(values, (v) => (v === null ? NaN : v / 1000));
const SEEN = new Float64Array(33).fill(1);

function referenceOf({ reference: given }) {
  return prepare(given.times, metres(given.world), given.visibility, given.duration, given.focus);
}

const squat = caseOf("late");
const axis = mainAxis(referenceOf(squat));
/** The client's poses with their places: 0 standing, 1 at the bottom. */
const filmed = squat.frames.map(({ world }) => {
  const body = metres(world);
  return { body, place: progress(axis, unitBones(body)) };
});

/** Go through places, each shown by the filmed body that is nearest to it. */
function tally(places, stepS = 0.3) {
  const counter = counting();
  places.forEach((place, i) => {
    const { body } = filmed.reduce((a, b) =>
      (Math.abs(b.place - place) < Math.abs(a.place - place) ? b : a));
    count(counter, axis, i * stepS, place === null ? null : body, SEEN);
  });
  return counter.reps;
}

test("a rep is there and back", () => {
  assert.equal(tally([0, 0.5, 1, 0.5, 0]), 1);
  assert.equal(tally([0, 1, 0, 1, 0, 1]), 2, "the last one is not back yet");
});

test("half-hearted, jittery, impossibly quick and endless ones do not count", () => {
  assert.equal(tally([0, 0.3, 0, 0.35, 0]), 0);
  assert.equal(tally([0, 0.7, 0.6, 0.72, 0.62, 0.7, 0.1]), 1);
  assert.equal(tally([0, 1, 0, 1, 0, 1, 0, 1, 0], 0.05), 0);
  assert.equal(tally([0, ...new Array(60).fill(1), 0]), 0);
});

test("a blink does not interrupt a rep, but what was begun long before does not count", () => {
  assert.equal(tally([0, 1, null, null, 0]), 1);
  assert.equal(tally([0, 1, null, null, null, null, 0]), 0);
});

test("the place is the same from every side, and in a mirror", () => {
  for (const { body, place } of filmed) {
    const bones = unitBones(body);
    const turned = rotateYaw(mirrorBones(bones), 1.2);
    assert.ok(Math.abs(progress(axis, turned) - place) < 1e-9);
  }
  const places = filmed.map(({ place }) => place);
  assert.ok(Math.min(...places) < 0.15 && Math.max(...places) > 0.85,
    `${Math.min(...places)} ${Math.max(...places)}`);
});

test("the phase leads from the start over the far end back", () => {
  const counter = counting();
  const phases = squat.frames.map((frame, i) =>
    count(counter, axis, frame.t, filmed[i].body, SEEN).phase);
  const far = filmed.findIndex(({ place }) => place > 0.95);

  assert.ok(phases[0] < 0.1, String(phases[0]));
  assert.ok(Math.abs(phases[far] - 0.5) < 0.1, String(phases[far]));
  assert.ok(Math.max(...phases) > 0.6, String(Math.max(...phases)));
});

test("who moves as far another way does not count", () => {
  const kneeling = counting();
  squat.frames.forEach((frame, i) => {
    // The legs of a squat, but the trunk bends to the floor and the arms hang.
    const body = filmed[i].body.slice();
    const bend = 1.9 * Math.max(0, Math.min(1, filmed[i].place));
    for (let n = 0; n < 23; n += 1) {
      const y = body[3 * n + 1];
      const z = body[3 * n + 2];
      body[3 * n + 1] = Math.cos(bend) * y + Math.sin(bend) * z;
      body[3 * n + 2] = Math.cos(bend) * z - Math.sin(bend) * y;
    }
    count(kneeling, axis, frame.t, body, SEEN);
  });

  assert.equal(kneeling.reps, 0);
});

test("legs out of the picture are not counted by their guesses", () => {
  const counter = counting();
  const legless = SEEN.slice().fill(0, 23);
  squat.frames.forEach((frame, i) => count(counter, axis, frame.t, filmed[i].body, legless));

  assert.equal(counter.reps, 0);
  assert.ok(Number.isNaN(counter.phase));
});

test("someone who holds still has no reps to count", () => {
  assert.equal(mainAxis(referenceOf(caseOf("held"))), null);
});
