/**
 * Match Score: how well a client follows the trainer, frame by frame.
 *
 * Twin of processing/motion/score.py, which says how it works; tests/data/score.json holds the two
 * equal within 1e-6. Here the state's sums are updated in place: step() is called for every frame
 * and would otherwise leave its garbage behind each time.
 */

import {
  angleDeg, boneVisibility, mirrorBones, rotateYaw, unitBones,
} from "./alignment.js";
import { add, agreementOf, decay, nothing, spreads } from "./moments.js";
import { bodyAt, poseAt } from "./reference.js";
import { BONE_COUNT, BONE_MIRROR } from "./skeleton.js";

export const GREEN_ABOVE = 70;
export const YELLOW_ABOVE = 40;
export const TOLERANCE_DEG = 15;
export const LIMIT_DEG = 60;
export const VISIBLE = 0.5;
export const SEEN_SHARE = 0.5;
export const WINDOW_S = 4;
export const LONGEST_STEP_S = 0.25;
export const LAG_FIRST_S = -0.2;
export const LAG_STEP_S = 0.1;
export const LAG_COUNT = 63;
export const LAG_PENALTY_PER_S = 0.02;
// Beyond a second nobody merely reacts slowly; only the order of equals is still decided.
const LAG_PENALTY_FROM_S = 1;
const LAG_PENALTY_BEYOND_PER_S = 0.003;
export const LAG_RATE = 0.5;
export const FOUND_S = 6;
const LEAST_EVIDENCE = 0.5;
const LAG_NEAR_S = 0.3;
const LAG_MARGIN = 0.03;
const LAG_SLACK_S = [0, -0.05, 0.05, -0.1, 0.1];
const MIRROR_MARGIN = 0.01;
/** A convention that has led clearly for so long is settled for the set. */
export const MIRROR_LOCK_S = 3;
const MOVING_FROM = 0.01;
const MOVING_FULL = 0.04;
const AGREED = 0.8;
const NOT_AGREED = 0.35;
const NOT_AGREED_FACTOR = 0.25;

const FIRST_STEP_S = 0.1;
const LAGS_S = Float64Array.from({ length: LAG_COUNT }, (_, k) => LAG_FIRST_S + LAG_STEP_S * k);
const LAG_PENALTY = LAGS_S.map((lagS) =>
  LAG_PENALTY_PER_S * Math.min(Math.abs(lagS), LAG_PENALTY_FROM_S) +
  LAG_PENALTY_BEYOND_PER_S * Math.max(Math.abs(lagS) - LAG_PENALTY_FROM_S, 0));

/**
 * @typedef {object} Match what one frame was worth
 * @property {number} score 0..100; NaN = not visible
 * @property {number} lagS NaN = not visible
 * @property {Float64Array} errorsDeg 13, by the client's own bones; NaN = not judged
 * @property {boolean} mirror
 * @property {number} yawRad
 * @property {number} agreement -1..1; NaN = the trainer is holding still
 */

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
const ramp = (value, low, high) => clamp((value - low) / (high - low), 0, 1);

const CELLS = 2 * LAG_COUNT;
/**
 * Give the state at the start of a set. The grid's axes are convention (as seen, mirrored) and lag;
 * `matched` pairs the client with the trainer pose found for each frame, `clock` is the trainer
 * alone: no lag can make a moving trainer look still.
 */
export function initial() {
  return {
    tS: NaN,
    weight: new Float64Array(CELLS),
    level: new Float64Array(CELLS),
    along: new Float64Array(CELLS),
    across: new Float64Array(CELLS),
    matched: nothing(),
    clock: nothing(),
    mirror: 1,
    mirrorLeadS: 0,
    lagS: 0,
    movedS: 0,
  };
}

/** A bone's part in the comparison: 0 where either body does not show it. */
function sightOf(body, bodySeen, target, b) {
  const seen = Math.min(bodySeen[b], target.visibility[b]);
  const i = 3 * b;
  const sum = body[i] + body[i + 1] + body[i + 2]
    + target.bones[i] + target.bones[i + 1] + target.bones[i + 2];
  return !Number.isNaN(sum) && seen >= VISIBLE ? Math.min(seen, 1) : 0;
}

// step() is synchronous and never nested, so its working memory can be shared.
const scratch = {
  bodies: [new Float64Array(3 * BONE_COUNT), new Float64Array(3 * BONE_COUNT)],
  seen: [new Float64Array(BONE_COUNT), new Float64Array(BONE_COUNT)],
  body: new Float64Array(3 * BONE_COUNT),
  target: bodyAt(),
  bestTarget: new Float64Array(3 * BONE_COUNT),
  weights: new Float64Array(BONE_COUNT),
  bestWeights: new Float64Array(BONE_COUNT),
  likeness: new Float64Array(CELLS),
  errors: new Float64Array(BONE_COUNT),
};

