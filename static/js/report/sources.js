/** Fetches what a moment needs, once: the session's skeletons by chunk, the trainer's by exercise. */

import { unpack } from "../shadow/packed.js";

async function answered(url, signal) {
  const response = await fetch(url, { credentials: "same-origin", signal });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response;
}

export class Sources {
  #config;
  #signal;
  #chunks = new Map();
  #poses = new Map();

  /** @param {object} config the page's @param {AbortSignal} signal */
  constructor(config, signal) {
    this.#config = config;
    this.#signal = signal;
  }

  /** @returns {Promise<object>} the timeline without skeletons */
  async data() {
    return (await answered(this.#config.data, this.#signal)).json();
  }

  /**
   * @param {number} seq
   * @returns {Promise<{errors: (?number)[][], landmarks: ?number[][], visibility: ?number[][]}>}
   */
  chunk(seq) {
    return this.#once(this.#chunks, seq, async () => {
      const url = this.#config.frames.replace(/0\/$/, `${seq}/`);
      return (await answered(url, this.#signal)).json();
    });
  }

  /**
   * @param {number} item
   * @returns {Promise<?import("../shadow/packed.js").PackedPoses>} null where they are gone
   */
  poses(item) {
    return this.#once(this.#poses, item, async () => {
      const url = this.#config.items[item]?.poses;
      if (!url) return null;
      return unpack(await (await answered(url, this.#signal)).arrayBuffer());
    });
  }

  #once(kept, key, make) {
    if (!kept.has(key)) {
      const made = make();
      kept.set(key, made);
      // A failure is not kept: the next click tries again.
      made.catch(() => kept.delete(key));
    }
    return kept.get(key);
  }
}
