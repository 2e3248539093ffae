/**
 * Drawing on a picture: pointer, finger or keys. Each point is set by a press; what is dragged
 * from one to the next is two points at once.
 */

import { placeOf } from "../notes/ink.js";
import { distanceTo, kept, POINTS, simplified } from "../notes/strokes.js";

const DRAGGED = 0.015; // of the picture's height
const ERASER = 0.04;
const STEP = 0.02;
const FINE_STEP = 0.005;
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Pad {
  #svg;
  #picture;
  #hands;
  #points = [];
  #pointer = null;
  /** Where the keys are, 0..1. */
  #cursor = [0.5, 0.5];
  #listening = new AbortController();

  /**
   * @param {SVGElement} svg
   * @param {() => {on: string, ratio: number}} picture what is in it now
   * @param {{tool: () => string, colour: () => string, most: number,
   *   strokes: () => object[], ondraft: (stroke: ?object, cursor: ?[number, number]) => void,
   *   ondone: (stroke: object) => void, onerase: (stroke: object) => void}} hands
   */
  constructor(svg, picture, hands) {
    this.#svg = svg;
    this.#picture = picture;
    this.#hands = hands;
  }

  connect() {
    const { signal } = this.#listening;
    const on = (name, act) => this.#svg.addEventListener(name, act, { signal });
    on("pointerdown", (event) => this.#down(event));
    on("pointermove", (event) => this.#move(event));
    on("pointerup", (event) => this.#up(event));
    on("pointercancel", () => this.drop());
    on("keydown", (event) => this.#key(event));
    on("focus", () => { if (this.#svg.matches(":focus-visible")) this.#say(); });
    on("blur", () => this.#hands.ondraft(null, null));
    this.enabled = true;
  }

  dispose() {
    this.#listening.abort();
    this.enabled = false;
  }

  /** Whether it takes pointers and keys. @param {boolean} wanted */
  set enabled(wanted) {
    this.#svg.classList.toggle("ink-active", wanted);
    if (wanted) this.#svg.tabIndex = 0;
    else this.#svg.removeAttribute("tabindex");
  }

  /** Forget what is not finished. */
  drop() {
    this.#points = [];
    this.#pointer = null;
    this.#hands.ondraft(null, null);
  }

  #at(event) {
    return placeOf(this.#svg, event, this.#picture().ratio).map(kept);
  }

  #down(event) {
    if (event.button !== 0 || !(this.#picture().ratio > 0)) return;
    event.preventDefault();
    this.#svg.setPointerCapture(event.pointerId);
    this.#pointer = event.pointerId;
    const at = this.#at(event);
    if (this.#hands.tool() === "eraser") {
      this.#erase(at);
      return;
    }
    this.#set(at);
  }

  #move(event) {
    const pressed = this.#pointer === event.pointerId;
    const at = this.#at(event);
    if (this.#hands.tool() === "eraser") {
      if (pressed) this.#erase(at);
      return;
    }
    if (this.#points.length === 0) return;
    if (this.#hands.tool() === "pen") {
      if (!pressed) return;
      const events = event.getCoalescedEvents?.() ?? [];
      for (const one of events.length > 0 ? events : [event]) this.#points.push(this.#at(one));
      this.#draft();
      return;
    }
    this.#draft(at);
  }

  #up(event) {
    if (this.#pointer !== event.pointerId) return;
    this.#pointer = null;
    if (this.#points.length === 0) return;
    if (this.#hands.tool() === "pen") {
      this.#finish();
      return;
    }
    const at = this.#at(event);
    if (this.#far(at, this.#points.at(-1)) > DRAGGED) this.#set(at);
  }

  #far([ax, ay], [bx, by]) {
    return Math.hypot((ax - bx) * this.#picture().ratio, ay - by);
  }

  #set(at) {
    this.#points.push(at);
    if (this.#points.length >= POINTS[this.#hands.tool()]) this.#finish();
    else this.#draft();
  }

  #stroke(points) {
    return {
      on: this.#picture().on, tool: this.#hands.tool(), colour: this.#hands.colour(), points,
    };
  }

  #draft(at = null, cursor = null) {
    const points = at ? [...this.#points, at] : [...this.#points];
    this.#hands.ondraft(points.length > 0 ? this.#stroke(points) : null, cursor);
  }

  #finish() {
    const pen = this.#hands.tool() === "pen";
    const points = pen ? simplified(this.#points, this.#hands.most) : this.#points;
    this.#points = [];
    // A mere touch is no stroke.
    const moved = points.length > 1
      && points.some((point) => this.#far(point, points[0]) > DRAGGED / 5);
    if (moved) this.#hands.ondone(this.#stroke(points));
    else this.#hands.ondraft(null, null);
  }

  #erase(at) {
    const { on, ratio } = this.#picture();
    const near = this.#hands.strokes()
      .filter((stroke) => stroke.on === on)
      .map((stroke) => ({ stroke, far: distanceTo(stroke, at, ratio) }))
      .sort((a, b) => a.far - b.far)[0];
    if (near && near.far < ERASER) this.#hands.onerase(near.stroke);
  }

  #key(event) {
    const by = KEYS[event.key];
    const tool = this.#hands.tool();
    if (by) {
      const step = event.shiftKey ? FINE_STEP : STEP;
      this.#cursor = this.#cursor.map((value, i) => kept(value + step * by[i]));
      if (tool === "pen" && this.#points.length > 0) this.#points.push(this.#cursor);
      this.#say();
    } else if (event.key === "Enter" || event.key === " ") {
      if (tool === "eraser") this.#erase(this.#cursor);
      else if (tool === "pen" && this.#points.length > 0) this.#finish();
      else this.#set(this.#cursor);
      this.#say();
    } else if (event.key === "Escape" && this.#points.length > 0) {
      this.drop();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Show where the keys are. */
  #say() {
    const open = this.#points.length > 0 && this.#hands.tool() !== "pen";
    this.#draft(open ? this.#cursor : null, this.#cursor);
  }
}
