import assert from "node:assert/strict";
import { test } from "node:test";

import {
  CHUNK_ROWS, CHUNK_S, Chunker, columns, delayMs, outcome,
} from "../../static/js/shadow/chunks.js";
import { Timeline } from "../../static/js/shadow/timeline.js";

const row = (t, changes = {}) => ({
  item: 7,
  set: 0,
  t,
  clipT: t % 3,
  score: 91.26,
  lagS: 0.30049,
  errorsDeg: new Float64Array(13).fill(4.44),
  world: new Float32Array(99).fill(0.1234),
  visibility: new Float32Array(33).fill(0.987),
  ...changes,
});

/** A server that answers as told, then always 201, and remembers. */
class Server {
  constructor(...answers) {
    this.answers = answers;
    this.got = [];
    this.leaving = [];
  }

  async putChunk(seq, body, { keepalive = false } = {}) {
    (keepalive ? this.leaving : this.got).push([seq, body]);
    return this.answers.shift() ?? 201;
  }
}

const settle = () => new Promise((resolve) => { setImmediate(resolve); });

test("rows become columns: whole millimetres, per cent, nulls where nothing is known", () => {
  const chunk = columns([
    row(1.23456),
    row(2, { score: NaN, lagS: NaN, errorsDeg: null, world: null, visibility: null }),
  ]);

  assert.deepEqual(chunk.t, [1.235, 2]);
  assert.deepEqual(chunk.score, [91.3, null]);
  assert.deepEqual(chunk.lag, [0.3, null]);
  assert.deepEqual(chunk.errors, [new Array(13).fill(4.4), new Array(13).fill(null)]);
  assert.deepEqual(chunk.landmarks, [new Array(99).fill(123), null]);
  assert.deepEqual(chunk.visibility, [new Array(33).fill(99), null]);
  assert.deepEqual([chunk.version, chunk.item, chunk.set], [1, 7, 0]);
  assert.ok(!JSON.stringify(chunk).includes("NaN"));
});

test("a landmark that is not a number makes the row's body unknown", () => {
  const world = new Float32Array(99);
  world[5] = NaN;

  assert.deepEqual(columns([row(0, { world })]).landmarks, [null]);
});

test("a chunk ends with its time, its rows or its set, and no row is lost", () => {
  const chunker = new Chunker();
  const chunks = [];
  const add = (r) => { const chunk = chunker.add(r); if (chunk) chunks.push(chunk); };
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

test("a chunk fits into what a closing page may send", () => {
  const far = row(86_399.999, { world: new Float32Array(99).fill(-1.234) });
  const body = JSON.stringify(columns(new Array(CHUNK_ROWS).fill(far)));

  assert.ok(body.length < 60_000, `${body.length} bytes`);
});

test("an answer means stored, again or refused; waiting grows to a limit", () => {
  assert.deepEqual([200, 201, 0, 408, 429, 500, 503, 400, 403, 404, 409].map(outcome), [
    "stored", "stored", "again", "again", "again", "again", "again",
    "refused", "refused", "refused", "refused",
  ]);
  assert.deepEqual([1, 2, 3, 10].map(delayMs), [1000, 2000, 4000, 30_000]);
});

test("chunks go in order and again, the same byte for byte, until the server has them", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const server = new Server(0, 503);
  const states = [];
  const timeline = new Timeline(server, (state) => states.push(state));
  timeline.add(row(0));
  timeline.cut();
  timeline.add(row(1));
  timeline.cut();
  await settle();
  assert.deepEqual(server.got.map(([seq]) => seq), [0]);
  assert.ok(states.at(-1).failing);
  t.mock.timers.tick(1000);
  await settle();
  assert.deepEqual(server.got.map(([seq]) => seq), [0, 0]);
  t.mock.timers.tick(2000);
  await settle();

  assert.deepEqual(server.got.map(([seq]) => seq), [0, 0, 0, 1]);
  assert.equal(server.got[0][1], server.got[2][1]);
  assert.deepEqual([timeline.made, timeline.acked], [2, 2]);
  assert.ok(!states.at(-1).failing);
});

test("flush sends what is collected and settles when all is acknowledged", async () => {
  const server = new Server();
  const timeline = new Timeline(server);
  timeline.add(row(0));
  await timeline.flush();

  assert.equal(timeline.acked, 1);
  await timeline.flush();
  assert.equal(server.got.length, 1);
});

test("a refused chunk does not hold up the others", async () => {
  const timeline = new Timeline(new Server(400));
  timeline.add(row(0));
  timeline.cut();
  timeline.add(row(1));
  await timeline.flush();

  assert.deepEqual([timeline.made, timeline.acked, timeline.refused], [2, 1, 1]);
});

test("a page that goes away hands over what is not acknowledged", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const server = new Server(0);
  const timeline = new Timeline(server);
  timeline.add(row(0));
  timeline.cut();
  await settle();
  timeline.add(row(1));
  timeline.flushOnLeave();

  assert.deepEqual(server.leaving.map(([seq]) => seq), [0, 1]);
  timeline.stop();
  t.mock.timers.tick(60_000);
  await settle();
  assert.equal(server.got.length, 1, "stopped is stopped");
});
