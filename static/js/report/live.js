/** What the live score says: the bones that were off at an instant, and its lowest stretches. */

import { clock, fill, levelOf } from "./data.js";
import { faultsOf } from "./view.js";

export class Live {
  #part;
  #report;
  #config;
  #onselect;
  #listening = new AbortController();

  /**
   * @param {(name: string) => HTMLElement} part
   * @param {import("./data.js").Report} report
   * @param {object} config the page's
   * @param {(t: number) => void} onselect
   */
  constructor(part, report, config, onselect) {
    this.#part = part;
    this.#report = report;
    this.#config = config;
    this.#onselect = onselect;
  }

  connect() {
    const { moments } = this.#report;
    const lines = moments.map((moment) => this.#line(moment));
    if (lines.length === 0) {
      const line = document.createElement("li");
      line.className = "quiet";
      line.textContent = this.#config.messages.no_moments;
      lines.push(line);
    }
    this.#part("worst").replaceChildren(...lines);
  }

  dispose() { this.#listening.abort(); }

  /** Say which stretch is being looked at. @param {number} t seconds */
  mark(t) {
    for (const button of this.#part("worst").querySelectorAll("button")) {
      const { from, to } = button.dataset;
      button.toggleAttribute("aria-current", t >= Number(from) && t < Number(to));
    }
  }

  #line(moment) {
    const { messages, items } = this.#config;
    const block = this.#report.blocks[moment.block];
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.from = moment.start_s;
    button.dataset.to = moment.stop_s;
    const score = document.createElement("strong");
    score.className = `text-${moment.level}`;
    score.textContent = `${Math.round(moment.score)}%`;
    const words = document.createElement("span");
    words.className = "worst-words";
    words.textContent = moment.words;
    const where = document.createElement("span");
    where.className = "quiet";
    const name = items[block.item]?.name ?? messages.removed;
    const from = clock(moment.start_s - block.startS);
    const to = clock(moment.stop_s - block.startS);
    where.textContent = `${name}, ${fill(messages.set, { number: block.set + 1 })}, ${from}–${to}`;
    button.append(score, words, where);
    button.addEventListener("click", () => this.#onselect(moment.at_s),
      { signal: this.#listening.signal });
    const line = document.createElement("li");
    line.append(button);
    return line;
  }

  /**
   * @param {(?number)[]} errors 13 degrees, bone by bone
   * @param {?number} score
   */
  showFaults(errors, score) {
    const { bones, messages, levels } = this.#config;
    const lines = faultsOf(errors).map(({ bone, degrees, level }) => {
      const line = document.createElement("li");
      const dot = document.createElement("span");
      dot.className = `dot level-${level}`;
      dot.setAttribute("role", "img");
      dot.setAttribute("aria-label", levels[level]);
      line.append(dot, fill(messages.bone_off, { bone: bones[bone], degrees: Math.round(degrees) }));
      return line;
    });
    if (lines.length === 0) {
      const line = document.createElement("li");
      const judged = errors.some((degrees) => degrees !== null);
      if (!judged) line.textContent = messages.nobody;
      else if (levelOf(score) === "green") line.textContent = messages.within;
      else line.textContent = messages.not_along;
      lines.push(line);
    }
    this.#part("faults").replaceChildren(...lines);
  }
}
