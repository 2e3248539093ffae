import assert from "node:assert/strict";
import { test } from "node:test";

import {
  CHUNK_ROWS, CHUNK_S, Chunker, columns, entryOf, withoutBodies,
} from "../../static/js/shadow/chunks.js";
import { row } from "./rows.js";

test("rows become columns: whole millimetres, per cent, nulls where nothing is known", () => {
  const chunk = columns([
    row(1.23456),
    row(2, { score: NaN, lagS: NaN, errorsDeg: null, world: null, visibility: null }),
  ].map((one) => entryOf(one)));

  assert.deepEqual(chunk.t, [1.235, 2]);
  assert.deepEqual(chunk.score, [91.3, null]);
  assert.deepEqual(chunk.lag, [0.3, null]);
  assert.deepEqual(chunk.errors, [new Array(13).fill(4.4), new Array(13).fill(null)]);
  assert.deepEqual(chunk.landmarks, [new Array(99).fill(123), null]);
  assert.deepEqual(chunk.visibility, [new Array(33).fill(99), null]);
  assert.deepEqual([chunk.version, chunk.item, chunk.set], [1, 7, 0]);
  assert.ok(!JSON.stringify(chunk).includes("NaN"));
});

test("an entry is a copy: the detector uses its arrays again", () => {
  const world = new Float32Array(99).fill(0.5);
  const entry = entryOf(row(0, { world }));
  world.fill(0);

  assert.equal(entry.landmarks[0], 500);
});

test("a landmark that is not a number, or too far away, makes the row's body unknown", () => {
  for (const wrong of [NaN, 5.2, -6]) {
    const world = new Float32Array(99);
    world[5] = wrong;
    const entry = entryOf(row(0, { world }));
    assert.deepEqual([entry.landmarks, entry.visibility], [null, null]);
  }
});

test("no value beyond what the server takes leaves the device", () => {
  const entry = entryOf(row(0, {
    clipT: 9000, lagS: -99, score: 101, errorsDeg: new Float64Array(13).fill(180.4),
    visibility: new Float32Array(33).fill(1.2),
  }));

  assert.deepEqual([entry.clip_t, entry.lag, entry.score, entry.errors[0], entry.visibility[0]],
    [7200, -60, 100, 180, 100]);
});

test("numbers are numbers: no body is kept, and one can be taken out again", () => {
  const entry = entryOf(row(0), { bodies: false });
  assert.deepEqual([entry.landmarks, entry.visibility], [null, null]);
  assert.equal(entry.score, 91.3);

  const stripped = JSON.parse(withoutBodies(JSON.stringify(columns([entryOf(row(0))]))));
  assert.deepEqual(stripped, columns([entry]));
});

test("a chunk ends with its time, its rows or its set, and no row is lost", () => {
  const chunker = new Chunker();
  const chunks = [];
  const add = (r) => { const chunk = chunker.add(entryOf(r)); if (chunk) chunks.push(chunk); };
  add(row(0));
  add(row(1));
  add(row(CHUNK_S));
  for (let i = 1; i <= CHUNK_ROWS; i += 1) add(row(CHUNK_S + i * 0.01));
  add(row(6, { set: 1 }));
  chunks.push(chunker.take());

  assert.deepEqual(chunks.map(({ t }) => t.length), [2, CHUNK_ROWS, 1, 1]);
  assert.deepEqual(chunks.map(({ set }) => set), [0, 0, 0, 1]);
  assert.equal(chunker.take(), null);
});

test("a frame is taken once: time goes forward, over chunks and reloads too", () => {
  const chunker = new Chunker(2);
  for (const t of [1.5, 2, 2.001, 2.0012, 2.003]) chunker.add(entryOf(row(t)));
  assert.deepEqual(chunker.take().t, [2.001, 2.003]);
  chunker.add(entryOf(row(2.003)));
  assert.equal(chunker.take(), null);
});

test("a chunk fits into what a closing page may send", () => {
  const far = entryOf(row(86_399.999, { world: new Float32Array(99).fill(-1.234) }));
  const body = JSON.stringify(columns(new Array(CHUNK_ROWS).fill(far)));

  assert.ok(body.length < 60_000, `${body.length} bytes`);
});
