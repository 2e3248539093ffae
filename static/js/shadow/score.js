/**
 * Match Score: how well a client follows the trainer, frame by frame.
 *
 * Twin of processing/motion/score.py, which says how it works; tests/data/score.json holds the two
 * equal within 1e-6. Here the state is updated in place and so is the answer: step() is called for
 * every frame and would otherwise leave its garbage behind each time.
 */

import {
  angleDeg, boneVisibility, mirrorBones, rotateYaw, unitBones,
} from "./alignment.js";
import {
  directionMark, follow, forget as forgetMarks, learn, limbMarks, unseen,
} from "./marks.js";
import { add, agreementOf, decay, forget, nothing, spreads } from "./moments.js";
import { bodyAt, poseAt, shows, VISIBLE } from "./reference.js";
import { BONE_COUNT, BONE_MIRROR } from "./skeleton.js";

export const GREEN_ABOVE = 70;
export const YELLOW_ABOVE = 40;
export const SEEN_SHARE = 0.65;
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
const MIRROR_PRIOR_MARGIN = 0.03;
/** A convention that has led clearly for so long is settled for the set. */
export const MIRROR_LOCK_S = 3;
const MOVING_FROM = 0.01;
const MOVING_FULL = 0.04;
const AGREED = 0.75;
const NOT_AGREED = 0.35;
const NOT_AGREED_FACTOR = 0.25;
const AGREED_DEPTH = 0.5;
const RESTLESS_FROM = 0.01;
const RESTLESS = 0.03;

const FIRST_STEP_S = 0.1;
const LAGS_S = Float64Array.from({ length: LAG_COUNT }, (_, k) => LAG_FIRST_S + LAG_STEP_S * k);
/** Of equals the lag nearest to the expected one is the likeliest. */
const penaltyOf = (expectedS) => LAGS_S.map((lagS) => {
  const off = Math.abs(lagS - expectedS);
  return LAG_PENALTY_PER_S * Math.min(off, LAG_PENALTY_FROM_S)
    + LAG_PENALTY_BEYOND_PER_S * Math.max(off - LAG_PENALTY_FROM_S, 0);
});

/**
 * @typedef {object} Match what one frame was worth; its arrays hold until the next step
 * @property {number} score 0..100; NaN = not visible
 * @property {number} lagS NaN = not visible
 * @property {Float64Array} errorsDeg 13, by the client's own bones; NaN = not judged
 * @property {Float64Array} marks 13, 0..1 by the client's own bones, smoothed; NaN = not seen
 * @property {Float64Array} body 13x3 unit vectors: the client's bones, mirrored and turned into the
 *   trainer's view; NaN = not seen
 * @property {Float64Array} target 13x3, the trainer's at the moment they are compared with
 * @property {Float64Array} seen 13, visibility of `body`; 0 = not judged
 * @property {boolean} mirror
 * @property {number} yawRad
 * @property {number} agreement -1..1; NaN = the trainer is holding still
 */

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
const ramp = (value, low, high) => clamp((value - low) / (high - low), 0, 1);

const CELLS = 2 * LAG_COUNT;

/** @returns {Match} */
const emptyMatch = () => ({
  score: NaN,
  lagS: NaN,
  errorsDeg: new Float64Array(BONE_COUNT).fill(NaN),
  marks: new Float64Array(BONE_COUNT).fill(NaN),
  body: new Float64Array(3 * BONE_COUNT).fill(NaN),
  target: new Float64Array(3 * BONE_COUNT).fill(NaN),
  seen: new Float64Array(BONE_COUNT),
  mirror: true,
  yawRad: 0,
  agreement: NaN,
});

/**
 * Give the state at the start of a set. The grid's axes are convention (as seen, mirrored) and lag;
 * `matched` pairs the client with the trainer pose found for each frame, `clock` is the trainer
 * alone: no lag can make a moving trainer look still; `calm` are the client's own limbs.
 * @param {{mirror?: boolean|null, lagS?: number|null}} [prior] the convention, where it is known
 *   beforehand, and how late the client is expected to be
 */
