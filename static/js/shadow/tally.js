/**
 * What a workout came to, gathered on the device frame by frame: it needs no network. Pure state.
 */

import { gradeOf } from "./score.js";
import { BONE_COUNT } from "./skeleton.js";

/** Stretches of a set's strip: one is some pixels wide on a phone. */
const STRIP_BINS = 48;
/** A moment is this long; a single frame may be the detector's mistake. */
const MOMENT_S = 0.6;
/** The first seconds of a set are spent finding the rhythm. */
const SETTLE_S = 3;
/** Standing between two repetitions is easily right, and nothing to be proud of. */
const UNDER_WAY = 0.3;
const LATE_S = 0.8;
const UNSEEN_SHARE = 0.3;
/** A limb below this mark, in the mean, is worth a word. */
const WEAK_MARK = 0.7;

/**
 * @typedef {object} Moment
 * @property {number} item index in the page's config
 * @property {number} set from 0
 * @property {number} atS seconds into the set
 * @property {number} score mean over the moment
 * @property {Float64Array} body the client's bones, 13x3, turned to the trainer's view
 * @property {Float64Array} target the trainer's
 * @property {Float64Array} marks 13, 0..1; NaN = not seen
 *
 * @typedef {object} SetTally
 * @property {number} item index
 * @property {number} set from 0
 * @property {number} reps
 * @property {number|null} goal reps asked for
 * @property {number} seconds
 * @property {number} score mean; NaN = nothing seen
 *
 * @typedef {object} Advice
 * @property {string} key of the sentence
 * @property {object} [values] what is filled in
 * @property {number} [bone] the limb it is about
 */

export class Tally {
  #sets = [];
  #present = null;
  #best = null;
  #worst = null;
  #window = [];
  #marks = new Float64Array(BONE_COUNT);
  #marked = new Float64Array(BONE_COUNT);
  #lags = [];

  /** @param {object|null} kept what an earlier tally's `kept` gave: it is gone on with */
  constructor(kept = null) {
    if (!kept) return;
    this.#sets = kept.sets;
    this.#best = kept.best;
    this.#worst = kept.worst;
    this.#marks = kept.marks;
    this.#marked = kept.marked;
    this.#lags = kept.lags;
  }

  /** All of it, as plain data that can be stored. */
  get kept() {
    return {
      sets: this.#sets,
      best: this.#best,
      worst: this.#worst,
      marks: this.#marks,
      marked: this.#marked,
      lags: this.#lags,
    };
  }

  /**
   * A set begins, or is done once more from its start.
   * @param {{item: number, set: number, goal: number|null}} set
   */
  begin({ item, set, goal }) {
    const known = this.#sets.findIndex((one) => one.item === item && one.set === set);
    if (known >= 0) this.#sets.splice(known, 1);
    this.#present = { item, set, goal, reps: 0, times: [], scores: [], sum: 0, seen: 0 };
    this.#sets.push(this.#present);
    this.#window = [];
  }

  /**
   * One judged frame.
   * @param {number} atS seconds into the set, pauses left out
   * @param {{score: number, lagS: number, reps: number, place: number, marks: Float64Array,
   *   body: Float64Array, target: Float64Array}} match
   */
  add(atS, match) {
    const set = this.#present;
    if (!set) return;
    set.times.push(atS);
    set.scores.push(match.score);
    set.reps = Math.max(set.reps, match.reps);
    if (!Number.isFinite(match.score)) {
      this.#window = [];
      return;
    }
    set.sum += match.score;
    set.seen += 1;
    if (Number.isFinite(match.lagS)) this.#lags.push(match.lagS);
    for (let b = 0; b < BONE_COUNT; b += 1) {
      if (Number.isNaN(match.marks[b])) continue;
      this.#marks[b] += match.marks[b];
      this.#marked[b] += 1;
    }
    if (atS >= SETTLE_S) this.#moment(set, atS, match);
  }

