/**
 * How long the parts of a repetition take: lowering, the pause at its far end, rising.
 *
 * Pure. A movement's ends are too soft to be seen exactly: whoever starts and stops gently is
 * within 5% of an end for a long time. So the way is timed between 5% and 95% of it and stretched
 * by STRETCH: an even movement would need 1.11, the smoothest one 1.61 (minimum jerk, Flash & Hogan
 * 1985, doi:10.1523/JNEUROSCI.05-07-01688.1985), which people are nearer to. What that makes wrong,
 * it makes wrong in client and trainer alike.
 */

import { mainAxis, progress } from "../reps.js";
import { BONES, BONE_COUNT } from "../skeleton.js";
import { isUpright } from "./joints.js";

const EDGE = 0.05;
const STRETCH = 1.45;
/** Where a repetition has begun for certain, and where it is over. */
const AWAY = 0.5;
const HOME = 0.2;
/** More than this is no repetition but a break. */
const LONGEST_S = 30;
/** A change of the legs' height, in lengths of a bone, from which it counts. */
const LEGS_MOVE = 0.2;

const BONE = Object.fromEntries(BONES.map(({ name }, i) => [name, i]));

/**
 * @typedef {object} Tempo seconds
 * @property {number} outS from the start of a repetition to its far end
 * @property {number} farS the pause there
 * @property {number} backS
 * @property {number} repS all of it, without the rest until the next one begins
 * @property {number} everyS from the far end before to this one; NaN after a break
 * @property {boolean} lowersFirst whether the way out is the lowering, as in a squat; a press rises
 */

/** Times the repetitions of one body. */
export class TempoMeter {
  #lowersFirst;
  #times = [];
  #places = [];
  #away = false;
  #farS = NaN;

  /** @param {boolean} lowersFirst */
  constructor(lowersFirst = true) {
    this.#lowersFirst = lowersFirst;
  }

  /**
   * @param {number} tS
   * @param {number} place along the movement: 0 at its start, 1 at its far end; NaN = not seen
   * @returns {Tempo|null} of a repetition that has just come to its end
   */
  see(tS, place) {
    if (Number.isNaN(place)) return null;
    this.#times.push(tS);
    this.#places.push(place);
    if (place > AWAY) this.#away = true;
    if (!this.#away || place > HOME) {
      // At rest only the last moments matter: a repetition begins somewhere in them.
      while (tS - this.#times[0] > LONGEST_S) {
        this.#times.shift();
        this.#places.shift();
      }
      return null;
    }
    const tempo = this.#measure();
    this.#away = false;
    this.#times = [tS];
    this.#places = [place];
    return tempo;
  }

  #measure() {
    const places = calmed(this.#places);
    const peak = Math.max(...places);
    const top = places.indexOf(peak);
    // The last time at home before the peak is the beginning.
    let first = top;
    while (first > 0 && places[first] > HOME) first -= 1;
    const base = Math.min(...places.slice(Math.max(0, first - 3), first + 1));
    const low = base + EDGE * (peak - base);
    const high = peak - EDGE * (peak - base);
    const begin = this.#crossing(places, top, -1, low);
    const arrive = this.#first(places, begin, high);
    const leave = this.#last(places, high);
    const end = this.#times[this.#times.length - 1] + this.#tail(places, low);
    const outS = STRETCH * (arrive - begin);
    const backS = STRETCH * (end - leave);
    const repS = end - begin + ((STRETCH - 1) / 2) * (arrive - begin + end - leave);
    const farS = Math.max(0, repS - outS - backS);
    const atS = (arrive + leave) / 2;
    const everyS = atS - this.#farS <= LONGEST_S ? atS - this.#farS : NaN;
    this.#farS = atS;
    return { outS, farS, backS, repS, everyS, lowersFirst: this.#lowersFirst };
  }

  /** The time at which a level was last passed, going from the peak in a direction. */
  #crossing(places, from, step, level) {
    let i = from;
    while (i + step >= 0 && i + step < places.length && places[i] > level) i += step;
    return this.#between(places, i, i - step, level);
  }

  #first(places, afterS, level) {
    const i = places.findIndex((place, n) => this.#times[n] >= afterS && place >= level);
    return this.#between(places, i, i - 1, level);
  }