const stepS = (state, tS) =>
  (Number.isNaN(state.tS) ? FIRST_STEP_S : clamp(tS - state.tS, 0, LONGEST_STEP_S));

/** Let the sums decay and add this frame at every lag and in both conventions. */
function remember(state, reference, tS, positionS) {
  const dt = stepS(state, tS);
  const keep = Math.exp(-dt / WINDOW_S);
  const { weight, level, along, across } = state;
  for (const sums of [weight, level, along, across]) decay(sums, keep);
  const { bodies, seen, target, weights } = scratch;
  for (let k = 0; k < LAG_COUNT; k += 1) {
    if (positionS < LAGS_S[k]) continue;
    poseAt(reference, positionS - LAGS_S[k], target);
    for (let m = 0; m < 2; m += 1) {
      const cell = m * LAG_COUNT + k;
      const body = bodies[m];
      for (let b = 0; b < BONE_COUNT; b += 1) {
        const w = dt * reference.weights[b] * sightOf(body, seen[m], target, b);
        if (!(w > 0)) continue;
        const i = 3 * b;
        weight[cell] += w;
        level[cell] += target.bones[i + 1] * body[i + 1] * w;
        along[cell] += (target.bones[i] * body[i] + target.bones[i + 2] * body[i + 2]) * w;
        across[cell] += (target.bones[i] * body[i + 2] - target.bones[i + 2] * body[i]) * w;
      }
    }
  }
  const now = poseAt(reference, positionS, target);
  for (let b = 0; b < BONE_COUNT; b += 1) {
    weights[b] = reference.weights[b] * sightOf(now.bones, now.visibility, now, b);
  }
  add(state.clock, keep, weights, dt, now.bones, now.bones);
  state.tS = tS;
}

/** The best mean cosine of every (convention, lag); -1 without evidence. */
function likenessOf(state) {
  const { likeness } = scratch;
  let most = 0;
  for (let cell = 0; cell < CELLS; cell += 1) most = Math.max(most, state.weight[cell]);
  for (let cell = 0; cell < CELLS; cell += 1) {
    const total = state.weight[cell];
    likeness[cell] = total > 0 && total >= LEAST_EVIDENCE * most
      ? (state.level[cell] + Math.hypot(state.along[cell], state.across[cell])) / total
      : -1;
  }
  return likeness;
}

const valueOf = (likeness, mirror, k) =>
  likeness[mirror * LAG_COUNT + k] - LAG_PENALTY[k];
const nearest = (lagS) =>
  clamp(Math.floor((lagS - LAG_FIRST_S) / LAG_STEP_S + 0.5), 0, LAG_COUNT - 1);
const yawOf = (state, cell) => Math.atan2(state.across[cell], state.along[cell]);

function bestLag(likeness, mirror, first = 0, last = LAG_COUNT - 1) {
  let best = first;
  for (let k = first + 1; k <= last; k += 1) {
    if (valueOf(likeness, mirror, k) > valueOf(likeness, mirror, best)) best = k;
  }
  return best;
}

const bestOf = (likeness, mirror) => valueOf(likeness, mirror, bestLag(likeness, mirror));

/** Settle the convention (once it has led clearly, for good) and let the lag move. */
function decide(state, dt) {
  const likeness = likenessOf(state);
  if (state.mirrorLeadS < MIRROR_LOCK_S) {
    const other = 1 - state.mirror;
    const ahead = bestOf(likeness, state.mirror) - bestOf(likeness, other);
    if (ahead < -MIRROR_MARGIN) {
      state.mirror = other;
      state.mirrorLeadS = 0;
      // Another convention is another body: what was matched before says nothing of it.
      state.matched = nothing();
    } else if (ahead > MIRROR_MARGIN && state.movedS >= FOUND_S) {
      state.mirrorLeadS += dt;
    }
  }
  let k = bestLag(likeness, state.mirror);
  let astray = false;
  if (state.movedS >= FOUND_S) {
    const near = bestLag(likeness, state.mirror, nearest(state.lagS - LAG_NEAR_S),
      nearest(state.lagS + LAG_NEAR_S));
    const gain = valueOf(likeness, state.mirror, k) - valueOf(likeness, state.mirror, near);
    astray = gain >= LAG_MARGIN;
    if (!astray) k = near;
  }
  let targetS = LAGS_S[k];
  if (k > 0 && k < LAG_COUNT - 1) {
    const at = state.mirror * LAG_COUNT + k;
    const bend = likeness[at - 1] - 2 * likeness[at] + likeness[at + 1];
    if (bend < -1e-12) {
      targetS += (LAG_STEP_S * 0.5 * (likeness[at - 1] - likeness[at + 1])) / bend;
    }
  }
  if (spreads(state.clock).target < MOVING_FROM) return;
  const reach = state.movedS >= FOUND_S && !astray ? LAG_RATE * dt : Infinity;
  state.lagS += clamp(targetS - state.lagS, -reach, reach);
  state.movedS += dt;
  // A client who paused or began anew is found afresh: what was matched before was a coincidence.
  if (astray) state.matched = nothing();
}

