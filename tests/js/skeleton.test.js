import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import * as skeleton from "../../static/js/shadow/skeleton.js";

const golden = JSON.parse(readFileSync(new URL("../data/skeleton.json", import.meta.url), "utf8"));
const plain = (value) => JSON.parse(JSON.stringify(value));

test("the skeleton equals its Python twin", () => {
  assert.deepEqual(plain({
    landmarks: skeleton.LANDMARKS,
    edges: skeleton.EDGES,
    bones: skeleton.BONES,
    mirror: skeleton.MIRROR,
    bone_mirror: skeleton.BONE_MIRROR,
    bone_mirror_sign: skeleton.BONE_MIRROR_SIGN,
    focus: skeleton.FOCUS,
  }), golden);
});
