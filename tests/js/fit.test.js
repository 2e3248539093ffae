import assert from "node:assert/strict";
import { test } from "node:test";

import {
  align, beside, bodyRegion, contain, divide, ease, measure, measureAll, settle, share, shrink,
  stageX, stageY, torsoLength,
} from "../../static/js/shadow/fit.js";
import { INDEX, LANDMARK_COUNT } from "../../static/js/shadow/skeleton.js";

/** A body standing straight in the world, seen by a camera at so many pixels per metre. */
function body({ pxPerMetre, hipX, hipY, torsoM = 0.5, lean = 0 }) {
  const world = new Float64Array(3 * LANDMARK_COUNT);
  const image = new Float64Array(2 * LANDMARK_COUNT);
  const visibility = new Float64Array(LANDMARK_COUNT).fill(1);
  const place = (name, x, y, z) => {
    const i = INDEX[name];
    world.set([x, y, z], 3 * i);
    image.set([hipX + pxPerMetre * x, hipY + pxPerMetre * y], 2 * i);
  };
  for (const [side, sign] of [["left", 1], ["right", -1]]) {
    place(`${side}_hip`, 0.1 * sign, 0, 0);
    place(`${side}_shoulder`, 0.18 * sign, -torsoM * Math.cos(lean), -torsoM * Math.sin(lean));
    place(`${side}_knee`, 0.12 * sign, 0.42, 0);
    place(`${side}_ankle`, 0.12 * sign, 0.82, 0);
    place(`${side}_foot_index`, 0.12 * sign, 0.9, 0);
  }
  return { image, world, visibility };
}

const measured = ({ image, world, visibility }) => measure(image, world, visibility);

test("a picture is contained whole, in the middle, at one scale", () => {
  const placement = contain({ x: 0, y: 0, width: 200, height: 100 },
    { x: 50, y: 0, width: 1000, height: 1000 });

  assert.ok(Math.abs((stageX(placement, 0) + stageX(placement, 200)) / 2 - 550) < 1e-9);
  assert.ok(Math.abs((stageY(placement, 0) + stageY(placement, 100)) / 2 - 500) < 1e-9);
  const width = stageX(placement, 200) - stageX(placement, 0);
  const height = stageY(placement, 100) - stageY(placement, 0);
  assert.ok(Math.abs(width / height - 2) < 1e-9);
  assert.ok(stageX(placement, 0) >= 50 && stageX(placement, 200) <= 1050);
});

test("mirroring turns the picture over in its own place", () => {
  const region = { x: 10, y: 5, width: 80, height: 60 };
  const box = { x: 0, y: 0, width: 500, height: 400 };
  const plain = contain(region, box);
  const mirrored = contain(region, box, true);

  assert.ok(Math.abs(stageX(mirrored, 10) - stageX(plain, 90)) < 1e-9);
  assert.ok(Math.abs(stageX(mirrored, 90) - stageX(plain, 10)) < 1e-9);
  assert.equal(stageY(mirrored, 20), stageY(plain, 20));
});

test("the body comes to the middle as far as there is room for all it ever fills", () => {
  const region = { x: 0, y: 0, width: 200, height: 400 };
  const box = { x: 0, y: 0, width: 1000, height: 400 };
  for (const mirror of [false, true]) {
    const wide = contain(region, box, mirror, 60);
    assert.ok(Math.abs(stageX(wide, 60) - 500) < 1e-9);
    const narrow = contain(region, { ...box, width: 210 }, mirror, 60);
    const edges = [stageX(narrow, 0), stageX(narrow, 200)];
    assert.ok(Math.min(...edges) >= 0 && Math.max(...edges) <= 210);
    assert.ok(Math.abs(stageX(narrow, 60) - 105) < Math.abs(stageX(contain(region,
      { ...box, width: 210 }, mirror), 60) - 105));
  }
});

