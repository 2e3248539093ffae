/** The list below the filmstrip: a card for each piece, with its name. */

import { canMerge, repsIn } from "./pieces.js";

export class PieceCards {
  #list;
  #template;
  #words;
  #about;

  /**
   * @param {HTMLElement} root
   * @param {object} about
   * @param {[number, number][]} about.reps of the whole take
   * @param {(piece: import("./pieces.js").Piece) => number} about.hue
   * @param {(piece: import("./pieces.js").Piece) => string} about.times
   */
  constructor(root, about) {
    this.#list = root.querySelector("[data-list]");
    this.#template = root.querySelector("[data-card]");
    this.#words = root.dataset;
    this.#about = about;
  }

  /** @param {import("./pieces.js").Piece[]} pieces */
  render(pieces) {
    const standing = new Map([...this.#list.children].map((one) => [Number(one.dataset.id), one]));
    let before = null;
    for (const piece of pieces) {
      const card = standing.get(piece.id) ?? this.#newCard(piece.id);
      standing.delete(piece.id);
      this.#fill(card, piece, pieces);
      const place = before ? before.nextElementSibling : this.#list.firstElementChild;
      // Moving a card that is in its place would take the focus from the name in it.
      if (place !== card) this.#list.insertBefore(card, place);
      before = card;
    }
    for (const gone of standing.values()) gone.remove();
  }

  #newCard(id) {
    const card = this.#template.content.firstElementChild.cloneNode(true);
    card.dataset.id = String(id);
    card.querySelector("[data-card-problem]").id = `piece-problem-${id}`;
    return card;
  }

  #fill(card, piece, pieces) {
    card.className = `piece-card hue-${this.#about.hue(piece)}`;
    const input = card.querySelector("[data-name]");
    if (input.value !== piece.name) input.value = piece.name;
    const seconds = (piece.end_s - piece.start_s).toLocaleString(
      document.documentElement.lang, { maximumFractionDigits: 1 });
    const reps = repsIn(this.#about.reps, piece);
    card.querySelector("[data-facts]").textContent = [
      this.#about.times(piece),
      this.#words.seconds.replace("{seconds}", seconds),
      ...(reps ? [this.#words.reps.replace("{count}", String(reps))] : []),
    ].join(" · ");
    card.querySelector("[data-merge]").disabled = !canMerge(pieces, piece.id);
  }

  /** @param {{id: number, words: string}[]} problems shown at their cards, instead of older ones */
  complain(problems) {
    for (const card of this.#list.children) {
      const words = problems.filter(({ id }) => id === Number(card.dataset.id))
        .map((problem) => problem.words);
      this.#mark(card, words.join(" "));
    }
    this.#list.querySelector('[aria-invalid="true"]')?.focus();
  }

  /** What is being put right need not be complained of. @param {number} id */
  forgive(id) {
    const card = this.#list.querySelector(`[data-id="${id}"]`);
    if (card) this.#mark(card, "");
  }

  #mark(card, words) {
    const place = card.querySelector("[data-card-problem]");
    const input = card.querySelector("[data-name]");
    place.textContent = words;
    place.hidden = !words;
    card.classList.toggle("piece-card-invalid", Boolean(words));
    if (words) {
      input.setAttribute("aria-invalid", "true");
      input.setAttribute("aria-describedby", place.id);
    } else {
      input.removeAttribute("aria-invalid");
      input.removeAttribute("aria-describedby");
    }
  }
}
