import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { Body, buildOf } from "../../static/js/shadow/stage/body.js";

const golden = JSON.parse(await readFile(new URL("../data/mannequin.json", import.meta.url)));
const STEP_M = 1e-4;
const numbers = (values) => Float64Array.from(values, (value) => value ?? NaN);

test("a person is measured as the server does", () => {
  const { heightM, hipsM, shouldersM } = buildOf(numbers(golden.world.flat()));

  [heightM, hipsM, shouldersM].forEach((value, i) =>
    assert.ok(Math.abs(value - golden.build[i]) < 1e-9));
});

test("the mannequin is the server's, vertex by vertex", () => {
  const body = new Body(1);
  const [heightM, hipsM, shouldersM] = golden.build;
  assert.deepEqual(Array.from(body.faces), golden.faces);
  golden.world.forEach((world, pose) => {
    body.pose(numbers(world), { heightM, hipsM, shouldersM });
    golden.vertices[pose].forEach((expected, i) => {
      if (expected === null) return;
      const off = Math.abs(body.positions[i] - expected * STEP_M);
      // Rounded to a step there, to 32 bits here.
      assert.ok(off < STEP_M, `pose ${pose}, number ${i}: off by ${off} m`);
    });
  });
});

test("a part whose joint was not seen is gathered in one point, and nothing is NaN", () => {
  const body = new Body(1);
  const [heightM, hipsM, shouldersM] = golden.build;
  body.pose(numbers(golden.world[2]), { heightM, hipsM, shouldersM });

  assert.ok(golden.vertices[2].includes(null));
  golden.vertices[2].forEach((expected, i) => {
    if (expected === null) assert.equal(body.positions[i], 0);
  });
  assert.ok(![...body.positions, ...body.normals].some(Number.isNaN));
});

test("finer, it is the same body: every vertex of the coarse one is there", () => {
  const world = numbers(golden.world[0]);
  const [heightM, hipsM, shouldersM] = golden.build;
  const [coarse, fine] = [new Body(1), new Body(2)].map((body) => {
    body.pose(world, { heightM, hipsM, shouldersM });
    return body;
  });
  assert.ok(fine.positions.length > 3 * coarse.positions.length);
  for (const [axis, sign] of [[0, 1], [0, -1], [1, 1], [1, -1], [2, 1], [2, -1]]) {
    const reach = ({ positions }) => {
      let most = -Infinity;
      for (let i = axis; i < positions.length; i += 3) most = Math.max(most, sign * positions[i]);
      return most;
    };
    assert.ok(Math.abs(reach(fine) - reach(coarse)) < 0.012);
  }
});

test("normals point outwards: the surface's volume is positive", () => {
  const body = new Body(2);
  const [heightM, hipsM, shouldersM] = golden.build;
  body.pose(numbers(golden.world[1]), { heightM, hipsM, shouldersM });
  let volume = 0;
  for (let i = 0; i < body.positions.length; i += 1) volume += body.positions[i] * body.normals[i];

  assert.ok(volume > 0);
  for (let i = 0; i < body.normals.length; i += 3) {
    const length = Math.hypot(body.normals[i], body.normals[i + 1], body.normals[i + 2]);
    assert.ok(Math.abs(length - 1) < 1e-5);
  }
});
