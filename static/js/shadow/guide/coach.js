/**
 * Decides what is worth saying now, and says little: one thing at a time, with pauses, nothing
 * below the noise floor. Pure: it gives keys of messages; who speaks or shows them is another
 * matter.
 */

import { BETTER, cueOf, PRAISE } from "./cues.js";
import { Faults } from "./faults.js";
import { loweringS, TempoMeter, tempoOf } from "./tempo.js";

/**
 * Seconds between two remarks, seconds until the same fault is named again, good repetitions until
 * praise, and every how many-th repetition is counted aloud.
 */
const MANNERS = {
  often: { gapS: 4, againS: 9, praiseAfter: 2, countEvery: 1 },
  sometimes: { gapS: 8, againS: 16, praiseAfter: 4, countEvery: 5 },
  rarely: { gapS: 16, againS: 32, praiseAfter: 8, countEvery: 10 },
};
export const FREQUENCIES = Object.freeze([...Object.keys(MANNERS), "off"]);

/** At first camera, mirror and lag are still being found. */
const SETTLING_S = 4;
const LAG_STEADY_S = 2;
const LAG_STEADY_WITHIN_S = 0.2;
/** Praise that a word of blame would follow at once is worth nothing. */
const PRAISE_FROM_S = 8;
/** A fault that was not seen again since is not worth a word any more. */
const FRESH_S = 1.5;
/** Without repetitions, a fault is over when it was not seen for so long. */
const OVER_S = 4;
const GOOD_SCORE = 80;
/** Who moves so much alike, with a steady lag, keeps the trainer's tempo. */
const ALONG = 0.85;
/** How much quicker or slower than the trainer's repetitions the client's may be. */
const TOO_QUICK = 0.77;
const TOO_SLOW = 1.3;
const LOWERING_TOO_QUICK = 0.6;
/** Quicker lowering than this is not slow with the trainer either. */
const SLOW_LOWERING_S = 1.4;
/** So many repetitions in a row are off tempo before it is said. */
const OFF_TEMPO_REPS = 2;
/** Moving otherwise than the trainer for so long: a word on one joint would not help. */
const APART_AGREEMENT = 0.35;
const APART_SCORE = 40;
const APART_S = 5;
/** The same sentence is not said more often than this in a row. */
const MOST_IN_A_ROW = 2;

/**
 * @typedef {object} Remark
 * @property {string} key of the message
 * @property {object} values for it
 * @property {"fault"|"praise"|"count"|"tempo"} kind
 * @property {string} [joint] part of the body the fault is in, as in joints.js
 * @property {number[]} [bones] the client's own bones it is about, positions in BONES
 */

export class Coach {
  #manners;
  #faults = null;
  #meter = null;
  #trainer = null;
  #reps = 0;
  #wanted = null;
  #beganS = NaN;
  #saidS = -Infinity;
  #lastKey = "";
  #inARow = 0;
  #toldS = new Map();
  /** The fault that was named and not yet set right. */
  #open = null;
  #repBeganS = 0;
  #scoreSum = 0;
  #scored = 0;
  #goodReps = 0;
  #offTempo = "";
  #offTempoReps = 0;
  #apartS = 0;
  #beforeS = NaN;
  #lags = [];
  #turn = { praise: 0, better: 0 };
  #tempo = null;

  /** @param {{frequency?: "often"|"sometimes"|"rarely"|"off"}} [options] */
  constructor({ frequency = "sometimes" } = {}) {
    this.frequency = frequency;
  }

