import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateRawSync } from "node:zlib";

import { halves, readNpz } from "../../static/js/shadow/stage/npz.js";
import { readSurface } from "../../static/js/shadow/stage/surface.js";

function npy(descr, shape, data, fortran = false) {
  let header = `{'descr': '${descr}', 'fortran_order': ${fortran ? "True" : "False"}, `
    + `'shape': (${shape.map((length) => `${length},`).join(" ")}), }`;
  header = `${header.padEnd(117)}\n`;
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const length = Buffer.alloc(2);
  length.writeUInt16LE(header.length);
  return Buffer.concat([Buffer.from("\x93NUMPY\x01\x00", "latin1"), length, Buffer.from(header),
    bytes]);
}

/** A zip as Python writes it: local headers with their data, then the directory. */
function zip(files, { deflate = true } = {}) {
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const packed = deflate ? deflateRawSync(content) : content;
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(deflate ? 8 : 0, 4);
    shared.writeUInt32LE(packed.length, 14);
    shared.writeUInt32LE(content.length, 18);
    shared.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4]), shared, Buffer.from(name)]);
    const where = Buffer.alloc(14);
    where.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from([0x50, 0x4b, 1, 2, 20, 0]), shared, where,
      Buffer.from(name)]));
    parts.push(local, packed);
    offset += local.length + packed.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(directory.length, 8);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(offset, 16);
  const whole = Buffer.concat([...parts, listed, end]);
  return whole.buffer.slice(whole.byteOffset, whole.byteOffset + whole.length);
}

const ONE_HALF = 0x3800;
const MINUS_TWO = 0xc000;

for (const deflate of [true, false]) {
  test(`arrays are read, ${deflate ? "deflated" : "stored"}`, async () => {
    const arrays = await readNpz(zip({
      "times_s.npy": npy("<f8", [3], Float64Array.of(0, 0.5, 1)),
      "version.npy": npy("<i8", [], BigInt64Array.of(1n)),
      "faces.npy": npy("<i4", [1, 3], Int32Array.of(0, 1, 2)),
      "bits.npy": npy("<i2", [2], Int16Array.of(-5, 7)),
    }, { deflate }));

    assert.deepEqual(Array.from(arrays.times_s.data), [0, 0.5, 1]);
    assert.deepEqual(arrays.version, {
      shape: [], fortran: false, type: "<i8", data: Float64Array.of(1),
    });
    assert.deepEqual(arrays.faces.shape, [1, 3]);
    assert.deepEqual(Array.from(arrays.bits.data), [-5, 7]);
  });
}

test("halves are worth what NumPy says", () => {
  const worth = halves();
  assert.equal(worth[ONE_HALF], 0.5);
  assert.equal(worth[MINUS_TWO], -2);
  assert.equal(worth[0x0001], 2 ** -24);
  assert.equal(worth[0x7c00], Infinity);
  assert.ok(Number.isNaN(worth[0x7e00]));
});

test("a surface is read with time running fastest, and unseen vertices have no extent", async () => {
  // Two frames of three vertices: x of all, then y, then z; each value twice, one per frame.
  const half = (value) => halves().indexOf(value);
  const values = [0, 10, 1, 11, NaN, 12, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0];
  const bits = Uint16Array.from(values, (value) => (Number.isNaN(value) ? 0x7e00 : half(value)));
  const surface = await readSurface(zip({
    "version.npy": npy("<i8", [], BigInt64Array.of(1n)),
    "times_s.npy": npy("<f8", [2], Float64Array.of(0, 0.04)),
    "vertices.npy": npy("<f2", [2, 3, 3], bits, true),
    "faces.npy": npy("<i4", [1, 3], Int32Array.of(0, 1, 2)),
    "joints_3d.npy": npy("<c8", [1], Float64Array.of(0)),  // not asked for, so not read
  }));

  surface.pose(1);
  assert.deepEqual(Array.from(surface.positions), [10, 0, 0, 11, 0, 0, 12, 1, 0]);
  assert.deepEqual(Array.from(surface.normals.subarray(0, 3)), [0, 0, 1]);
  surface.pose(0);
  assert.deepEqual(Array.from(surface.positions), [0, 0, 0, 1, 0, 0, 0, 1, 0]);
});

test("what can't be read is said, not shown", async () => {
  const whole = zip({ "version.npy": npy("<i8", [], BigInt64Array.of(2n)) });
  await assert.rejects(readSurface(whole), /version 2/);
  await assert.rejects(readNpz(whole.slice(0, 40)), /no directory/);
  const large = zip({ "vertices.npy": npy("<f4", [100], new Float32Array(100)) });
  await assert.rejects(readNpz(large, { largest: 100 }), /too many/);
  const odd = zip({ "a.npy": npy("<c8", [1], Float64Array.of(0)) });
  await assert.rejects(readNpz(odd), /<c8/);
  const short = zip({ "a.npy": npy("<f8", [3], Float64Array.of(0)) });
  await assert.rejects(readNpz(short), /shape \(3\)/);
});
