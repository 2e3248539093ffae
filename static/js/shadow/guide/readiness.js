/**
 * Whether a client stands so that an exercise can be followed, and what to do if not: one thing at
 * a time, the most urgent first, and calmly, for a hint that flickers is no help.
 *
 * Pure; the state is the Readiness object. Left and right are the client's own, and the same on the
 * screen, where clients see themselves as in a mirror: a step to one's left goes to the left there.
 */

import { unitBones } from "../alignment.js";
import { BONE_COUNT, INDEX } from "../skeleton.js";
import { facingDeg, facingOf } from "./joints.js";
import { reachOf, STANDING } from "./reach.js";

/** A hint comes and goes only after it would have been right for so long. */
const CALM_S = 0.7;
/** The hint on show stays at least so long, even if a more urgent one has come. */
const SHOWN_S = 1.2;
/** Who can't do what a hint asks for, in a small room, is let through after so long. */
const PATIENCE_S = 12;

const VISIBLE = 0.5;
/** Crown to sole of the pose model's average body, in its own metres: seven synthetic takes. */
const STATURE_M = 1.6;
/** Below the ankles there is more of a foot: statures. */
const SOLE = 0.03;
/** Share of the picture that stays free around what the exercise needs. */
const MARGIN = 0.02;
/** A person smaller than this (stature over the root of the picture's area) is seen too coarsely:
 *  the limit of the gates for trainers' clips, processing/motion/judging.py. */
const SMALL = 0.36;
/** Larger than the exercise needs is fine; so much smaller than would fit is too far. */
const FAR_SHARE = 0.55;
/** Luma of the bright parts, 0..255, as in the gates (0.30 of white). */
const DARK = 76;
const BODY_IN_SHADE = 45;
const ROOM_BRIGHTER = 90;
/** Degrees between how the client stands and the view that shows the exercise as the trainer's. */
const TURN_DEG = 30;
const TURN_STEP_DEG = 10;
/** A limit is passed for good only by so much more than it was passed in the first place. */
const SLACK = 0.08;

const PAIRS = (name) => [INDEX[`left_${name}`], INDEX[`right_${name}`]];
const HEAD = [INDEX.nose, ...PAIRS("ear")];
const HANDS = PAIRS("wrist");
const FEET = [...PAIRS("ankle"), ...PAIRS("heel"), ...PAIRS("foot_index")];
const TRUNK = [...PAIRS("shoulder"), ...PAIRS("hip"), ...PAIRS("knee")];
const HIPS = PAIRS("hip");
const ANKLES = PAIRS("ankle");
const SCALED_BY = ["shoulder", "elbow", "hip", "knee", "ankle"].flatMap(PAIRS);

/**
 * Every hint, the most urgent first. `must`: without it nothing can be judged, however long.
 * @type {ReadonlyArray<{key: string, must: boolean}>}
 */
export const HINTS = Object.freeze([
  { key: "ready_dark", must: true },
  { key: "ready_nobody", must: true },
  { key: "ready_whole", must: true },
  { key: "ready_head", must: true },
  { key: "ready_feet", must: true },
  { key: "ready_near", must: false },
  { key: "ready_far", must: false },
  { key: "ready_move_left", must: false },
  { key: "ready_move_right", must: false },
  { key: "ready_backlit", must: false },
  { key: "ready_turn_left", must: false },
  { key: "ready_turn_right", must: false },
]);

/**
 * @typedef {object} Hint
 * @property {string} key of the message
 * @property {object} values {degrees} of a turn, rounded
 */

const wrapDeg = (deg) => deg - 360 * Math.round(deg / 360);

export class Readiness {
  #states = new Map(HINTS.map(({ key }) => [key, { on: false, changeS: NaN, shownS: NaN }]));
  #reference = null;
  #needs = null;
  #shown = null;
  #shownS = -Infinity;
  #turnDeg = 0;
  #bones = new Float64Array(3 * BONE_COUNT);

