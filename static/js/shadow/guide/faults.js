/**
 * What a client does otherwise than the trainer, joint by joint, and for how long.
 *
 * Pure; the state is the Faults object. Four things keep it honest:
 *
 * Time. A client who is a little early or late is not wrong: the client's angle is compared with
 * all the trainer has shortly before and after the matched moment; only what lies outside counts.
 *
 * Bodies. Detector, model and proportions shift a joint's angle by up to some 14 degrees for as
 * long as one person stands before one camera. What a client differs by in the pose in which the
 * trainer's clip begins is taken for that and left out of the count.
 *
 * Noise. Trace.floorDeg() says what of a good performance remained, and grows with the angle
 * between the two views. Nothing below it is a fault.
 *
 * Causes. Who does not bend the knees far enough bends the hips less and leans less, too: only the
 * first is a fault, see causes.js.
 */

import { follows, joined } from "./causes.js";
import { JOINT_COUNT, JOINT_MIRROR, JOINTS, measureJoints } from "./joints.js";
import { Trace } from "./trace.js";

const OFFSET_S = 1.2;
const LEAST_START_S = 0.4;
/** Larger differences at the start may be the detector's or the client's: they excuse, and never
 *  accuse. */
const MOST_OFFSET_DEG = 14;
/** What adds to the floor where the offset is not known: in holds, or before the first start. */
const UNKNOWN_DEG = 10;
/** Evidence is forgotten with this time constant: one to three repetitions. */
const MEMORY_S = 6;
/** And with this one while it is uncertain at which moment the client is. */
const DOUBT_S = 1.5;
/** A fault counts once it lasted so long in all, within that memory. */
const PERSISTENT_S = 0.6;
/** One repetition in which it happens is a slip, or the detector's. Either it comes again within a
 *  while, or it lasts. */
const EPISODE_GAP_S = 0.7;
const AGAIN_S = 12;
const LASTING_S = 1.5;
const LONGEST_STEP_S = 0.25;
/** From the side the near limb hides the far one: of two that move alike none is named alone. */
const ASIDE_DEG = 60;
/** Who moves so differently is not helped by a word on one joint. */
const LEAST_AGREEMENT = 0.7;
/** What is not yet worth a word may well be the cause, or the other half, of what is. */
const HINTED_S = 0.25;

/**
 * @typedef {object} Fault
 * @property {string} part as in JOINTS
 * @property {"left"|"right"|"both"|""} side the client's own; of a tilt, where it should go
 * @property {"more"|"less"} change what would set it right: more of the angle, or less
 * @property {number} degrees how far off, beyond the trainer's own range
 * @property {number} cost what it is ranked by: weighted degrees times seconds
 * @property {number[]} bones the client's own bones, positions in BONES
 * @property {boolean} lying whether the trunk lies, as in a push-up
 * @property {number} seenS when it was last seen, on the clock of see()
 */

const wrapDeg = (deg) => deg - 360 * Math.round(deg / 360);

// Of each joint, first that its angle is too small, then that it is too large.
const sums = () => new Float64Array(2 * JOINT_COUNT);

export class Faults {
  #trace;
  #angles = new Float64Array(JOINT_COUNT);
  #offset = new Float64Array(JOINT_COUNT);
  #offsetS = new Float64Array(JOINT_COUNT);
  #lastingS = sums();
  #degreesS = sums();
  #excessS = sums();
  // How much of the evidence is of doing less than the trainer, not of doing something else.
  #shortS = sums();
  #seenS = sums().fill(-Infinity);
  // When the present spell of it began, and the one before.
  #beganS = sums().fill(-Infinity);
  #beforeS = sums().fill(-Infinity);
  #tS = NaN;
  #mirror = true;

  /** @param {import("../reference.js").Reference} reference the trainer's movement */
  constructor(reference) {
    this.#trace = new Trace(reference);
  }

