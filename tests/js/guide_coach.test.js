import assert from "node:assert/strict";
import { test } from "node:test";

import { Coach, FREQUENCIES } from "../../static/js/shadow/guide/coach.js";
import { COACH_KEYS, cueOf, CUES } from "../../static/js/shadow/guide/cues.js";
import { JOINTS } from "../../static/js/shadow/guide/joints.js";
import { BONES } from "../../static/js/shadow/skeleton.js";
import { follow, referenceOf, TAKES } from "./guide_takes.js";

/** All that is said while a client follows the trainer. */
function remarks(name, { frequency = "often", plan, times = 1, mirrored = false } = {}) {
  const coach = new Coach({ frequency });
  const { trainer } = TAKES.get(name);
  coach.begin(referenceOf(trainer), plan);
  const said = [];
  for (const { match, nowS, positionS, attempt } of follow(name, { times, mirrored })) {
    const remark = coach.hear({ match, nowS, positionS, reps: attempt.reps });
    if (!remark) continue;
    assert.ok(COACH_KEYS.includes(remark.key), remark.key);
    said.push({ ...remark, nowS });
  }
  return { said, coach };
}
const of = (said, ...kinds) => said.filter(({ kind }) => kinds.includes(kind));
const keysOf = (said) => [...new Set(said.map(({ key }) => key))];

const FAULTS = [
  ["squat_shallow", "cue_knee_both_more"],
  ["squat_front_shallow", "cue_knee_both_more"],
  ["squat_leaning", "cue_lean_less"],
  ["squat_front_knees", "cue_knee_in_less"],
  ["jack_low", "cue_shoulder_both_more"],
  ["jack_uneven", "cue_shoulder_right_more"],
  ["press_low", "cue_shoulder_both_more"],
  ["push_up_sagging", "cue_hips_up"],
];
for (const [name, key] of FAULTS) {
  test(`${name}: one thing is wrong and only that is said`, () => {
    const { said } = remarks(name, { times: 2 });
    assert.deepEqual(keysOf(of(said, "fault", "tempo")), [key]);
    assert.deepEqual(keysOf(of(said, "praise")), [], "nobody is praised for it");
    // Two to four repetitions suffice.
    assert.ok(of(said, "fault")[0].nowS < 14, String(of(said, "fault")[0].nowS));
  });
}

test("a squat 20° shallower is found to be about that", () => {
  for (const name of ["squat_shallow", "squat_front_shallow"]) {
    const [{ part, side, change, degrees }] = remarks(name).coach.faults;
    assert.deepEqual([part, side, change], ["knee", "both", "more"]);
    assert.ok(degrees > 12 && degrees < 28, `${name}: ${degrees}`);
  }
});

test("'right' is the client's own right, in the mirror as well", () => {
  const { said } = remarks("jack_uneven", { times: 2, mirrored: true });
  assert.deepEqual(keysOf(of(said, "fault")), ["cue_shoulder_left_more"]);
  const [{ bones }] = of(said, "fault");
  assert.deepEqual(bones.map((b) => BONES[b].name), ["left_upper_arm"]);
});

for (const name of ["squat_good", "jack_good", "squat_front_good", "press_good", "push_up_good",
  "lunge_good"]) {
  test(`${name}: no fault and no word about the tempo, for two minutes`, () => {
    const { durationS, timesS } = TAKES.get(name);
    const rounds = Math.ceil(120 / Math.max(durationS, timesS.at(-1)));
    for (const mirrored of [false, true]) {
      const { said } = remarks(name, { times: rounds, mirrored });
      assert.deepEqual(keysOf(of(said, "fault", "tempo")), []);
    }
  });
}

test("good repetitions are praised, never with the same words thrice in a row", () => {
  const { said } = remarks("squat_good");
  const praise = of(said, "praise").map(({ key }) => key);

  assert.ok(praise.length >= 8, praise.join());
  assert.ok(praise.every((key, i) => i < 2 || key !== praise[i - 1] || key !== praise[i - 2]));
});

test("a fault that stays is named again, but with pauses and not thrice in a row", () => {
  const { said } = remarks("squat_shallow", { times: 8 });
  const faults = of(said, "fault");

  assert.equal(faults.length, 2);
  assert.ok(faults[1].nowS - faults[0].nowS >= 9);
});

test("how often is a choice", () => {
  const counts = ["often", "sometimes", "rarely", "off"].map((frequency) =>
    remarks("squat_good", { frequency }).said.length);

  assert.deepEqual([...counts].sort((a, b) => b - a), counts);
  assert.ok(counts[0] > counts[1] && counts[1] > counts[2] && counts[2] > 0, counts.join());
  assert.equal(counts[3], 0);
  assert.deepEqual(FREQUENCIES, ["often", "sometimes", "rarely", "off"]);
  assert.throws(() => new Coach({ frequency: "always" }), /always/);
});

