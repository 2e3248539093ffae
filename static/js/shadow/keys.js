/**
 * What keys ask for. Pure; letters hold on a Russian keyboard too, by their place.
 */

export const RATES = Object.freeze([0.5, 0.75, 1, 1.25]);

const BY_CODE = Object.freeze({
  Space: "toggle",
  KeyN: "next",
  KeyR: "repeat",
  KeyE: "skip",
  KeyM: "mute",
  Digit3: "view-3d",
  ArrowRight: "next",
  ArrowLeft: "repeat",
  ArrowUp: "faster",
  ArrowDown: "slower",
});

/**
 * @param {{key: string, code: string, altKey: boolean, ctrlKey: boolean, metaKey: boolean,
 *   repeat: boolean}} event
 * @returns {string|null} an action
 */
export function actionOf({ key, code, altKey, ctrlKey, metaKey, repeat }) {
  if (altKey || ctrlKey || metaKey || repeat) return null;
  if (key === "?") return "help";
  return BY_CODE[code] ?? null;
}

/**
 * @param {number} rate
 * @param {number} steps +1 the next quicker, -1 the next slower
 * @returns {number}
 */
export function stepRate(rate, steps) {
  const at = RATES.indexOf(rate);
  return RATES[Math.max(0, Math.min(RATES.length - 1, (at < 0 ? 2 : at) + steps))];
}