test("the camera's whole picture gets more of the stage, and the trainer what is left", () => {
  const wide = share({ x: 10, y: 20, width: 500, height: 300 }, { width: 4, height: 3 });
  assert.deepEqual(wide.trainer, { x: 10, y: 20, width: 200, height: 300 });
  assert.deepEqual(wide.client, { x: 210, y: 20, width: 300, height: 300 });

  // On a phone, a phone's picture stands beside the trainer, a laptop's above.
  const phone = { x: 0, y: 0, width: 390, height: 500 };
  assert.equal(share(phone, { width: 3, height: 5 }).client.width, 234);
  const { trainer, client } = share(phone, { width: 4, height: 3 });
  assert.deepEqual([client.y, client.width, client.height], [0, 390, 300]);
  assert.deepEqual([trainer.y, trainer.height], [300, 200]);
});

test("aligned, feet stand on one floor and torsos are equally long, whatever the cameras", () => {
  const trainer = measured(body({ pxPerMetre: 400, hipX: 300, hipY: 360 }));
  const client = measured(body({ pxPerMetre: 150, hipX: 90, hipY: 200, torsoM: 0.43 }));
  const trainerPlacement = contain({ x: 0, y: 0, width: 602, height: 722 },
    { x: 0, y: 0, width: 800, height: 600 });
  const placement = align(client, trainer, trainerPlacement, true);

  assert.ok(Math.abs(stageX(placement, 90) - stageX(trainerPlacement, 300)) < 1e-9);
  assert.ok(Math.abs(stageY(placement, 200 + 0.9 * 150)
    - stageY(trainerPlacement, 360 + 0.9 * 400)) < 1e-9);
  assert.ok(Math.abs(placement.scale * 150 * 0.43 - trainerPlacement.scale * 400 * 0.5) < 1e-6);
  assert.equal(placement.flip, -1);
});

test("where no foot is seen, hips lie on hips", () => {
  const feet = ["ankle", "heel", "foot_index"]
    .flatMap((name) => [INDEX[`left_${name}`], INDEX[`right_${name}`]]);
  const trainer = measured(body({ pxPerMetre: 400, hipX: 300, hipY: 360 }));
  const sitting = body({ pxPerMetre: 150, hipX: 90, hipY: 200 });
  for (const i of feet) sitting.visibility[i] = 0.1;
  const client = measured(sitting);
  const trainerPlacement = contain({ x: 0, y: 0, width: 602, height: 722 },
    { x: 0, y: 0, width: 800, height: 600 });
  const placement = align(client, trainer, trainerPlacement, true);

  assert.ok(Number.isNaN(client.floor));
  assert.ok(Math.abs(stageY(placement, 200) - stageY(trainerPlacement, 360)) < 1e-9);
});

test("hips that sink and feet that hop stay where they are on average; who walks is followed", () => {
  const home = { x: 100, y: 200, torsoPx: 80, floor: 400 };
  const squatting = settle(home, { x: 100, y: 280, torsoPx: 84, floor: 400 }, 0.1);
  assert.ok(squatting.torsoPx < 80.2 && squatting.floor === 400);
  const hopping = settle(home, { x: 100, y: 180, torsoPx: 80, floor: 385 }, 0.1);
  assert.ok(hopping.floor > 399);

  let walking = home;
  for (let i = 0; i < 10; i += 1) {
    walking = settle(walking, { x: 220, y: 200, torsoPx: 80, floor: 400 }, 0.1);
  }
  // Followed at once until a step away, and from there slowly.
  assert.ok(walking.x > 140);
  assert.deepEqual(settle(null, home, 0.1), home);
});

test("beside, the client is as tall as the trainer and in the middle of their own box", () => {
  const trainer = body({ pxPerMetre: 400, hipX: 300, hipY: 360 });
  const client = body({ pxPerMetre: 150, hipX: 90, hipY: 200 });
  const home = measureAll({ ...trainer, times_s: [0] });
  const rest = measure(client.image, client.world, client.visibility);
  for (const stage of [{ width: 800, height: 400 }, { width: 400, height: 800 }]) {
    const boxes = divide({ x: 0, y: 0, ...stage }, false);
    const placement = contain({ x: 0, y: 0, width: 602, height: 722 }, boxes.trainer);
    const placed = beside(rest, home, placement, boxes);
    const middle = boxes.client.x + boxes.client.width / 2;

    assert.ok(Math.abs(stageX(placed, 90) - middle) < 1e-9);
    assert.ok(Math.abs((stageY(placed, 200 + 0.9 * 150) - boxes.client.y)
      - (stageY(placement, 360 + 0.9 * 400) - boxes.trainer.y)) < 1e-9);
    assert.ok(Math.abs(placed.scale * 150 - placement.scale * 400) < 1e-6);
  }
});

