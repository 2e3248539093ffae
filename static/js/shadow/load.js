/**
 * How much drawing and cutting out the machine can bear while poses keep coming. Pure: measured
 * times in, a plan out.
 *
 * Where the browser draws with the processor, every picture on the stage is taken from the pose
 * model: without a limit, 25 poses a second became 6. The score needs twelve; what is left over
 * goes to the picture.
 */

/** @typedef {{maskEvery: number, drawFps: number, drawScale: number}} Plan
 *   maskEvery: every how manieth frame has a silhouette; drawScale: of the stage's full size */

/** From the richest to the poorest. */
export const LADDER = Object.freeze([
  { maskEvery: 1, drawFps: 60, drawScale: 1 },
  { maskEvery: 1, drawFps: 30, drawScale: 1 },
  { maskEvery: 1, drawFps: 30, drawScale: 0.75 },
  { maskEvery: 1, drawFps: 24, drawScale: 0.6 },
  { maskEvery: 1, drawFps: 20, drawScale: 0.5 },
  { maskEvery: 1, drawFps: 15, drawScale: 0.5 },
  { maskEvery: 2, drawFps: 12, drawScale: 0.45 },
  { maskEvery: 2, drawFps: 10, drawScale: 0.4 },
  { maskEvery: 3, drawFps: 8, drawScale: 0.35 },
  { maskEvery: 4, drawFps: 6, drawScale: 0.3 },
].map(Object.freeze));
/** Where a processor draws, it begins here and never asks for more than the second. */
const SOFTWARE_START = 5;
const SOFTWARE_BEST = 3;

/** Fewer poses a second than this is too few: twelve, and a little to fall. */
const LOW_POSES = 13;
/** So few that one step would be too slow a way down. */
const VERY_LOW_POSES = 9;
/** From so many poses on there is something to give back. */
const HIGH_POSES = 17;
/** A detector that rests more than this share of the time is not what keeps poses back: a camera in
 * a dark room gives ten pictures a second, and drawing less would not make them more. */
const BUSY_SHARE = 0.55;
/** Our own drawing may have this much of the main thread for a pose: a page that is asked to react
 * has less than a display's frame for everything. */
const DRAW_MS_A_POSE = 3;
/** ... and this share of it, however many poses there are. */
const DRAW_SHARE = 0.5;
const DRAW_SHARE_TO_RISE = 0.3;

const SMOOTH_MS = 700;
/** A change shows its effect only after this time. */
const SETTLE_MS = 1500;
const LOW_FOR_MS = 800;
const HIGH_FOR_MS = 6000;
/** A rise that had to be taken back within this time was a mistake: the next one waits longer. */
const REGRET_MS = 15_000;
const LONGEST_PATIENCE_MS = 120_000;
/** After such a gap (a pause, a hidden tab) what was measured before says nothing any more. */
const GAP_MS = 3000;

export class Governor {
  #best;
  #level;
  #poses = NaN;
  #poseMs = NaN;
  #drawMs = NaN;
  #atMs = NaN;
  #changedMs = NaN;
  #lowFromMs = NaN;
  #highFromMs = NaN;
  #raisedMs = NaN;
  #patienceMs = HIGH_FOR_MS;

  /** @param {{software: boolean}} how software: WebGL is drawn by the processor */
  constructor({ software }) {
    this.#best = software ? SOFTWARE_BEST : 0;
    this.#level = software ? SOFTWARE_START : 0;
  }

  /** @returns {Plan} the same object until something changes */
  get plan() { return LADDER[this.#level]; }

  /**
   * Say how it goes, once a pose.
   * @param {{nowMs: number, poseMs: number, drawMs: number, posesPerS: number}} measured poseMs:
   *   time the detector took for this pose; drawMs: time one picture of the stage takes the main
   *   thread; NaN where not known
   */
  report({ nowMs, poseMs, drawMs, posesPerS }) {
    if (!(posesPerS > 0)) return;
    const gapMs = nowMs - this.#atMs;
    this.#atMs = nowMs;
    if (!(gapMs <= GAP_MS)) this.#forget(nowMs);
    const share = Number.isFinite(this.#poses) ? 1 - Math.exp(-gapMs / SMOOTH_MS) : 1;
    this.#poses = smooth(this.#poses, posesPerS, share);
    this.#poseMs = smooth(this.#poseMs, poseMs, share);
    this.#drawMs = smooth(this.#drawMs, drawMs, share);
    if (nowMs - this.#changedMs >= SETTLE_MS) this.#decide(nowMs);
  }

  #decide(nowMs) {
    const drawShare = ((this.#drawMs || 0) * this.plan.drawFps) / 1000;
    const busyShare = (this.#poses * (this.#poseMs || 0)) / 1000;
    const loaded = busyShare >= BUSY_SHARE || drawShare >= DRAW_SHARE;
    const costly = drawShare > DRAW_SHARE || this.#drawMsAPose(this.#level) > DRAW_MS_A_POSE;
    if ((this.#poses < LOW_POSES && loaded) || costly) {
      this.#highFromMs = NaN;
      if (Number.isNaN(this.#lowFromMs)) this.#lowFromMs = nowMs;
      else if (nowMs - this.#lowFromMs >= LOW_FOR_MS) this.#lower(nowMs);
      return;
    }
    this.#lowFromMs = NaN;
    if (this.#level === this.#best) {
      this.#highFromMs = NaN;
      return;
    }
    const room = drawShare < DRAW_SHARE_TO_RISE
      && this.#drawMsAPose(this.#level - 1) < DRAW_MS_A_POSE
      && (this.#poses >= HIGH_POSES || !loaded);
    if (!room) this.#highFromMs = NaN;
    else if (Number.isNaN(this.#highFromMs)) this.#highFromMs = nowMs;
    else if (nowMs - this.#highFromMs >= this.#patienceMs) this.#rise(nowMs);
  }

  /** What drawing at a level takes of the main thread for a pose, pictures costing what they do; as
   * if poses were enough, where it is the camera that gives few. */
  #drawMsAPose(level) {
    return ((this.#drawMs || 0) * LADDER[level].drawFps) / Math.max(this.#poses, LOW_POSES);
  }

  #lower(nowMs) {
    if (nowMs - this.#raisedMs < REGRET_MS) {
      this.#patienceMs = Math.min(2 * this.#patienceMs, LONGEST_PATIENCE_MS);
      this.#raisedMs = NaN;
    }
    const steps = this.#poses < VERY_LOW_POSES ? 2 : 1;
    this.#level = Math.min(this.#level + steps, LADDER.length - 1);
    this.#settle(nowMs);
  }

  #rise(nowMs) {
    this.#level -= 1;
    this.#raisedMs = nowMs;
    this.#settle(nowMs);
  }

  #settle(nowMs) {
    this.#changedMs = nowMs;
    this.#lowFromMs = NaN;
    this.#highFromMs = NaN;
  }

  #forget(nowMs) {
    this.#poses = NaN;
    this.#poseMs = NaN;
    this.#drawMs = NaN;
    this.#settle(nowMs);
  }
}

function smooth(before, now, share) {
  if (!Number.isFinite(now)) return before;
  return Number.isFinite(before) ? before + share * (now - before) : now;
}
