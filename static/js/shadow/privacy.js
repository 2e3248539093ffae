/**
 * What may leave the device, from the least to the most. Pure.
 */

/** @typedef {"numbers"|"skeleton"|"silhouette"|"video"} Level */

/** @type {ReadonlyArray<Level>} each holds what stands before it */
export const LEVELS = Object.freeze(["numbers", "skeleton", "silhouette", "video"]);
const USUAL = "skeleton";

/**
 * Give the levels a client may choose from: never more than the trainer asks for.
 * @param {Level|undefined} asked by the trainer
 * @returns {Level[]}
 */
export function allowedLevels(asked) {
  const most = LEVELS.indexOf(asked ?? USUAL);
  return LEVELS.slice(0, (most < 0 ? LEVELS.indexOf(USUAL) : most) + 1);
}

/**
 * Give the level to begin with: what the client chose last, within what is asked.
 * @param {Level|undefined} asked
 * @param {Level|undefined} chosen
 * @returns {Level}
 */
export function levelOf(asked, chosen) {
  const allowed = allowedLevels(asked);
  if (allowed.includes(chosen)) return chosen;
  // Pictures are never sent by default: somebody has to choose that.
  return allowed.includes(USUAL) ? USUAL : allowed.at(-1);
}

/** @param {Level} level @returns {boolean} */
export const sendsSkeleton = (level) => LEVELS.indexOf(level) >= LEVELS.indexOf("skeleton");

/**
 * Say what is filmed at a level.
 * @param {Level} level
 * @param {boolean} wholeStage whether the client lets the whole stage be filmed, not the camera
 * @returns {"silhouette"|"video"|"stage"|null}
 */
export function filmOf(level, wholeStage) {
  if (level === "silhouette") return "silhouette";
  if (level === "video") return wholeStage ? "stage" : "video";
  return null;
}
