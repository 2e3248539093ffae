/**
 * Which model runs on which delegate. Pure: measured times in, candidates out.
 *
 * The best one comes first and is measured on the first frames with a body; one that is slow, or
 * becomes slow and stays so, gives way to the next. One that has been fast for long makes room for a
 * better one again; where that was a mistake, the next try waits twice as long.
 *
 * @typedef {{model: string, delegate: "GPU"|"CPU"}} Candidate model: its address
 */

/** A frame this slow, in the median, is not live. */
export const SLOW_MS = 60;
/** So slow that there is nothing to wait for. */
const VERY_SLOW_MS = 1.5 * SLOW_MS;
/** A better model must be expected to stay well below SLOW_MS. */
const ROOM_MS = 0.75 * SLOW_MS;
/** How much longer the next better model takes where it was never measured: lite 27 ms, full 41 on
 * two cores. */
const GROWTH = 1.6;
/** A candidate that is only a little faster is not worth the change. */
const CLEARLY = 0.8;

const WARMUP_FRAMES = 4;
const WINDOW = 12;
const SLOW_FOR_MS = 3000;
const FAST_FOR_MS = 30_000;
const REGRET_MS = 60_000;
const LONGEST_PATIENCE_MS = 600_000;

export class Choice {
  #candidates;
  /** @type {Map<Candidate, number>} median when it was last measured, ms */
  #known = new Map();
  #current = null;
  #window = new Float64Array(WINDOW);
  #frames = 0;
  #slowFromMs = NaN;
  #fastFromMs = NaN;
  #raisedMs = NaN;
  #patienceMs = FAST_FOR_MS;

  /** @param {Candidate[]} candidates from the best to the quickest */
  constructor(candidates) {
    this.#candidates = [...candidates];
  }

  /** What runs; null before took(). */
  get current() { return this.#current; }

  /** What to begin with; null where nothing is left. */
  get first() { return this.#candidates[0] ?? null; }

  /** It could not be started, or gave up: it is out. @param {Candidate} candidate */
  failed(candidate) {
    this.#candidates = this.#candidates.filter((one) => one !== candidate);
    this.#known.delete(candidate);
  }

  /** It runs from now on. @param {Candidate} candidate */
  took(candidate) {
    this.#current = candidate;
    this.#frames = -WARMUP_FRAMES;
    this.#slowFromMs = NaN;
    this.#fastFromMs = NaN;
  }

  /** What to take where the present one gave up; itself where there is no other. */
  get substitute() {
    const others = this.#candidates.filter((one) => one !== this.#current);
    const at = this.#candidates.indexOf(this.#current);
    return this.#candidates[at + 1] ?? others.at(-1) ?? this.#current;
  }

  /**
   * A body was looked at.
   * @param {number} tookMs @param {number} nowMs
   * @returns {Candidate|null} what to change to
   */
  see(tookMs, nowMs) {
    if (this.#frames >= 0) this.#window[this.#frames % WINDOW] = tookMs;
    this.#frames += 1;
    if (this.#frames <= 0 || this.#frames % WINDOW !== 0) return null;
    const medianMs = this.#window.slice().sort()[WINDOW >> 1];
    this.#known.set(this.#current, medianMs);
    return medianMs > SLOW_MS ? this.#slow(medianMs, nowMs) : this.#fast(medianMs, nowMs);
  }

  #slow(medianMs, nowMs) {
    this.#fastFromMs = NaN;
    if (Number.isNaN(this.#slowFromMs)) this.#slowFromMs = nowMs;
    const first = this.#frames === WINDOW;
    if (nowMs - this.#slowFromMs < SLOW_FOR_MS && !(first && medianMs > VERY_SLOW_MS)) return null;
    this.#slowFromMs = NaN;
    const quicker = this.#quicker(medianMs);
    if (quicker && nowMs - this.#raisedMs < REGRET_MS) {
      this.#patienceMs = Math.min(2 * this.#patienceMs, LONGEST_PATIENCE_MS);
      this.#raisedMs = NaN;
    }
    return quicker;
  }

  /** The next one down the list that was never measured, else the quickest by far, if any. */
  #quicker(medianMs) {
    const below = this.#candidates.slice(this.#candidates.indexOf(this.#current) + 1);
    const unknown = below.find((one) => !this.#known.has(one));
    if (unknown) return unknown;
    let best = null;
    let bestMs = CLEARLY * medianMs;
    for (const one of this.#candidates) {
      const ms = this.#known.get(one);
      if (one !== this.#current && ms < bestMs) {
        best = one;
        bestMs = ms;
      }
    }
    return best;
  }

  #fast(medianMs, nowMs) {
    this.#slowFromMs = NaN;
    const better = this.#candidates[this.#candidates.indexOf(this.#current) - 1];
    // Another delegate was left for reasons that time does not mend.
    if (!better || better.delegate !== this.#current.delegate
      || GROWTH * medianMs > ROOM_MS) {
      this.#fastFromMs = NaN;
      return null;
    }
    if (Number.isNaN(this.#fastFromMs)) this.#fastFromMs = nowMs;
    if (nowMs - this.#fastFromMs < this.#patienceMs) return null;
    this.#fastFromMs = NaN;
    this.#raisedMs = nowMs;
    // What it took in worse times says nothing about these.
    this.#known.delete(better);
    return better;
  }
}