/** Say whether enough of the body shows to judge it, left and right taken together. */
function enoughSeen(reference, bones, seen) {
  let all = 0;
  let known = 0;
  for (let b = 0; b < BONE_COUNT; b += 1) {
    const w = reference.weights[b] + reference.weights[BONE_MIRROR[b]];
    all += w;
    const sum = bones[3 * b] + bones[3 * b + 1] + bones[3 * b + 2];
    if (!Number.isNaN(sum) && seen[b] >= VISIBLE) known += w;
  }
  return known >= SEEN_SHARE * all;
}

function nobody(state) {
  return {
    score: NaN,
    lagS: NaN,
    errorsDeg: new Float64Array(BONE_COUNT).fill(NaN),
    mirror: state.mirror === 1,
    yawRad: yawOf(state, state.mirror * LAG_COUNT + nearest(state.lagS)),
    agreement: NaN,
  };
}

/** Score the body at one moment of the reference; NaN where nothing can be judged. */
function marksAt(reference, positionS, body, seen) {
  const { errors, weights } = scratch;
  const target = poseAt(reference, positionS, scratch.target);
  let total = 0;
  let sum = 0;
  for (let b = 0; b < BONE_COUNT; b += 1) {
    const w = reference.weights[b] * sightOf(body, seen, target, b);
    weights[b] = w;
    errors[b] = NaN;
    if (!(w > 0)) continue;
    errors[b] = angleDeg(body, 3 * b, target.bones, 3 * b);
    sum += w * clamp((LIMIT_DEG - errors[b]) / (LIMIT_DEG - TOLERANCE_DEG), 0, 1);
    total += w;
  }
  return total > 0 ? sum / total : NaN;
}

/**
 * Score one frame.
 * @param {ReturnType<typeof initial>} state updated in place
 * @param {import("./reference.js").Reference} reference
 * @param {number} tS the frame's time on any clock that only goes forward
 * @param {number} positionS how much of the reference was played since the set began, all loops
 * @param {ArrayLike<number>|null} world 33x3 metres, not mirrored; null where nobody was found
 * @param {ArrayLike<number>|null} visibility 33, 0..1
 * @returns {Match}
 */
export function step(state, reference, tS, positionS, world, visibility) {
  if (!world || !visibility) return nobody(state);
  const { bodies, seen } = scratch;
  unitBones(world, bodies[0]);
  mirrorBones(bodies[0], bodies[1]);
  boneVisibility(visibility, seen[0]);
  for (let b = 0; b < BONE_COUNT; b += 1) seen[1][b] = seen[0][BONE_MIRROR[b]];
  if (!enoughSeen(reference, bodies[0], seen[0])) return nobody(state);

  const dt = stepS(state, tS);
  remember(state, reference, tS, positionS);
  decide(state, dt);
  const yawRad = yawOf(state, state.mirror * LAG_COUNT + nearest(state.lagS));
  const body = rotateYaw(bodies[state.mirror], yawRad, scratch.body);

  let best = NaN;
  const errorsDeg = new Float64Array(BONE_COUNT);
  for (const slack of LAG_SLACK_S) {
    const marks = marksAt(reference, positionS - state.lagS - slack, body, seen[state.mirror]);
    // The first of equals: the clock itself.
    if (Number.isNaN(marks) || marks <= best + 1e-9) continue;
    best = marks;
    scratch.bestTarget.set(scratch.target.bones);
    scratch.bestWeights.set(scratch.weights);
    for (let b = 0; b < BONE_COUNT; b += 1) {
      errorsDeg[b] = scratch.errors[state.mirror ? BONE_MIRROR[b] : b];
    }
  }
  if (Number.isNaN(best)) return nobody(state);

  add(state.matched, Math.exp(-dt / WINDOW_S), scratch.bestWeights, dt, body, scratch.bestTarget);
  const agreement = agreementOf(state.matched);
  const moving = ramp(spreads(state.clock).target, MOVING_FROM, MOVING_FULL);
  const done = NOT_AGREED_FACTOR + (1 - NOT_AGREED_FACTOR) * ramp(agreement, NOT_AGREED, AGREED);
  return {
    score: 100 * best * (1 - moving * (1 - done)),
    lagS: state.lagS,
    errorsDeg,
    mirror: state.mirror === 1,
    yawRad,
    agreement: moving > 0 ? agreement : NaN,
  };
}

/**
 * Name a score's colour.
 * @param {number} score
 * @returns {"green"|"yellow"|"red"|"unseen"}
 */
export function gradeOf(score) {
  if (!Number.isFinite(score)) return "unseen";
  if (score > GREEN_ABOVE) return "green";
  return score > YELLOW_ABOVE ? "yellow" : "red";
}
