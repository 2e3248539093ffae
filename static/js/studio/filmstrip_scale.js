/** Where a time lies on the filmstrip, and which picture shows it. Pure. */

/**
 * @typedef {object} Tiles
 * @property {number} count
 * @property {number} columns
 * @property {number} width of a tile, pixels of the sheet
 * @property {number} height
 * @property {number} step_s tile i shows the take at i · step_s
 */

/** Seconds between marks that a person reads easily. */
const STEPS_S = [0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600];
/** A label on the ruler needs so much room, px. */
const LABEL_PX = 64;
/** As close as it makes sense to look: a hundredth of a second is a pixel or two. */
const CLOSEST_PX_PER_S = 160;

/** @param {number} t seconds @returns {string} `1:05` */
export function clock(t) {
  const whole = Math.floor(Math.max(0, t) + 1e-6);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** @param {number} t seconds @param {string} [point] decimal sign @returns {string} `1:05.3` */
export function preciseClock(t, point = ".") {
  const tenths = Math.round(Math.max(0, t) * 10);
  return `${clock(Math.floor(tenths / 10))}${point}${tenths % 10}`;
}

/**
 * How many pixels a second takes.
 *
 * @param {number} durationS
 * @param {number} widthPx of the window on the strip
 * @param {number} zoom 0 shows all of the take, 1 as close as it makes sense
 */
export function pxPerSecond(durationS, widthPx, zoom) {
  const all = widthPx / durationS;
  // Even steps of the slider are even factors.
  return all * Math.max(1, CLOSEST_PX_PER_S / all) ** zoom;
}

/** Seconds between two labels. @param {number} pxPerS */
export function labelStep(pxPerS) {
  return STEPS_S.find((step) => step * pxPerS >= LABEL_PX) ?? STEPS_S.at(-1);
}

/** Number of the tile that shows a time. @param {Tiles} tiles @param {number} t */
export function tileAt(tiles, t) {
  return Math.max(0, Math.min(tiles.count - 1, Math.floor(t / tiles.step_s + 1e-6)));
}

/** Where a tile lies on the sheet. @param {Tiles} tiles @param {number} index @returns {{x: number, y: number}} */
export function tilePlace(tiles, index) {
  return {
    x: (index % tiles.columns) * tiles.width,
    y: Math.floor(index / tiles.columns) * tiles.height,
  };
}

/**
 * The pictures that are in sight, side by side without gaps; each shows the time of its middle.
 *
 * @param {Tiles} tiles
 * @param {number} heightPx of the strip
 * @param {number} pxPerS
 * @param {number} scrollPx left edge of what is in sight
 * @param {number} widthPx of what is in sight
 * @param {number} durationS
 * @returns {{index: number, left: number, width: number}[]} px from the left edge in sight
 */
export function slots(tiles, heightPx, pxPerS, scrollPx, widthPx, durationS) {
  const width = (heightPx * tiles.width) / tiles.height;
  const found = [];
  const end = Math.min(scrollPx + widthPx, durationS * pxPerS);
  for (let i = Math.floor(scrollPx / width); i * width < end; i += 1) {
    const index = tileAt(tiles, ((i + 0.5) * width) / pxPerS);
    found.push({ index, left: i * width - scrollPx, width });
  }
  return found;
}