test("a clip's home is its average, frames without a body left out", () => {
  const one = body({ pxPerMetre: 100, hipX: 10, hipY: 20 });
  const two = body({ pxPerMetre: 100, hipX: 30, hipY: 60 });
  const gone = body({ pxPerMetre: 100, hipX: 999, hipY: 999 });
  gone.visibility.fill(0);
  const join = (key) => Float64Array.from([one, two, gone].flatMap((b) => Array.from(b[key])));
  const home = measureAll({
    image: join("image"), world: join("world"), visibility: join("visibility"),
    times_s: [0, 1, 2],
  });

  assert.ok(Math.abs(home.x - 20) < 1e-9 && Math.abs(home.y - 40) < 1e-9);
  assert.ok(Math.abs(home.torsoPx - 50) < 1e-6);
  assert.ok(Math.abs(home.floor - 130) < 1e-6);
  assert.equal(measureAll({ ...gone, times_s: [0] }), null);
});

test("a torso that leans towards the camera is as long as before", () => {
  const straight = body({ pxPerMetre: 200, hipX: 0, hipY: 0 });
  const leaning = body({ pxPerMetre: 200, hipX: 0, hipY: 0, lean: 1.2 });

  const before = measure(straight.image, straight.world, straight.visibility).torsoPx;
  const after = measure(leaning.image, leaning.world, leaning.visibility).torsoPx;

  assert.ok(Math.abs(before - 100) < 1e-6);
  assert.ok(Math.abs(after - 100) < 1e-6);
});

test("hidden hips can't be measured", () => {
  const { image, world, visibility } = body({ pxPerMetre: 200, hipX: 0, hipY: 0 });
  visibility[INDEX.left_hip] = 0.1;

  assert.equal(measure(image, world, visibility), null);
});

test("easing moves the place quickly and the size slowly", () => {
  const before = { x: 0, y: 0, torsoPx: 100, floor: 50 };
  const after = ease(before, { x: 10, y: 10, torsoPx: 200, floor: NaN }, 0.1);

  assert.ok(after.x > 6 && after.x < 10);
  assert.ok(after.torsoPx > 100 && after.torsoPx < 115);
  assert.equal(after.floor, 50, "feet out of sight stand where they stood");
  assert.deepEqual(ease(null, before, 0.1), before);
});

test("the stage is shared when aligned and halved along its longer side when not", () => {
  const wide = { x: 0, y: 10, width: 800, height: 400 };
  const tall = { x: 0, y: 0, width: 400, height: 800 };

  assert.deepEqual(divide(wide, true), { trainer: wide, client: wide });
  assert.deepEqual(divide(wide, false).client, { x: 400, y: 10, width: 400, height: 400 });
  assert.deepEqual(divide(tall, false).client, { x: 0, y: 400, width: 400, height: 400 });
});

test("the body's region has air, stays inside, and skips what was not seen", () => {
  const region = bodyRegion([100, 100, NaN, NaN, 140, 300], 200, 310);

  assert.deepEqual(region, { x: 76, y: 76, width: 88, height: 234 });
  assert.deepEqual(bodyRegion([NaN, NaN], 20, 10), { x: 0, y: 0, width: 20, height: 10 });
});

test("frames shrink to even sides and never grow", () => {
  assert.deepEqual(shrink(1280, 720, 480), { width: 480, height: 270 });
  assert.deepEqual(shrink(480, 641, 480), { width: 360, height: 480 });
  assert.deepEqual(shrink(320, 240, 480), { width: 320, height: 240 });
});

test("a torso's length is the mean over the poses that show it", () => {
  const poses = [0.5, 0.6].map((torsoM) => Array.from(
    body({ pxPerMetre: 100, hipX: 0, hipY: 0, torsoM }).world));
  const unseen = new Array(3 * LANDMARK_COUNT).fill(NaN);

  assert.ok(Math.abs(torsoLength([...poses[0], ...unseen, ...poses[1]]) - 0.55) < 1e-9);
  assert.ok(Number.isNaN(torsoLength(unseen)));
});
