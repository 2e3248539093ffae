/**
 * What the client likes, kept on this device.
 */

const KEY = "shadow-preferences";

/** @typedef {typeof DEFAULTS} Preferences */
export const DEFAULTS = Object.freeze({
  silhouette: true,
  trainerSkeleton: true,
  clientSkeleton: true,
  align: true,
  /** @type {"video"|"3d"|"ghost"} */
  view: "video",
  muted: false,
  /** @type {"often"|"sometimes"|"rarely"|"off"} */
  frequency: "sometimes",
  /** Language of the voice; "" = the page's. */
  voice: "",
  gestures: true,
  shortcuts: true,
  wholeStage: false,
  /** @type {import("./privacy.js").Level|""} "" = never chosen */
  level: "",
  /** @type {Record<string, number>} speed of the trainer by item */
  rates: Object.freeze({}),
});

/**
 * Take what is known and of the right kind; the rest is as usual.
 * @param {unknown} stored
 * @returns {Preferences}
 */
export function sound(stored) {
  const found = { ...DEFAULTS };
  if (typeof stored !== "object" || stored === null) return found;
  for (const name of Object.keys(DEFAULTS)) {
    if (typeof stored[name] === typeof DEFAULTS[name] && stored[name] !== null) {
      found[name] = stored[name];
    }
  }
  return found;
}

export class PreferenceStore {
  #storage;
  #values;

  /** @param {Storage|null} storage null where the browser refuses one */
  constructor(storage) {
    this.#storage = storage;
    this.#values = sound(this.#read());
  }

  /** @returns {Preferences} */
  get values() { return this.#values; }

  /** @param {Partial<Preferences>} changes */
  set(changes) {
    this.#values = { ...this.#values, ...changes };
    try {
      this.#storage?.setItem(KEY, JSON.stringify(this.#values));
    } catch {
      // Storage is full or off: the choice holds for this visit.
    }
  }

  #read() {
    try {
      return JSON.parse(this.#storage?.getItem(KEY) ?? "null");
    } catch {
      return null;
    }
  }
}

/** @returns {Storage|null} the browser's, where the page may use it */
export function browserStorage() {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
