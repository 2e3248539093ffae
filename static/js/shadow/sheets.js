/**
 * Dialogs beside the stage: settings, what leaves the device, help, and one question.
 */

import { LEVELS } from "./privacy.js";

const DIALOGS = ["settings", "privacy", "help", "question"];

export class Sheets {
  #texts;
  #parts;
  #listeners = null;

  /** @param {import("./texts.js").Texts} texts */
  constructor(texts) {
    this.#texts = texts;
    this.#parts = texts.parts;
  }

  /**
   * @param {import("./preferences.js").Preferences} preferences
   * @param {{onchange: (changes: Partial<import("./preferences.js").Preferences>) => void,
   *   onclose: () => void}} listeners
   */
  connect(preferences, { onchange, onclose }) {
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    this.reflect(preferences);
    this.#parts.settings.addEventListener("change", ({ target }) => {
      const { setting } = target.dataset;
      if (!setting) return;
      onchange({ [setting]: target.type === "checkbox" ? target.checked : target.value });
    }, { signal });
    for (const name of DIALOGS) {
      const dialog = this.#parts[name];
      // A click on what lies around the sheet closes it.
      dialog.addEventListener("click", ({ target }) => {
        if (target === dialog) dialog.close();
      }, { signal });
      // One sheet may have made way for another.
      dialog.addEventListener("close", () => {
        if (!DIALOGS.some((one) => this.#parts[one].open)) onclose();
      }, { signal });
    }
  }

  disconnect() {
    this.#listeners?.abort();
    this.close();
  }

  /**
   * @param {import("./preferences.js").Preferences} preferences shown by the settings
   * @param {boolean} speaks whether the browser has a voice for the language chosen
   */
  reflect(preferences, speaks = true) {
    this.#parts.no_voice.hidden = speaks;
    for (const input of this.#parts.settings.querySelectorAll("[data-setting]")) {
      const value = preferences[input.dataset.setting];
      if (input.type === "checkbox") input.checked = value;
      else if (input.type === "radio") input.checked = input.value === value;
      else input.value = value;
    }
  }

  /** @param {"settings"|"privacy"|"help"|"question"} name */
  open(name) {
    this.close();
    this.#parts[name].showModal();
  }

  close() {
    for (const name of DIALOGS) {
      if (this.#parts[name].open) this.#parts[name].close();
    }
  }

  /** @param {string} text of the question before an early finish */
  ask(text) {
    this.#texts.write("question_text", text);
    this.open("question");
  }

  /** @param {import("./privacy.js").Level} level of what leaves the device */
  level(level) {
    const name = this.#texts.say(`level_${level}`);
    this.#texts.write("badge_text", name);
    this.#texts.write("privacy_level", this.#texts.say("privacy_now", { level: name }));
    this.#parts.badge.dataset.level = level;
    this.#parts.whole_stage.hidden = level !== "video";
    for (const line of this.#parts.privacy.querySelectorAll("[data-sends]")) {
      const at = LEVELS.indexOf(line.dataset.sends);
      const sent = at >= 0 && at <= LEVELS.indexOf(level);
      line.classList.toggle("is-sent", sent);
      // Colour and sign are for the eye only.
      let word = line.querySelector("span");
      if (!word) {
        word = document.createElement("span");
        word.className = "visually-hidden";
        line.prepend(word);
      }
      word.textContent = `${this.#texts.say(sent ? "is_sent" : "is_kept")} `;
    }
  }
}