export function initial({ mirror = null, lagS = null } = {}) {
  return {
    tS: NaN,
    weight: new Float64Array(CELLS),
    level: new Float64Array(CELLS),
    along: new Float64Array(CELLS),
    across: new Float64Array(CELLS),
    matched: nothing(),
    clock: nothing(),
    mirror: mirror === false ? 0 : 1,
    mirrorLeadS: 0,
    mirrorMargin: mirror === null ? MIRROR_MARGIN : MIRROR_PRIOR_MARGIN,
    lagS: lagS ?? 0,
    movedS: 0,
    penalty: penaltyOf(lagS ?? 0),
    calm: unseen(),
    match: emptyMatch(),
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
  target: bodyAt(),
  weights: new Float64Array(BONE_COUNT),
  bestWeights: new Float64Array(BONE_COUNT),
  likeness: new Float64Array(CELLS),
  errors: new Float64Array(BONE_COUNT),
  bestErrors: new Float64Array(BONE_COUNT),
  marks: new Float64Array(BONE_COUNT),
  ownMarks: new Float64Array(BONE_COUNT),
  clock: { subject: 0, target: 0, covariance: 0 },
  matched: { subject: 0, target: 0, covariance: 0 },
};

const stepS = (state, tS) =>
  (Number.isNaN(state.tS) ? FIRST_STEP_S : clamp(tS - state.tS, 0, LONGEST_STEP_S));

/** Let the sums decay and add this frame at every lag and in both conventions. */
function remember(state, reference, tS, positionS) {
  const dt = stepS(state, tS);
  const keep = Math.exp(-dt / WINDOW_S);
  const { weight, level, along, across } = state;
  decay(weight, keep);
  decay(level, keep);
  decay(along, keep);
  decay(across, keep);
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

const valueOf = ({ penalty }, mirror, k) => scratch.likeness[mirror * LAG_COUNT + k] - penalty[k];
const nearest = (lagS) =>
  clamp(Math.floor((lagS - LAG_FIRST_S) / LAG_STEP_S + 0.5), 0, LAG_COUNT - 1);
const yawOf = (state, cell) => Math.atan2(state.across[cell], state.along[cell]);

function bestLag(state, mirror, first = 0, last = LAG_COUNT - 1) {
  let best = first;
  for (let k = first + 1; k <= last; k += 1) {
    if (valueOf(state, mirror, k) > valueOf(state, mirror, best)) best = k;
  }
  return best;
}

const bestOf = (state, mirror) => valueOf(state, mirror, bestLag(state, mirror));

/** Settle the convention (once it has led clearly, for good) and let the lag move. */
function decide(state, dt) {
  const likeness = likenessOf(state);
  if (state.mirrorLeadS < MIRROR_LOCK_S) {
    const other = 1 - state.mirror;
    const ahead = bestOf(state, state.mirror) - bestOf(state, other);
    if (ahead < -state.mirrorMargin) {
      state.mirror = other;
      state.mirrorLeadS = 0;
      // Another convention is another body: what was matched before says nothing of it.
      forget(state.matched);
      forgetMarks(state.calm);
    } else if (ahead > MIRROR_MARGIN && state.movedS >= FOUND_S) {
      state.mirrorLeadS += dt;
    }
  }
  let k = bestLag(state, state.mirror);
  let astray = false;
  if (state.movedS >= FOUND_S) {
    const near = bestLag(state, state.mirror, nearest(state.lagS - LAG_NEAR_S),
      nearest(state.lagS + LAG_NEAR_S));
    const gain = valueOf(state, state.mirror, k) - valueOf(state, state.mirror, near);
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
  if (spreads(state.clock, scratch.clock).target < MOVING_FROM) return;
  const reach = state.movedS >= FOUND_S && !astray ? LAG_RATE * dt : Infinity;
  state.lagS += clamp(targetS - state.lagS, -reach, reach);
  state.movedS += dt;
  // A client who paused or began anew is found afresh: what was matched before was a coincidence.
  if (astray) forget(state.matched);
}

/** Say whether enough of the body shows to judge it: from aside, one of left and right will. */
function enoughSeen(reference, bones, seen) {
  let all = 0;
  let known = 0;
  for (let b = 0; b < BONE_COUNT; b += 1) {
    all += reference.shown[b];
    if (shows(bones, seen, b) || shows(bones, seen, BONE_MIRROR[b])) known += reference.shown[b];
  }
  return known >= SEEN_SHARE * all;
}

function nobody(state, tS) {
  const { match, calm } = state;
  scratch.ownMarks.fill(NaN);
  follow(calm, tS, scratch.ownMarks);
  match.score = NaN;
  match.lagS = NaN;
  match.errorsDeg.fill(NaN);
  match.marks.set(calm.marks);
  match.body.fill(NaN);
  match.target.fill(NaN);
  match.seen.fill(0);
  match.mirror = state.mirror === 1;
  match.yawRad = yawOf(state, state.mirror * LAG_COUNT + nearest(state.lagS));
  match.agreement = NaN;
  return match;
}

/** The factor for having done what the trainer does: moved alike, or held still. */
function doneOf(matched, agreement, moving) {
  const alike = ramp(agreement, NOT_AGREED, AGREED);
  const held = 1 - ramp(matched.subject - matched.target, RESTLESS_FROM, RESTLESS);
  return NOT_AGREED_FACTOR + (1 - NOT_AGREED_FACTOR) * (moving * alike + (1 - moving) * held);
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
    sum += w * directionMark(errors[b]);
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
 * @returns {Match} the state's own: it holds until the next step
 */
export function step(state, reference, tS, positionS, world, visibility) {
  if (!world || !visibility) return nobody(state, tS);
  const { bodies, seen } = scratch;
  unitBones(world, bodies[0]);
  mirrorBones(bodies[0], bodies[1]);
  boneVisibility(visibility, seen[0]);
  for (let b = 0; b < BONE_COUNT; b += 1) seen[1][b] = seen[0][BONE_MIRROR[b]];
  if (!enoughSeen(reference, bodies[0], seen[0])) return nobody(state, tS);

  const dt = stepS(state, tS);
  remember(state, reference, tS, positionS);
  decide(state, dt);
  const yawRad = yawOf(state, state.mirror * LAG_COUNT + nearest(state.lagS));
  const { match } = state;
  const body = rotateYaw(bodies[state.mirror], yawRad, match.body);
  const sight = seen[state.mirror];

  let best = NaN;
  for (let n = 0; n < LAG_SLACK_S.length; n += 1) {
    const mean = marksAt(reference, positionS - state.lagS - LAG_SLACK_S[n], body, sight);
    // The first of equals: the clock itself.
    if (Number.isNaN(mean) || mean <= best + 1e-9) continue;
    best = mean;
    match.target.set(scratch.target.bones);
    scratch.bestWeights.set(scratch.weights);
    scratch.bestErrors.set(scratch.errors);
  }
  if (Number.isNaN(best)) return nobody(state, tS);

  const { bestErrors, bestWeights, marks, ownMarks, clock, matched } = scratch;
  add(state.matched, Math.exp(-dt / WINDOW_S), bestWeights, dt, body, match.target,
    AGREED_DEPTH);
  learn(state.calm, dt, body, match.target, bestErrors, reference.straightDeg);
  limbMarks(state.calm, bestErrors, match.target, yawRad, marks);
  for (let b = 0; b < BONE_COUNT; b += 1) {
    // Back to the client's own names of the limbs.
    const own = state.mirror ? BONE_MIRROR[b] : b;
    match.errorsDeg[b] = bestErrors[own];
    ownMarks[b] = marks[own];
    match.seen[b] = bestWeights[b] > 0 ? sight[b] : 0;
  }
  follow(state.calm, tS, ownMarks);
  const agreement = agreementOf(spreads(state.matched, matched));
  const moving = ramp(spreads(state.clock, clock).target, MOVING_FROM, MOVING_FULL);
  match.score = 100 * best * doneOf(matched, agreement, moving);
  match.lagS = state.lagS;
  match.marks.set(state.calm.marks);
  match.mirror = state.mirror === 1;
  match.yawRad = yawRad;
  match.agreement = moving > 0 ? agreement : NaN;
  return match;
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
