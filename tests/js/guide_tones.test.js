import assert from "node:assert/strict";
import { test } from "node:test";

import { schedule, Tones, TONES } from "../../static/js/shadow/guide/tones.js";

/** Writes down what is asked of an audio context. */
class Recorder {
  currentTime = 10;
  destination = {};
  notes = [];
  createOscillator() {
    const note = { hz: 0, from: NaN, to: NaN, connected: 0 };
    this.notes.push(note);
    const oscillator = {
      frequency: { setValueAtTime: (hz) => { note.hz = hz; } },
      connect: () => { note.connected += 1; },
      disconnect: () => { note.connected -= 1; },
      start: (s) => { note.from = s; },
      stop: (s) => { note.to = s; },
    };
    note.oscillator = oscillator;
    return oscillator;
  }
  createGain() {
    const levels = [];
    this.notes.at(-1).levels = levels;
    const set = (value, s) => levels.push([value, s]);
    return {
      gain: { setValueAtTime: set, exponentialRampToValueAtTime: set },
      connect: () => {},
      disconnect: () => {},
    };
  }
}

test("every tone is short, starts now, begins and ends in silence, and frees its nodes", () => {
  for (const kind of Object.keys(TONES)) {
    const context = new Recorder();
    const endS = schedule(context, kind);
    assert.equal(context.notes.length, TONES[kind].length);
    assert.equal(Math.min(...context.notes.map(({ from }) => from)), 10, kind);
    assert.ok(endS - 10 < 0.8, `${kind} lasts ${endS - 10} s`);
    for (const { hz, from, to, levels, oscillator } of context.notes) {
      assert.ok(hz > 200 && hz < 2000 && to > from, kind);
      assert.ok(levels[0][0] <= 0.001 && levels.at(-1)[0] <= 0.001, kind);
      assert.ok(Math.max(...levels.map(([value]) => value)) < 0.4, kind);
      oscillator.onended();
    }
    assert.deepEqual(context.notes.map(({ connected }) => connected),
      context.notes.map(() => 0), kind);
  }
});

class Device extends Recorder {
  static made = [];
  static state = "suspended";
  constructor() {
    super();
    this.state = Device.state;
    Device.made.push(this);
  }
  async resume() {
    if (Device.state === "refused") throw new Error("no gesture");
    this.state = "running";
  }
  async suspend() { this.state = "suspended"; }
  async close() { this.state = "closed"; }
}

test("it is silent until a click, and where it is muted", async () => {
  Device.made = [];
  const tones = new Tones({ Context: Device });
  assert.equal(tones.play("tick"), false);
  tones.unlock();
  await null;
  tones.unlock();
  assert.equal(Device.made.length, 1);
  assert.equal(tones.play("tick"), true);
  tones.muted = true;
  assert.equal(tones.play("go"), false);
  assert.equal(Device.made[0].notes.length, TONES.tick.length);
  assert.throws(() => tones.play("siren"), /siren/);
  tones.dispose();
  assert.equal(Device.made[0].state, "closed");
});

test("where sound is refused or missing nothing fails", async () => {
  Device.state = "refused";
  const refused = new Tones({ Context: Device });
  refused.unlock();
  await null;
  assert.equal(refused.play("tick"), false);
  Device.state = "suspended";
  for (const Context of [null, class { constructor() { throw new Error("no device"); } }]) {
    const tones = new Tones({ Context });
    tones.unlock();
    tones.unlock();
    assert.equal(tones.play("tick"), false);
    tones.dispose();
  }
});

test("a device that is not used is let go, and taken again without a click", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  Device.made = [];
  const tones = new Tones({ Context: Device });
  tones.unlock();
  await null;
  const [device] = Device.made;
  assert.equal(tones.play("tick"), true);
  t.mock.timers.tick(5000);
  assert.equal(tones.play("tick"), true);
  t.mock.timers.tick(5000);
  assert.equal(device.state, "running");
  t.mock.timers.tick(5000);
  await null;
  assert.equal(device.state, "suspended");
  device.notes.length = 0;
  assert.equal(tones.play("praise"), true);
  await null;
  assert.equal(device.state, "running");
  assert.equal(device.notes.length, TONES.praise.length);
  tones.dispose();
  t.mock.timers.tick(9000);
  assert.equal(device.state, "closed");
});
