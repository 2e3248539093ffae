/** The synthetic athlete as the pose models see it, out of tests/data/guide_takes.bin. */

import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

import { Attempt } from "../../static/js/shadow/attempt.js";
import { prepare } from "../../static/js/shadow/reference.js";
import { MIRROR } from "../../static/js/shadow/skeleton.js";

const LANDMARKS = 33;

const content = gunzipSync(readFileSync(new URL("../data/guide_takes.bin", import.meta.url)));
const headerBytes = content.readUInt32LE(0);
const header = JSON.parse(content.subarray(4, 4 + headerBytes).toString());

/**
 * @typedef {object} Take
 * @property {string} name
 * @property {string} trainer whom it follows; "" for a trainer's own
 * @property {number} durationS of the performance
 * @property {Float64Array} timesS
 * @property {Float32Array} world Tx33x3 metres; NaN for landmarks that are not kept
 * @property {Float32Array} visibility Tx33; 0 for landmarks that are not kept
 */

function unpackAll() {
  const takes = new Map();
  const kept = header.landmarks;
  let at = 4 + headerBytes;
  for (const { name, trainer, duration_s: durationS, frames } of header.takes) {
    const channels = 3 * kept.length;
    const timesS = new Float64Array(frames);
    for (let i = 0, ms = 0; i < frames; i += 1) {
      ms += content.readUInt16LE(at + 2 * i);
      timesS[i] = ms / 1000;
    }
    const low = at + 2 * frames;
    const high = low + channels * frames;
    const seen = high + channels * frames;
    const world = new Float32Array(3 * LANDMARKS * frames).fill(NaN);
    const visibility = new Float32Array(LANDMARKS * frames);
    for (let c = 0; c < channels; c += 1) {
      const landmark = kept[Math.floor(c / 3)];
      for (let i = 0, steps = 0; i < frames; i += 1) {
        const difference = content[low + c * frames + i] | (content[high + c * frames + i] << 8);
        steps = ((steps + difference) << 16) >> 16;
        world[3 * (LANDMARKS * i + landmark) + (c % 3)] = (steps * header.step_mm) / 1000;
      }
    }
    kept.forEach((landmark, k) => {
      for (let i = 0, percent = 0; i < frames; i += 1) {
        percent += content.readInt8(seen + k * frames + i);
        visibility[LANDMARKS * i + landmark] = percent / 100;
      }
    });
    at = seen + kept.length * frames;
    takes.set(name, { name, trainer, durationS, timesS, world, visibility });
  }
  return takes;
}

/** @type {Map<string, Take>} */
export const TAKES = unpackAll();

/** @param {string} name of a trainer's take */
export function referenceOf(name, focus = []) {
  const { timesS, world, visibility, durationS } = TAKES.get(name);
  return prepare(timesS, world, visibility, durationS, focus);
}

/** The poses of a take, one after another, as the detector would hand them over. */
export function* posesOf(name) {
  const { timesS, world, visibility } = TAKES.get(name);
  for (let i = 0; i < timesS.length; i += 1) {
    yield {
      nowS: timesS[i],
      pose: {
        found: true,
        world: world.subarray(3 * LANDMARKS * i, 3 * LANDMARKS * (i + 1)),
        visibility: visibility.subarray(LANDMARKS * i, LANDMARKS * (i + 1)),
      },
    };
  }
}

const PAUSE_S = 0.1;

const mirrorImage = (world) => Float32Array.from(world, (_, k) =>
  (k % 3 === 0 ? -1 : 1) * world[3 * MIRROR[Math.floor(k / 3)] + (k % 3)]);

/**
 * Let a client follow their trainer: each moment with what the score says of it.
 * @param {string} name of the client's take
 * @param {object} [options]
 * @param {string} [options.trainer] another one than theirs
 * @param {number} [options.times] how often the take is played; the trainer's clip goes on
 * @param {number} [options.speed] the client's, of the trainer's
 * @param {boolean} [options.mirrored] the client's picture is mirrored
 * @param {number[]} [options.hide] landmarks that are not seen
 */
export function* follow(name, {
  trainer = TAKES.get(name).trainer, times = 1, speed = 1, mirrored = false, hide = [],
} = {}) {
  const reference = referenceOf(trainer);
  const attempt = new Attempt(reference);
  // Each time begins where the trainer's clip does, so that the client is as late as before.
  const lengthS = TAKES.get(name).timesS.at(-1) + PAUSE_S;
  const roundS = Math.ceil(lengthS / reference.durationS) * reference.durationS;
  for (let round = 0; round < times; round += 1) {
    for (const { pose, nowS: takeS } of posesOf(name)) {
      const nowS = (round * (speed === 1 ? roundS : lengthS) + takeS) / speed;
      const seen = {
        found: true,
        world: mirrored ? mirrorImage(pose.world) : pose.world,
        visibility: pose.visibility.map((_, i) =>
          (hide.includes(i) ? 0 : pose.visibility[mirrored ? MIRROR[i] : i])),
      };
      yield { pose: seen, nowS, positionS: nowS, match: attempt.judge(seen, nowS, nowS), attempt };
    }
  }
}
