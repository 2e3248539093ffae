/**
 * The minute before the first set, as a pure state machine:
 *
 *   stand -> raise -> lower -> ready -> done
 *     ^--------- whoever leaves the picture begins anew
 *
 * "stand" waits until readiness.js has nothing more to ask for. "raise" shows a figure, facing the
 * client as the trainer does, that raises one arm, and asks to do the same. From that it learns:
 *
 * Which side is which. Whoever raises the arm on the same side of the screen imitates a mirror
 * image; whoever raises the arm of the same name does not. That is the convention the score has to
 * find as well (docs/score.md), and it is the same question however camera and drivers flip the
 * picture, for what counts is the side as the detector names it. The words must not say left or
 * right, else they answer it.
 *
 * How late pictures come. What is measured is the time from the figure's arm beginning to move to
 * the first picture that shows the client's doing so. It is made of understanding, reacting, and
 * the way through screen, camera and detector; only the latter stays for the set, and nobody can
 * take the sum apart from outside. Simple reactions to something seen are alike among people, a
 * quarter of a second (Woods et al. 2015, Frontiers in Human Neuroscience 9:131), so for a prompt
 * client the rest is a fair first guess of the lag; the score corrects it within seconds. A client
 * who took longer was thinking, one who was quicker moved by chance: then no lag is told.
 */

import { INDEX } from "../skeleton.js";
import { isArmUp } from "./gestures.js";

const AWAY_S = 1.5;
const UP_S = 0.35;
const DOWN_S = 0.3;
const READY_S = 1;
const REACTION_S = 0.25;
/** Later than this after the demonstration, somebody has been thinking. */
const PROMPT_S = 0.9;
/** A wrist that has risen so far is being raised. */
const ONSET_M = 0.12;
/** The demonstration is shown again after so long without an answer. */
const AGAIN_S = 6;

const SIDES = ["left", "right"];
const WRISTS = SIDES.map((side) => INDEX[`${side}_wrist`]);

/**
 * @typedef {object} TutorialState
 * @property {"stand"|"raise"|"lower"|"ready"|"done"} step
 * @property {"left"|"right"} demo the arm the figure raises, its own
 * @property {number} round how often the demonstration was to be shown
 * @property {{mirror: boolean|null, lagS: number|null}} prior what was learned, null = nothing
 * @property {boolean} skipped
 * @property {boolean} bothArms two arms are up: one is wanted
 */

/** @returns {TutorialState} */
export const atFirst = () => ({
  step: "stand",
  demo: "left",
  round: 0,
  prior: { mirror: null, lagS: null },
  skipped: false,
  bothArms: false,
  // What follows is this module's own.
  awayS: NaN,
  shownS: NaN,
  sinceS: NaN,
  side: -1,
  restY: [NaN, NaN],
  onsetS: [NaN, NaN],
});

const isDown = (pose) => !isArmUp(pose, 0) && !isArmUp(pose, 1);

const toStand = (state) => ({ ...atFirst(), round: state.round });
const toRaise = (state, nowS) => ({
  ...state,
  step: "raise",
  round: state.round + 1,
  shownS: NaN,
  sinceS: nowS,
  side: -1,
  restY: [NaN, NaN],
  onsetS: [NaN, NaN],
});

/**
 * @param {TutorialState} state is not changed
 * @param {{type: "skip"}
 *   |{type: "shown", nowS: number}
 *   |{type: "pose", nowS: number, ready: boolean,
 *     pose: {found: boolean, world: ArrayLike<number>, visibility: ArrayLike<number>}}} event
 *   `shown`: the figure's arm begins to move; `ready`: as Readiness says; one clock for all
 * @returns {TutorialState}
 */
export function advance(state, event) {
  if (state.step === "done") return state;
  switch (event.type) {
    case "skip":
      return { ...state, step: "done", skipped: true };
    case "shown":
      return state.step === "raise" && Number.isNaN(state.shownS)
        ? { ...state, shownS: event.nowS } : state;
    case "pose": {
      const left = leaving(state, event);
      return left.step === "stand" && state.step !== "stand" ? left : STEPS[left.step](left, event);
    }
    default:
      throw new Error(`unknown event ${event.type}`);
  }
}

