/** The pieces as they lie on the filmstrip, with a handle at each border. */

import { filled } from "./filling.js";
import { limits } from "./pieces.js";

export class StripPieces {
  #place;
  #words;
  #about;

  /**
   * @param {HTMLElement} root
   * @param {object} about
   * @param {number} about.durationS of the take
   * @param {(piece: import("./pieces.js").Piece) => number} about.hue
   * @param {(t: number) => string} about.clock
   */
  constructor(root, about) {
    this.#place = root.querySelector("[data-pieces]");
    this.#words = root.dataset;
    this.#about = about;
  }

  /** @param {import("./pieces.js").Piece[]} pieces */
  render(pieces) {
    const standing = new Map(
      [...this.#place.children].map((element) => [Number(element.dataset.id), element]));
    let before = null;
    for (const piece of pieces) {
      const element = standing.get(piece.id) ?? newElement(piece.id);
      standing.delete(piece.id);
      element.className = `strip-piece hue-${this.#about.hue(piece)}`;
      element.querySelector(".strip-label").textContent = piece.name;
      for (const side of ["start", "end"]) this.#describe(element, pieces, piece, side);
      // In the order of time, for who goes by Tab; moving what is in its place loses the focus.
      const next = before ? before.nextElementSibling : this.#place.firstElementChild;
      if (next !== element) this.#place.insertBefore(element, next);
      before = element;
    }
    for (const gone of standing.values()) gone.remove();
  }

  /** @param {import("./pieces.js").Piece[]} pieces @param {number} scale px a second */
  place(pieces, scale) {
    for (const [index, element] of [...this.#place.children].entries()) {
      const { start_s: start, end_s: end } = pieces[index];
      element.style.left = `${scale * start}px`;
      element.style.width = `${scale * (end - start)}px`;
    }
  }

  #describe(element, pieces, piece, side) {
    const handle = element.querySelector(`[data-side="${side}"]`);
    const [low, high] = limits(pieces, piece.id, side, this.#about.durationS);
    const at = side === "start" ? piece.start_s : piece.end_s;
    // At the very ends half of it would lie outside the strip, where no finger gets.
    handle.classList.toggle("strip-handle-edge", at <= 0 || at >= this.#about.durationS);
    const said = {
      label: filled(this.#words[side], { name: piece.name || "…" }),
      valuemin: low.toFixed(2),
      valuemax: high.toFixed(2),
      valuenow: at.toFixed(2),
      valuetext: this.#about.clock(at),
    };
    for (const [name, value] of Object.entries(said)) handle.setAttribute(`aria-${name}`, value);
  }
}

/** @param {number} id */
function newElement(id) {
  const element = document.createElement("div");
  element.dataset.id = String(id);
  const label = document.createElement("span");
  label.className = "strip-label";
  element.append(label);
  for (const side of ["start", "end"]) {
    const handle = document.createElement("div");
    handle.className = `strip-handle strip-handle-${side}`;
    handle.dataset.side = side;
    handle.setAttribute("role", "slider");
    handle.tabIndex = 0;
    element.append(handle);
  }
  return element;
}
