/**
 * The workout as a pure state machine: items, sets, reps or seconds, rest.
 *
 * advance(state, event) gives a new state and changes nothing. A set with seconds lasts so long; a
 * set with reps lasts until the client has done so many; a set with neither lasts until "next".
 * Stopping keeps what was done: starting again counts down and goes on with the same set.
 *
 *   ready -> countdown -> set -> rest -> countdown -> set … -> done
 *                 \-> stopped -> countdown
 *
 * @typedef {object} Item as in the page's config: id, sets, reps, seconds, rest_seconds
 * @typedef {object} Step one set: itemIndex, set (from 0), sets, reps, seconds, restS
 * @typedef {object} Workout
 * @property {Step[]} steps
 * @property {number} index of the present step
 * @property {"ready"|"countdown"|"set"|"stopped"|"rest"|"done"} phase
 * @property {number} remainingS of countdown or rest
 * @property {number} elapsedS of the set, pauses left out
 * @property {number} reps done in the set
 * @property {number} finishedSets
 */

export const COUNTDOWN_S = 3;

/** @param {Item[]} items @returns {Step[]} every set of the workout, in order */
export function stepsOf(items) {
  return items.flatMap((item, itemIndex) =>
    Array.from({ length: Math.max(1, item.sets ?? 1) }, (_, set) => ({
      itemIndex,
      set,
      sets: Math.max(1, item.sets ?? 1),
      reps: item.seconds ? null : item.reps ?? null,
      seconds: item.seconds ?? null,
      restS: item.rest_seconds ?? 0,
    })));
}

/** @param {Item[]} items @returns {Workout} */
export function plan(items) {
  const steps = stepsOf(items);
  return {
    steps,
    index: 0,
    phase: steps.length ? "ready" : "done",
    remainingS: 0,
    elapsedS: 0,
    reps: 0,
    finishedSets: 0,
  };
}

/** @returns {Step|null} the set that is done now or comes next */
export const stepOf = (state) => state.steps[state.index] ?? null;

const countdown = (state) => ({ ...state, phase: "countdown", remainingS: COUNTDOWN_S });

function completeSet(state, finished) {
  const finishedSets = state.finishedSets + (finished ? 1 : 0);
  const { restS } = stepOf(state);
  if (state.index + 1 >= state.steps.length) {
    return { ...state, phase: "done", finishedSets };
  }
  const next = { ...state, index: state.index + 1, elapsedS: 0, reps: 0, finishedSets };
  return restS > 0 ? { ...next, phase: "rest", remainingS: restS } : countdown(next);
}

function tick(state, dtS) {
  if (state.phase === "countdown") {
    const remainingS = state.remainingS - dtS;
    return remainingS > 0 ? { ...state, remainingS } : { ...state, phase: "set", remainingS: 0 };
  }
  if (state.phase === "rest") {
    const remainingS = state.remainingS - dtS;
    return remainingS > 0 ? { ...state, remainingS } : countdown(state);
  }
  if (state.phase === "set") {
    const elapsedS = state.elapsedS + dtS;
    const { seconds } = stepOf(state);
    const moved = { ...state, elapsedS };
    return seconds && elapsedS >= seconds ? completeSet(moved, true) : moved;
  }
  return state;
}

/**
 * @param {Workout} state
 * @param {{type: "start"|"stop"|"next"|"finish"}|{type: "tick", dtS: number}
 *   |{type: "reps", reps: number}} event `reps` says how many were done in this set
 * @returns {Workout}
 */
export function advance(state, event) {
  if (state.phase === "done") return state;
  switch (event.type) {
    case "start":
      return state.phase === "ready" || state.phase === "stopped" || state.phase === "rest"
        ? countdown(state)
        : state;
    case "stop":
      return state.phase === "set" || state.phase === "countdown"
        ? { ...state, phase: "stopped", remainingS: 0 }
        : state;
    case "next":
      return state.phase === "rest" ? countdown(state) : completeSet(state, false);
    case "finish":
      return { ...state, phase: "done" };
    case "reps": {
      if (state.phase !== "set" || event.reps <= state.reps) return state;
      const counted = { ...state, reps: event.reps };
      const { reps } = stepOf(state);
      return reps && counted.reps >= reps ? completeSet(counted, true) : counted;
    }
    case "tick":
      return tick(state, event.dtS);
    default:
      throw new Error(`unknown event ${event.type}`);
  }
}
