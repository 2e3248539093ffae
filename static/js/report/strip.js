/**
 * The coloured strip: a row for each exercise, in it a slider for each set, with marks of its
 * repetitions and problems. Height says what colour says; "not visible" is hatched.
 */

import { clock, fill, levelOf, stretchesOf } from "./data.js";

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT_PX = 56;
const BIN_PX = 4;
const LOWEST_PX = 5;
const STEP_S = 0.25;
const JUMP_S = 2;
const ZOOMS = [1, 2, 4, 8, 16];

const svg = (name, attributes) => {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
};
const make = (tag, className, text = "") => {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
};

export class Strip {
  #root;
  #report;
  #config;
  #onselect;
  #onmoment;
  #onnote;
  #sets = [];
  #zoom = 0;
  #listening = new AbortController();
  #resizing = new ResizeObserver((entries) => {
    for (const { target } of entries) this.#draw(this.#sets[Number(target.dataset.block)]);
  });

  /**
   * @param {HTMLElement} root
   * @param {import("./data.js").Report} report
   * @param {object} config the page's
   * @param {{onselect: (t: number) => void, onmoment: (exercise: object, moment: object) => void,
   *   onnote: (note: object) => void}} hands
   */
  constructor(root, report, config, { onselect, onmoment, onnote }) {
    this.#root = root;
    this.#report = report;
    this.#config = config;
    this.#onselect = onselect;
    this.#onmoment = onmoment;
    this.#onnote = onnote;
  }

  connect() {
    let track = null;
    let item = null;
    this.#report.blocks.forEach((block, number) => {
      if (!track || block.item !== item) {
        item = block.item;
        track = this.#track(item);
      }
      this.#sets.push(this.#set(track, block, number));
    });
    for (const set of this.#sets) this.#resizing.observe(set.slider);
  }

  dispose() {
    this.#listening.abort();
    this.#resizing.disconnect();
    this.#root.replaceChildren();
  }

  /** Show more, or less, of the time at once. @param {1|-1} by */
  zoom(by) {
    this.#zoom = Math.min(ZOOMS.length - 1, Math.max(0, this.#zoom + by));
    this.#root.style.setProperty("--zoom", String(ZOOMS[this.#zoom]));
    this.#root.classList.toggle("tracks-zoomed", this.#zoom > 0);
    this.#reveal();
    return { closest: this.#zoom === ZOOMS.length - 1, whole: this.#zoom === 0 };
  }

  /**
   * Move the cursor.
   * @param {number} t seconds
   * @param {number} number of the set it is in
   */
  select(t, number) {
    this.#sets.forEach((set, i) => {
      const inside = i === number;
      set.cursor.toggleAttribute("hidden", !inside);
      set.slider.classList.toggle("set-current", inside);
      if (!inside) return;
      set.t = t;
      this.#say(set);
    });
    this.#reveal();
  }

  /** Mark where notes are pinned. @param {object[]} notes those with an instant are marked */
  mark(notes) {
    for (const { block, marks } of this.#sets) {
      marks.replaceChildren();
      notes.forEach((note, i) => {
        const share = (note.at_s - block.startS) / block.lengthS;
        if (note.at_s === null || share < -0.01 || share > 1.01) return;
        const flag = make("button", "flag flag-note");
        flag.type = "button";
        flag.dataset.noteFlag = String(note.id);
        flag.setAttribute("aria-label",
          fill(this.#config.messages.note, { number: i + 1, where: note.where }));
        flag.style.left = `${100 * Math.min(1, Math.max(0, share))}%`;
        flag.addEventListener("click", () => this.#onnote(note),
          { signal: this.#listening.signal });
        marks.append(flag);
      });
    }
  }

  #reveal() {
    if (this.#zoom === 0) return;
    const cursor = this.#root.querySelector(".set-cursor:not([hidden])");
    const pane = cursor?.closest(".sets-pane");
    if (!pane) return;
    const [at, box] = [cursor.getBoundingClientRect(), pane.getBoundingClientRect()];
    if (at.left < box.left + 40 || at.left > box.right - 40) {
      pane.scrollLeft += at.left - box.left - box.width / 2;
    }
  }

  #track(item) {
    const section = make("section", "track");
    section.dataset.item = item;
    const sets = make("div", "sets");
    const pane = make("div", "sets-pane");
    pane.append(sets);
    section.append(
      make("h3", "", this.#config.items[item]?.name ?? this.#config.messages.removed), pane,
    );
    this.#root.append(section);
    return sets;
  }

  #set(track, block, number) {
    const { messages, items } = this.#config;
    const figure = make("div", "set");
    figure.style.flexGrow = String(block.lengthS);
    const head = document.createElement("p");
    const name = fill(messages.set, { number: block.set + 1 });
    const score = block.score === null ? "—" : `${Math.round(block.score)}%`;
    head.append(`${name} `, make("strong", `text-${levelOf(block.score)}`, score));
    const slider = make("div", "set-strip");
    slider.tabIndex = 0;
    slider.dataset.block = String(number);
    slider.setAttribute("role", "slider");
    slider.setAttribute("aria-label", fill(messages.strip, {
      name: items[block.item]?.name ?? messages.removed, set: name,
    }));
    slider.setAttribute("aria-valuemin", "0");
    slider.setAttribute("aria-valuemax", block.lengthS.toFixed(1));
    const picture = svg("svg", {
      height: HEIGHT_PX, preserveAspectRatio: "none", "aria-hidden": "true",
    });
    const cursor = make("span", "set-cursor");
    cursor.hidden = true;
    slider.append(picture, cursor);
    const set = { block, slider, picture, cursor, t: block.startS, reps: [] };
    // Notes have a row of their own: problems at the same instant stay within reach.
    set.marks = make("div", "note-marks");
    figure.append(head, this.#marks(set), slider, set.marks);
    track.append(figure);
    this.#listen(set);
    this.#say(set);
    return set;
  }

  /** Flags of the problems above the strip; repetitions are drawn into it. */
  #marks(set) {
    const { block } = set;
    const flags = make("div", "flags");
    const inside = (t) => t >= block.startS - 0.1 && t <= block.startS + block.lengthS + 0.1;
    for (const exercise of this.#report.exercises) {
      if (exercise.item !== block.item) continue;
      set.reps.push(...exercise.reps.filter(({ startS }) => inside(startS)));
      for (const moment of exercise.moments.filter(({ atS }) => inside(atS))) {
        const flag = make("button", "flag", String(moment.number));
        flag.type = "button";
        flag.classList.toggle("flag-severe", moment.severe);
        flag.setAttribute("aria-label",
          fill(this.#config.messages.moment, { number: moment.number }));
        flag.style.left = `${(100 * (moment.atS - block.startS)) / block.lengthS}%`;
        flag.addEventListener("click", () => this.#onmoment(exercise, moment),
          { signal: this.#listening.signal });
        flags.append(flag);
      }
    }
    return flags;
  }

  #listen(set) {
    const { signal } = this.#listening;
    const { slider, block } = set;
    const at = (event) => {
      const box = slider.getBoundingClientRect();
      const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
      this.#onselect(block.startS + share * block.lengthS);
    };
    slider.addEventListener("pointerdown", (event) => {
      slider.setPointerCapture(event.pointerId);
      at(event);
    }, { signal });
    slider.addEventListener("pointermove", (event) => {
      if (slider.hasPointerCapture(event.pointerId)) at(event);
    }, { signal });
    slider.addEventListener("keydown", (event) => {
      const t = this.#moved(set, event.key);
      if (t === null) return;
      event.preventDefault();
      event.stopPropagation();
      this.#onselect(t);
    }, { signal });
    // Who tabs here hears and sees this set, not the one before.
    slider.addEventListener("focus", () => {
      if (slider.matches(":focus-visible")) this.#onselect(set.t);
    }, { signal });
  }

  #moved({ block, t }, key) {
    const end = block.startS + block.lengthS;
    const kept = (value) => Math.min(end, Math.max(block.startS, value));
    switch (key) {
      case "ArrowLeft": case "ArrowDown": return kept(t - STEP_S);
      case "ArrowRight": case "ArrowUp": return kept(t + STEP_S);
      case "PageDown": return kept(t - JUMP_S);
      case "PageUp": return kept(t + JUMP_S);
      case "Home": return block.startS;
      case "End": return end;
      default: return null;
    }
  }

  #say({ block, slider, cursor, t }) {
    const { bins, lengthS } = block;
    const into = t - block.startS;
    const bin = bins[Math.min(bins.length - 1, Math.floor((into / lengthS) * bins.length))];
    const score = bin === null || bin < 0 ? null : bin;
    slider.setAttribute("aria-valuenow", into.toFixed(1));
    slider.setAttribute("aria-valuetext", fill(this.#config.messages.position, {
      time: clock(into),
      score: score === null ? "—" : `${score}%`,
      level: this.#config.levels[levelOf(score)],
    }));
    cursor.style.left = `${(100 * into) / lengthS}%`;
  }

  #draw({ block, slider, picture, reps }) {
    const width = slider.clientWidth;
    if (width === 0) return;
    const x = (seconds) => ((seconds / block.lengthS) * width).toFixed(2);
    picture.setAttribute("viewBox", `0 0 ${width} ${HEIGHT_PX}`);
    picture.setAttribute("width", String(width));
    const bars = stretchesOf(block, width / BIN_PX).map(({ startS, stopS, score }) => {
      const level = levelOf(score);
      const height = score === null
        ? HEIGHT_PX
        : Math.max(LOWEST_PX, (HEIGHT_PX * score) / 100);
      return svg("rect", {
        class: `level-${level}`,
        "data-level": level,
        "data-score": score === null ? "" : score.toFixed(1),
        x: x(startS),
        y: (HEIGHT_PX - height).toFixed(2),
        width: x(stopS - startS),
        height: height.toFixed(2),
      });
    });
    const ticks = reps.map(({ startS, endS, half }) => svg("rect", {
      class: half ? "rep-mark rep-mark-half" : "rep-mark",
      x: x(startS - block.startS + 0.04),
      y: 0,
      width: x(Math.max(0.05, endS - startS - 0.08)),
      height: 4,
      rx: 2,
    }));
    picture.replaceChildren(...bars, ...ticks);
  }
}
