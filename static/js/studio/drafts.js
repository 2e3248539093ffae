/** Pieces that are not made yet: an hour's work must survive a page left by mistake. */

const PREFIX = "filmstrip:";

/** @param {string} key of the take @param {import("./pieces.js").Piece[]} pieces */
export function keep(key, pieces) {
  try {
    sessionStorage.setItem(PREFIX + key, JSON.stringify(pieces));
  } catch {
    // A full or forbidden storage takes nothing from the page itself.
  }
}

/** @param {string} key @returns {import("./pieces.js").Piece[] | null} */
export function kept(key) {
  try {
    const pieces = JSON.parse(sessionStorage.getItem(PREFIX + key) ?? "null");
    return Array.isArray(pieces) ? pieces : null;
  } catch {
    return null;
  }
}

/** @param {string} key */
export function forget(key) {
  try {
    sessionStorage.removeItem(PREFIX + key);
  } catch {
    // Then nothing was kept either.
  }
}