/** Whoever is gone for longer than a blink begins anew. */
function leaving(state, { pose, nowS }) {
  if (pose.found) return Number.isNaN(state.awayS) ? state : { ...state, awayS: NaN };
  if (Number.isNaN(state.awayS)) return { ...state, awayS: nowS };
  return nowS - state.awayS > AWAY_S && state.step !== "stand" ? toStand(state) : state;
}

const STEPS = {
  stand: (state, { ready, nowS }) => (ready ? toRaise(state, nowS) : state),

  raise(state, { pose, nowS }) {
    if (!pose.found) return state;
    const watched = watchWrists(state, pose, nowS);
    const up = [isArmUp(pose, 0), isArmUp(pose, 1)];
    if (up[0] === up[1]) {
      const asked = { ...watched, side: -1, bothArms: up[0] };
      return nowS - sinceOf(state) > AGAIN_S && !up[0] ? toRaise(asked, nowS) : asked;
    }
    const side = up[0] ? 0 : 1;
    if (side !== state.side) return { ...watched, side, sinceS: nowS, bothArms: false };
    if (nowS - state.sinceS < UP_S) return watched;
    return { ...watched, step: "lower", sinceS: NaN, prior: priorOf(watched, side) };
  },

  lower(state, { pose, nowS }) {
    if (!pose.found || !isDown(pose)) return { ...state, sinceS: NaN };
    if (Number.isNaN(state.sinceS)) return { ...state, sinceS: nowS };
    return nowS - state.sinceS < DOWN_S ? state : { ...state, step: "ready", sinceS: nowS };
  },

  ready(state, { pose, nowS }) {
    if (!pose.found) return { ...state, sinceS: nowS };
    return nowS - state.sinceS < READY_S ? state : { ...state, step: "done" };
  },
};

/** When the present demonstration began to be waited for. */
const sinceOf = ({ shownS, sinceS }) => (Number.isNaN(shownS) ? sinceS : shownS);

/** Note where the wrists hang, and when either begins to rise. */
function watchWrists(state, { world }, nowS) {
  const y = WRISTS.map((i) => world[3 * i + 1]);
  // Y is down: the lowest is the greatest. Before the prompt it is only where the hands are.
  const waiting = Number.isNaN(state.shownS) || nowS < state.shownS;
  const restY = state.restY.map((rest, k) =>
    (waiting || Number.isNaN(rest) ? y[k] : Math.max(rest, y[k])));
  const onsetS = state.onsetS.map((onset, k) => {
    if (waiting || restY[k] - y[k] < ONSET_M) return NaN;
    return Number.isNaN(onset) ? nowS : onset;
  });
  return { ...state, restY, onsetS };
}

function priorOf({ demo, shownS, onsetS }, side) {
  const delayS = onsetS[side] - shownS;
  const prompt = delayS > REACTION_S && delayS <= PROMPT_S;
  return { mirror: SIDES[side] !== demo, lagS: prompt ? delayS - REACTION_S : null };
}

/** The same with its state inside, for the page. */
export class Tutorial {
  #state = atFirst();
  #onchange;

  /** @param {(state: TutorialState, before: TutorialState) => void} [onchange] on every new step,
   *   or demonstration, or word about two arms */
  constructor(onchange = () => {}) {
    this.#onchange = onchange;
  }

  get state() { return this.#state; }

  get step() { return this.#state.step; }

  /** What the score may start from. */
  get prior() { return this.#state.prior; }

  /** @param {Parameters<typeof advance>[1]} event @returns {TutorialState} */
  advance(event) {
    const before = this.#state;
    this.#state = advance(before, event);
    const { step, round, bothArms } = this.#state;
    if (step !== before.step || round !== before.round || bothArms !== before.bothArms) {
      this.#onchange(this.#state, before);
    }
    return this.#state;
  }

  restart() {
    this.#state = atFirst();
  }
}
