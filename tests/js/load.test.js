import assert from "node:assert/strict";
import { test } from "node:test";

import { Governor, LADDER } from "../../static/js/shadow/load.js";

/**
 * A machine whose processor does everything: a pose takes `poseMs` alone, a full-size picture
 * `pictureMs` of the same time; the camera gives `camera` pictures a second.
 */
function machine({ poseMs, pictureMs, camera = 30 }) {
  return ({ drawFps, drawScale, maskEvery }) => {
    const drawing = Math.min(0.95, (drawFps * pictureMs * drawScale ** 2) / 1000);
    const each = (poseMs + 4 / maskEvery) / (1 - drawing);
    return { poseMs: each, drawMs: 1, posesPerS: Math.min(camera, 1000 / each) };
  };
}

/** Let a governor rule a machine; tells every plan it made. */
function rule(governor, conditions, { seconds, fromMs = 0 }) {
  const plans = [governor.plan];
  let poses = [];
  for (let nowMs = fromMs; nowMs < fromMs + 1000 * seconds;) {
    const measured = conditions(governor.plan);
    governor.report({ nowMs, ...measured });
    poses.push(measured.posesPerS);
    nowMs += 1000 / measured.posesPerS;
    if (governor.plan !== plans.at(-1)) plans.push(governor.plan);
  }
  return { plans, last: poses.at(-1), endMs: fromMs + 1000 * seconds };
}

test("the ladder never asks for more on a lower rung", () => {
  for (let i = 1; i < LADDER.length; i += 1) {
    assert.ok(LADDER[i].drawFps <= LADDER[i - 1].drawFps);
    assert.ok(LADDER[i].drawScale <= LADDER[i - 1].drawScale);
    assert.ok(LADDER[i].maskEvery >= LADDER[i - 1].maskEvery);
  }
});

test("a machine with a graphics card begins with everything and keeps it", () => {
  const governor = new Governor({ software: false });
  const { plans } = rule(governor, machine({ poseMs: 15, pictureMs: 0 }), { seconds: 60 });

  assert.deepEqual(plans, [{ maskEvery: 1, drawFps: 60, drawScale: 1 }]);
});

test("where drawing takes the processor from the model, twelve poses a second are kept", () => {
  for (const pictureMs of [20, 60, 120, 200, 300]) {
    const governor = new Governor({ software: true });
    const { last } = rule(governor, machine({ poseMs: 45, pictureMs }), { seconds: 60 });

    assert.ok(last >= 12, `${last} poses a second at ${pictureMs} ms a picture`);
  }
});

test("room is given back to the picture", () => {
  const governor = new Governor({ software: true });
  const { endMs } = rule(governor, machine({ poseMs: 45, pictureMs: 200 }), { seconds: 30 });
  const before = governor.plan;
  rule(governor, machine({ poseMs: 30, pictureMs: 20 }), { seconds: 90, fromMs: endMs });

  assert.ok(governor.plan.drawFps > before.drawFps);
  assert.equal(governor.plan.maskEvery, 1);
});

test("it does not swing between two plans", () => {
  // On this machine one rung is just too much and the next leaves room: it is bound to try.
  const governor = new Governor({ software: true });
  const conditions = (plan) => (plan.drawFps >= 15
    ? { poseMs: 85, drawMs: 1, posesPerS: 11 } : { poseMs: 50, drawMs: 1, posesPerS: 19 });
  const { plans } = rule(governor, conditions, { seconds: 600 });

  assert.ok(plans.length <= 24, `${plans.length} plans in ten minutes`);
  const last = rule(governor, conditions, { seconds: 120, fromMs: 600_000 });
  assert.ok(last.plans.length <= 4, `${last.plans.length} plans in the last two minutes`);
});

test("a slow camera is not answered with a poorer picture", () => {
  const governor = new Governor({ software: true });
  const conditions = machine({ poseMs: 30, pictureMs: 10, camera: 10 });
  const { plans } = rule(governor, conditions, { seconds: 30 });

  assert.ok(plans.every((plan) => plan.drawFps >= 15));
});

test("drawing that holds the main thread is cut down although poses come", () => {
  const governor = new Governor({ software: false });
  const conditions = ({ drawFps, drawScale }) => (
    { poseMs: 20, drawMs: drawFps > 0 ? 25 * drawScale ** 2 : 0, posesPerS: 25 });
  rule(governor, conditions, { seconds: 20 });

  const { drawFps, drawScale } = governor.plan;
  assert.ok(drawFps * 25 * drawScale ** 2 <= 500);
});

test("for a pose, drawing takes little of the main thread although nothing else lacks it", () => {
  const governor = new Governor({ software: true });
  const conditions = ({ drawFps }) => ({ poseMs: 38, drawMs: 3, posesPerS: 26, drawFps });
  rule(governor, conditions, { seconds: 120 });
  assert.equal(governor.plan.drawFps, 24);
  rule(governor, (plan) => ({ ...conditions(plan), posesPerS: 20 }), { seconds: 60, fromMs: 120_000 });

  assert.equal(governor.plan.drawFps, 20);
});

test("what was before a pause is forgotten", () => {
  const governor = new Governor({ software: true });
  const before = governor.plan;
  const slow = { poseMs: 150, drawMs: 1, posesPerS: 6 };
  governor.report({ nowMs: 0, ...slow });
  governor.report({ nowMs: 60_000, ...slow });
  governor.report({ nowMs: 120_000, ...slow });

  assert.equal(governor.plan, before);
});
