/**
 * The report's numbers: from the compact JSON to arrays, and from frames to a strip. Pure.
 * `sessions/studio.py` writes what is read here.
 */

import { GREEN_ABOVE, YELLOW_ABOVE } from "../shadow/score.js";

/** A frame stands for the time until the next one, but a stall is not a movement. */
const LONGEST_FRAME_S = 0.5;

/** @typedef {"green"|"yellow"|"red"|"unseen"} Level */

/**
 * @typedef {object} Report
 * @property {Float64Array} t seconds since the session began, rising
 * @property {Float64Array} clipT seconds in the trainer's clip
 * @property {Float64Array} score 0..100; NaN = not visible
 * @property {Float64Array} lag seconds; NaN = not known
 * @property {Int32Array} seq chunk each frame is stored in
 * @property {Int32Array} row its place in that chunk
 * @property {{item: number, set: number, start: number, stop: number, score: ?number}[]} blocks
 * @property {object[]} moments the costliest first
 * @property {Record<Level, number>} shares of the time, per cent
 */

const summed = (differences, scale) => {
  const values = new Float64Array(differences.length);
  let sum = 0;
  for (let i = 0; i < differences.length; i += 1) {
    sum += differences[i];
    values[i] = sum / scale;
  }
  return values;
};
const scaled = (values, scale) =>
  Float64Array.from(values, (value) => (value === null ? NaN : value / scale));

/**
 * Read what the server sent.
 * @param {object} json
 * @returns {Report}
 */
export function decode(json) {
  const count = json.t.length;
  const seq = new Int32Array(count);
  const row = new Int32Array(count);
  let frame = 0;
  for (const [chunk, first, frames] of json.places) {
    for (let i = 0; i < frames; i += 1, frame += 1) {
      seq[frame] = chunk;
      row[frame] = first + i;
    }
  }
  return {
    t: summed(json.t, 1000),
    clipT: summed(json.clip_t, 1000),
    score: scaled(json.score, 10),
    lag: scaled(json.lag, 1000),
    seq,
    row,
    blocks: json.blocks,
    moments: json.moments,
    shares: json.shares,
  };
}

/**
 * Name a score's colour.
 * @param {?number} score null or NaN = not visible
 * @returns {Level}
 */
export function levelOf(score) {
  if (score === null || !Number.isFinite(score)) return "unseen";
  if (score > GREEN_ABOVE) return "green";
  return score > YELLOW_ABOVE ? "yellow" : "red";
}

/**
 * A block's length, its last frame included.
 * @param {Report} report
 * @param {{start: number, stop: number}} block
 * @returns {number} seconds
 */
export function blockSeconds({ t }, { start, stop }) {
  const gaps = [];
  for (let i = start + 1; i < stop; i += 1) gaps.push(t[i] - t[i - 1]);
  gaps.sort((a, b) => a - b);
  const middle = gaps.length >> 1;
  const usual = gaps.length === 0
    ? 1 / 15
    : gaps.length % 2 ? gaps[middle] : (gaps[middle - 1] + gaps[middle]) / 2;
  return t[stop - 1] - t[start] + usual;
}

/**
 * Cut a block in equal stretches of time, as `sessions.report.bins_of` does.
 * @param {Report} report
 * @param {{start: number, stop: number}} block
 * @param {number} most how many stretches at most; fewer where there are not two frames to each
 * @returns {{startS: number, stopS: number, score: ?number}[]} seconds from the block's start;
 *   a stretch without a frame belongs to the one before, a stall is left out; null = not visible
 */
export function binsOf(report, block, most) {
  const { t, score } = report;
  const { start, stop } = block;
  const length = blockSeconds(report, block);
  const count = Math.max(1, Math.min(Math.floor(most), (stop - start) >> 1));
  const sums = new Float64Array(count);
  const seen = new Int32Array(count);
  const all = new Int32Array(count);
  for (let i = start; i < stop; i += 1) {
    const k = Math.min(Math.floor(((t[i] - t[start]) / length) * count + 1e-6), count - 1);
    all[k] += 1;
    if (Number.isNaN(score[i])) continue;
    seen[k] += 1;
    sums[k] += score[i];
  }
  const bins = [];
  for (let k = 0, next = 1; k < count; k = next, next += 1) {
    while (next < count && all[next] === 0) next += 1;
    const gapS = ((next - k - 1) * length) / count;
    bins.push({
      startS: (k * length) / count,
      stopS: ((gapS <= LONGEST_FRAME_S ? next : k + 1) * length) / count,
      score: 2 * seen[k] >= all[k] ? sums[k] / seen[k] : null,
    });
  }
  return bins;
}

/**
 * The frame of a block that is nearest in time.
 * @param {Report} report
 * @param {{start: number, stop: number}} block
 * @param {number} seconds from the block's start
 * @returns {number}
 */
export function frameNear({ t }, { start, stop }, seconds) {
  const wanted = t[start] + seconds;
  let low = start;
  let high = stop - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (t[middle] < wanted) low = middle + 1;
    else high = middle;
  }
  return low > start && wanted - t[low - 1] <= t[low] - wanted ? low - 1 : low;
}

/**
 * The block a frame lies in.
 * @param {Report} report
 * @param {number} frame
 * @returns {number} -1 where there is none
 */
export const blockOf = ({ blocks }, frame) =>
  blocks.findIndex(({ start, stop }) => frame >= start && frame < stop);

/**
 * Where in the clip the trainer was when the client's pose was compared with it: behind the clock
 * by the client's lag.
 * @param {Report} report
 * @param {number} frame
 * @param {number} durationS the clip's length; 0 = not known
 * @returns {number} seconds
 */
export function trainerTime({ clipT, lag }, frame, durationS) {
  const late = Number.isNaN(lag[frame]) ? 0 : lag[frame];
  const wanted = clipT[frame] - late;
  if (!(durationS > 0)) return Math.max(0, wanted);
  return wanted - Math.floor(wanted / durationS) * durationS;
}

/** @param {number} seconds @returns {string} `1:05` */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
