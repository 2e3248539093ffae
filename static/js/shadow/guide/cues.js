/**
 * From what is at fault to what is said: keys of messages, one whole sentence each, for no language
 * puts a joint's name into a sentence as another does. Pure.
 */

const SIDES = ["left", "right", "both"];
const CHANGES = ["more", "less"];

/** Parts that are named by their side; the others have none, or lose it where the trunk lies. */
const SIDED = ["knee", "elbow", "shoulder", "hip"];
const WHOLE = ["knee_in", "lean", "stance"];

/**
 * Give the key of a fault's sentence.
 * @param {import("./faults.js").Fault} fault
 * @returns {string}
 */
export function cueOf({ part, side, change, lying }) {
  if (part === "tilt") return `cue_tilt_${side}`;
  if (part === "hip" && lying) return `cue_hips_${change === "more" ? "up" : "down"}`;
  return SIDED.includes(part) ? `cue_${part}_${side}_${change}` : `cue_${part}_${change}`;
}

/** Every key that cueOf() can give. */
export const CUES = Object.freeze([
  ...SIDED.flatMap((part) =>
    SIDES.flatMap((side) => CHANGES.map((change) => `cue_${part}_${side}_${change}`))),
  ...WHOLE.flatMap((part) => CHANGES.map((change) => `cue_${part}_${change}`)),
  "cue_tilt_left", "cue_tilt_right", "cue_hips_up", "cue_hips_down",
]);

export const PRAISE = Object.freeze([
  "praise_good", "praise_well_done", "praise_rep", "praise_form", "praise_keep_on",
]);
export const BETTER = Object.freeze(["better_yes", "better_much", "better_now"]);
export const COUNTS = Object.freeze(["count", "count_halfway", "count_last"]);
export const TEMPO = Object.freeze([
  "tempo_slower", "tempo_faster", "tempo_lowering", "tempo_together",
]);

/** Every key that a Coach can give. */
export const COACH_KEYS = Object.freeze([...CUES, ...PRAISE, ...BETTER, ...COUNTS, ...TEMPO]);
