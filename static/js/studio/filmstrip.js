/** The filmstrip of a take: drag the borders of its pieces, name them, make exercises of them. */

import { forget, keep, kept } from "./drafts.js";
import { paintFindings, StripCanvas } from "./filmstrip_canvas.js";
import { Look } from "./filmstrip_look.js";
import { preciseClock, pxPerSecond } from "./filmstrip_scale.js";
import { filled } from "./filling.js";
import { makeExercises } from "./making.js";
import { PieceCards } from "./piece_cards.js";
import {
  add, canAdd, canSplit, History, merge, moveBorder, proposed, remove, rename, split,
} from "./pieces.js";
import { StripHands } from "./strip_hands.js";
import { StripPieces } from "./strip_pieces.js";

/** As many colours as studio.css has. */
const HUES = 6;
const DECIMAL_SIGN = (0.5).toLocaleString(document.documentElement.lang).charAt(1);

class Filmstrip {
  #root;
  #data;
  #sheet = new Image();
  /** @type {History} */
  #history;
  #words;
  #cards;
  #onStrip;
  #strip;
  #track;
  /** @type {StripCanvas} */
  #canvas;
  /** @type {Look} */
  #look;
  #playhead;
  #listening = new AbortController();
  #resizing = new ResizeObserver(() => this.#draw());
  #frame = 0;
  #zoom = 0;
  /** Where the trainer is, seconds of the take. */
  #time_s = 0;
  /** @type {StripHands} */
  #hands;
  #busy = false;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#root = root;
    this.#data = JSON.parse(document.getElementById("filmstrip-data").textContent);
    const { exercise, set } = root.dataset;
    this.#words = {
      exercise: (number) => filled(exercise, { number }),
      set: (name, number) => filled(set, { name, number }),
    };
    this.#strip = this.#find("[data-strip]");
    this.#track = this.#find("[data-track]");
    this.#canvas = new StripCanvas(
      this.#find("[data-tiles]"), this.#sheet, this.#data, DECIMAL_SIGN);
    this.#playhead = this.#find("[data-playhead]");
    this.#history = new History(kept(this.#data.key) ?? proposed(
      this.#data.segments, this.#data.published, this.#words));
    this.#time_s = this.#history.now[0]?.start_s ?? 0;
    this.#onStrip = new StripPieces(root, {
      durationS: this.#data.duration_s,
      hue: (piece) => this.#hue(piece),
      clock: (t) => this.#clock(t),
    });
    this.#cards = new PieceCards(root, {
      reps: this.#data.segments.flatMap((segment) => segment.reps ?? []),
      hue: (piece) => this.#hue(piece),
      times: (piece) => this.#times(piece),
    });
  }

  connect() {
    const { signal } = this.#listening;
    const on = (element, name, action) => element.addEventListener(name, action, { signal });
    on(this.#root, "click", (event) => this.#clicked(event));
    on(this.#root, "input", (event) => this.#typed(event));
    on(this.#root, "focusout", () => this.#history.settle());
    on(this.#root, "keydown", (event) => this.#pressed(event));
    on(this.#strip, "scroll", () => this.#draw());
    on(document, "click", (event) => {
      const jump = event.target.closest?.("[data-jump]");
      if (jump) this.#jump(Number(jump.dataset.jump));
    });
    on(this.#sheet, "load", () => {
      paintFindings(this.#sheet, this.#data.tiles);
      this.#draw();
      this.#look.show(this.#time_s);
    });
    this.#sheet.src = this.#data.tiles.url;
    this.#look = new Look(this.#root, this.#sheet, this.#data, {
      clock: (t) => this.#clock(t), played: (t) => this.#go(t), signal,
    });
    this.#hands = new StripHands(this.#strip, {
      timeAt: (px) => Math.max(0, Math.min(this.#data.duration_s, px / this.#scale)),
      begin: () => { this.#look.pause(); this.#history.settle(); },
      go: (t, follow) => this.#go(t, { follow }),
      glance: (t) => { if (!this.#look.isPlaying) this.#look.show(t ?? this.#time_s, t === null); },
      moveTo: (border, t) => this.#moveTo(border, t),
      end: () => this.#history.settle(),
      signal,
    });
    this.#playhead.setAttribute("aria-valuemax", String(this.#data.duration_s));
    this.#resizing.observe(this.#strip);
    this.#render();
    this.#go(this.#time_s);
  }

  disconnect() {
    this.#listening.abort();
    this.#resizing.disconnect();
    cancelAnimationFrame(this.#frame);
  }

  /** Something on the page was swapped. */
  attend() {
    this.#look.attendVideo();
  }

  #find(selector) {
    return this.#root.querySelector(selector);
  }

  get #pieces() {
    return this.#history.now;
  }

  #hue(piece) {
    return this.#pieces.indexOf(piece) % HUES;
  }

  #clock(t) {
    return preciseClock(t, DECIMAL_SIGN);
  }

  #times(piece) {
    return `${this.#clock(piece.start_s)} – ${this.#clock(piece.end_s)}`;
  }

  #say(words) {
    this.#find("[data-said]").textContent = words;
  }

  // --- What was done ---------------------------------------------------------------------

  #do(pieces, key = "") {
    if (!this.#history.do(pieces, key)) return false;
    this.#render();
    return true;
  }

  // --- Drawing ---------------------------------------------------------------------------

  #render() {
    this.#onStrip.render(this.#pieces);
    this.#cards.render(this.#pieces);
    this.#find("[data-none]").hidden = this.#pieces.length > 0;
    this.#find("[data-count]").textContent = String(this.#pieces.length);
    this.#renderTools();
    keep(this.#data.key, this.#pieces);
    this.#draw();
  }

  #renderTools() {
    this.#find("[data-undo]").disabled = !this.#history.canUndo;
    this.#find("[data-redo]").disabled = !this.#history.canRedo;
    this.#find("[data-split]").disabled = !canSplit(this.#pieces, this.#time_s);
    this.#find("[data-add]").disabled =
      !canAdd(this.#pieces, this.#time_s, this.#data.duration_s);
    this.#find("[data-make]").disabled = this.#busy || this.#pieces.length === 0;
  }

  get #scale() {
    return pxPerSecond(this.#data.duration_s, this.#strip.clientWidth || 1, this.#zoom);
  }

  /** At the next frame, however many reasons there are. */
  #draw() {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#drawNow());
  }

  #drawNow() {
    const scale = this.#scale;
    this.#track.style.width = `${Math.round(scale * this.#data.duration_s)}px`;
    this.#onStrip.place(this.#pieces, scale);
    this.#playhead.style.left = `${scale * this.#time_s}px`;
    this.#canvas.paint(this.#pieces, scale, this.#strip.scrollLeft, this.#strip.clientWidth);
  }

  // --- Looking ---------------------------------------------------------------------------

  #go(t, { follow = true } = {}) {
    this.#time_s = Math.max(0, Math.min(this.#data.duration_s, t));
    this.#playhead.setAttribute("aria-valuenow", this.#time_s.toFixed(2));
    this.#playhead.setAttribute("aria-valuetext", this.#clock(this.#time_s));
    if (follow) this.#bringIntoSight(this.#time_s);
    this.#look.show(this.#time_s);
    this.#renderTools();
    this.#draw();
  }

  #bringIntoSight(t) {
    const at = t * this.#scale;
    const { scrollLeft, clientWidth } = this.#strip;
    if (at < scrollLeft || at > scrollLeft + clientWidth) {
      this.#strip.scrollLeft = at - clientWidth / 2;
    }
  }

  /** From a finding to its moment. */
  #jump(t) {
    this.#look.pause();
    this.#go(t);
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.#root.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
    this.#playhead.focus({ preventScroll: true });
  }

  // --- Doing -----------------------------------------------------------------------------

  #moveTo({ id, side }, t) {
    this.#do(moveBorder(this.#pieces, id, side, t, this.#data.duration_s), `${side} ${id}`);
    const piece = this.#pieces.find((one) => one.id === id);
    if (piece) this.#go(side === "start" ? piece.start_s : piece.end_s, { follow: !this.#hands.isDragging });
  }

  #pressed(event) {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
    // A field undoes its own typing.
    if (event.target.matches("input")) return;
    event.preventDefault();
    this.#turn(event.shiftKey ? "redo" : "undo");
  }

  #turn(verb) {
    this.#history[verb]();
    this.#render();
  }

  #typed(event) {
    if (event.target.matches("[data-zoom]")) {
      this.#zoom = Number(event.target.value);
      // What is looked at stays in the middle.
      this.#drawNow();
      this.#strip.scrollLeft = this.#time_s * this.#scale - this.#strip.clientWidth / 2;
    } else if (event.target.matches("[data-name]")) {
      const id = Number(event.target.closest("[data-id]").dataset.id);
      this.#cards.forgive(id);
      this.#do(rename(this.#pieces, id, event.target.value, this.#words), `name ${id}`);
    }
  }

  #clicked(event) {
    const button = event.target.closest("button");
    if (!button || button.disabled) return;
    const { splitSaid, mergedSaid, removedSaid } = this.#root.dataset;
    if (button.matches("[data-undo]")) this.#turn("undo");
    else if (button.matches("[data-redo]")) this.#turn("redo");
    else if (button.matches("[data-play]")) {
      if (this.#look.isPlaying) this.#look.pause();
      else this.#look.play(this.#time_s, Infinity);
    } else if (button.matches("[data-split]")) {
      if (this.#do(split(this.#pieces, this.#time_s, this.#words))) {
        this.#say(filled(splitSaid, { time: this.#clock(this.#time_s) }));
      }
    } else if (button.matches("[data-add]")) {
      this.#do(add(this.#pieces, this.#time_s, this.#data.duration_s, this.#words));
    } else if (button.matches("[data-make]")) this.#make();
    const id = Number(button.closest("[data-id]")?.dataset.id ?? NaN);
    const piece = this.#pieces.find((one) => one.id === id);
    if (!piece) return;
    if (button.matches("[data-merge]")) {
      if (this.#do(merge(this.#pieces, id))) this.#say(mergedSaid);
    } else if (button.matches("[data-remove]")) {
      this.#do(remove(this.#pieces, id));
      this.#say(removedSaid);
      this.#find("[data-undo]").focus();
    } else if (button.matches("[data-only]")) this.#useOnly(piece);
    else if (button.matches("[data-show]")) {
      this.#look.pause();
      this.#go(piece.start_s);
      if (this.#look.hasVideo(piece.start_s)) this.#look.play(piece.start_s, piece.end_s);
    }
  }

  // --- The server ------------------------------------------------------------------------

  #useOnly(piece) {
    const form = this.#find("[data-part-form]");
    form.elements.start_s.value = piece.start_s.toFixed(2);
    form.elements.end_s.value = piece.end_s.toFixed(2);
    form.requestSubmit();
  }

  async #make() {
    if (this.#busy) return;
    const sent = this.#pieces;
    const nameless = sent.filter(({ name }) => !name.trim());
    this.#complain(nameless.map(({ id }) => ({ id, words: this.#root.dataset.unnamed })));
    if (nameless.length) return;
    this.#setBusy(true);
    try {
      const answer = await makeExercises(this.#root.dataset.post,
        this.#find("[name=csrfmiddlewaretoken]").value, sent, this.#listening.signal);
      if (answer.url) {
        forget(this.#data.key);
        window.location.assign(answer.url);
        return;
      }
      this.#complain(answer.problems);
    } catch (error) {
      if (this.#listening.signal.aborted) return;
      console.error(error);
      this.#complain([{ id: null, words: this.#root.dataset.broken }]);
    }
    this.#setBusy(false);
  }

  #setBusy(busy) {
    this.#busy = busy;
    this.#find("[data-make]").setAttribute("aria-busy", String(busy));
    this.#renderTools();
  }

  /** @param {{id: number | null, words: string}[]} problems */
  #complain(problems) {
    const general = problems.filter(({ id }) => id === null);
    const place = this.#find("[data-problem]");
    place.hidden = general.length === 0;
    place.textContent = general.map(({ words }) => words).join(" ");
    this.#cards.complain(problems.filter(({ id }) => id !== null));
  }
}

/** @type {Map<HTMLElement, Filmstrip>} */
const filmstrips = new Map();

/** The strip arrives with the page or, while the clip is in work, with a poll. */
function attend() {
  for (const [element, filmstrip] of filmstrips) {
    if (element.isConnected) {
      filmstrip.attend();
      continue;
    }
    filmstrip.disconnect();
    filmstrips.delete(element);
  }
  for (const element of document.querySelectorAll("[data-filmstrip]")) {
    if (filmstrips.has(element)) continue;
    const filmstrip = new Filmstrip(element);
    filmstrips.set(element, filmstrip);
    filmstrip.connect();
  }
}

/** While the clip is made again there is nothing to cut, but findings have their pictures. */
function paintAlone() {
  const place = document.getElementById("filmstrip-data");
  if (!place || document.querySelector("[data-filmstrip]")) return;
  const { tiles } = JSON.parse(place.textContent);
  const sheet = new Image();
  sheet.addEventListener("load", () => paintFindings(sheet, tiles));
  sheet.src = tiles.url;
}

attend();
paintAlone();
document.addEventListener("htmx:afterSettle", attend);
