/**
 * Words, numbers and buttons around the stage. It knows no rules: it shows what it is told and
 * tells what was pressed.
 */

import { gradeOf } from "./score.js";

const RING = 2 * Math.PI * 52;
const OPTIONS_KEY = "shadow-options";
const WORDS = {
  green: "score_green", yellow: "score_yellow", red: "score_red", unseen: "score_unseen",
};

// In the reader's language: a decimal comma in Russian.
const { format: tenths } = new Intl.NumberFormat(document.documentElement.lang, {
  minimumFractionDigits: 1, maximumFractionDigits: 1,
});

const clock = (seconds) => {
  const whole = Math.max(0, Math.ceil(seconds - 1e-6));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
};

function storedOptions() {
  try {
    return JSON.parse(localStorage.getItem(OPTIONS_KEY)) ?? {};
  } catch {
    return {};  // storage is off, or holds something else
  }
}

export class Panel {
  #root;
  #messages;
  #parts = {};
  #listeners = null;
  #texts = new Map();

  /**
   * @param {HTMLElement} root
   * @param {Record<string, string>} messages
   */
  constructor(root, messages) {
    this.#root = root;
    this.#messages = messages;
    for (const element of root.querySelectorAll("[data-part]")) {
      this.#parts[element.dataset.part] = element;
    }
  }

