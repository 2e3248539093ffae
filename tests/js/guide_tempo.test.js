import assert from "node:assert/strict";
import { test } from "node:test";

import { loweringS, TempoMeter, tempoOf } from "../../static/js/shadow/guide/tempo.js";
import { follow, referenceOf } from "./guide_takes.js";

const smooth = (u) => u ** 3 * (u * (6 * u - 15) + 10);
const even = (u) => u;

/** Places of repetitions: seconds out, at the far end, back, at home. */
function* repetitions(parts, { shape = smooth, count = 3, fps = 12, noise = 0 } = {}) {
  const [outS, farS, backS] = parts;
  const allS = parts.reduce((a, b) => a + b, 0);
  for (let i = 0; i < count * allS * fps + fps; i += 1) {
    const t = (i / fps) % allS;
    const place = t < outS ? shape(t / outS)
      : t < outS + farS ? 1
        : t < outS + farS + backS ? 1 - shape((t - outS - farS) / backS) : 0;
    // A detector's tremble, the same in every run.
    yield [i / fps, place + noise * Math.sin(37.7 * i) * Math.sin(11.3 * i)];
  }
}

function timed(parts, options, lowersFirst = true) {
  const meter = new TempoMeter(lowersFirst);
  const tempos = [];
  for (const [t, place] of repetitions(parts, options)) {
    const tempo = meter.see(t, place);
    if (tempo) tempos.push(tempo);
  }
  return tempos;
}

for (const shape of [smooth, even]) {
  for (const noise of [0, 0.03]) {
    test(`${shape.name} movements are timed within a third, with a tremble of ${noise}`, () => {
      const tempos = timed([3, 1, 2, 0.6], { shape, noise });
      assert.equal(tempos.length, 3);
      for (const { outS, farS, backS, repS, everyS } of tempos) {
        assert.ok(Math.abs(outS - 3) < 1, `out ${outS}`);
        assert.ok(Math.abs(backS - 2) < 0.7, `back ${backS}`);
        assert.ok(farS >= 0 && farS < 2.2, `far ${farS}`);
        assert.ok(Math.abs(repS - 6) < 0.9, `rep ${repS}`);
        assert.ok(Number.isNaN(everyS) || Math.abs(everyS - 6.6) < 0.4, `every ${everyS}`);
      }
    });
  }
}

test("slow down and quick up is told from quick down and slow up", () => {
  for (const { outS, backS } of timed([3, 0.2, 1, 0.5])) assert.ok(outS > 2 * backS);
  for (const { outS, backS } of timed([1, 0.2, 3, 0.5])) assert.ok(backS > 2 * outS);
});

test("lowering is the same part, wherever the repetition begins", () => {
  const [squat] = timed([3.2, 1.2, 2.2, 0.5], {}, true);
  const [press] = timed([2.2, 1.2, 3.2, 0.5], {}, false);
  assert.ok(Math.abs(loweringS(squat) - loweringS(press)) < 0.1);
});

test("half a repetition, a dip and nobody are none", () => {
  const meter = new TempoMeter();
  const see = (...places) => places.map((place, i) => meter.see(i / 10, place));
  assert.deepEqual(see(0, 0.2, 0.45, 0.3, 0, NaN, NaN, 0).filter(Boolean), []);
  assert.deepEqual(see(0, 0.5, 1, 1, 1).filter(Boolean), []);
});

test("the trainer's tempo is that of the take", () => {
  // The synthetic athlete's own: ways of 0.44 and 0.42 of a repetition, a rest of 0.06.
  for (const [name, repS, lowersFirst] of [["squat", 2.8, true], ["squat_front", 2.8, true],
    ["press", 2.6, false], ["push_up", 2.4, true]]) {
    const tempo = tempoOf(referenceOf(name));
    assert.equal(tempo.lowersFirst, lowersFirst, name);
    assert.ok(Math.abs(tempo.everyS - repS) < 0.15 * repS, `${name} every ${tempo.everyS}`);
    assert.ok(Math.abs(tempo.outS - 0.44 * repS) < 0.4, `${name} out ${tempo.outS}`);
    assert.ok(Math.abs(tempo.backS - 0.42 * repS) < 0.4, `${name} back ${tempo.backS}`);
  }
  assert.ok(Math.abs(tempoOf(referenceOf("jack")).everyS - 1.2) < 0.15);
  assert.equal(tempoOf(referenceOf("lunge")).lowersFirst, true);
});

test("who follows has the trainer's tempo", () => {
  for (const name of ["squat", "press", "push_up"]) {
    const trainer = tempoOf(referenceOf(name));
    const meter = new TempoMeter(trainer.lowersFirst);
    const tempos = [];
    for (const { match, nowS } of follow(`${name}_good`)) {
      const tempo = meter.see(nowS, match.place);
      if (tempo) tempos.push(tempo);
    }
    assert.ok(tempos.length >= 3, `${name}: ${tempos.length}`);
    for (const { repS } of tempos) {
      assert.ok(Math.abs(repS - trainer.repS) < 0.25 * trainer.repS, `${name} ${repS}`);
    }
  }
});
