/**
 * Teaching a fault: an interval marked on the strip, words for it, and what was found of what was
 * taught, as a list and as flags.
 */

import { blockAt, fill, repAt } from "./data.js";

const SHORTEST_S = 0.2;
const AGAIN_MS = 1500;

/** @param {number} seconds @returns {string} in the reader's language */
const tenths = (seconds) => new Intl.NumberFormat(document.documentElement.lang, {
  minimumFractionDigits: 1, maximumFractionDigits: 1,
}).format(seconds);

export class Teach {
  #root;
  #report;
  #config;
  #hands;
  #form;
  /** @type {?{block: number, fromS: number, toS: number}} */
  #interval = null;
  #dragging = null;
  #timer = 0;
  #listening = new AbortController();

  /**
   * @param {HTMLElement} root
   * @param {import("./data.js").Report} report
   * @param {object} config the page's
   * @param {{onselect: (t: number) => void,
   *   now: () => {t: number, exercise: object, moment: ?object}}} hands
   */
  constructor(root, report, config, hands) {
    this.#root = root;
    this.#report = report;
    this.#config = config;
    this.#hands = hands;
  }

  connect() {
    const { signal } = this.#listening;
    this.#form = this.#part("teach_form");
    this.#root.addEventListener("click", (event) => {
      const found = event.target.closest("[data-taught-at]");
      if (found) this.#hands.onselect(Number(found.dataset.taughtAt));
      const button = event.target.closest("[data-teach]");
      if (button) this.#do(button.dataset.teach);
    }, { signal });
    this.#flag();
    this.#lookAgain();
    if (!this.#form) return;
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    }, { signal });
    // Before the strip's own listeners: while an interval is marked, the cursor stays.
    const pointer = (event) => this.#drag(event);
    for (const kind of ["pointerdown", "pointermove", "pointerup", "pointercancel"]) {
      this.#root.addEventListener(kind, pointer, { signal, capture: true });
    }
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.#marking) this.#mark(false);
    }, { signal });
  }

  dispose() {
    this.#listening.abort();
    clearTimeout(this.#timer);
  }

  #part(name) {
    return this.#root.querySelector(`[data-part="${name}"]`);
  }

  get #marking() { return this.#root.classList.contains("teach-marking"); }

  #mark(on) {
    this.#root.classList.toggle("teach-marking", on);
    this.#form.querySelector("[data-teach=drag]").setAttribute("aria-pressed", String(on));
    if (on) {
      this.#part("tracks").scrollIntoView({ block: "center" });
      this.#part("teach_interval").textContent = this.#config.teach.messages.drag;
    } else {
      this.#dragging = null;
      this.#show();
    }
  }

  #do(what) {
    const { t, exercise } = this.#hands.now();
    if (what === "drag") {
      this.#mark(!this.#marking);
      return;
    }
    if (Number.isNaN(t)) return;
    const number = blockAt(this.#report, t);
    if (what === "rep") {
      const rep = exercise?.reps[repAt(exercise, t)] ?? nearest(exercise?.reps ?? [], t);
      if (rep) this.#set(blockAt(this.#report, (rep.startS + rep.endS) / 2), rep.startS, rep.endS);
      return;
    }
    const { startS, lengthS } = this.#report.blocks[number];
    const same = this.#interval?.block === number ? this.#interval : null;
    if (what === "from") this.#set(number, t, Math.max(same?.toS ?? startS + lengthS, t));
    else this.#set(number, Math.min(same?.fromS ?? startS, t), t);
  }

  #drag(event) {
    if (!this.#marking) return;
    const slider = this.#dragging?.slider ?? event.target.closest?.(".set-strip");
    if (!slider || (event.type !== "pointerdown" && !this.#dragging)) return;
    event.stopPropagation();
    event.preventDefault();
    const number = Number(slider.dataset.block);
    const { startS, lengthS } = this.#report.blocks[number];
    const box = slider.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    const t = startS + share * lengthS;
    if (event.type === "pointerdown") {
      this.#dragging = { slider, fromS: t };
      slider.setPointerCapture(event.pointerId);
    }
    const { fromS } = this.#dragging;
    this.#set(number, Math.min(fromS, t), Math.max(fromS, t));
    if (event.type === "pointerup" || event.type === "pointercancel") {
      this.#mark(false);
      this.#form.elements.name.focus({ preventScroll: false });
    }
  }

  #set(block, fromS, toS) {
    this.#interval = { block, fromS, toS };
    this.#say("");
    this.#show();
  }

  #show() {
    const { messages } = this.#config.teach;
    for (const band of this.#root.querySelectorAll(".teach-band")) band.remove();
    if (!this.#interval) {
      this.#part("teach_interval").textContent = messages.none;
      return;
    }
    const { block, fromS, toS } = this.#interval;
    const { startS, lengthS, set } = this.#report.blocks[block];
    const band = document.createElement("span");
    band.className = "teach-band";
    band.style.left = `${(100 * (fromS - startS)) / lengthS}%`;
    band.style.width = `${(100 * (toS - fromS)) / lengthS}%`;
    this.#root.querySelector(`.set-strip[data-block="${block}"]`)?.append(band);
    this.#part("teach_interval").textContent = fill(messages.interval, {
      set: fill(this.#config.messages.set, { number: set + 1 }),
      from: tenths(fromS - startS),
      to: tenths(toS - startS),
    });
  }

  #say(problem, told = "", seen = []) {
    this.#part("teach_problem").textContent = problem;
    this.#part("teach_problem").hidden = problem === "";
    this.#part("teach_told").textContent = told;
    this.#part("teach_seen").replaceChildren(...seen.map((words) => {
      const line = document.createElement("li");
      line.textContent = words;
      return line;
    }));
  }

  async #send() {
    const { messages } = this.#config.teach;
    const { fromS, toS, block } = this.#interval ?? {};
    const item = this.#report.blocks[block]?.item;
    const exercise = this.#report.exercises.find((one) => one.item === item);
    if (!this.#interval || toS - fromS < SHORTEST_S || !exercise) {
      this.#say(messages.first);
      return;
    }
    const { elements } = this.#form;
    elements.analysis.value = exercise.id;
    elements.start_s.value = fromS.toFixed(3);
    elements.end_s.value = toS.toFixed(3);
    const button = this.#form.querySelector("[type=submit]");
    button.disabled = true;
    this.#say("", messages.working);
    try {
      const answer = await fetch(this.#form.action, {
        method: "POST", body: new FormData(this.#form), credentials: "same-origin",
        signal: this.#listening.signal,
      });
      const { problem, told, seen } = await answer.json();
      if (!answer.ok) {
        this.#say(problem);
        return;
      }
      this.#form.reset();
      this.#interval = null;
      this.#show();
      this.#say("", told, seen);
      await this.#look();
    } catch (error) {
      if (this.#listening.signal.aborted) return;
      console.error(error);
      this.#say(messages.failed);
    } finally {
      button.disabled = false;
    }
  }

  /** Fetch what was found by now. */
  async #look() {
    const answer = await fetch(this.#config.teach.taught, {
      credentials: "same-origin", signal: this.#listening.signal,
    });
    if (!answer.ok) throw new Error(`${this.#config.teach.taught} answered ${answer.status}`);
    const list = this.#part("taught");
    // Whoever reads it with the keyboard keeps their place.
    const held = document.activeElement?.closest?.("[data-taught-at]")?.dataset.taughtAt;
    list.innerHTML = await answer.text();
    const shown = this.#hands.now().exercise?.id;
    for (const panel of list.querySelectorAll("[data-exercise]")) {
      panel.classList.toggle("exercise-hidden", Number(panel.dataset.exercise) !== shown);
    }
    if (held) list.querySelector(`[data-taught-at="${held}"]`)?.focus();
    this.#flag();
    this.#lookAgain();
  }

  #lookAgain() {
    clearTimeout(this.#timer);
    if (!this.#part("taught")?.querySelector("[data-pending]")) return;
    this.#timer = setTimeout(() => {
      this.#look().catch((error) => {
        if (!this.#listening.signal.aborted) console.error(error);
      });
    }, AGAIN_MS);
  }

  /** Flags on the strip, where something taught was found. */
  #flag() {
    for (const flag of this.#root.querySelectorAll(".flags .flag-taught")) flag.remove();
    for (const found of this.#part("taught")?.querySelectorAll("[data-taught-at]") ?? []) {
      const t = Number(found.dataset.taughtAt);
      const number = blockAt(this.#report, t);
      const { startS, lengthS } = this.#report.blocks[number];
      const flags = this.#root.querySelector(`.set-strip[data-block="${number}"]`)
        ?.parentElement.querySelector(".flags");
      if (!flags) continue;
      const flag = document.createElement("button");
      flag.type = "button";
      flag.className = "flag flag-taught";
      flag.textContent = "★";
      flag.dataset.taughtAt = found.dataset.taughtAt;
      flag.setAttribute("aria-label",
        fill(this.#config.teach.messages.flag, { name: found.dataset.name }));
      flag.title = found.dataset.name;
      flag.style.left = `${(100 * (t - startS)) / lengthS}%`;
      flags.append(flag);
    }
  }
}

function nearest(reps, t) {
  const away = ({ startS, endS }) => Math.max(startS - t, t - endS, 0);
  return reps.reduce((best, rep) => (best && away(best) <= away(rep) ? best : rep), null);
}
