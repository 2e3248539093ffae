import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";

import { unpack } from "../../static/js/shadow/packed.js";

const data = new URL("../data/", import.meta.url);
const packed = await readFile(new URL("packed_poses.bin", data));
const expected = JSON.parse(await readFile(new URL("packed_poses.json", data), "utf8"));

/** Half a step of each column, as the header of the golden file gives it, and float32's own. */
const TOLERANCE = {
  times_s: 0.0005 + 1e-5,
  world: 0.5 / 8192 + 1e-6,
  image: (0.5 * 2500) / 32767 + 2e-4,
  visibility: 0.5 / 255 + 1e-6,
};

function asArrayBuffer(bytes) {
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
}

test("the golden file gives the values Python packed", async () => {
  const poses = await unpack(asArrayBuffer(packed));
  for (const [name, tolerance] of Object.entries(TOLERANCE)) {
    assert.equal(poses[name].length, expected[name].length, name);
    expected[name].forEach((value, i) => {
      if (value === null) {
        assert.ok(Number.isNaN(poses[name][i]), `${name}[${i}] is not seen`);
      } else {
        assert.ok(Math.abs(poses[name][i] - value) <= tolerance, `${name}[${i}]`);
      }
    });
  }
  assert.deepEqual([poses.fps, poses.width, poses.height], [30, 602, 722]);
});

test("poses nobody saw are marked, and none were in version 1", async () => {
  const now = await unpack(asArrayBuffer(packed));
  assert.deepEqual([...now.filled], expected.filled);
  const old = await readFile(new URL("packed_poses.v1.bin", data));
  const before = await unpack(asArrayBuffer(old));
  assert.deepEqual([...before.filled], [0, 0, 0, 0, 0, 0]);
  assert.deepEqual(before.world, now.world);
});

/** The golden file with other words in its header. */
function withHeader(changes) {
  const plain = gunzipSync(packed);
  const end = 8 + plain.readUInt32LE(4);
  const words = { ...JSON.parse(plain.subarray(8, end).toString()), ...changes };
  const header = Buffer.from(JSON.stringify(words));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length);
  return asArrayBuffer(
    gzipSync(Buffer.concat([plain.subarray(0, 4), length, header, plain.subarray(end)])),
  );
}

test("other versions and marks out of range are refused", async () => {
  await unpack(withHeader({}));
  await assert.rejects(unpack(withHeader({ version: 3 })), /version 3 can't be read/);
  await assert.rejects(unpack(withHeader({ filled: [6] })), /not among their 6/);
  await assert.rejects(unpack(withHeader({ filled: [0.5] })), /not among their 6/);
});

test("cut or foreign data are refused", async () => {
  const plain = gunzipSync(packed);
  await assert.rejects(unpack(asArrayBuffer(gzipSync(plain.subarray(0, -2)))), /packed poses hold/);
  await assert.rejects(unpack(asArrayBuffer(gzipSync(Buffer.from("ELSE and more")))), /magic/);
  await assert.rejects(unpack(asArrayBuffer(packed.subarray(0, -30))));
  await assert.rejects(unpack(asArrayBuffer(Buffer.from("no gzip"))));
});