  #last(places, level) {
    let i = places.length - 1;
    while (i > 0 && places[i] < level) i -= 1;
    return this.#between(places, i, i + 1, level);
  }

  /** A repetition is over before it is quite at its end: the rest of the way at the same speed. */
  #tail(places, low) {
    const n = places.length - 1;
    let i = n;
    while (i > 0 && places[i] < AWAY) i -= 1;
    const speed = (places[i] - places[n]) / Math.max(this.#times[n] - this.#times[i], 1e-3);
    return speed > 0 ? Math.max(0, (places[n] - low) / speed) : 0;
  }

  #between(places, i, j, level) {
    const times = this.#times;
    if (j < 0 || j >= places.length || places[i] === places[j]) return times[i];
    const part = Math.min(1, Math.max(0, (level - places[i]) / (places[j] - places[i])));
    return times[i] + part * (times[j] - times[i]);
  }
}

/** The middle one of each three: a single wrong pose is no end of a movement. */
function calmed(values) {
  return values.map((value, i) => (i === 0 || i === values.length - 1
    ? value
    : Math.max(Math.min(value, values[i - 1]),
      Math.min(Math.max(value, values[i - 1]), values[i + 1]))));
}

/**
 * Time the trainer's repetitions.
 * @param {import("../reference.js").Reference} reference
 * @returns {Tempo|null} the median of each part; null where there is not one whole repetition
 */
export function tempoOf(reference) {
  const axis = mainAxis(reference);
  if (!axis) return null;
  const { timesS, durationS, bones } = reference;
  const places = Array.from(timesS, (_, n) =>
    progress(axis, bones.subarray(3 * BONE_COUNT * n, 3 * BONE_COUNT * (n + 1))));
  const meter = new TempoMeter(lowersFirst(reference, places));
  const found = [];
  // Twice round: a repetition may run over the loop's seam.
  for (const roundS of [0, durationS]) {
    places.forEach((place, n) => {
      const tempo = meter.see(roundS + timesS[n], place);
      if (tempo) found.push(tempo);
    });
  }
  if (found.length === 0) return null;
  const middle = (key) => {
    const values = found.map((tempo) => tempo[key]).filter(Number.isFinite).sort((a, b) => a - b);
    return values[values.length >> 1] ?? NaN;
  };
  return {
    outS: middle("outS"),
    farS: middle("farS"),
    backS: middle("backS"),
    repS: middle("repS"),
    everyS: middle("everyS"),
    lowersFirst: found[0].lowersFirst,
  };
}

/**
 * Whether the far end is lower than the start: by the legs if they move, else by the arms.
 * @param {import("../reference.js").Reference} reference
 * @param {number[]} places of its frames
 */
export function lowersFirst({ bones }, places) {
  const means = { legs: [0, 0], arms: [0, 0] };
  const counts = [0, 0];
  places.forEach((place, n) => {
    const at = 3 * BONE_COUNT * n;
    const legs = downOf(bones, at, "thigh") + downOf(bones, at, "shin");
    // On the floor arms carry the trunk; else they carry a load, if anything.
    const arms = (isUpright(bones, at) ? -1 : 1) *
      (downOf(bones, at, "upper_arm") + downOf(bones, at, "forearm"));
    if (Number.isNaN(legs + arms)) return;
    const far = place > 0.5 ? 1 : 0;
    counts[far] += 1;
    means.legs[far] += (legs - means.legs[far]) / counts[far];
    means.arms[far] += (arms - means.arms[far]) / counts[far];
  });
  const [legs, arms] = [means.legs, means.arms].map(([home, away]) => away - home);
  return (Math.abs(legs) > LEGS_MOVE ? legs : arms) < 0;
}

/** How far a pair of limbs points down: 1 straight down, -1 up; NaN where neither is seen. */
function downOf(bones, at, name) {
  const [left, right] = ["left", "right"].map((side) =>
    bones[at + 3 * BONE[`${side}_${name}`] + 1]);
  if (Number.isNaN(left)) return right;
  return Number.isNaN(right) ? left : (left + right) / 2;
}

/** The seconds in which the body, or the load, comes down. */
export const loweringS = ({ outS, backS, lowersFirst: down }) => (down ? outS : backS);
