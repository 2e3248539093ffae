/**
 * The coloured strip: a row for each exercise, in it a slider for each set. Height says what
 * colour says; "not visible" is hatched.
 */

import { binsOf, blockSeconds, clock, frameNear, levelOf } from "./data.js";

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT_PX = 56;
const BIN_PX = 4;
const LOWEST_PX = 5;
const JUMP_S = 1;

const svg = (name, attributes) => {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
};
const fill = (words, values) => words.replace(/\{(\w+)\}/g, (_, key) => values[key]);

export class Strip {
  #root;
  #report;
  #config;
  #onselect;
  #sets = [];
  #listening = new AbortController();
  #resizing = new ResizeObserver((entries) => {
    for (const { target } of entries) this.#draw(this.#sets[Number(target.dataset.block)]);
  });

  /**
   * @param {HTMLElement} root
   * @param {import("./data.js").Report} report
   * @param {object} config the page's
   * @param {(frame: number) => void} onselect
   */
  constructor(root, report, config, onselect) {
    this.#root = root;
    this.#report = report;
    this.#config = config;
    this.#onselect = onselect;
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

  /**
   * Move the cursor.
   * @param {number} frame
   */
  select(frame) {
    for (const set of this.#sets) {
      const inside = frame >= set.block.start && frame < set.block.stop;
      set.cursor.toggleAttribute("hidden", !inside);
      set.slider.classList.toggle("set-current", inside);
      set.frame = inside ? frame : set.frame;
      this.#say(set);
    }
  }

  #track(item) {
    const section = document.createElement("section");
    section.className = "track";
    const title = document.createElement("h3");
    title.textContent = this.#config.items[item]?.name ?? this.#config.messages.removed;
    const sets = document.createElement("div");
    sets.className = "sets";
    section.append(title, sets);
    this.#root.append(section);
    return sets;
  }

  #set(track, block, number) {
    const { messages, items } = this.#config;
    const seconds = blockSeconds(this.#report, block);
    const figure = document.createElement("div");
    figure.className = "set";
    figure.style.flexGrow = String(seconds);
    const head = document.createElement("p");
    const score = document.createElement("strong");
    score.textContent = block.score === null ? "—" : `${Math.round(block.score)}%`;
    score.className = `text-${levelOf(block.score)}`;
    const name = fill(messages.set, { number: block.set + 1 });
    head.append(`${name} `, score);
    const slider = document.createElement("div");
    slider.className = "set-strip";
    slider.tabIndex = 0;
    slider.dataset.block = String(number);
    slider.setAttribute("role", "slider");
    slider.setAttribute("aria-label", fill(messages.strip, {
      name: items[block.item]?.name ?? messages.removed, set: name,
    }));
    slider.setAttribute("aria-valuemin", "0");
    slider.setAttribute("aria-valuemax", seconds.toFixed(1));
    const picture = svg("svg", { height: HEIGHT_PX, "aria-hidden": "true" });
    const cursor = document.createElement("span");
    cursor.className = "set-cursor";
    cursor.hidden = true;
    slider.append(picture, cursor);
    figure.append(head, slider);
    track.append(figure);
    const set = { block, slider, picture, cursor, seconds, frame: block.start };
    this.#listen(set);
    this.#say(set);
    return set;
  }

  #listen(set) {
    const { signal } = this.#listening;
    const { slider, block } = set;
    const at = (event) => {
      const box = slider.getBoundingClientRect();
      const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
      this.#onselect(frameNear(this.#report, block, share * set.seconds));
    };
    slider.addEventListener("pointerdown", (event) => {
      slider.setPointerCapture(event.pointerId);
      at(event);
    }, { signal });
    slider.addEventListener("pointermove", (event) => {
      if (slider.hasPointerCapture(event.pointerId)) at(event);
    }, { signal });
    slider.addEventListener("keydown", (event) => {
      const frame = this.#moved(set, event.key);
      if (frame === null) return;
      event.preventDefault();
      this.#onselect(frame);
    }, { signal });
    // Who tabs here hears and sees this set, not the one before.
    slider.addEventListener("focus", () => {
      if (slider.matches(":focus-visible")) this.#onselect(set.frame);
    }, { signal });
  }

  #moved({ block, frame }, key) {
    const { t } = this.#report;
    const kept = (value) => Math.min(block.stop - 1, Math.max(block.start, value));
    const jump = (seconds) => frameNear(this.#report, block, t[frame] - t[block.start] + seconds);
    switch (key) {
      case "ArrowLeft": case "ArrowDown": return kept(frame - 1);
      case "ArrowRight": case "ArrowUp": return kept(frame + 1);
      case "PageDown": return jump(-JUMP_S);
      case "PageUp": return jump(JUMP_S);
      case "Home": return block.start;
      case "End": return block.stop - 1;
      default: return null;
    }
  }

  #say({ block, slider, cursor, seconds, frame }) {
    const { t, score } = this.#report;
    const into = t[frame] - t[block.start];
    const level = levelOf(score[frame]);
    slider.setAttribute("aria-valuenow", into.toFixed(1));
    slider.setAttribute("aria-valuetext", fill(this.#config.messages.position, {
      time: clock(into),
      score: Number.isNaN(score[frame]) ? "—" : `${Math.round(score[frame])}%`,
      level: this.#config.levels[level],
    }));
    cursor.style.left = `${(100 * into) / seconds}%`;
  }

  #draw({ block, slider, picture, seconds }) {
    const width = slider.clientWidth;
    if (width === 0) return;
    picture.setAttribute("viewBox", `0 0 ${width} ${HEIGHT_PX}`);
    picture.setAttribute("width", String(width));
    const bars = binsOf(this.#report, block, width / BIN_PX).map(({ startS, stopS, score }) => {
      const level = levelOf(score);
      const height = score === null
        ? HEIGHT_PX
        : Math.max(LOWEST_PX, (HEIGHT_PX * score) / 100);
      return svg("rect", {
        class: `level-${level}`,
        "data-level": level,
        "data-score": score === null ? "" : score.toFixed(1),
        x: ((startS / seconds) * width).toFixed(2),
        y: (HEIGHT_PX - height).toFixed(2),
        width: (((stopS - startS) / seconds) * width).toFixed(2),
        height: height.toFixed(2),
      });
    });
    picture.replaceChildren(...bars);
  }
}