test("repetitions are counted, with the middle and the last one announced", () => {
  const { said } = remarks("jack_good", { plan: { reps: 10 } });
  const counts = of(said, "count").map(({ key, values }) => [key, values.count]);

  assert.ok(counts.some(([key, n]) => key === "count_halfway" && n === 5), JSON.stringify(counts));
  assert.ok(counts.some(([key, n]) => key === "count_last" && n === 9), JSON.stringify(counts));
  assert.ok(counts.every(([, n]) => n < 10), "the tenth ends the set");
});

test("after a stop it counts on", () => {
  const coach = new Coach({ frequency: "often" });
  coach.begin(referenceOf("jack"), { reps: 10, done: 6 });
  const counts = [];
  for (const { match, nowS, positionS, attempt } of follow("jack_good")) {
    const remark = coach.hear({ match, nowS, positionS, reps: 6 + attempt.reps });
    if (remark?.kind === "count") counts.push(remark.values.count);
  }
  assert.deepEqual(counts.slice(0, 3), [7, 8, 9]);
});

test("a fault set right is praised", () => {
  const coach = new Coach({ frequency: "often" });
  coach.begin(referenceOf("push_up"));
  const said = [];
  let beganS = 0;
  let reps = 0;
  for (const name of ["push_up_sagging", "push_up_good", "push_up_good"]) {
    let last = 0;
    let done = 0;
    for (const { match, nowS, positionS, attempt } of follow(name)) {
      done = attempt.reps;
      last = nowS;
      const remark = coach.hear({
        match, nowS: beganS + nowS, positionS, reps: reps + done,
      });
      if (remark) said.push(remark.key);
    }
    beganS += last + 0.1;
    reps += done;
  }
  const named = said.lastIndexOf("cue_hips_up");
  assert.ok(named >= 0);
  assert.ok(said.slice(named).some((key) => key.startsWith("better_")), said.join());
});

for (const [speed, key] of [[1.45, "tempo_slower"], [0.68, "tempo_faster"]]) {
  test(`${key} is said to who does it ${speed} times as fast, and no joint is blamed`, () => {
    const coach = new Coach({ frequency: "often" });
    coach.begin(referenceOf("squat"));
    const said = [];
    for (const { match, nowS, positionS, attempt } of
      follow("squat_good", { speed, times: 3 })) {
      if (nowS > 40) break;
      const remark = coach.hear({ match, nowS, positionS, reps: attempt.reps });
      if (remark && remark.kind !== "count") said.push(remark.key);
    }
    assert.ok(said.includes(key), said.join());
    assert.deepEqual(said.filter((each) => each.startsWith("cue_")), []);
  });
}

test("somebody who does something else is told to watch, not which joint to bend", () => {
  const coach = new Coach({ frequency: "often" });
  coach.begin(referenceOf("squat_front"));
  const said = [];
  for (const { match, nowS, positionS, attempt } of
    follow("jack_good", { trainer: "squat_front" })) {
    const remark = coach.hear({ match, nowS, positionS, reps: attempt.reps });
    if (remark && remark.kind !== "count") said.push(remark.key);
  }
  assert.deepEqual([...new Set(said)], ["tempo_together"]);
});

test("what is not seen is not blamed", () => {
  const coach = new Coach({ frequency: "often" });
  coach.begin(referenceOf("jack"));
  const said = [];
  const hide = [11, 12, 13, 14];  // shoulders and elbows
  for (const { match, nowS, positionS, attempt } of follow("jack_low", { hide })) {
    const remark = coach.hear({ match, nowS, positionS, reps: attempt.reps });
    if (remark) said.push(remark.key);
  }
  assert.deepEqual(said.filter((key) => key.startsWith("cue_")), []);
});

test("outside a set nothing is said", () => {
  const coach = new Coach({ frequency: "often" });
  const [moment] = follow("squat_good");
  const at = { ...moment, reps: 5 };
  assert.equal(coach.hear(at), null);
  coach.begin(referenceOf("squat"));
  coach.end();
  assert.equal(coach.hear(at), null);
  assert.deepEqual(coach.faults, []);
});

test("every fault that can be found has a sentence", () => {
  const sides = { tilt: ["left", "right"], knee_in: [""], lean: [""], stance: [""] };
  for (const part of new Set(JOINTS.map((joint) => joint.part))) {
    for (const side of sides[part] ?? ["left", "right", "both"]) {
      for (const change of part === "tilt" ? ["more"] : ["more", "less"]) {
        for (const lying of [false, true]) {
          const key = cueOf({ part, side, change, lying });
          assert.ok(CUES.includes(key), key);
        }
      }
    }
  }
  assert.equal(new Set(COACH_KEYS).size, COACH_KEYS.length);
});