  get canvas() { return this.#parts.canvas; }

  /** @returns {Record<string, boolean>} the four toggles */
  get options() {
    return Object.fromEntries(Array.from(this.#root.querySelectorAll("[data-option]"),
      (input) => [input.dataset.option, input.checked]));
  }

  /**
   * @param {{onaction: (action: string) => void,
   *   onoptions: (options: Record<string, boolean>) => void}} listeners
   */
  connect({ onaction, onoptions }) {
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    const stored = storedOptions();
    for (const input of this.#root.querySelectorAll("[data-option]")) {
      input.checked = stored[input.dataset.option] ?? input.checked;
    }
    this.#root.addEventListener("change", ({ target }) => {
      if (!target.dataset.option) return;
      try {
        localStorage.setItem(OPTIONS_KEY, JSON.stringify(this.options));
      } catch {
        // Storage is off: the choice holds for this visit.
      }
      onoptions(this.options);
    }, { signal });
    this.#root.addEventListener("click", ({ target }) => {
      const button = target.closest("[data-action]");
      if (button && !button.disabled) onaction(button.dataset.action);
    }, { signal });
    document.addEventListener("keydown", (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey || event.repeat) return;
      if (event.target.closest("button, a, input, dialog")) return;
      const action = { " ": "toggle", n: "next" }[event.key.toLowerCase()];
      if (!action || this.#parts[action].disabled) return;
      event.preventDefault();
      onaction(action);
    }, { signal });
  }

  disconnect() {
    this.#listeners?.abort();
  }

  say(key, values = {}) {
    const text = this.#messages[key] ?? key;
    return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
  }

  /**
   * Show the phase: which buttons and cards there are follows from it, in shadow.css.
   * @param {string} phase
   */
  phase(phase) {
    this.#root.dataset.phase = phase;
    const running = phase === "set" || phase === "countdown";
    const { toggle, next } = this.#parts;
    toggle.disabled = !["ready", "stopped", "rest", "set", "countdown"].includes(phase);
    next.disabled = !["ready", "stopped", "rest", "set", "countdown"].includes(phase);
    this.#parts.finish.disabled = !["ready", "stopped", "rest", "set", "countdown"].includes(phase);
    this.#text("toggle_label", this.say(running ? "stop" : phase === "rest" ? "skip_rest"
      : phase === "stopped" ? "go_on" : "start"));
    this.#text("next_label", this.say("next_set"));
    toggle.classList.toggle("is-running", running);
  }

  /** @param {object} item @param {object|null} next the item after it, during rest */
  exercise(item, { set, sets, index, count }) {
    this.#text("name", item.name);
    this.#text("cues", item.cues ?? "");
    this.#text("set", this.say("set_of", { set: set + 1, sets }));
    this.#text("place", this.say("exercise_of", { exercise: index + 1, exercises: count }));
  }

  /** @param {import("./workout.js").Workout} workout @param {import("./workout.js").Step} step */
  progress(workout, step) {
    const value = step.seconds
      ? clock(step.seconds - workout.elapsedS)
      : step.reps ? `${workout.reps} / ${step.reps}` : String(workout.reps);
    this.#text("done", value);
    this.#text("done_label", this.say(step.seconds ? "time_left" : "reps"));
    this.#text("elapsed", clock(Math.floor(workout.elapsedS)));
    const { count, rest } = this.#parts;
    count.hidden = workout.phase !== "countdown";
    rest.hidden = workout.phase !== "rest";
    if (!count.hidden) this.#text("count", String(Math.ceil(workout.remainingS)));
    if (!rest.hidden) this.#text("rest_time", clock(workout.remainingS));
  }

  /** @param {string} name of what comes after the rest */
  upNext(name) {
    this.#text("rest_next", this.say("up_next", { name }));
  }

  /** @param {number} score NaN = not visible @param {boolean} live whether there is one at all */
  score(score, live = true) {
    const grade = live ? gradeOf(score) : "none";
    this.#root.dataset.grade = grade;
    const shown = live && Number.isFinite(score) ? Math.round(score) : null;
    this.#root.dataset.score = shown ?? "";
    this.#text("score", shown === null ? "–" : String(shown));
    this.#text("word", live ? this.say(WORDS[grade]) : this.say("score_none"));
    this.#parts.ring.style.strokeDashoffset = String(RING * (1 - (shown ?? 0) / 100));
  }

  /** @param {{fps: number, delegate: string, lagS: number}} facts */
  facts({ fps, lagS }) {
    this.#text("fps", String(Math.round(fps)));
    this.#text("lag", Number.isFinite(lagS)
      ? this.say("seconds", { seconds: tenths(Math.max(0, lagS)) }) : "–");
  }

  /** @param {"saved"|"saving"|"offline"} state of what has been recorded */
  saving(state) {
    this.#root.dataset.saving = state;
    this.#text("saving", this.say(`timeline_${state}`));
  }

  /** @param {number} part 0..1 */
  loading(part) {
    this.#parts.loading.hidden = false;
    this.#parts.loading.value = part;
  }

  /**
   * Put a card over the stage.
   * @param {{title: string, text: string, action?: string, label?: string, link?: string,
   *   linkLabel?: string, kind?: string, score?: number|null}|null} card null takes it away
   */
  card(card) {
    const { card: element, card_action: action, card_link: link, loading } = this.#parts;
    element.hidden = card === null;
    if (!card) return;
    loading.hidden = card.kind !== "loading";
    element.dataset.kind = card.kind ?? "plain";
    this.#text("card_title", card.title);
    this.#text("card_text", card.text);
    this.#parts.card_intro.hidden = card.kind !== "intro";
    this.#parts.card_score.hidden = !Number.isFinite(card.score ?? NaN);
    if (!this.#parts.card_score.hidden) {
      this.#text("card_score", this.say("percent", { value: Math.round(card.score) }));
      this.#parts.card_score.dataset.grade = gradeOf(card.score);
    }
    action.hidden = !card.action;
    if (card.action) {
      action.dataset.action = card.action;
      this.#text("card_action", card.label);
    }
    link.hidden = !card.link;
    link.classList.toggle("button-primary", !card.action);
    if (card.link) {
      link.href = card.link;
      this.#text("card_link", card.linkLabel);
    }
    // What the keyboard was on may be gone; the way on is here.
    if (card.action) action.focus({ preventScroll: true });
    else if (card.link) link.focus({ preventScroll: true });
  }

  /** @returns {HTMLDialogElement} the question before an early finish */
  get question() { return this.#parts.question; }

  ask(text) {
    this.#text("question_text", text);
    if (!this.question.open) this.question.showModal();
  }

  /** Write only what has changed: layout and screen readers notice every write. */
  #text(part, text) {
    if (this.#texts.get(part) === text) return;
    this.#texts.set(part, text);
    this.#parts[part].textContent = text;
  }
}
