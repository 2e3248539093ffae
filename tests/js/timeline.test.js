import assert from "node:assert/strict";
import { test } from "node:test";

import { undelivered } from "../../static/js/shadow/delivery.js";
import { LayeredStorage } from "../../static/js/shadow/storage.js";
import { PART_BYTES } from "../../static/js/shadow/take.js";
import { Timeline } from "../../static/js/shadow/timeline.js";
import { row } from "./rows.js";

/** As much of an outbox as one session writes into; keeps for real, sends nothing. */
class Box {
  constructor() {
    this.storage = new LayeredStorage(null);
    this.kicks = 0;
    this.leaving = [];
  }

  write(operations, options) { return this.storage.write(operations, options); }

  kick() { this.kicks += 1; }

  sendLeaving(id, seq, body) { this.leaving.push([seq, body]); }
}

const begin = (box, changes = {}, before = {}) => new Timeline(box, {
  id: "s", assignment: 1, level: "skeleton", startedAtMs: Date.now(), savedAtMs: 0, made: 0,
  lastS: 0, at: null, noted: null, finish: false, ...changes,
}, before);

const keptRows = async (box) => (await box.storage.list("rows")).flatMap(({ value }) => value);
const settle = () => new Promise((resolve) => { setImmediate(resolve); });

test("the open chunk is kept as it grows, and gone once it is closed", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const box = new Box();
  const timeline = begin(box);
  timeline.add(row(0.1));
  timeline.add(row(0.2));
  assert.deepEqual(await keptRows(box), []);
  t.mock.timers.tick(500);
  timeline.add(row(0.6));
  t.mock.timers.tick(500);
  assert.deepEqual((await keptRows(box)).map((entry) => entry.t), [0.1, 0.2, 0.6]);

  timeline.add(row(0.7));
  timeline.cut();
  assert.deepEqual(await keptRows(box), []);
  const [{ key, value }] = await box.storage.list("chunks");
  assert.deepEqual([key, JSON.parse(value).t], [["s", 0], [0.1, 0.2, 0.6, 0.7]]);
  const session = await box.storage.read("sessions", ["s"]);
  assert.deepEqual([session.made, session.lastS, session.at], [1, 0.7, { item: 7, set: 0 }]);
  await settle();
  assert.equal(box.kicks, 1);
  timeline.stop();
});

test("gone on with, numbers and times go on", async () => {
  const box = new Box();
  const timeline = begin(box, { made: 3, lastS: 20.5, startedAtMs: Date.now() - 30_000 });
  assert.ok(timeline.elapsedS >= 30 && timeline.elapsedS < 31);
  timeline.add(row(20.5));
  timeline.add(row(31));
  timeline.cut();

  const [{ key, value }] = await box.storage.list("chunks");
  assert.deepEqual([key, JSON.parse(value).t], [["s", 3], [31]]);
  timeline.stop();
});

test("at level numbers no landmark is even kept", async () => {
  const box = new Box();
  const timeline = begin(box, { level: "numbers" });
  timeline.add(row(1));
  timeline.stop();

  const [entry] = await keptRows(box);
  assert.deepEqual([entry.score, entry.landmarks, entry.visibility], [91.3, null, null]);
});

test("a page that goes away hands over what is not acknowledged, from the first gap on", async () => {
  const box = new Box();
  const timeline = begin(box);
  timeline.add(row(1));
  timeline.flushOnLeave();
  assert.deepEqual(box.leaving, [], "a session the server does not know takes nothing");

  timeline.delivery = { ...undelivered(), created: true, next: 1, refused: [0] };
  timeline.add(row(2));
  timeline.flushOnLeave();
  assert.deepEqual(box.leaving.map(([seq, body]) => [seq, JSON.parse(body).t]), [[0, [2]]]);
  timeline.stop();
});

test("a finished session takes no more rows and waits for its films", async () => {
  const box = new Box();
  const timeline = begin(box);
  timeline.add(row(1));
  const film = timeline.take({ item: 7, set: 0, mime: "video/webm", content: "video" });
  film.begin(0.4);
  film.add(new Blob(["abc"]));
  const finished = timeline.finish();
  await settle();
  assert.equal((await box.storage.read("sessions", ["s"])).finish, false);
  await film.close();
  await finished;
  timeline.add(row(2));

  assert.equal((await box.storage.read("sessions", ["s"])).finish, true);
  assert.deepEqual(await box.storage.read("recordings", ["s", 0]), {
    item: 7, set: 0, mime: "video/webm", content: "video", n: 0, startedS: 0.4, parts: 1,
    closed: true,
  });
  assert.deepEqual([timeline.made, timeline.counts.chunks, timeline.counts.parts], [1, 1, 1]);
  timeline.stop();
});

test("a film is kept in order, large pieces in parts; one of nothing takes no number", async () => {
  const box = new Box();
  const timeline = begin(box, {}, { recordings: [{ n: 4, parts: 1, closed: true }] });
  const empty = timeline.take({ content: "video" });
  empty.add(new Blob([]));
  await empty.close();
  const film = timeline.take({ content: "video" });
  film.add(new Blob(["x".repeat(PART_BYTES + 3)]));
  film.add(new Blob(["end"]));
  await film.close();

  const parts = await box.storage.list("parts");
  assert.deepEqual(parts.map(({ key }) => key), [["s", 5, 0], ["s", 5, 1], ["s", 5, 2]]);
  assert.deepEqual(parts.map(({ value }) => value.byteLength), [PART_BYTES, 3, 3]);
});

test("a film that no longer fits ends where the room did", async () => {
  const box = new Box();
  let cutOff = 0;
  box.filmCutOff = () => { cutOff += 1; };
  const write = box.write.bind(box);
  const timeline = begin(box);
  const film = timeline.take({ content: "video" });
  assert.equal(await film.add(new Blob(["a"])), true);
  const { StorageFull } = await import("../../static/js/shadow/storage.js");
  box.write = (operations, options = {}) =>
    (options.optional ? Promise.reject(new StorageFull()) : write(operations));
  assert.equal(await film.add(new Blob(["b"])), false);
  box.write = write;
  assert.equal(await film.add(new Blob(["c"])), false);
  await film.close();

  assert.equal(cutOff, 1);
  assert.equal((await box.storage.list("parts")).length, 1);
  const { parts, closed } = await box.storage.read("recordings", ["s", 0]);
  assert.deepEqual([parts, closed], [1, true]);
});
