/**
 * The workout as a pure state machine: items, sets, reps or seconds, rest.
 *
 * advance(state, event) gives a new state and changes nothing. A set with seconds lasts so long; a
 * set with reps lasts until the client has done so many; a set with neither lasts until "next".
 * Stopping keeps what was done: starting again counts down and goes on with the same set, where it
 * was (`begun` tells it from a set that begins).
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
 * @property {number} restS how long the present rest is in all
 * @property {number} elapsedS of the set, pauses left out
 * @property {number} reps done in the set
 * @property {boolean} begun whether the present set was begun already
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

const FRESH = Object.freeze({ elapsedS: 0, reps: 0, begun: false });

/**
 * @param {Item[]} items
 * @param {{item: number, set: number}[]} done sets of an earlier visit, by item id: the workout goes
 *   on after the last of them
 * @returns {Workout}
 */
export function plan(items, done = []) {
  const steps = stepsOf(items);
  const isDone = ({ itemIndex, set }) =>
    done.some((one) => one.item === items[itemIndex].id && one.set === set);
  const index = steps.findLastIndex(isDone) + 1;
  return {
    steps,
    index,
    phase: index < steps.length ? "ready" : "done",
    remainingS: 0,
    restS: 0,
    ...FRESH,
    finishedSets: steps.filter(isDone).length,
  };
}

/** @returns {Step|null} the set that is done now or comes next */
export const stepOf = (state) => state.steps[state.index] ?? null;

const countdown = (state) => ({ ...state, phase: "countdown", remainingS: COUNTDOWN_S });

function leave(state, index, finishedSets) {
  const { restS } = stepOf(state);
  if (index >= state.steps.length) return { ...state, phase: "done", finishedSets };
  const next = { ...state, index, ...FRESH, finishedSets };
  return restS > 0 ? { ...next, phase: "rest", remainingS: restS, restS } : countdown(next);
}

const complete = (state) => leave(state, state.index + 1, state.finishedSets + 1);

/** The first set of the next exercise, and no rest: nothing was done that needs one. */
function skip(state) {
  const { itemIndex } = stepOf(state);
  const index = state.steps.findIndex((step) => step.itemIndex > itemIndex);
  if (index < 0) return { ...state, phase: "done" };
  const next = { ...state, index, ...FRESH };
  return state.phase === "ready" ? next : countdown(next);
}

/** The present set from its start; during a rest, or before it began, the one before. */
function repeat(state) {
  if (state.begun) return countdown({ ...state, ...FRESH });
  if (state.index === 0 || state.phase === "ready") return state;
  return countdown({
    ...state,
    index: state.index - 1,
    ...FRESH,
    finishedSets: Math.max(0, state.finishedSets - 1),
  });
}

function tick(state, dtS) {
  if (state.phase === "countdown") {
    const remainingS = state.remainingS - dtS;
    return remainingS > 0
      ? { ...state, remainingS }
      : { ...state, phase: "set", remainingS: 0, begun: true };
  }
  if (state.phase === "rest") {
    const remainingS = state.remainingS - dtS;
    return remainingS > 0 ? { ...state, remainingS } : countdown(state);
  }
  if (state.phase === "set") {
    const elapsedS = state.elapsedS + dtS;
    const { seconds } = stepOf(state);
    const moved = { ...state, elapsedS };
    return seconds && elapsedS >= seconds ? complete(moved) : moved;
  }
  return state;
}

/**
 * @param {Workout} state
 * @param {{type: "start"|"stop"|"next"|"skip"|"repeat"|"finish"}|{type: "tick", dtS: number}
 *   |{type: "reps", reps: number}|{type: "rest", moreS: number}} event `reps` says how many were
 *   done in this set, `rest` makes the present rest longer
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
      return state.phase === "rest"
        ? countdown(state)
        : leave(state, state.index + 1, state.finishedSets);
    case "skip":
      return skip(state);
    case "repeat":
      return repeat(state);
    case "rest":
      return state.phase === "rest"
        ? { ...state, remainingS: state.remainingS + event.moreS, restS: state.restS + event.moreS }
        : state;
    case "finish":
      return { ...state, phase: "done" };
    case "reps": {
      if (state.phase !== "set" || event.reps <= state.reps) return state;
      const counted = { ...state, reps: event.reps };
      const { reps } = stepOf(state);
      return reps && counted.reps >= reps ? complete(counted) : counted;
    }
    case "tick":
      return tick(state, event.dtS);
    default:
      throw new Error(`unknown event ${event.type}`);
  }
}
