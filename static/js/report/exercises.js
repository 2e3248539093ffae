/** The panels of the exercises: which is shown, its repetitions, its problems, its curves. */

import { fill, levelOf } from "./data.js";
import { drawCurve } from "./curve.js";

export class Exercises {
  #root;
  #report;
  #config;
  #sources;
  #hands;
  #shown = -1;
  #rep = -1;
  #asked = 0;
  #listening = new AbortController();

  /**
   * @param {HTMLElement} root
   * @param {import("./data.js").Report} report
   * @param {object} config the page's
   * @param {import("./sources.js").Sources} sources
   * @param {{onmoment: Function, onrep: Function, onexercise: Function}} hands
   */
  constructor(root, report, config, sources, hands) {
    this.#root = root;
    this.#report = report;
    this.#config = config;
    this.#sources = sources;
    this.#hands = hands;
  }

  connect() {
    const { signal } = this.#listening;
    for (const exercise of this.#report.exercises) this.#listReps(exercise);
    this.#root.addEventListener("click", (event) => {
      const button = event.target.closest("[data-exercise-tab], [data-moment], [data-rep]");
      const { exerciseTab, moment, rep } = button?.dataset ?? {};
      if (exerciseTab) {
        this.show(Number(exerciseTab));
        this.#hands.onexercise(this.current);
      } else if (moment) {
        this.#hands.onmoment(this.current, this.current.moments[Number(moment) - 1]);
      } else if (rep) {
        this.#hands.onrep(this.current, this.current.reps[Number(rep)]);
      }
    }, { signal });
    this.#root.addEventListener("change", (event) => {
      if (event.target.matches("[data-part=angle]")) this.#draw();
    }, { signal });
    for (const fold of this.#root.querySelectorAll("[data-part=curves]")) {
      fold.addEventListener("toggle", () => this.#draw(), { signal });
    }
    if (this.#report.exercises.length > 0) this.show(this.#report.exercises[0].id);
  }

  dispose() { this.#listening.abort(); }

  /** @returns {import("./data.js").Exercise|undefined} */
  get current() { return this.#report.exercises.find(({ id }) => id === this.#shown); }

  /** @param {number} id of an analysis */
  show(id) {
    if (id === this.#shown) return;
    this.#shown = id;
    this.#rep = -1;
    for (const panel of this.#root.querySelectorAll("[data-exercise]")) {
      panel.classList.toggle("exercise-hidden", Number(panel.dataset.exercise) !== id);
    }
    for (const tab of this.#root.querySelectorAll("[data-exercise-tab]")) {
      tab.setAttribute("aria-pressed", String(Number(tab.dataset.exerciseTab) === id));
    }
    this.#draw();
  }

  /**
   * Say which repetition and which problem is being looked at.
   * @param {?number} item the set's exercise
   * @param {number} rep position; -1 = between
   * @param {?object} moment
   */
  mark(item, rep, moment) {
    const found = this.#report.exercises.find((exercise) => exercise.item === item);
    if (found) this.show(found.id);
    const panels = this.#root.querySelectorAll(`[data-exercise="${this.#shown}"]`);
    for (const panel of panels) {
      for (const button of panel.querySelectorAll("[data-moment]")) {
        button.toggleAttribute("aria-current", Number(button.dataset.moment) === moment?.number);
      }
      for (const button of panel.querySelectorAll("[data-rep]")) {
        button.toggleAttribute("aria-current", Number(button.dataset.rep) === rep);
      }
    }
    const angle = moment && this.#root.querySelector(
      `[data-exercise="${this.#shown}"] [data-moment="${moment.number}"]`,
    )?.dataset.angle;
    if (angle && this.#picker()) this.#picker().value = angle;
    if (rep !== this.#rep || angle) {
      this.#rep = rep;
      this.#draw();
    }
  }

  #picker() {
    return this.#root.querySelector(`[data-exercise="${this.#shown}"] [data-part=angle]`);
  }

  #listReps({ id, reps }) {
    const { messages } = this.#config;
    const list = this.#root.querySelector(`[data-exercise="${id}"] [data-part=reps]`);
    list?.replaceChildren(...reps.map(({ n, score, half }, i) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = half ? "rep rep-half" : "rep";
      button.dataset.rep = String(i);
      const value = document.createElement("strong");
      value.className = `text-${levelOf(score)}`;
      value.textContent = score === null ? "—" : String(score);
      button.append(`${n} `, value);
      if (half) {
        const label = document.createElement("small");
        label.textContent = messages.half;
        button.append(label);
      }
      button.setAttribute("aria-label", fill(half ? messages.half_words : messages.rep_words, {
        number: n, score: score === null ? "—" : score,
      }));
      const line = document.createElement("li");
      line.append(button);
      return line;
    }));
  }

  async #draw() {
    const panel = this.#picker()?.closest("[data-part=curves]");
    // Nobody looks: nothing is fetched.
    if (!panel?.open) return;
    this.#asked += 1;
    const asked = this.#asked;
    const note = panel.querySelector("[data-part=curve_note]");
    try {
      const curve = await this.#sources.curve(this.#shown, this.#picker().value);
      if (asked !== this.#asked) return;
      const { messages } = this.#config;
      const drawn = drawCurve(panel.querySelector("svg"), curve, this.#rep, messages);
      note.textContent = drawn ? "" : messages.no_curve;
      panel.dataset.drawn = this.#picker().value;
    } catch (error) {
      if (this.#listening.signal.aborted) return;
      console.error(error);
      note.textContent = this.#config.messages.failed;
    }
  }
}