  /**
   * Look at one pose.
   * @param {object} moment
   * @param {object|null} moment.pose `found`, `image`, `world`, `visibility`, `width`, `height`
   * @param {{mean: number, contrast: number, body?: number}|null} [moment.light] as in light.js
   * @param {import("../reference.js").Reference|null} [moment.reference] of the exercise to come
   * @param {number} moment.nowS
   * @param {boolean} [moment.mirror] whether the trainer is shown to be imitated as in a mirror;
   *   false where the video is flipped
   * @returns {{ready: boolean, hints: Hint[], hint: Hint|null}} all that is to be put right, the
   *   most urgent first, and the one to show
   */
  check({
    pose, light = null, reference = null, nowS, mirror = true,
    width = pose?.width, height = pose?.height,
  }) {
    if (reference !== this.#reference) {
      this.#reference = reference;
      const reach = reference && reachOf(reference);
      this.#needs = reference && {
        reach, lies: reach.up < STANDING.up, facing: facingOf(reference),
      };
    }
    const wrong = this.#wrong(pose, light, width, height, mirror);
    const hints = [];
    let ready = true;
    for (const { key, must } of HINTS) {
      const state = this.#states.get(key);
      this.#settle(state, wrong.has(key), nowS);
      // What is wrong for less than a moment holds up as well: ready is said once and must be true.
      // Nobody can do what they have not been told yet: patience begins with the words.
      const impatient = !must && state.on && nowS - state.shownS > PATIENCE_S;
      if ((state.on || wrong.has(key)) && !impatient) ready = false;
      if (state.on) hints.push(this.#hint(key));
    }
    const hint = this.#show(hints, nowS);
    const told = hint && this.#states.get(hint.key);
    if (told && Number.isNaN(told.shownS)) told.shownS = nowS;
    return { ready, hints, hint };
  }

  /** Which hint is to be on show: calm, unless what it asks for is done. */
  #show(hints, nowS) {
    const still = hints.find(({ key }) => key === this.#shown);
    if (still && nowS - this.#shownS < SHOWN_S) return still;
    const [first = null] = hints;
    if (first?.key !== this.#shown) {
      this.#shown = first?.key ?? null;
      this.#shownS = nowS;
    }
    return first;
  }

  #settle(state, wrong, nowS) {
    if (wrong === state.on) {
      state.changeS = NaN;
    } else if (Number.isNaN(state.changeS)) {
      state.changeS = nowS;
    } else if (nowS - state.changeS >= CALM_S) {
      state.on = wrong;
      state.shownS = NaN;
      state.changeS = NaN;
    }
  }

  #hint(key) {
    const steps = Math.max(1, Math.round(Math.abs(this.#turnDeg) / TURN_STEP_DEG));
    const degrees = steps * TURN_STEP_DEG;
    return { key, values: key.startsWith("ready_turn") ? { degrees } : {} };
  }

  #on(key) {
    return this.#states.get(key).on;
  }

  /** @returns {Set<string>} what is wrong in this very frame */
  #wrong(pose, light, width, height, mirror) {
    const wrong = new Set();
    this.#lightOf(light, wrong);
    if (!pose?.found || !trunkSeen(pose)) {
      wrong.add("ready_nobody");
      return wrong;
    }
    this.#frame(pose, width, height, wrong);
    if (!["ready_whole", "ready_head", "ready_feet"].some((key) => wrong.has(key))) {
      this.#distance(pose, width, height, mirror, wrong);
    }
    this.#facing(pose, mirror, wrong);
    return wrong;
  }

  #lightOf(light, wrong) {
    if (!light) return;
    const { mean, contrast, body = NaN } = light;
    if (mean + contrast / 2 < DARK * (this.#on("ready_dark") ? 1 + 2 * SLACK : 1)) {
      wrong.add("ready_dark");
    } else if (body < BODY_IN_SHADE && mean - body > ROOM_BRIGHTER) {
      wrong.add("ready_backlit");
    }
  }