  /** Reps, seconds and score of each set, in the order they were done. @returns {SetTally[]} */
  get sets() {
    return this.#sets.map(({ item, set, goal, reps, times, sum, seen }) => ({
      item, set, goal, reps, seconds: times.at(-1) ?? 0, score: seen ? sum / seen : NaN,
    }));
  }

  /** Mean over all frames in which the client was seen, as the server has it; NaN = none. */
  get score() {
    let sum = 0;
    let seen = 0;
    for (const set of this.#sets) {
      sum += set.sum;
      seen += set.seen;
    }
    return seen ? sum / seen : NaN;
  }

  /** @returns {Moment|null} within a repetition, where these are counted */
  get best() { return this.#best; }

  /** @returns {Moment|null} another moment than the best, and a worse one */
  get worst() {
    if (!this.#worst) return null;
    const worse = this.#best
      ? this.#best.score - this.#worst.score > 5
      : gradeOf(this.#worst.score) !== "green";
    return worse ? this.#worst : null;
  }

  /**
   * A set's course: stretches of equal length, each with its mean.
   * @param {number} index among the sets
   * @returns {{grade: "green"|"yellow"|"red"|"unseen", score: number}[]}
   */
  strip(index) {
    const { times, scores } = this.#sets[index];
    const lengthS = times.at(-1) ?? 0;
    const count = Math.max(1, Math.min(STRIP_BINS, Math.floor(times.length / 4)));
    const sums = new Float64Array(count);
    const seen = new Float64Array(count);
    times.forEach((t, i) => {
      if (!Number.isFinite(scores[i])) return;
      const bin = Math.min(count - 1, Math.floor((t / (lengthS || 1)) * count));
      sums[bin] += scores[i];
      seen[bin] += 1;
    });
    return Array.from(sums, (sum, i) => {
      const score = seen[i] ? sum / seen[i] : NaN;
      return { grade: gradeOf(score), score };
    });
  }

  /**
   * What to try next, the most useful first; each sentence rests on a number.
   * @returns {Advice[]}
   */
  advice() {
    const { score } = this;
    let frames = 0;
    let seen = 0;
    for (const set of this.#sets) {
      frames += set.scores.length;
      seen += set.seen;
    }
    if (frames === 0) return [{ key: "advice_nothing" }];
    const found = [];
    const unseen = 1 - seen / frames;
    if (unseen > UNSEEN_SHARE) {
      found.push({ key: "advice_unseen", values: { share: Math.round(100 * unseen) } });
    }
    if (seen === 0) return found;
    const weak = this.#weakest();
    if (weak >= 0) found.push({ key: "advice_limb", bone: weak });
    const lagS = this.#lags.slice().sort((a, b) => a - b)[this.#lags.length >> 1] ?? NaN;
    if (lagS > LATE_S) found.push({ key: "advice_late", values: { lagS } });
    if (gradeOf(score) === "green") found.push({ key: "advice_good" });
    else found.push({ key: "advice_slower" });
    return found;
  }

  #weakest() {
    let weakest = -1;
    let least = WEAK_MARK;
    for (let b = 0; b < BONE_COUNT; b += 1) {
      if (this.#marked[b] === 0) continue;
      const mean = this.#marks[b] / this.#marked[b];
      if (mean < least) {
        least = mean;
        weakest = b;
      }
    }
    return weakest;
  }

  #moment(set, atS, match) {
    const window = this.#window;
    window.push({ atS, score: match.score });
    while (window.length > 0 && atS - window[0].atS > MOMENT_S) window.shift();
    if (window.length < 3 || atS - window[0].atS < MOMENT_S / 2) return;
    let sum = 0;
    for (const { score } of window) sum += score;
    const score = sum / window.length;
    // The frame kept must itself be like the moment it stands for.
    const keep = () => ({
      item: set.item,
      set: set.set,
      atS,
      score,
      body: match.body.slice(),
      target: match.target.slice(),
      marks: match.marks.slice(),
    });
    const waits = match.place < UNDER_WAY;
    if (match.score >= score && !waits && !(this.#best?.score >= score)) this.#best = keep();
    if (match.score <= score && !(this.#worst?.score <= score)) this.#worst = keep();
  }
}
