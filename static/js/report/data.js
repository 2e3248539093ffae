/**
 * The report's numbers: from the compact JSON to what the strip and the stage need. Pure.
 * `sessions/studio.py` writes what is read here. All times are seconds since the session began.
 */

import { GREEN_ABOVE, YELLOW_ABOVE } from "../shadow/score.js";

const GAP = -1;

/** @typedef {"green"|"yellow"|"red"|"unseen"} Level */

/**
 * @typedef {object} Block a set
 * @property {number} item
 * @property {number} set from 0
 * @property {number} startS
 * @property {number} lengthS
 * @property {?number} score mean, 0..100
 * @property {(?number)[]} bins score of equal stretches; null = not visible, -1 = nothing recorded
 */

/**
 * @typedef {object} Exercise what an analysis found
 * @property {number} id
 * @property {?number} item
 * @property {{n: number, startS: number, endS: number, score: ?number, half: boolean}[]} reps
 * @property {{number: number, atS: number, trainerAtS: ?number, severe: boolean}[]} moments
 */

/**
 * @typedef {object} Report
 * @property {Block[]} blocks
 * @property {{seq: number, block: number, firstS: number, lastS: number}[]} chunks by time
 * @property {Exercise[]} exercises
 * @property {object[]} moments of the live score, the costliest first
 * @property {Record<Level, number>} shares of the time, per cent
 */

/**
 * Read what the server sent.
 * @param {object} json
 * @returns {Report}
 */
export function decode(json) {
  return {
    blocks: json.blocks.map((block) => ({
      item: block.item,
      set: block.set,
      startS: block.start_ms / 1000,
      lengthS: block.length_ms / 1000,
      score: block.score,
      bins: block.bins,
    })),
    chunks: json.chunks.map(([seq, block, first, last]) => ({
      seq, block, firstS: first / 1000, lastS: last / 1000,
    })),
    exercises: json.exercises.map(decodeExercise),
    moments: json.moments,
    shares: json.shares,
  };
}

function decodeExercise({ id, item, reps, moments }) {
  let start = 0;
  return {
    id,
    item,
    reps: reps.map(([later, length, score, half], i) => {
      start += later;
      return {
        n: i + 1, startS: start / 1000, endS: (start + length) / 1000, score, half: half === 1,
      };
    }),
    moments: moments.map(([at, trainerAt, severe], i) => ({
      number: i + 1,
      atS: at / 1000,
      trainerAtS: trainerAt === null ? null : trainerAt / 1000,
      severe: severe === 1,
    })),
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
 * Put neighbouring stretches of a set together, until there are few enough to be drawn.
 * @param {Block} block
 * @param {number} most how many at most
 * @returns {{startS: number, stopS: number, score: ?number}[]} seconds from the set's start; what
 *   was not recorded is left out; null = not visible, where most of a stretch is
 */
export function stretchesOf({ bins, lengthS }, most) {
  const each = Math.max(1, Math.ceil(bins.length / Math.max(1, Math.floor(most))));
  const stretches = [];
  for (let first = 0; first < bins.length; first += each) {
    const there = bins.slice(first, first + each).filter((score) => score !== GAP);
    if (there.length === 0) continue;
    const seen = there.filter((score) => score !== null);
    stretches.push({
      startS: (first * lengthS) / bins.length,
      stopS: (Math.min(first + each, bins.length) * lengthS) / bins.length,
      score: 2 * seen.length >= there.length
        ? seen.reduce((sum, score) => sum + score, 0) / seen.length
        : null,
    });
  }
  return stretches;
}

const away = (firstS, lastS, t) => Math.max(firstS - t, t - lastS, 0);

function nearestOf(spans, t) {
  let best = -1;
  let least = Infinity;
  spans.forEach(([firstS, lastS], i) => {
    const far = away(firstS, lastS, t);
    if (far < least) [best, least] = [i, far];
  });
  return best;
}

/**
 * The set a time lies in, or is nearest to.
 * @param {Report} report
 * @param {number} t seconds
 * @returns {number} -1 where there is none
 */
export const blockAt = ({ blocks }, t) =>
  nearestOf(blocks.map(({ startS, lengthS }) => [startS, startS + lengthS]), t);

/**
 * The chunk whose frames are nearest to a time.
 * @param {Report} report
 * @param {number} t seconds
 * @returns {number} position in `chunks`; -1 where there is none
 */
export const chunkAt = ({ chunks }, t) =>
  nearestOf(chunks.map(({ firstS, lastS }) => [firstS, lastS]), t);

/**
 * @param {number[]} times rising
 * @param {number} t
 * @returns {number} position of the nearest
 */
export function rowNear(times, t) {
  let best = 0;
  times.forEach((time, i) => {
    if (Math.abs(time - t) < Math.abs(times[best] - t)) best = i;
  });
  return best;
}

/**
 * The repetition a time lies in.
 * @param {Exercise|undefined} exercise
 * @param {number} t seconds
 * @returns {number} position in `reps`; -1 where there is none
 */
export const repAt = (exercise, t) =>
  exercise?.reps.findIndex(({ startS, endS }) => t >= startS && t <= endS) ?? -1;

/**
 * Where in the clip the trainer was when the client's pose was compared with it: behind the clock
 * by the client's lag.
 * @param {number} clipT seconds in the clip
 * @param {?number} lag seconds; null = not known
 * @param {number} durationS the clip's length; 0 = not known
 * @returns {number} seconds
 */
export function trainerTime(clipT, lag, durationS) {
  const wanted = clipT - (lag ?? 0);
  if (!(durationS > 0)) return Math.max(0, wanted);
  return wanted - Math.floor(wanted / durationS) * durationS;
}

/**
 * Instants of equal phase, from what the server sent.
 * @param {object} json
 * @returns {{clientS: number[], trainerS: number[]}[]} repetition by repetition
 */
export function decodePairs({ pairs }) {
  const summed = (differences) => {
    let sum = 0;
    return differences.map((difference) => {
      sum += difference;
      return sum / 1000;
    });
  };
  return pairs.map(([client, trainer]) => ({
    clientS: summed(client), trainerS: summed(trainer),
  }));
}

/**
 * Where the trainer is as far in the repetition as the client.
 * @param {{clientS: number[], trainerS: number[]}} pair of one repetition
 * @param {number} t the client's, seconds
 * @returns {number} seconds in the clip
 */
export function samePhase({ clientS, trainerS }, t) {
  const last = clientS.length - 1;
  let i = 1;
  while (i < last && clientS[i] < t) i += 1;
  const span = clientS[i] - clientS[i - 1];
  const share = span > 0 ? Math.min(1, Math.max(0, (t - clientS[i - 1]) / span)) : 0;
  return trainerS[i - 1] + share * (trainerS[i] - trainerS[i - 1]);
}

/** @param {number} seconds @returns {string} `1:05` */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** Put values in place of `{names}`. @param {string} words @param {object} values */
export const fill = (words, values) => words.replace(/\{(\w+)\}/g, (_, key) => values[key]);
