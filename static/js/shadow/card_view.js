/**
 * The card over the stage: one title, one text, the ways on.
 */

export class CardView {
  #texts;
  #parts;

  /** @param {import("./texts.js").Texts} texts */
  constructor(texts) {
    this.#texts = texts;
    this.#parts = texts.parts;
  }

  /**
   * Offer the levels of what may leave the device.
   * @param {string[]} allowed
   * @param {string} chosen
   */
  levels(allowed, chosen) {
    for (const label of this.#parts.levels.querySelectorAll("[data-level]")) {
      label.hidden = !allowed.includes(label.dataset.level);
      label.querySelector("input").checked = label.dataset.level === chosen;
    }
  }

  /** @param {import("./cards.js").Card|null} card null takes it away */
  show(card) {
    const { card: element, loading, card_intro: intro, outcome } = this.#parts;
    element.hidden = card === null;
    if (!card) return;
    element.dataset.kind = card.kind;
    this.#texts.write("card_title", card.title);
    this.#texts.write("card_text", card.text);
    loading.hidden = card.kind !== "loading";
    intro.hidden = card.kind !== "intro";
    outcome.hidden = card.kind !== "done";
    this.note(card.note ?? "");
    this.#button("card_action", card.action, card.label);
    this.#button("card_second", card.second, card.secondLabel);
    this.#button("card_third", card.third, card.thirdLabel);
    this.#link(card);
    element.scrollTop = 0;
    // What the keyboard was on may be gone: the way on is here, or at least what happened.
    const { card_action: action, card_link: link, card_title: title } = this.#parts;
    const way = card.kind === "done" ? title : card.action ? action : card.link ? link : title;
    way.focus({ preventScroll: true });
  }

  /** @param {string} text beneath; said to those who do not see it */
  note(text) {
    this.#parts.card_note.hidden = !text;
    this.#texts.write("card_note", text);
  }

  /** @param {string|null} url @param {string} label */
  link(url, label) {
    this.#link({ link: url, linkLabel: label });
  }

  /** @param {number} part 0..1 */
  loading(part) {
    this.#parts.loading.value = part;
  }

  #button(part, action, label) {
    const button = this.#parts[part];
    button.hidden = !action;
    if (!action) return;
    button.dataset.action = action;
    this.#texts.write(part, label);
  }

  #link({ link: url, linkLabel, action }) {
    const { card_link: link } = this.#parts;
    link.hidden = !url;
    link.classList.toggle("button-primary", !action);
    if (!url) return;
    link.href = url;
    this.#texts.write("card_link", linkLabel);
  }
}
