/**
 * Rows of the timeline and the chunks they are sent in. Pure.
 *
 * A chunk belongs to one set of one item, covers about five seconds, and once made never changes:
 * the server takes it for the same chunk only if its body is the same, byte for byte.
 *
 * @typedef {object} Row one scored frame
 * @property {number} item id
 * @property {number} set from 0
 * @property {number} t seconds since the session began
 * @property {number} clipT seconds in the trainer's clip
 * @property {number} score NaN = not visible
 * @property {number} lagS NaN = not known
 * @property {ArrayLike<number>|null} errorsDeg 13
 * @property {ArrayLike<number>|null} world 33x3 metres
 * @property {ArrayLike<number>|null} visibility 33
 */

export const VERSION = 1;
export const CHUNK_S = 5;
/** A chunk of this many rows stays under the 64 KiB a page may send while it is being closed. */
export const CHUNK_ROWS = 70;
const FIRST_DELAY_MS = 1000;
const LONGEST_DELAY_MS = 30_000;

const rounded = (value, digits) =>
  (Number.isFinite(value) ? Number(value.toFixed(digits)) : null);
const whole = (values, scale) => (values
  ? Array.from(values, (v) => (Number.isFinite(v) ? Math.round(v * scale) : 0))
  : null);
const allFinite = (values) => Boolean(values) && Array.prototype.every.call(values, Number.isFinite);

/**
 * Lay rows out in columns, as the API takes them.
 * @param {Row[]} rows of one set
 * @returns {object}
 */
export function columns(rows) {
  const known = rows.map((row) => allFinite(row.world) && Boolean(row.visibility));
  return {
    version: VERSION,
    item: rows[0].item,
    set: rows[0].set,
    t: rows.map((row) => rounded(row.t, 3)),
    clip_t: rows.map((row) => rounded(row.clipT, 3)),
    score: rows.map((row) => rounded(row.score, 1)),
    lag: rows.map((row) => rounded(row.lagS, 3)),
    errors: rows.map((row) =>
      Array.from(row.errorsDeg ?? new Array(13).fill(NaN), (v) => rounded(v, 1))),
    landmarks: rows.map((row, i) => (known[i] ? whole(row.world, 1000) : null)),
    visibility: rows.map((row, i) => (known[i] ? whole(row.visibility, 100) : null)),
  };
}

/** Collects rows until they make a chunk. */
export class Chunker {
  #rows = [];

  /**
   * @param {Row} row
   * @returns {object|null} the chunk this row has completed, if any
   */
  add(row) {
    const first = this.#rows[0];
    const ended = first && (first.item !== row.item || first.set !== row.set
      || row.t - first.t >= CHUNK_S || this.#rows.length >= CHUNK_ROWS);
    const chunk = ended ? this.take() : null;
    this.#rows.push(row);
    return chunk;
  }

  /** @returns {object|null} what has been collected, as a chunk */
  take() {
    if (this.#rows.length === 0) return null;
    const chunk = columns(this.#rows);
    this.#rows = [];
    return chunk;
  }
}

/** @param {number} failures in a row @returns {number} how long to wait before the next try */
export const delayMs = (failures) =>
  Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.max(0, failures - 1));

/**
 * Say what an answer to a chunk means.
 * @param {number} status HTTP status; 0 = the network failed
 * @returns {"stored"|"again"|"refused"}
 */
export function outcome(status) {
  if (status === 200 || status === 201) return "stored";
  return status === 0 || status === 408 || status === 429 || status >= 500 ? "again" : "refused";
}
