import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { ontoRays } from "../../static/js/shadow/rays.js";

const cases = JSON.parse(readFileSync(new URL("../data/rays.json", import.meta.url), "utf8"));

test("landmarks come onto the rays that Python puts them on", () => {
  assert.equal(cases.length, 8);
  for (const given of cases) {
    const world = Float64Array.from(given.world.flat());
    const before = [...world];
    const fits = ontoRays(
      world, Float64Array.from(given.image.flat()), Float64Array.from(given.visibility),
      given.width, given.height);
    const expected = given.expected.flat();
    for (let i = 0; i < world.length; i += 1) {
      assert.ok(Math.abs(world[i] - expected[i]) < 1e-9, `${world[i]} is not ${expected[i]}`);
    }
    if (!fits) assert.deepEqual([...world], before);
  }
  const kept = cases.filter(({ world, expected }) => Math.abs(world[0][0] - expected[0][0]) < 1e-12);
  assert.equal(kept.length, 2, "the upside-down body and the point stay as they are");
});
