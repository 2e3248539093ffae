import assert from "node:assert/strict";
import { test } from "node:test";

import {
  compareKeys, LayeredStorage, MemoryStorage, StorageFull,
} from "../../static/js/shadow/storage.js";

const put = (store, key, value) => ({ store, key, value });
const keys = async (storage, store, under) =>
  (await storage.list(store, under)).map(({ key }) => key.join("/"));

/** A device with room for so many entries. */
class Device extends MemoryStorage {
  constructor(room) {
    super();
    this.room = room;
  }

  async write(operations) {
    let count = operations.filter(({ value }) => value !== undefined).length;
    for (const store of ["sessions", "chunks", "parts"]) count += (await this.list(store)).length;
    if (count > this.room) throw new StorageFull();
    this.apply(operations);
  }
}

test("keys are in IndexedDB's order: numbers before strings, short before long", () => {
  const sorted = [["b"], ["a", 10], ["a", 2, 1], ["a", 2], ["a", "x"], ["a"]].sort(compareKeys);
  assert.deepEqual(sorted, [["a"], ["a", 2], ["a", 2, 1], ["a", 10], ["a", "x"], ["b"]]);
});

for (const [name, make] of [
  ["memory", () => new LayeredStorage(null)],
  ["a device", () => new LayeredStorage(new MemoryStorage())],
  ["a device that is full from the start", () => new LayeredStorage(new Device(0))],
]) {
  test(`${name} keeps, lists, and deletes by key and by what a key begins with`, async () => {
    const storage = make();
    await storage.write([put("chunks", ["s", 10], "k"), put("chunks", ["s", 9], "j")]);
    await storage.write([put("chunks", ["t", 0], "x"), put("sessions", ["s"], { made: 2 })]);

    assert.deepEqual(await keys(storage, "chunks", ["s"]), ["s/9", "s/10"]);
    assert.deepEqual(await storage.read("sessions", ["s"]), { made: 2 });
    await storage.write([{ store: "chunks", key: ["s", 9] }]);
    assert.equal(await storage.read("chunks", ["s", 9]), undefined);
    await storage.write([{ store: "chunks", under: ["s"] }, { store: "sessions", under: ["s"] }]);
    assert.deepEqual(await keys(storage, "chunks"), ["t/0"]);
    assert.equal(await storage.read("sessions", ["s"]), undefined);
  });
}

test("what a full device does not take stays in memory, and says that it would not last", async () => {
  const storage = new LayeredStorage(new Device(1));
  await storage.write([put("sessions", ["s"], { made: 0 })]);
  assert.ok(storage.lasting);
  await storage.write([put("chunks", ["s", 0], "a"), put("sessions", ["s"], { made: 1 })]);

  assert.ok(!storage.lasting);
  assert.deepEqual(await storage.read("sessions", ["s"]), { made: 1 });
  assert.deepEqual(await keys(storage, "chunks"), ["s/0"]);
});

test("what was deleted in memory does not come back from the device", async () => {
  const device = new Device(1);
  const storage = new LayeredStorage(device);
  await storage.write([put("chunks", ["s", 0], "a")]);
  device.write = () => Promise.reject(new Error("broken"));
  await storage.write([{ store: "chunks", under: ["s"] }]);

  assert.equal(await storage.read("chunks", ["s", 0]), undefined);
  assert.deepEqual(await keys(storage, "chunks"), []);
});

test("room is made for numbers and not for films", async () => {
  const device = new Device(2);
  let asked = 0;
  const storage = new LayeredStorage(device, async () => {
    asked += 1;
    device.apply([{ store: "parts", under: ["s"] }]);
    return true;
  });
  await storage.write([put("parts", ["s", 0, 0], "film")], { optional: true });
  await storage.write([put("parts", ["s", 0, 1], "film")], { optional: true });
  await assert.rejects(storage.write([put("parts", ["s", 0, 2], "film")], { optional: true }),
    StorageFull);
  assert.equal(asked, 0);

  await storage.write([put("chunks", ["s", 0], "a")]);
  assert.equal(asked, 1);
  assert.ok(storage.lasting);
  assert.deepEqual(await keys(storage, "parts"), []);
});