  get frequency() {
    return FREQUENCIES.find((name) => MANNERS[name] === this.#manners) ?? "off";
  }

  set frequency(frequency) {
    if (!FREQUENCIES.includes(frequency)) throw new Error(`unknown frequency ${frequency}`);
    this.#manners = MANNERS[frequency] ?? null;
  }

  /** The faults at present, the costliest first: for the page, whatever is said. */
  get faults() { return this.#faults?.faults ?? []; }

  /** @returns {import("./tempo.js").Tempo|null} of the client's last repetition in this set */
  get tempo() { return this.#tempo; }

  /** @returns {import("./tempo.js").Tempo|null} at normal speed; null where nothing is repeated */
  get trainerTempo() { return this.#trainer; }

  /**
   * A set begins, or goes on after a stop.
   * @param {import("../reference.js").Reference} reference
   * @param {{reps?: number|null, done?: number}} [plan] reps to do, if they are counted, and those
   *   done before a stop
   */
  begin(reference, { reps = null, done = 0 } = {}) {
    this.#faults = new Faults(reference);
    this.#trainer = tempoOf(reference);
    this.#meter = this.#trainer && new TempoMeter(this.#trainer.lowersFirst);
    this.#wanted = reps;
    this.#reps = done;
    this.#beganS = NaN;
    this.#beforeS = NaN;
    this.#open = null;
    this.#tempo = null;
    this.#goodReps = 0;
    this.#offTempo = "";
    this.#offTempoReps = 0;
    this.#apartS = 0;
    this.#lags = [];
  }

  /** The set is over or stopped: nothing is said until the next begins. */
  end() {
    this.#faults = null;
    this.#meter = null;
  }

  /**
   * Take a judged frame into account.
   * @param {object} moment
   * @param {import("../attempt.js").Judged} moment.match
   * @param {number} moment.nowS
   * @param {number} moment.positionS as it was given to judge()
   * @param {number} moment.reps done in the set, those before a stop included
   * @param {number} [moment.rate] of the trainer's video
   * @returns {Remark|null}
   */
  hear({ match, nowS, positionS, reps, rate = 1 }) {
    if (!this.#faults) return null;
    if (Number.isNaN(this.#beganS)) {
      this.#beganS = nowS;
      this.#repBeganS = nowS;
    }
    this.#watch(match, nowS);
    this.#faults.see(match, nowS, positionS, this.#isLagSteady() && this.#offTempo === "");
    const tempo = this.#meter?.see(nowS, match.place) ?? null;
    if (tempo) this.#time(tempo, rate, match);
    const counted = reps > this.#reps ? this.#rep(reps, nowS) : null;
    if (!this.#manners) return null;
    return this.#fault(nowS) ?? this.#tempoWord(nowS) ?? counted?.(nowS) ?? this.#recovery(nowS);
  }

  #watch({ score, lagS, agreement }, nowS) {
    const dtS = Number.isNaN(this.#beforeS) ? 0 : Math.min(nowS - this.#beforeS, 0.25);
    this.#beforeS = nowS;
    if (!Number.isFinite(score)) return;
    this.#scoreSum += score * dtS;
    this.#scored += dtS;
    const apart = agreement < APART_AGREEMENT && score < APART_SCORE;
    this.#apartS = apart ? this.#apartS + dtS : 0;
    this.#lags.push([nowS, lagS]);
    while (nowS - this.#lags[0][0] > LAG_STEADY_S) this.#lags.shift();
  }

  /** Whether what is seen can be blamed on the client yet. */
  #settled(nowS) {
    return nowS - this.#beganS >= SETTLING_S && this.#isLagSteady();
  }

  #isLagSteady() {
    const lags = this.#lags.map(([, lagS]) => lagS);
    return lags.length > 0 && Math.max(...lags) - Math.min(...lags) < LAG_STEADY_WITHIN_S;
  }

  #fault(nowS) {
    if (!this.#settled(nowS) || !this.#mayTalk(nowS)) return null;
    for (const fault of this.#faults.faults) {
      const key = cueOf(fault);
      const toldS = this.#toldS.get(key) ?? -Infinity;
      if (nowS - fault.seenS > FRESH_S || nowS - toldS < this.#manners.againS) continue;
      if (!this.#varied(key)) continue;
      this.#open = { part: fault.part, side: fault.side, change: fault.change, toldS: nowS };
      this.#goodReps = 0;
      return this.#say("fault", key, nowS, { joint: fault.part, bones: fault.bones });
    }
    return null;
  }

  #time(tempo, rate, { agreement }) {
    this.#tempo = tempo;
    // The tempo of another movement says nothing of this one.
    if (agreement < APART_AGREEMENT) return;
    const ratio = (tempo.everyS * rate) / this.#trainer.everyS;
    const trainerLoweringS = loweringS(this.#trainer) / rate;
    const along = agreement > ALONG && this.#isLagSteady();
    let off = "";
    if (!along && ratio < TOO_QUICK) off = "tempo_slower";
    else if (!along && ratio > TOO_SLOW) off = "tempo_faster";
    else if (trainerLoweringS > SLOW_LOWERING_S &&
      loweringS(tempo) < LOWERING_TOO_QUICK * trainerLoweringS) off = "tempo_lowering";
    if (!off) this.#offTempoReps = 0;
    else this.#offTempoReps = off === this.#offTempo ? this.#offTempoReps + 1 : 1;
    this.#offTempo = off;
  }

  #tempoWord(nowS) {
    if (nowS - this.#beganS < SETTLING_S || !this.#mayTalk(nowS)) return null;
    const key = this.#apartS >= APART_S ? "tempo_together"
      : this.#offTempoReps >= OFF_TEMPO_REPS ? this.#offTempo : "";
    if (!key || nowS - (this.#toldS.get(key) ?? -Infinity) < this.#manners.againS) return null;
    if (!this.#varied(key)) return null;
    this.#apartS = 0;
    this.#offTempoReps = 0;
    this.#goodReps = 0;
    return this.#say("tempo", key, nowS);
  }

  /** A repetition is done: what can be said of it, best first. */
  #rep(reps, nowS) {
    const mean = this.#scored > 0 ? this.#scoreSum / this.#scored : 0;
    const good = mean >= GOOD_SCORE && this.#faults.clean && this.#offTempo === "";
    const better = this.#open !== null && this.#open.toldS < this.#repBeganS && this.#isOver(nowS);
    this.#goodReps = good ? this.#goodReps + 1 : 0;
    this.#reps = reps;
    this.#repBeganS = nowS;
    this.#scoreSum = 0;
    this.#scored = 0;
    return () => {
      if (better && this.#mayTalk(nowS)) return this.#better(nowS);
      const left = this.#wanted === null ? Infinity : this.#wanted - reps;
      if (left === 1 && reps > 1) return this.#count("count_last", reps);
      if (this.#goodReps >= this.#manners.praiseAfter && this.#settled(nowS) &&
        nowS - this.#beganS >= PRAISE_FROM_S && this.#mayTalk(nowS)) {
        this.#goodReps = 0;
        return this.#say("praise", this.#next(PRAISE, "praise"), nowS);
      }
      if (left <= 0) return null;
      if (left === reps && reps >= 4) return this.#count("count_halfway", reps);
      return reps % this.#manners.countEvery === 0 || left < 3 ? this.#count("count", reps) : null;
    };
  }

  #count(key, reps) {
    return { key, values: { count: reps }, kind: "count" };
  }

  /** Holds have no repetitions after which to look back. */
  #recovery(nowS) {
    if (this.#meter || !this.#open || !this.#mayTalk(nowS)) return null;
    if (nowS - this.#open.toldS < OVER_S || !this.#isOver(nowS)) return null;
    return this.#better(nowS);
  }

  #better(nowS) {
    this.#open = null;
    return this.#say("praise", this.#next(BETTER, "better"), nowS);
  }

  /** Whether the fault that was named has not been seen for a repetition. */
  #isOver(nowS) {
    const { part, change } = this.#open;
    const sinceS = this.#meter ? this.#repBeganS : nowS - OVER_S;
    return this.#faults.lastSeenS(part, change) < sinceS;
  }

  #mayTalk(nowS) {
    return nowS - this.#saidS >= this.#manners.gapS;
  }

  #varied(key) {
    return key !== this.#lastKey || this.#inARow < MOST_IN_A_ROW;
  }

  #next(keys, kind) {
    const key = keys[this.#turn[kind] % keys.length];
    this.#turn[kind] += 1;
    return key;
  }

  #say(kind, key, nowS, more = {}) {
    this.#inARow = key === this.#lastKey ? this.#inARow + 1 : 1;
    this.#lastKey = key;
    this.#saidS = nowS;
    this.#toldS.set(key, nowS);
    return { key, values: {}, kind, ...more };
  }
}
