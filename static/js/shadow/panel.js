/**
 * Words, numbers and buttons around the stage. It knows no rules: it shows what it is told and
 * tells what was pressed.
 */

import { actionOf } from "./keys.js";
import { gradeOf } from "./score.js";
import { clock } from "./texts.js";

const RING = 2 * Math.PI * 52;
/** A sentence about the body stays long enough to be read from three metres. */
const CAPTION_MS = 3500;
const WORDS = {
  green: "score_green", yellow: "score_yellow", red: "score_red", unseen: "score_unseen",
};
const WORKING = ["ready", "stopped", "rest", "set", "countdown"];

// In the reader's language: a decimal comma in Russian.
const { format: tenths } = new Intl.NumberFormat(document.documentElement.lang, {
  minimumFractionDigits: 1, maximumFractionDigits: 1,
});

export class Panel {
  #root;
  #texts;
  #parts;
  #say;
  #listeners = null;
  #captionTimer = 0;

  /**
   * @param {HTMLElement} root
   * @param {import("./texts.js").Texts} texts
   */
  constructor(root, texts) {
    this.#root = root;
    this.#texts = texts;
    this.#parts = texts.parts;
    this.#say = texts.say;
  }

  get canvas() { return this.#parts.canvas; }

  /**
   * @param {{onaction: (action: string) => void, onrate: (rate: number) => void,
   *   shortcuts: () => boolean}} listeners `shortcuts` says whether keys are listened to
   */
  connect({ onaction, onrate, shortcuts }) {
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    this.#root.addEventListener("click", ({ target }) => {
      const button = target.closest("[data-action]");
      if (button && !button.disabled) onaction(button.dataset.action);
    }, { signal });
    this.#root.addEventListener("change", ({ target }) => {
      if (target.name === "rate" || target.name === "sheet-rate") onrate(Number(target.value));
    }, { signal });
    document.addEventListener("keydown", (event) => {
      // What an arrow key has turned already, the view in 3D, it does not skip as well.
      if (event.defaultPrevented) return;
      const action = actionOf(event);
      if (!action || !shortcuts() || event.target.closest("dialog, select, textarea")) return;
      // Keys that work the control in focus belong to it.
      const control = event.target.closest("button, a, input");
      if (control && ["Space", "Enter"].includes(event.code)) return;
      if (event.target.closest("input") && event.code.startsWith("Arrow")) return;
      event.preventDefault();
      onaction(action);
    }, { signal });
  }

  disconnect() {
    clearTimeout(this.#captionTimer);
    this.#listeners?.abort();
  }

  /**
   * Show the phase: which buttons and cards there are follows from it, in shadow.css.
   * @param {string} phase
   */
  phase(phase) {
    this.#root.dataset.phase = phase;
    const running = phase === "set" || phase === "countdown";
    const working = WORKING.includes(phase);
    const { toggle, next, repeat, skip, finish, rest, paused, count } = this.#parts;
    for (const button of [toggle, next, skip, finish]) button.disabled = !working;
    repeat.disabled = !working || phase === "ready";
    this.#texts.write("toggle_label", this.#say(running ? "pause"
      : phase === "rest" ? "skip_rest" : phase === "stopped" ? "go_on" : "start"));
    this.#texts.write("next_label", this.#say("next_set"));
    toggle.classList.toggle("is-running", running);
    rest.hidden = phase !== "rest";
    paused.hidden = phase !== "stopped";
    count.hidden = phase !== "countdown";
    if (phase !== "set") this.caption(null);
    this.sign(0);
    this.#keepFocus(phase);
    if (["set", "rest", "stopped"].includes(phase)) this.announce(this.#say(`now_${phase}`));
  }

  /** What had the keyboard may be gone with the phase: it is handed on to what can be done now. */
  #keepFocus(phase) {
    const { toggle, tutorial, paused_go: goOn } = this.#parts;
    if (phase === "stopped") goOn.focus({ preventScroll: true });
    // Whoever moves wants the space bar to pause, whatever was pressed before.
    if (phase === "countdown") toggle.focus({ preventScroll: true });
    const { activeElement: held } = document;
    if (held && held !== document.body && held.getClientRects().length > 0) return;
    if (phase === "tutorial") tutorial.focus({ preventScroll: true });
    else if (!toggle.disabled) toggle.focus({ preventScroll: true });
  }

  /** @param {string} text for whoever stands too far away for buttons */
  hint(text) {
    this.#parts.hint.hidden = !text;
    this.#texts.write("hint", text);
  }

  /** How far a sign with both arms has come. @param {number} part 0..1 */
  sign(part) {
    const { sign, sign_ring: ring } = this.#parts;
    const shown = part > 0 && part < 1;
    if (sign.hidden === shown) sign.hidden = !shown;
    if (shown) ring.style.strokeDashoffset = String(RING * (1 - part));
  }

  /** Tell those who do not see the page what has just changed. */
  announce(text) {
    this.#texts.write("said", text);
  }

  /** @param {object} item @param {{set: number, sets: number, index: number, count: number}} at */
  exercise(item, { set, sets, index, count }) {
    this.#texts.write("name", item.name);
    this.#texts.write("cues", item.cues ?? "");
    this.#texts.write("set", this.#say("set_of", { set: set + 1, sets }));
    this.#texts.write("place", count > 1
      ? this.#say("exercise_of", { exercise: index + 1, exercises: count }) : "");
    Object.assign(this.#root.dataset, { item: index, set });
    this.#texts.write("paused_text", this.#say("paused_text", { name: item.name, set: set + 1, sets }));
  }

  /** Every set of the workout as a mark: done, present, to come. */
  course(workout, itemCount) {
    const { course } = this.#parts;
    if (course.childElementCount === 0) {
      for (let item = 0; item < itemCount; item += 1) {
        const group = document.createElement("li");
        for (const step of workout.steps) {
          if (step.itemIndex === item) group.append(document.createElement("i"));
        }
        course.append(group);
      }
    }
    course.querySelectorAll("i").forEach((mark, i) => {
      mark.className = i < workout.index ? "is-done" : i === workout.index ? "is-present" : "";
    });
  }

  /** @param {import("./workout.js").Workout} workout @param {import("./workout.js").Step} step */
  progress(workout, step) {
    const byTime = Boolean(step.seconds);
    this.#root.dataset.reps = workout.reps;
    this.#texts.write("done", byTime ? clock(step.seconds - workout.elapsedS)
      : String(workout.reps));
    this.#texts.write("done_of", byTime || !step.reps ? "" : `/ ${step.reps}`);
    this.#texts.write("done_label", this.#say(byTime ? "time_left" : "reps"));
    this.#texts.write("elapsed", clock(Math.floor(workout.elapsedS)));
    this.#parts.elapsed_fact.hidden = byTime;
    if (workout.phase === "countdown") {
      this.#texts.write("count", String(Math.ceil(workout.remainingS)));
    }
    if (workout.phase === "rest") {
      this.#texts.write("rest_time", clock(workout.remainingS));
      const part = workout.restS > 0 ? workout.remainingS / workout.restS : 0;
      this.#parts.rest_ring.style.strokeDashoffset = String(RING * (1 - part));
    }
  }

  /** What comes after the rest. @param {object} item @param {import("./workout.js").Step} step */
  upNext(item, step) {
    this.#texts.write("next_name", item.name);
    const amount = step.seconds
      ? this.#say("amount_seconds", { seconds: step.seconds })
      : step.reps ? this.#say("amount_reps", { reps: step.reps }) : "";
    this.#texts.write("next_amount", [
      this.#say("set_of", { set: step.set + 1, sets: step.sets }), amount,
    ].filter(Boolean).map((part) => part.replaceAll(" ", "\u00a0")).join(" · "));
    const { next_poster: poster, next_image: image } = this.#parts;
    poster.hidden = !item.poster;
    if (item.poster && image.getAttribute("src") !== item.poster) image.src = item.poster;
  }

  /** @param {number} score NaN = not visible @param {boolean} live whether there is one at all */
  score(score, live = true) {
    const grade = live ? gradeOf(score) : "none";
    this.#root.dataset.grade = grade;
    const shown = live && Number.isFinite(score) ? Math.round(score) : null;
    this.#root.dataset.score = shown ?? "";
    this.#texts.write("score", shown === null ? "–" : String(shown));
    this.#texts.write("word", live ? this.#say(WORDS[grade]) : this.#say("score_none"));
    this.#parts.ring.style.strokeDashoffset = String(RING * (1 - (shown ?? 0) / 100));
  }

  /**
   * The one sentence about the body, over the stage.
   * @param {{text: string, kind: string}|null} line
   */
  caption(line) {
    clearTimeout(this.#captionTimer);
    const { caption } = this.#parts;
    caption.hidden = line === null;
    if (!line) return;
    caption.dataset.kind = line.kind;
    this.#texts.write("caption_text", line.text);
    this.#captionTimer = setTimeout(() => { caption.hidden = true; }, CAPTION_MS);
  }

  /** @param {number} lagS how far behind the trainer; NaN = not known */
  lag(lagS) {
    this.#texts.write("lag", Number.isFinite(lagS)
      ? this.#say("seconds", { seconds: tenths(Math.max(0, lagS)) }) : "–");
  }

  /**
   * How long a repetition takes, seconds.
   * @param {number} mine NaN = none yet
   * @param {number} wanted the trainer's; NaN = nothing is repeated
   */
  tempo(mine, wanted) {
    const seconds = (value) => this.#say("seconds", { seconds: tenths(value) });
    this.#parts.tempo_fact.hidden = Number.isNaN(wanted);
    if (Number.isNaN(wanted)) return;
    this.#texts.write("tempo", Number.isNaN(mine) ? "–" : seconds(mine));
    this.#texts.write("tempo_trainer", this.#say("tempo_trainer", { tempo: seconds(wanted) }));
  }

  /** @param {number} rate of the trainer's video */
  rate(rate) {
    for (const input of this.#root.querySelectorAll('[name="rate"], [name="sheet-rate"]')) {
      input.checked = Number(input.value) === rate;
    }
    this.#root.dataset.rate = rate;
  }

  /** @param {boolean} muted */
  muted(muted) {
    this.#parts.mute.setAttribute("aria-pressed", String(muted));
    this.#root.dataset.muted = muted;
  }

  /** @param {"saved"|"saving"|"offline"|"login"} state of what has been recorded */
  saving(state) {
    const text = this.#say(`timeline_${state}`);
    // Heard only where something has to be known: it is saved every few seconds.
    const worth = state === "offline" || state === "login";
    if (worth && this.#root.dataset.saving !== state) this.announce(text);
    this.#root.dataset.saving = state;
    this.#texts.write("saving", text);
  }
}
