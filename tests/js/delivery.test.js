import assert from "node:assert/strict";
import { test } from "node:test";

import {
  acknowledged, answered, contains, counts, delayMs, deliveredRecordings, nextMessage, outcome,
  reconsidered, settled, undelivered,
} from "../../static/js/shadow/delivery.js";

const session = (changes = {}) => ({ id: "s", made: 0, finish: false, ...changes });
const film = (n, parts, closed = true) => ({ n, parts, closed });
const ok = { status: 201, body: {} };

/** Everything that is sent, in order, to a server that answers as told and then always 201. */
function sendAll(kept, recordings, answers = {}) {
  let delivery = undelivered();
  const sent = [];
  for (;;) {
    const message = nextMessage(kept, recordings, delivery);
    if (!message) return { sent, delivery };
    const name = [message.kind, message.n, message.seq].filter((x) => x !== undefined).join(" ");
    sent.push(name);
    const answer = answers[name]?.shift() ?? ok;
    const meaning = outcome(answer.status) === "stored" ? "stored" : "refused";
    delivery = answered(delivery, message, meaning, answer);
    assert.ok(sent.length < 100, sent.join(", "));
  }
}

test("an answer means stored, again, refused, or it depends on who is logged in", () => {
  assert.deepEqual([200, 201, 0, 408, 429, 500, 503, 400, 409, 413, 401, 403, 404].map(outcome), [
    "stored", "stored", "again", "again", "again", "again", "again",
    "refused", "refused", "refused", "doubt", "doubt", "doubt",
  ]);
  assert.deepEqual([1, 2, 3, 10].map(delayMs), [1000, 2000, 4000, 30_000]);
});

test("numbers go before pictures, each in order, the finish last", () => {
  const { sent, delivery } = sendAll(session({ made: 2, finish: true }), [film(0, 2), film(1, 1)],
    { finish: [{ status: 200, body: { score: 88, url: "/r/" } }] });

  assert.deepEqual(sent, ["session", "chunk 0 0", "chunk 1 1", "recording 0", "part 0 0",
    "part 0 1", "recording 1", "part 1 0", "finish"]);
  assert.deepEqual(delivery.answer, { status: 200, score: 88, url: "/r/" });
  assert.ok(settled(delivery));
});

test("nothing is told of a session in which nothing happened", () => {
  assert.equal(nextMessage(session(), [], undelivered()), null);
});

test("the finish waits for a film that is still being made", () => {
  const { sent } = sendAll(session({ made: 1, finish: true }), [film(0, 1, false)]);
  assert.deepEqual(sent, ["session", "chunk 0 0", "recording 0", "part 0 0"]);
});

test("a refused chunk is reported and leaves no gap at the server", () => {
  const { sent, delivery } = sendAll(session({ made: 3, finish: true }), [],
    { "chunk 1 1": [{ status: 400, body: { item: ["Not an item."] } }] });

  assert.deepEqual(sent, ["session", "chunk 0 0", "chunk 1 1", "chunk 2 1", "finish"]);
  assert.equal(acknowledged(delivery), 2);
  assert.deepEqual(delivery.problems,
    [{ kind: "chunk", n: 1, status: 400, detail: '{"item":["Not an item."]}' }]);
  const { acked, made, refused } = counts(session({ made: 3 }), [], delivery);
  assert.deepEqual([acked, made, refused], [2, 3, 1]);
});

test("a refused film is reported and holds nothing up", () => {
  const { sent, delivery } = sendAll(session({ made: 1, finish: true }), [film(0, 3), film(1, 1)], {
    "part 0 1": [{ status: 413, body: { detail: "too much", code: "quota" } }],
  });

  assert.deepEqual(sent, ["session", "chunk 0 0", "recording 0", "part 0 0", "part 0 1",
    "recording 1", "part 1 0", "finish"]);
  assert.deepEqual(delivery.problems,
    [{ kind: "recording", n: 0, status: 413, detail: "too much" }]);
  assert.deepEqual(deliveredRecordings([film(0, 3), film(1, 1)], delivery), [{ n: 1, parts: 1 }]);
});

test("a session that is refused is kept, and gets another chance", () => {
  const { sent, delivery } = sendAll(session({ made: 1 }), [],
    { session: [{ status: 409, body: { detail: "another homework" } }] });

  assert.deepEqual(sent, ["session"]);
  assert.equal(delivery.refusal.detail, "another homework");
  const again = reconsidered(delivery);
  assert.equal(nextMessage(session({ made: 1 }), [], again).kind, "session");
  assert.equal(again.problems.length, 1);
});

test("what the server misses at the end it gets again", () => {
  const { sent, delivery } = sendAll(session({ made: 3, finish: true }), [], {
    "chunk 0 0": [{ status: 400, body: {} }],
    finish: [{ status: 409, body: { missing: [1], missing_parts: {} } }],
  });

  assert.deepEqual(sent,
    ["session", "chunk 0 0", "chunk 1 0", "chunk 2 1", "finish", "chunk 2 1", "finish"]);
  assert.equal(delivery.answer.status, 201);
});

test("parts that the server has lost are left out and reported, not asked for for ever", () => {
  const { sent, delivery } = sendAll(session({ made: 1, finish: true }), [film(0, 2)], {
    finish: [{ status: 409, body: { missing: [], missing_parts: { 0: [1] } } }],
  });

  assert.equal(sent.filter((name) => name === "finish").length, 2);
  assert.deepEqual(deliveredRecordings([film(0, 2)], delivery), []);
  assert.equal(delivery.problems[0].kind, "recording");
});

test("a server that never has enough ends in a report", () => {
  const missing = { status: 409, body: { missing: [0] } };
  const { delivery } = sendAll(session({ made: 1, finish: true }), [],
    { finish: new Array(9).fill(missing) });

  assert.equal(delivery.answer.status, 409);
  assert.equal(delivery.problems.at(-1).kind, "finish");
});

test("a server that forgot the session is told all of it anew", () => {
  const { sent, delivery } = sendAll(session({ made: 2, finish: true }), [],
    { "chunk 1 1": [{ status: 404, body: {} }] });

  assert.deepEqual(sent, ["session", "chunk 0 0", "chunk 1 1", "session", "chunk 0 0",
    "chunk 1 1", "finish"]);
  assert.deepEqual(delivery.problems, []);
});

test("a chunk the server has with more rows than ours is no contradiction", () => {
  const chunk = (t, item = 7) => ({ item, set: 0, t });
  assert.ok(contains(chunk([1, 2, 3]), chunk([1, 2])));
  assert.ok(!contains(chunk([1, 2]), chunk([1, 2, 3])));
  assert.ok(!contains(chunk([1, 2], 8), chunk([1, 2])));
  assert.ok(!contains(null, chunk([1])));
});