  /**
   * Take one frame into account.
   * @param {import("../score.js").Match} match
   * @param {number} nowS
   * @param {number} positionS how far the trainer had come, over all loops
   * @param {boolean} [together] whether the moment compared with is certain; while the lag moves,
   *   who is at another place of the movement would be blamed for it
   */
  see(match, nowS, positionS, together = true) {
    const dtS = Number.isNaN(this.#tS)
      ? 0 : Math.min(Math.max(nowS - this.#tS, 0), LONGEST_STEP_S);
    this.#tS = nowS;
    // What was found at a moment that is in doubt now is in doubt as well.
    this.#forget(Math.exp(-dtS / (together ? MEMORY_S : DOUBT_S)));
    if (!Number.isFinite(match.score)) return;
    if (match.mirror !== this.#mirror) this.#exchange(match.mirror);
    measureJoints(match.body, this.#angles);
    this.#hide(match);
    const start = this.#trace.around(positionS - match.lagS);
    if (!together || match.agreement < LEAST_AGREEMENT) return;
    this.#compare(Math.abs(wrapDeg((match.yawRad * 180) / Math.PI)), start, dtS);
  }

  /** Whether there is not even a suspicion of a fault. */
  get clean() {
    return this.#lastingS.every((lastingS) => lastingS < HINTED_S);
  }

  /**
   * Name what is at fault by now, the costliest first, without what follows from something else.
   * @returns {Fault[]}
   */
  get faults() {
    const hinted = [];
    for (let j = 0; j < JOINT_COUNT; j += 1) {
      for (let much = 0; much < 2; much += 1) {
        if (this.#lastingS[2 * j + much] >= HINTED_S) hinted.push(this.#finding(j, much));
      }
    }
    const findings = joined(hinted);
    return findings
      .filter((finding) => finding.lastingS >= PERSISTENT_S && finding.again)
      .filter((finding) => !findings.some((cause) => follows(finding, cause)))
      .sort((a, b) => b.cost - a.cost)
      .map((finding) => this.#fault(finding));
  }

  /**
   * @param {string} part
   * @param {"more"|"less"} change
   * @returns {number} when either side last had this fault, on the clock of see()
   */
  lastSeenS(part, change) {
    let lastS = -Infinity;
    JOINTS.forEach((joint, j) => {
      if (joint.part !== part) return;
      // A tilt is named by where it should go, and so is always "more".
      const signs = part === "tilt" ? [0, 1] : [change === "less" ? 1 : 0];
      for (const much of signs) lastS = Math.max(lastS, this.#seenS[2 * j + much]);
    });
    return lastS;
  }

  #finding(j, much) {
    const k = 2 * j + much;
    const lastingS = this.#lastingS[k];
    const degrees = this.#degreesS[k] / lastingS;
    return {
      joints: [j],
      part: JOINTS[j].part,
      much,
      lastingS,
      degrees,
      seenS: this.#seenS[k],
      again: this.#beganS[k] - this.#beforeS[k] <= AGAIN_S
        || this.#seenS[k] - this.#beganS[k] >= LASTING_S,
      excess: this.#excessS[k] / lastingS,
      cost: this.#trace.weights[j] * this.#excessS[k],
      rangeDeg: this.#trace.rangeDeg[j],
      short: this.#shortS[k] > lastingS / 2,
    };
  }

  #fault({ joints, part, much, degrees, cost, seenS }) {
    const { alike, fromFrontDeg, lying } = this.#trace;
    const own = joints.map((j) => JOINTS[this.#mirror ? JOINT_MIRROR[j] : j]);
    const two = own[0].side !== "" &&
      (own.length > 1 || (fromFrontDeg > ASIDE_DEG && alike[joints[0]]));
    const named = two
      ? [JOINTS[joints[0]], JOINTS[JOINT_MIRROR[joints[0]]]] : own;
    // A tilt is to the compared body's right; set right, it goes the other way.
    const towards = (much === 1) === this.#mirror ? "right" : "left";
    return {
      part,
      side: part === "tilt" ? towards : two ? "both" : own[0].side,
      change: much && part !== "tilt" ? "less" : "more",
      degrees,
      cost,
      seenS,
      bones: [...new Set(named.flatMap(({ bones }) => bones))],
      lying,
    };
  }

  #forget(keep) {
    for (const sum of this.#evidence()) {
      for (let k = 0; k < sum.length; k += 1) sum[k] *= keep;
    }
  }

  #evidence() {
    return [this.#lastingS, this.#degreesS, this.#excessS, this.#shortS];
  }

  /** Another convention: what was found of one leg has been compared with the wrong one. */
  #exchange(mirror) {
    this.#mirror = mirror;
    for (const sum of [...this.#evidence(), this.#offset, this.#offsetS]) sum.fill(0);
  }

  /** What was not judged is not measured either, though it may have a direction. */
  #hide({ seen }) {
    for (let j = 0; j < JOINT_COUNT; j += 1) {
      if (JOINTS[j].bones.some((b) => !(seen[b] > 0))) this.#angles[j] = NaN;
    }
  }

  #compare(turnedDeg, start, dtS) {
    const { low, high, startDeg } = this.#trace;
    for (let j = 0; j < JOINT_COUNT; j += 1) {
      const angle = this.#angles[j];
      if (Number.isNaN(angle) || !(low[j] <= high[j])) continue;
      if (start) this.#settle(j, outside(angle, low[j], high[j]), dtS);
      const known = this.#offsetS[j] >= LEAST_START_S;
      const off = this.#corrected(j, angle, known);
      const excess = Math.abs(off) - this.#trace.floorDeg(j, turnedDeg) -
        (known ? 0 : UNKNOWN_DEG);
      if (!(excess > 0)) continue;
      const k = 2 * j + (off > 0 ? 1 : 0);
      this.#note(k);
      this.#lastingS[k] += dtS;
      this.#degreesS[k] += Math.abs(off) * dtS;
      this.#excessS[k] += excess * dtS;
      // Short of where the trainer is, on the side of where the trainer came from.
      if (off > 0 ? startDeg[j] > high[j] : startDeg[j] < low[j]) this.#shortS[k] += dtS;
    }
  }

  /** Note when something was seen, and whether it is seen again. */
  #note(k) {
    if (this.#tS - this.#seenS[k] > EPISODE_GAP_S) {
      this.#beforeS[k] = this.#beganS[k];
      this.#beganS[k] = this.#tS;
    }
    this.#seenS[k] = this.#tS;
  }

  /** Learn what the client differs by where the trainer's clip begins. */
  #settle(j, off, dtS) {
    if (dtS === 0) return;
    const share = dtS / (Math.min(this.#offsetS[j], OFFSET_S) + dtS);
    this.#offset[j] += share * (off - this.#offset[j]);
    this.#offsetS[j] += dtS;
  }

  #corrected(j, angle, known) {
    const { low, high } = this.#trace;
    const plain = outside(angle, low[j], high[j]);
    if (!known) return plain;
    const offset = this.#offset[j];
    const corrected = outside(angle - offset, low[j], high[j]);
    if (Math.abs(offset) <= MOST_OFFSET_DEG) return corrected;
    if (plain * corrected <= 0) return 0;
    return Math.abs(plain) < Math.abs(corrected) ? plain : corrected;
  }
}

const outside = (angle, low, high) =>
  (angle > high ? angle - high : angle < low ? angle - low : 0);
