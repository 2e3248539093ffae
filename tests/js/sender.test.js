import assert from "node:assert/strict";
import { test } from "node:test";

import { Sender } from "../../static/js/shadow/sender.js";
import { LayeredStorage } from "../../static/js/shadow/storage.js";

const settle = async () => {
  for (let i = 0; i < 30; i += 1) await new Promise((resolve) => { setImmediate(resolve); });
};
const chunk = (...t) => JSON.stringify({ item: 7, set: 0, t, landmarks: [[1]], visibility: [[1]] });

/** A server that answers as told, by request, and else takes everything; it remembers. */
class Server {
  constructor(answers = {}) {
    this.answers = answers;
    this.got = [];
    this.bodies = [];
    this.user = "nina";
  }

  #answer(name, body, otherwise = { status: 201, body: {} }) {
    this.got.push(name);
    this.bodies.push(body);
    const told = this.answers[name]?.shift();
    return Promise.resolve(typeof told === "number" ? { status: told, body: {} } : told ?? otherwise);
  }

  create(session) { return this.#answer("create", session); }

  putChunk(id, seq, body) { return this.#answer(`chunk ${seq}`, body); }

  readChunk(id, seq) { return this.#answer(`read ${seq}`); }

  putRecording(id, { n }) { return this.#answer(`recording ${n}`); }

  putPart(id, n, seq, bytes) { return this.#answer(`part ${n} ${seq}`, bytes); }

  finish(id, chunks) { return this.#answer("finish", chunks, { status: 200, body: { score: 5 } }); }

  me() { return this.#answer("me", null, { status: 200, body: { user: this.user } }); }
}

async function kept({ id = "s", made = 2, finish = false, parts = 0, startedAtMs = 1 } = {}) {
  const storage = new LayeredStorage(null);
  await add(storage, { id, made, finish, parts, startedAtMs });
  return storage;
}

async function add(storage, { id, made, finish, parts = 0, startedAtMs }) {
  await storage.write([
    { store: "sessions", key: [id], value: { id, made, finish, startedAtMs, assignment: 1 } },
    ...Array.from({ length: made }, (_, n) => (
      { store: "chunks", key: [id, n], value: chunk(n, n + 0.5) })),
    ...(parts ? [{ store: "recordings", key: [id, 0], value: { n: 0, parts, closed: true } }] : []),
    ...Array.from({ length: parts }, (_, seq) => (
      { store: "parts", key: [id, 0, seq], value: new ArrayBuffer(8) })),
  ]);
}

function send(storage, server) {
  const states = [];
  const sender = new Sender(storage, server, {
    user: "nina", onchange: (state) => { if (states.at(-1) !== state) states.push(state); },
  });
  sender.kick();
  return { sender, states };
}

test("chunks go in order and again, the same byte for byte, until the server has them", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const server = new Server({ "chunk 0": [0, 503] });
  const { states } = send(await kept(), server);
  await settle();
  assert.deepEqual(server.got, ["create", "chunk 0"]);
  assert.equal(states.at(-1), "offline");
  t.mock.timers.tick(1000);
  await settle();
  t.mock.timers.tick(2000);
  await settle();

  assert.deepEqual(server.got, ["create", "chunk 0", "chunk 0", "chunk 0", "chunk 1"]);
  assert.equal(server.bodies[1], server.bodies[3]);
  assert.equal(states.at(-1), "idle");
});

test("the network coming back is not waited for by the clock", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const server = new Server({ create: [0, 0, 0] });
  const { sender } = send(await kept(), server);
  await settle();
  sender.kick();
  await settle();
  assert.equal(server.got.length, 1, "something new is no reason to try earlier");
  sender.retry();
  await settle();
  assert.equal(server.got.length, 2);
});

test("a finished workout leaves nothing behind but its answer", async () => {
  const storage = await kept({ finish: true, parts: 2 });
  const server = new Server();
  send(storage, server);
  await settle();

  assert.deepEqual(server.got, ["create", "chunk 0", "chunk 1", "recording 0", "part 0 0",
    "part 0 1", "finish"]);
  for (const store of ["chunks", "parts", "recordings"]) {
    assert.deepEqual(await storage.list(store), []);
  }
  assert.equal((await storage.read("deliveries", ["s"])).answer.score, 5);
});

test("a login that ran out keeps everything, and goes on after the next one", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const storage = await kept();
  const server = new Server({ "chunk 1": [403] });
  server.user = null;
  const { sender, states } = send(storage, server);
  await settle();
  assert.deepEqual(server.got, ["create", "chunk 0", "chunk 1", "me"]);
  assert.equal(states.at(-1), "login");
  assert.equal((await storage.list("chunks")).length, 2);

  server.user = "boris";
  server.answers["chunk 1"] = [404];
  sender.retry();
  await settle();
  assert.equal(states.at(-1), "login", "somebody else is no answer");

  server.user = "nina";
  sender.retry();
  await settle();
  assert.equal(server.got.at(-1), "chunk 1");
  assert.equal(states.at(-1), "idle");
  assert.deepEqual((await storage.read("deliveries", ["s"])).problems, []);
});

test("a cookie that was renewed is tried before anything counts as refused", async () => {
  const server = new Server({ "chunk 0": [403] });
  const storage = await kept({ made: 1 });
  send(storage, server);
  await settle();
  assert.deepEqual(server.got, ["create", "chunk 0", "me", "chunk 0"]);
  assert.equal((await storage.read("deliveries", ["s"])).next, 1);
});

test("a chunk the server got from the page that was closing counts as stored", async () => {
  const theirs = { status: 200, body: JSON.parse(chunk(0, 0.5, 0.7)) };
  const server = new Server({ "chunk 0": [409], "read 0": [theirs] });
  const storage = await kept({ made: 1 });
  send(storage, server);
  await settle();
  const delivery = await storage.read("deliveries", ["s"]);
  assert.deepEqual([delivery.next, delivery.refused], [1, []]);
});

test("another chunk under our number is reported and kept", async () => {
  const theirs = { status: 200, body: JSON.parse(chunk(8)) };
  const server = new Server({ "chunk 0": [409], "read 0": [theirs] });
  const storage = await kept({ made: 1 });
  send(storage, server);
  await settle();
  const delivery = await storage.read("deliveries", ["s"]);
  assert.deepEqual(delivery.refused, [0]);
  assert.equal((await storage.list("chunks")).length, 1);
});

test("a refused chunk outlives the finish", async () => {
  const server = new Server({ "chunk 0": [400] });
  const storage = await kept({ made: 2, finish: true });
  send(storage, server);
  await settle();
  assert.deepEqual(server.got, ["create", "chunk 0", "chunk 0", "finish"]);
  assert.equal(server.bodies[3], 1);
  assert.deepEqual((await storage.list("chunks")).map(({ key }) => key), [["s", 0]]);
});

test("where the trainer asks for numbers only, numbers only are sent", async () => {
  const server = new Server({ create: [{ status: 201, body: { level: "numbers" } }] });
  send(await kept({ made: 1 }), server);
  await settle();
  const sent = JSON.parse(server.bodies[1]);
  assert.deepEqual([sent.landmarks, sent.visibility], [[null, null], [null, null]]);
});

test("a device with a wrong clock lets the server say when it was", async () => {
  const server = new Server({ create: [{ status: 400, body: { started_at: ["Future."] } }] });
  send(await kept({ made: 1 }), server);
  await settle();
  assert.deepEqual(server.got, ["create", "create", "chunk 0"]);
  assert.equal(server.bodies[1].startedAtMs, null);
});

test("sessions are sent one after the other; one that the server stumbles over waits", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const storage = await kept({ id: "late", made: 1, startedAtMs: 2 });
  await add(storage, { id: "early", made: 1, startedAtMs: 1 });
  const server = new Server({ create: [500] });
  send(storage, server);
  await settle();

  assert.deepEqual(server.got, ["create", "create", "chunk 0"]);
  assert.deepEqual([server.bodies[0].id, server.bodies[1].id], ["early", "late"]);
});

test("stopped is stopped", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const server = new Server({ create: [0] });
  const { sender } = send(await kept(), server);
  await settle();
  sender.stop();
  t.mock.timers.tick(60_000);
  await settle();
  assert.equal(server.got.length, 1);
});
