/** What is painted on the filmstrip below its pieces: pictures, shade, findings, ruler. */

import { clock, labelStep, preciseClock, slots, tilePlace } from "./filmstrip_scale.js";

const RULER_PX = 22;
const LABELS_PX = 28;
const DIM = "rgba(10, 10, 15, 0.68)";
const RULER = "#b3b6c4";
const MARK = { grave: "#ff8a8a", light: "#ffc14d" };

/**
 * @typedef {object} Take
 * @property {number} duration_s
 * @property {import("./filmstrip_scale.js").Tiles} tiles
 * @property {[number, number, boolean][]} spans when something is wrong, and whether gravely
 */

/** Paints only what is in sight: a canvas as wide as a long take is more than browsers have. */
export class StripCanvas {
  #canvas;
  #sheet;
  #take;
  #point;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {HTMLImageElement} sheet of all tiles; may still be loading
   * @param {Take} take
   * @param {string} point decimal sign of the reader's language
   */
  constructor(canvas, sheet, take, point) {
    this.#canvas = canvas;
    this.#sheet = sheet;
    this.#take = take;
    this.#point = point;
  }

  /**
   * @param {import("./pieces.js").Piece[]} pieces
   * @param {number} scale px a second
   * @param {number} scroll px
   * @param {number} width px in sight
   */
  paint(pieces, scale, scroll, width) {
    const canvas = this.#canvas;
    const height = canvas.clientHeight;
    const ratio = window.devicePixelRatio || 1;
    const size = [Math.round(width * ratio), Math.round(height * ratio)];
    // Setting a size clears the canvas and takes new memory, even where it is the same.
    if (canvas.width !== size[0] || canvas.height !== size[1]) {
      [canvas.width, canvas.height] = size;
      canvas.style.width = `${width}px`;
    }
    const pen = canvas.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    const strip = height - LABELS_PX - RULER_PX;
    this.#paintTiles(pen, scale, scroll, width, strip);
    this.#paintShade(pen, pieces, scale, scroll, strip);
    this.#paintSpans(pen, scale, scroll, LABELS_PX + strip - 3);
    this.#paintRuler(pen, scale, scroll, width, LABELS_PX + strip);
  }

  #paintTiles(pen, scale, scroll, width, height) {
    if (!this.#sheet.naturalWidth) return;
    const { tiles, duration_s: durationS } = this.#take;
    pen.save();
    pen.beginPath();
    pen.rect(0, 0, durationS * scale - scroll, LABELS_PX + height);
    pen.clip();
    for (const slot of slots(tiles, height, scale, scroll, width, durationS)) {
      const { x, y } = tilePlace(tiles, slot.index);
      pen.drawImage(this.#sheet, x, y, tiles.width, tiles.height,
        slot.left, LABELS_PX, slot.width, height);
    }
    pen.restore();
  }

  /** What is in no piece is left out, and looks it. */
  #paintShade(pen, pieces, scale, scroll, height) {
    pen.fillStyle = DIM;
    let from = 0;
    for (const { start_s: start, end_s: end } of pieces) {
      pen.fillRect(from * scale - scroll, LABELS_PX, (start - from) * scale, height);
      from = end;
    }
    const rest = this.#take.duration_s - from;
    pen.fillRect(from * scale - scroll, LABELS_PX, rest * scale, height);
  }

  #paintSpans(pen, scale, scroll, top) {
    for (const [start, end, grave] of this.#take.spans) {
      pen.fillStyle = grave ? MARK.grave : MARK.light;
      pen.fillRect(start * scale - scroll, top, Math.max(2, (end - start) * scale), 3);
    }
  }

  #paintRuler(pen, scale, scroll, width, top) {
    const step = labelStep(scale);
    pen.fillStyle = RULER;
    pen.font = "11px Outfit, system-ui, sans-serif";
    pen.textBaseline = "top";
    const last = Math.min(this.#take.duration_s, (scroll + width) / scale);
    for (let i = Math.floor(scroll / scale / step); i * step <= last; i += 1) {
      const left = i * step * scale - scroll;
      pen.fillRect(left, top, 1, 6);
      const words = step < 1 ? preciseClock(i * step, this.#point) : clock(i * step);
      // The last label would be cut off at the edge.
      if (left + 30 < width) pen.fillText(words, left + 4, top + 6);
    }
  }
}

/** Draws one tile on a canvas of its size. */
export function paintTile(canvas, sheet, tiles, index) {
  const { x, y } = tilePlace(tiles, index);
  canvas.getContext("2d").drawImage(sheet, x, y, tiles.width, tiles.height,
    0, 0, tiles.width, tiles.height);
}

/** Pictures beside the findings come from the same sheet. */
export function paintFindings(sheet, tiles) {
  for (const place of document.querySelectorAll("[data-tile]")) {
    const canvas = document.createElement("canvas");
    canvas.width = tiles.width;
    canvas.height = tiles.height;
    canvas.setAttribute("aria-hidden", "true");
    paintTile(canvas, sheet, tiles, Number(place.dataset.tile));
    place.replaceChildren(canvas);
  }
}
