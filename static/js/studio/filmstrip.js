/** The filmstrip of a take: drag the borders of its pieces, name them, make exercises of them. */

import { clock, labelStep, preciseClock, pxPerSecond, slots, tileAt, tilePlace } from "./filmstrip_scale.js";
import { PieceCards } from "./piece_cards.js";
import {
  add, canAdd, canSplit, History, limits, merge, moveBorder, proposed, remove, rename, split,
} from "./pieces.js";

const STEP_S = 0.1;
const LARGE_STEP_S = 1;
const RULER_PX = 22;
const LABELS_PX = 28;
/** As many colours as studio.css has. */
const HUES = 6;
/** So near to an edge of the strip, dragging scrolls it; px. */
const EDGE_PX = 36;
const DIM = "rgba(10, 10, 15, 0.68)";
const RULER = "#b3b6c4";
const MARK = { grave: "#ff8a8a", light: "#ffc14d" };
const DRAFTS = "filmstrip:";

/** Fills in `{name}`. @param {string} text @param {Record<string, string | number>} values */
const filled = (text, values) => text.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);

class Filmstrip {
  #root;
  #data;
  #sheet = new Image();
  /** @type {History} */
  #history;
  #words;
  #cards;
  #strip;
  #track;
  #tiles;
  #look;
  #video;
  #playhead;
  #listening = new AbortController();
  #resizing = new ResizeObserver(() => this.#draw());
  #frame = 0;
  #playing = 0;
  #zoom = 0;
  /** Where the trainer is, seconds of the take. */
  #time_s = 0;
  #untilS = 0;
  /** @type {{id: number, side: "start" | "end"} | null} */
  #dragged = null;
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
    this.#tiles = this.#find("[data-tiles]");
    this.#look = this.#find("[data-look]");
    this.#video = this.#find("[data-look-video]");
    this.#playhead = this.#find("[data-playhead]");
    this.#history = new History(this.#kept() ?? proposed(
      this.#data.segments, this.#data.published, this.#words));
    this.#time_s = this.#history.now[0]?.start_s ?? 0;
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
    on(this.#strip, "pointerdown", (event) => this.#grab(event));
    on(this.#strip, "pointermove", (event) => this.#moved(event));
    on(this.#strip, "pointerleave", () => { if (!this.#dragged) this.#show(this.#time_s); });
    for (const name of ["pointerup", "pointercancel"]) on(this.#strip, name, () => this.#drop());
    on(this.#strip, "scroll", () => this.#draw());
    on(this.#video, "ended", () => this.#pause());
    on(this.#video, "seeked", () => { this.#video.hidden = !this.#inVideo(this.#time_s); });
    on(document, "click", (event) => {
      const jump = event.target.closest?.("[data-jump]");
      if (jump) this.#jump(Number(jump.dataset.jump));
    });
    on(this.#sheet, "load", () => {
      paintTiles(this.#sheet, this.#data.tiles);
      this.#draw();
      this.#show(this.#time_s);
    });
    this.#sheet.src = this.#data.tiles.url;
    this.#look.width = this.#data.tiles.width;
    this.#look.height = this.#data.tiles.height;
    this.#look.parentElement.style.aspectRatio =
      `${this.#data.tiles.width} / ${this.#data.tiles.height}`;
    this.#playhead.setAttribute("aria-valuemax", String(this.#data.duration_s));
    this.#resizing.observe(this.#strip);
    this.#attendVideo();
    this.#render();
    this.#go(this.#time_s);
  }

  disconnect() {
    this.#listening.abort();
    this.#resizing.disconnect();
    cancelAnimationFrame(this.#frame);
    this.#pause();
  }

  /** The take is rendered: from now on the result can be looked at as well. */
  #attendVideo() {
    if (this.#video.src || !document.querySelector("[data-preview]")) return;
    this.#video.src = this.#data.video;
    this.#video.preload = "auto";
    this.#find("[data-play]").disabled = false;
  }

  attend() {
    this.#attendVideo();
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
    return preciseClock(t, document.documentElement.lang.startsWith("ru") ? "," : ".");
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

  /** Work of an hour must survive a closed lid. */
  #keep() {
    try {
      sessionStorage.setItem(DRAFTS + this.#data.key, JSON.stringify(this.#pieces));
    } catch {
      // A full or forbidden storage takes nothing from the page itself.
    }
  }

  #kept() {
    try {
      const kept = JSON.parse(sessionStorage.getItem(DRAFTS + this.#data.key) ?? "null");
      return Array.isArray(kept) ? kept : null;
    } catch {
      return null;
    }
  }

  // --- Drawing ---------------------------------------------------------------------------

  #render() {
    const place = this.#find("[data-pieces]");
    const standing = new Map([...place.children].map((one) => [Number(one.dataset.id), one]));
    for (const piece of this.#pieces) {
      const element = standing.get(piece.id) ?? this.#newPiece(piece.id);
      standing.delete(piece.id);
      element.className = `strip-piece hue-${this.#hue(piece)}`;
      element.querySelector(".strip-label").textContent = piece.name;
      for (const side of ["start", "end"]) this.#renderHandle(element, piece, side);
      // Moving an element that is in its place already would take its focus.
      if (element.parentElement !== place) place.append(element);
    }
    for (const gone of standing.values()) gone.remove();
    this.#cards.render(this.#pieces);
    this.#find("[data-none]").hidden = this.#pieces.length > 0;
    this.#find("[data-count]").textContent = String(this.#pieces.length);
    this.#renderTools();
    this.#keep();
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

  #newPiece(id) {
    const element = document.createElement("div");
    element.dataset.id = String(id);
    const label = document.createElement("span");
    label.className = "strip-label";
    element.append(label);
    for (const side of ["start", "end"]) {
      const handle = document.createElement("div");
      handle.className = `strip-handle strip-handle-${side}`;
      handle.dataset.side = side;
      handle.setAttribute("role", "slider");
      handle.tabIndex = 0;
      element.append(handle);
    }
    return element;
  }

  #renderHandle(element, piece, side) {
    const handle = element.querySelector(`[data-side="${side}"]`);
    const [low, high] = limits(this.#pieces, piece.id, side, this.#data.duration_s);
    const at = side === "start" ? piece.start_s : piece.end_s;
    handle.setAttribute("aria-label",
      filled(this.#root.dataset[side], { name: piece.name || "…" }));
    handle.setAttribute("aria-valuemin", low.toFixed(2));
    handle.setAttribute("aria-valuemax", high.toFixed(2));
    handle.setAttribute("aria-valuenow", at.toFixed(2));
    handle.setAttribute("aria-valuetext", this.#clock(at));
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
    for (const element of this.#find("[data-pieces]").children) {
      const piece = this.#pieces.find(({ id }) => id === Number(element.dataset.id));
      if (!piece) continue;
      element.style.left = `${scale * piece.start_s}px`;
      element.style.width = `${scale * (piece.end_s - piece.start_s)}px`;
    }
    this.#playhead.style.left = `${scale * this.#time_s}px`;
    this.#drawTiles(scale);
  }

  #drawTiles(scale) {
    const width = this.#strip.clientWidth;
    const height = this.#tiles.clientHeight;
    const ratio = window.devicePixelRatio || 1;
    this.#tiles.style.width = `${width}px`;
    this.#tiles.width = Math.round(width * ratio);
    this.#tiles.height = Math.round(height * ratio);
    const pen = this.#tiles.getContext("2d");
    pen.scale(ratio, ratio);
    const scroll = this.#strip.scrollLeft;
    const { tiles, duration_s: durationS } = this.#data;
    const stripPx = height - LABELS_PX - RULER_PX;
    const endPx = durationS * scale - scroll;
    if (this.#sheet.complete && this.#sheet.naturalWidth) {
      pen.save();
      pen.beginPath();
      pen.rect(0, 0, endPx, height);
      pen.clip();
      for (const slot of slots(tiles, stripPx, scale, scroll, width, durationS)) {
        const { x, y } = tilePlace(tiles, slot.index);
        pen.drawImage(this.#sheet, x, y, tiles.width, tiles.height,
          slot.left, LABELS_PX, slot.width, stripPx);
      }
      pen.restore();
    }
    pen.fillStyle = DIM;
    let from = 0;
    for (const piece of [...this.#pieces, { start_s: durationS, end_s: durationS }]) {
      pen.fillRect(from * scale - scroll, LABELS_PX, (piece.start_s - from) * scale, stripPx);
      from = piece.end_s;
    }
    for (const [start, end, grave] of this.#data.spans) {
      pen.fillStyle = grave ? MARK.grave : MARK.light;
      pen.fillRect(start * scale - scroll, LABELS_PX + stripPx - 3,
        Math.max(2, (end - start) * scale), 3);
    }
    this.#drawRuler(pen, scale, scroll, width, LABELS_PX + stripPx);
  }

  #drawRuler(pen, scale, scroll, width, top) {
    const step = labelStep(scale);
    pen.fillStyle = RULER;
    pen.font = "11px Outfit, system-ui, sans-serif";
    pen.textBaseline = "top";
    const last = Math.min(this.#data.duration_s, (scroll + width) / scale);
    for (let i = Math.floor(scroll / scale / step); i * step <= last; i += 1) {
      const left = i * step * scale - scroll;
      pen.fillRect(left, top, 1, 6);
      const words = step < 1 ? this.#clock(i * step) : clock(i * step);
      // The last label would be cut off at the edge.
      if (left + 30 < width) pen.fillText(words, left + 4, top + 6);
    }
  }

  // --- Looking ---------------------------------------------------------------------------

  #inVideo(t) {
    const { start_s: start, end_s: end } = this.#data.published;
    return Boolean(this.#video.src) && start <= t && t < end;
  }

  /** Shows a time in the large picture; the cut-out video only where it is wanted. */
  #show(t, withVideo = true) {
    const { tiles, published } = this.#data;
    this.#find("[data-time]").textContent = this.#clock(t);
    if (this.#sheet.naturalWidth) {
      const { x, y } = tilePlace(tiles, tileAt(tiles, t));
      this.#look.getContext("2d").drawImage(this.#sheet, x, y, tiles.width, tiles.height,
        0, 0, tiles.width, tiles.height);
    }
    if (!withVideo || !this.#inVideo(t)) {
      this.#video.hidden = true;
    } else if (this.#video.paused) {
      // `seeked` shows it: an older picture would be of another time.
      this.#video.currentTime = t - published.start_s;
    }
  }

  #go(t, { follow = true } = {}) {
    const { duration_s: durationS } = this.#data;
    this.#time_s = Math.max(0, Math.min(durationS, t));
    this.#playhead.setAttribute("aria-valuenow", this.#time_s.toFixed(2));
    this.#playhead.setAttribute("aria-valuetext", this.#clock(this.#time_s));
    if (follow) this.#bringIntoSight(this.#time_s);
    this.#show(this.#time_s);
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

  #jump(t) {
    this.#pause();
    this.#go(t);
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.#root.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
    this.#playhead.focus({ preventScroll: true });
  }

  async #play(untilS) {
    const { start_s: start, end_s: end } = this.#data.published;
    if (!this.#inVideo(this.#time_s)) this.#go(start);
    this.#untilS = Math.min(untilS, end);
    this.#video.currentTime = this.#time_s - start;
    this.#video.hidden = false;
    this.#showPlaying(true);
    try {
      await this.#video.play();
    } catch {
      this.#pause();
      return;
    }
    cancelAnimationFrame(this.#playing);
    this.#playing = requestAnimationFrame(this.#played);
  }

  #played = () => {
    const t = this.#data.published.start_s + this.#video.currentTime;
    this.#go(t);
    if (t >= this.#untilS) this.#pause();
    else this.#playing = requestAnimationFrame(this.#played);
  };

  #pause() {
    cancelAnimationFrame(this.#playing);
    this.#video.pause();
    this.#showPlaying(false);
  }

  #showPlaying(playing) {
    const button = this.#find("[data-play]");
    button.setAttribute("aria-pressed", String(playing));
    button.querySelector(".material-symbols-outlined").textContent = playing ? "pause" : "play_arrow";
  }

  // --- Hands -----------------------------------------------------------------------------

  /** @param {PointerEvent} event */
  #timeOf(event) {
    const box = this.#track.getBoundingClientRect();
    const t = (event.clientX - box.left) / this.#scale;
    return Math.max(0, Math.min(this.#data.duration_s, t));
  }

  #grab(event) {
    if (event.button !== 0) return;
    const handle = event.target.closest(".strip-handle");
    this.#pause();
    if (!handle) {
      // A finger may want to scroll: it moves the playhead only when it taps, with `click`.
      if (event.pointerType === "mouse") this.#go(this.#timeOf(event), { follow: false });
      return;
    }
    event.preventDefault();
    handle.focus();
    this.#history.settle();
    this.#dragged = { id: Number(handle.parentElement.dataset.id), side: handle.dataset.side };
    handle.classList.add("strip-handle-held");
    this.#strip.setPointerCapture(event.pointerId);
  }

  #moved(event) {
    const t = this.#timeOf(event);
    if (!this.#dragged) {
      if (event.pointerType !== "mouse" || !this.#video.paused) return;
      if (event.buttons & 1) this.#go(t, { follow: false });
      else this.#show(t, false);
      return;
    }
    const box = this.#strip.getBoundingClientRect();
    if (event.clientX < box.left + EDGE_PX) this.#strip.scrollLeft -= EDGE_PX / 3;
    if (event.clientX > box.right - EDGE_PX) this.#strip.scrollLeft += EDGE_PX / 3;
    this.#moveTo(this.#dragged, t);
  }

  #moveTo({ id, side }, t) {
    this.#do(moveBorder(this.#pieces, id, side, t, this.#data.duration_s), `${side} ${id}`);
    const piece = this.#pieces.find((one) => one.id === id);
    if (piece) this.#go(side === "start" ? piece.start_s : piece.end_s, { follow: !this.#dragged });
  }

  #drop() {
    if (!this.#dragged) return;
    this.#dragged = null;
    this.#find(".strip-handle-held")?.classList.remove("strip-handle-held");
    this.#history.settle();
  }

  #pressed(event) {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z"
        && !event.target.matches("input")) {
      event.preventDefault();
      this.#turn(event.shiftKey ? "redo" : "undo");
      return;
    }
    const handle = event.target.closest('[role="slider"]');
    if (!handle) return;
    const step = event.shiftKey ? LARGE_STEP_S : STEP_S;
    const now = Number(handle.getAttribute("aria-valuenow"));
    const to = {
      ArrowLeft: now - step, ArrowDown: now - step, ArrowRight: now + step, ArrowUp: now + step,
      PageDown: now - LARGE_STEP_S, PageUp: now + LARGE_STEP_S,
      Home: Number(handle.getAttribute("aria-valuemin")),
      End: Number(handle.getAttribute("aria-valuemax")),
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.#pause();
    if (handle === this.#playhead) this.#go(to);
    else this.#moveTo({ id: Number(handle.parentElement.dataset.id), side: handle.dataset.side }, to);
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
    const target = event.target;
    if (target.closest("[data-track]")) {
      if (!target.closest(".strip-handle") && event.pointerType === "touch") {
        this.#go(this.#timeOf(event), { follow: false });
      }
      return;
    }
    const button = target.closest("button");
    if (!button || button.disabled) return;
    const { splitSaid, mergedSaid, removedSaid } = this.#root.dataset;
    if (button.matches("[data-undo]")) this.#turn("undo");
    else if (button.matches("[data-redo]")) this.#turn("redo");
    else if (button.matches("[data-play]")) {
      if (this.#video.paused) this.#play(Infinity);
      else this.#pause();
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
      this.#pause();
      this.#go(piece.start_s);
      if (this.#inVideo(piece.start_s)) this.#play(piece.end_s);
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
    if (nameless.length) {
      this.#complain(nameless.map(({ id }) => ({ id, words: this.#root.dataset.unnamed })));
      return;
    }
    this.#complain([]);
    this.#setBusy(true);
    try {
      const response = await fetch(this.#root.dataset.post, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          "X-CSRFToken": this.#find("[name=csrfmiddlewaretoken]").value,
        },
        body: JSON.stringify({
          pieces: sent.map(({ name, start_s, end_s }) => ({ name: name.trim(), start_s, end_s })),
        }),
        signal: this.#listening.signal,
      });
      const answer = await response.json();
      if (response.status === 201) {
        sessionStorage.removeItem(DRAFTS + this.#data.key);
        window.location.assign(answer.url);
        return;
      }
      this.#complain(answer.problems.map(({ piece, words }) =>
        ({ id: piece === null ? null : sent[piece]?.id ?? null, words })));
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

/** Pictures beside the findings come from the same sheet. */
function paintTiles(sheet, tiles) {
  for (const place of document.querySelectorAll("[data-tile]")) {
    const canvas = document.createElement("canvas");
    canvas.width = tiles.width;
    canvas.height = tiles.height;
    canvas.setAttribute("aria-hidden", "true");
    const { x, y } = tilePlace(tiles, Number(place.dataset.tile));
    canvas.getContext("2d").drawImage(sheet, x, y, tiles.width, tiles.height,
      0, 0, tiles.width, tiles.height);
    place.replaceChildren(canvas);
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

attend();
document.addEventListener("htmx:afterSettle", attend);
