/**
 * How long our own code holds the main thread for one frame: the median over the last ones. Pure.
 */

const FRAMES = 120;

export class OwnTime {
  #times = new Float64Array(FRAMES);
  #sorted = new Float64Array(FRAMES);
  #count = 0;
  #sumMs = 0;

  /** @param {number} ms spent on the present frame, in one of several pieces */
  add(ms) { this.#sumMs += ms; }

  /** The present frame is done. */
  next() {
    this.#times[this.#count % FRAMES] = this.#sumMs;
    this.#count += 1;
    this.#sumMs = 0;
  }

  /** Milliseconds; NaN before the first frame. */
  get medianMs() {
    const known = Math.min(this.#count, FRAMES);
    if (known === 0) return NaN;
    const sorted = this.#sorted.subarray(0, known);
    sorted.set(this.#times.subarray(0, known));
    sorted.sort();
    return sorted[known >> 1];
  }
}
