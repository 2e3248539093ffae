/**
 * A camera on a sphere around the bodies: turned by mouse, finger, wheel or keys. The first half is
 * pure, the second listens.
 */

const TAU = 2 * Math.PI;
const LOWEST_RAD = -0.12;
const HIGHEST_RAD = 1.35;
const NEAREST = 0.45;
const FARTHEST = 1.8;
/** A drag across the whole stage turns it by so much. */
const DRAG_RAD = 1.2 * Math.PI;
const KEY_RAD = Math.PI / 18;
const KEY_ZOOM = 1.12;
const WHEEL_ZOOM = 1.0015;

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

/**
 * @typedef {object} Orbit
 * @property {number} azimuthRad about the vertical; 0 looks as the trainer's camera did
 * @property {number} elevationRad above the floor
 * @property {number} zoom distance, in those that show everything
 */

/** @type {Orbit} from the front, a little from above */
export const HOME = Object.freeze({ azimuthRad: 0, elevationRad: 0.16, zoom: 1 });

/**
 * @param {Orbit} orbit @param {number} azimuthRad @param {number} elevationRad by how much to turn
 * @returns {Orbit}
 */
export function turned(orbit, azimuthRad, elevationRad) {
  const azimuth = orbit.azimuthRad + azimuthRad;
  return {
    ...orbit,
    azimuthRad: azimuth - TAU * Math.round(azimuth / TAU),
    elevationRad: clamp(orbit.elevationRad + elevationRad, LOWEST_RAD, HIGHEST_RAD),
  };
}

/** @param {Orbit} orbit @param {number} factor above 1 moves away @returns {Orbit} */
export const zoomed = (orbit, factor) =>
  ({ ...orbit, zoom: clamp(orbit.zoom * factor, NEAREST, FARTHEST) });

/** @param {Orbit} orbit @param {string} key as KeyboardEvent says @returns {Orbit|null} null: none of ours */
export function keyed(orbit, key) {
  switch (key) {
    case "ArrowLeft": return turned(orbit, -KEY_RAD, 0);
    case "ArrowRight": return turned(orbit, KEY_RAD, 0);
    case "ArrowUp": return turned(orbit, 0, KEY_RAD);
    case "ArrowDown": return turned(orbit, 0, -KEY_RAD);
    case "+": case "=": return zoomed(orbit, 1 / KEY_ZOOM);
    case "-": return zoomed(orbit, KEY_ZOOM);
    case "Home": case "0": return HOME;
    default: return null;
  }
}

/** Turns an orbit by what is done on an element, while it is connected. */
export class OrbitControl {
  orbit = HOME;
  #element;
  #onturn;
  #listeners = null;
  #pointers = new Map();

  /** @param {HTMLElement} element @param {() => void} onturn */
  constructor(element, onturn) {
    this.#element = element;
    this.#onturn = onturn;
  }

  connect() {
    if (this.#listeners) return;
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    const on = (type, listener, options = {}) =>
      this.#element.addEventListener(type, listener, { ...options, signal });
    on("pointerdown", (event) => {
      if (event.button !== 0) return;
      this.#element.setPointerCapture(event.pointerId);
      this.#pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    });
    on("pointermove", (event) => this.#drag(event));
    for (const type of ["pointerup", "pointercancel"]) {
      on(type, ({ pointerId }) => this.#pointers.delete(pointerId));
    }
    on("wheel", (event) => {
      event.preventDefault();
      this.#take(zoomed(this.orbit, WHEEL_ZOOM ** event.deltaY));
    }, { passive: false });
    on("dblclick", () => this.#take(HOME));
    on("keydown", (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      const orbit = keyed(this.orbit, event.key);
      if (!orbit) return;
      event.preventDefault();
      this.#take(orbit);
    });
  }

  disconnect() {
    this.#listeners?.abort();
    this.#listeners = null;
    this.#pointers.clear();
  }

  /** One pointer turns; two, as fingers do, move nearer and farther. */
  #drag(event) {
    const before = this.#pointers.get(event.pointerId);
    if (!before) return;
    const now = { x: event.clientX, y: event.clientY };
    const other = [...this.#pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.#pointers.set(event.pointerId, now);
    if (other) {
      const apart = (point) => Math.max(1, Math.hypot(point.x - other.x, point.y - other.y));
      this.#take(zoomed(this.orbit, apart(before) / apart(now)));
      return;
    }
    const { width, height } = this.#element.getBoundingClientRect();
    const perPixel = DRAG_RAD / Math.max(1, Math.min(width, height));
    this.#take(turned(this.orbit, (before.x - now.x) * perPixel, (now.y - before.y) * perPixel));
  }

  #take(orbit) {
    this.orbit = orbit;
    this.#onturn();
  }
}
