/** Fetches what a moment needs, once: skeletons by chunk, the trainer's by exercise, curves. */

import { unpack } from "../shadow/packed.js";
import { decodePairs } from "./data.js";

async function answered(url, signal) {
  const response = await fetch(url, { credentials: "same-origin", signal });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response;
}

export class Sources {
  #config;
  #signal;
  #kept = new Map();

  /** @param {object} config the page's @param {AbortSignal} signal */
  constructor(config, signal) {
    this.#config = config;
    this.#signal = signal;
  }

  /** @returns {Promise<object>} the session without skeletons */
  data() {
    return this.#json(this.#config.data);
  }

  /**
   * @param {number} seq
   * @returns {Promise<{t: number[], clip_t: number[], score: (?number)[], lag: (?number)[],
   *   errors: (?number)[][], landmarks: ?number[][], visibility: ?number[][]}>}
   */
  chunk(seq) {
    const url = this.#config.frames.replace(/0\/$/, `${seq}/`);
    return this.#once(url, () => this.#json(url));
  }

  /**
   * @param {number} item
   * @returns {Promise<?import("../shadow/packed.js").PackedPoses>} null where they are gone
   */
  async poses(item) {
    const url = this.#config.items[item]?.poses;
    if (!url) return null;
    return this.#once(url, async () =>
      unpack(await (await answered(url, this.#signal)).arrayBuffer()));
  }

  /** @param {number} id of an analysis @returns {Promise<object[]>} instants of equal phase */
  pairs(id) {
    const url = this.#config.pairs.replace(/0\/$/, `${id}/`);
    return this.#once(url, async () => decodePairs(await this.#json(url)));
  }

  /** @param {number} id of an analysis @param {string} angle @returns {Promise<object>} */
  curve(id, angle) {
    const url = this.#config.curve.replace(/0\/x\/$/, `${id}/${angle}/`);
    return this.#once(url, () => this.#json(url));
  }

  /** @param {number} id of an analysis @param {string} persona @returns {Promise<string>} */
  async suggestion(id, persona) {
    const asked = new URLSearchParams({ analysis: String(id), persona });
    return (await this.#json(`${this.#config.suggestion}?${asked}`)).text;
  }

  async #json(url) {
    return (await answered(url, this.#signal)).json();
  }

  #once(key, make) {
    if (!this.#kept.has(key)) {
      const made = make();
      this.#kept.set(key, made);
      // A failure is not kept: the next click tries again.
      made.catch(() => this.#kept.delete(key));
    }
    return this.#kept.get(key);
  }
}
