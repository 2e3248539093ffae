/** Mouse, finger, pen and keyboard on the filmstrip: they move borders and the playhead. */

const STEP_S = 0.1;
const LARGE_STEP_S = 1;
/** So near to an edge of the strip, dragging scrolls it; px. */
const EDGE_PX = 36;

/** @typedef {{id: number, side: "start" | "end"}} Border */

export class StripHands {
  #strip;
  #track;
  #playhead;
  #does;
  /** @type {Border | null} */
  #dragged = null;

  /**
   * @param {HTMLElement} strip
   * @param {object} does
   * @param {(px: number) => number} does.timeAt of a place on the track, seconds
   * @param {() => void} does.begin a hand is on the strip
   * @param {(t: number, follow: boolean) => void} does.go moves the playhead; the strip may follow
   * @param {(t: number | null) => void} does.glance a pointer rests at a time, or has left
   * @param {(border: Border, t: number) => void} does.moveTo
   * @param {() => void} does.end of a drag
   * @param {AbortSignal} does.signal
   */
  constructor(strip, does) {
    this.#strip = strip;
    this.#track = strip.querySelector("[data-track]");
    this.#playhead = strip.querySelector("[data-playhead]");
    this.#does = does;
    const on = (name, action) => strip.addEventListener(name, action, { signal: does.signal });
    on("pointerdown", (event) => this.#grab(event));
    on("pointermove", (event) => this.#move(event));
    on("pointerleave", () => { if (!this.#dragged) does.glance(null); });
    on("pointerup", () => this.#drop());
    on("pointercancel", () => this.#drop());
    on("click", (event) => this.#tap(event));
    on("keydown", (event) => this.#press(event));
  }

  get isDragging() {
    return this.#dragged !== null;
  }

  /** @param {PointerEvent} event */
  #timeOf(event) {
    return this.#does.timeAt(event.clientX - this.#track.getBoundingClientRect().left);
  }

  #grab(event) {
    if (event.button !== 0) return;
    const handle = event.target.closest(".strip-handle");
    this.#does.begin();
    if (!handle) {
      // A finger may want to scroll: it moves the playhead only when it taps.
      if (event.pointerType !== "touch") this.#does.go(this.#timeOf(event), false);
      return;
    }
    event.preventDefault();
    handle.focus();
    this.#dragged = borderOf(handle);
    handle.classList.add("strip-handle-held");
    this.#strip.setPointerCapture(event.pointerId);
  }

  #move(event) {
    const t = this.#timeOf(event);
    if (!this.#dragged) {
      if (event.pointerType === "touch") return;
      if (event.buttons & 1) this.#does.go(t, false);
      else this.#does.glance(t);
      return;
    }
    const box = this.#strip.getBoundingClientRect();
    if (event.clientX < box.left + EDGE_PX) this.#strip.scrollLeft -= EDGE_PX / 3;
    if (event.clientX > box.right - EDGE_PX) this.#strip.scrollLeft += EDGE_PX / 3;
    this.#does.moveTo(this.#dragged, t);
  }

  #drop() {
    if (!this.#dragged) return;
    this.#dragged = null;
    this.#strip.querySelector(".strip-handle-held")?.classList.remove("strip-handle-held");
    this.#does.end();
  }

  #tap(event) {
    if (event.pointerType !== "touch" || event.target.closest(".strip-handle")) return;
    this.#does.go(this.#timeOf(event), false);
  }

  #press(event) {
    const slider = event.target.closest('[role="slider"]');
    if (!slider) return;
    const step = event.shiftKey ? LARGE_STEP_S : STEP_S;
    const now = Number(slider.getAttribute("aria-valuenow"));
    const to = {
      ArrowLeft: now - step, ArrowDown: now - step, ArrowRight: now + step, ArrowUp: now + step,
      PageDown: now - LARGE_STEP_S, PageUp: now + LARGE_STEP_S,
      Home: Number(slider.getAttribute("aria-valuemin")),
      End: Number(slider.getAttribute("aria-valuemax")),
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    if (slider === this.#playhead) {
      this.#does.begin();
      this.#does.go(to, true);
    } else {
      this.#does.moveTo(borderOf(slider), to);
    }
  }
}

/** @param {HTMLElement} handle @returns {Border} */
function borderOf(handle) {
  return { id: Number(handle.parentElement.dataset.id), side: handle.dataset.side };
}
