/**
 * The page's parts by name, and its words: found once, written only where something has changed.
 */

export class Texts {
  #messages;
  #shown = new Map();

  /** @type {Record<string, HTMLElement>} elements by their data-part */
  parts = {};

  /**
   * @param {HTMLElement} root
   * @param {Record<string, string>} messages
   */
  constructor(root, messages) {
    this.#messages = messages;
    for (const element of root.querySelectorAll("[data-part]")) {
      this.parts[element.dataset.part] = element;
    }
  }

  /**
   * @param {string} key
   * @param {Record<string, string|number>} values filled in for {name}
   * @returns {string}
   */
  say = (key, values = {}) => {
    const text = this.#messages[key] ?? key;
    return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
  };

  /** Layout and screen readers notice every write. */
  write(part, text) {
    if (this.#shown.get(part) === text) return;
    this.#shown.set(part, text);
    this.parts[part].textContent = text;
  }
}

/** @param {number} seconds @returns {string} 1:05 */
export function clock(seconds) {
  const whole = Math.max(0, Math.ceil(seconds - 1e-6));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