  /** What of the body is beyond the picture's border. */
  #frame({ image, visibility }, width, height, wrong) {
    const out = (landmarks) => landmarks.some((i) => {
      const x = image[2 * i];
      const y = image[2 * i + 1];
      return !(x >= 0 && x <= width && y >= 0 && y <= height);
    });
    // Hidden is not out: a limb behind the body is where it should be. But one that is nowhere…
    const lost = (landmarks) => landmarks.every((i) => !(visibility[i] >= VISIBLE));
    const head = out(HEAD) || lost(HEAD);
    const feet = out(FEET) || lost(FEET);
    if ((head && feet) || out(TRUNK) || out(HANDS)) wrong.add("ready_whole");
    else if (head) wrong.add("ready_head");
    else if (feet) wrong.add("ready_feet");
  }

  /** Whether the exercise will fit into the picture from here, and whether it is seen well. */
  #distance({ image, world }, width, height, mirror, wrong) {
    const stature = statureOf(image, world);
    if (!(stature > 0)) return;
    const { up, left, right } = this.#needs?.reach ?? STANDING;
    const free = 1 - 2 * MARGIN;
    const fits = Math.min((free * height) / ((up + SOLE) * stature),
      (free * width) / ((left + right) * stature));
    const near = this.#on("ready_near") ? 1 + SLACK : 1;
    const far = this.#on("ready_far") ? 1 + SLACK : 1;
    const small = stature < far * SMALL * Math.sqrt(width * height);
    if (fits < near) {
      wrong.add("ready_near");
    } else if (fits > 1 / (FAR_SHARE * far) || (small && fits > 1 + 2 * SLACK)) {
      wrong.add("ready_far");
    }
    if (fits < near) return;
    // The camera's picture is not mirrored: its right is the client's left. Whoever imitates a
    // mirror image reaches to the right where the trainer does to the left.
    const at = this.#needs?.lies ? HIPS : ANKLES;
    const middle = (image[2 * at[0]] + image[2 * at[1]]) / 2;
    const edge = MARGIN * width;
    const over = this.#on("ready_move_left") || this.#on("ready_move_right") ? SLACK * width : 0;
    const toLeft = middle - (mirror ? right : left) * stature - edge;
    const toRight = width - middle - (mirror ? left : right) * stature - edge;
    // Over one border there is room at the other, for it fits; so only one of the two is wrong.
    if (toRight < over && toRight < toLeft) wrong.add("ready_move_right");
    if (toLeft < over && toLeft < toRight) wrong.add("ready_move_left");
  }

  /** How far to turn to be seen as the trainer is. */
  #facing({ world }, mirror, wrong) {
    const wanted = this.#needs?.facing ?? NaN;
    const now = facingDeg(unitBones(world, this.#bones));
    if (Number.isNaN(wanted + now)) return;
    // Imitating a mirror image, one is turned the other way.
    this.#turnDeg = wrapDeg((mirror ? -wanted : wanted) - now);
    const limit = this.#on("ready_turn_left") || this.#on("ready_turn_right")
      ? TURN_DEG - TURN_STEP_DEG : TURN_DEG;
    if (this.#turnDeg > limit) wrong.add("ready_turn_left");
    if (this.#turnDeg < -limit) wrong.add("ready_turn_right");
  }
}

const trunkSeen = ({ visibility }) =>
  TRUNK.slice(0, 4).filter((i) => visibility[i] >= VISIBLE).length >= 2;

/**
 * How tall the person would stand in the picture, pixels: by least squares over joints, so that one
 * who bends, or points at the camera, keeps their size.
 */
export function statureOf(image, world) {
  const mean = [0, 0, 0, 0];
  const add = (i, scale) => {
    mean[0] += scale * world[3 * i];
    mean[1] += scale * world[3 * i + 1];
    mean[2] += scale * image[2 * i];
    mean[3] += scale * image[2 * i + 1];
  };
  for (const i of SCALED_BY) add(i, 1 / SCALED_BY.length);
  let along = 0;
  let square = 0;
  for (const i of SCALED_BY) {
    const x = world[3 * i] - mean[0];
    const y = world[3 * i + 1] - mean[1];
    along += x * (image[2 * i] - mean[2]) + y * (image[2 * i + 1] - mean[3]);
    square += x * x + y * y;
  }
  return (STATURE_M * along) / square;
}
