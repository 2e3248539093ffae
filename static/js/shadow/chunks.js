/**
 * Rows of the timeline and the chunks they are sent in. Pure.
 *
 * A chunk belongs to one set of one item, covers about five seconds, and once made never changes:
 * the server takes it for the same chunk only if its body is the same.
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
 *
 * @typedef {object} Entry a row as it is kept and sent: rounded, within the API's limits, and a
 *   copy, for the detector uses its arrays again
 * @property {number} item
 * @property {number} set
 * @property {number} t
 * @property {number} clip_t
 * @property {number|null} score
 * @property {number|null} lag
 * @property {(number|null)[]} errors
 * @property {number[]|null} landmarks
 * @property {number[]|null} visibility
 */

export const VERSION = 1;
export const CHUNK_S = 5;
/** A chunk of this many rows stays under the 64 KiB a page may send while it is being closed. */
export const CHUNK_ROWS = 70;

/** What the server takes (docs/formats.md): one entry beyond would cost the whole chunk. */
const LONGEST_CLIP_S = 7200;
const LARGEST_LAG_S = 60;
const FURTHEST_MM = 5000;

const COLUMNS = Object.freeze([
  "t", "clip_t", "score", "lag", "errors", "landmarks", "visibility",
]);

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
const rounded = (value, digits) =>
  (Number.isFinite(value) ? Number(value.toFixed(digits)) : null);
const within = (value, low, high, digits) =>
  (Number.isFinite(value) ? rounded(clamp(value, low, high), digits) : null);
const near = (mm) => Math.abs(mm) <= FURTHEST_MM;
const allFinite = (values) => Boolean(values) && Array.prototype.every.call(values, Number.isFinite);

/**
 * @param {Row} row
 * @param {{bodies?: boolean}} options whether landmarks may be kept; else numbers alone
 * @returns {Entry}
 */
export function entryOf(row, { bodies = true } = {}) {
  const seen = bodies && allFinite(row.world) && Boolean(row.visibility);
  const landmarks = seen ? Array.from(row.world, (metres) => Math.round(metres * 1000)) : null;
  // A landmark five metres from the hips is a fault of the detector: that body is not known.
  const known = Boolean(landmarks) && landmarks.every(near);
  return {
    item: row.item,
    set: row.set,
    t: rounded(row.t, 3),
    clip_t: within(row.clipT, 0, LONGEST_CLIP_S, 3) ?? 0,
    score: within(row.score, 0, 100, 1),
    lag: within(row.lagS, -LARGEST_LAG_S, LARGEST_LAG_S, 3),
    errors: Array.from(row.errorsDeg ?? new Array(13).fill(NaN), (v) => within(v, 0, 180, 1)),
    landmarks: known ? landmarks : null,
    visibility: known
      ? Array.from(row.visibility, (v) => Math.round(100 * clamp(v || 0, 0, 1)))
      : null,
  };
}

/**
 * Lay entries out in columns, as the API takes them.
 * @param {Entry[]} entries of one set
 * @returns {object}
 */
export function columns(entries) {
  return {
    version: VERSION,
    item: entries[0].item,
    set: entries[0].set,
    ...Object.fromEntries(COLUMNS.map((name) => [name, entries.map((entry) => entry[name])])),
  };
}

/** @param {string} body of a chunk @returns {string} the same, numbers alone */
export function withoutBodies(body) {
  const chunk = JSON.parse(body);
  const none = chunk.t.map(() => null);
  return JSON.stringify({ ...chunk, landmarks: none, visibility: none });
}

/** Collects entries until they make a chunk. */
export class Chunker {
  #entries = [];
  #lastS;

  /** @param {number} lastS of the session's last entry; -1 where there is none */
  constructor(lastS = -1) {
    this.#lastS = lastS;
  }

  /** The entries of the open chunk. */
  get entries() { return this.#entries; }

  /**
   * @param {Entry} entry one that is not later than the one before is the same frame again: it is
   *   left out
   * @returns {object|null} the chunk this entry has completed, if any
   */
  add(entry) {
    if (!(entry.t > this.#lastS)) return null;
    this.#lastS = entry.t;
    const first = this.#entries[0];
    const ended = first && (first.item !== entry.item || first.set !== entry.set
      || entry.t - first.t >= CHUNK_S || this.#entries.length >= CHUNK_ROWS);
    const chunk = ended ? this.take() : null;
    this.#entries.push(entry);
    return chunk;
  }

  /** @returns {object|null} what has been collected, as a chunk */
  take() {
    if (this.#entries.length === 0) return null;
    const chunk = columns(this.#entries);
    this.#entries = [];
    return chunk;
  }
}
