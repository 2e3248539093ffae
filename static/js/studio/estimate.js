/** How long a workout takes: the twin of exercises/estimate.py. Pure. */

/**
 * @typedef {object} Item
 * @property {number} sets
 * @property {number} reps 0 where seconds are counted
 * @property {number} seconds a set; 0 where repetitions are counted
 * @property {number} rest_seconds after each set
 */

/**
 * Seconds for the whole, without the rest after the very last set.
 *
 * @param {Item[]} items in order
 * @param {number} secondsPerRep
 * @returns {number}
 */
export function workoutSeconds(items, secondsPerRep) {
  if (!items.length) return 0;
  const whole = items.reduce(
    (sum, { sets, reps, seconds, rest_seconds: rest }) =>
      sum + sets * ((seconds || reps * secondsPerRep) + rest), 0);
  return Math.max(0, whole - items.at(-1).rest_seconds);
}

/** @param {number} seconds @returns {string} `6:05` */
export function clock(seconds) {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
