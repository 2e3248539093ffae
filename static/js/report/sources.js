/** Fetches what a moment needs, once: skeletons by chunk, the trainer's by exercise, curves. */

import { unpack } from "../shadow/packed.js";
import { decodePairs } from "./data.js";

/** The server's own words about what it refuses. */
export class Refused extends Error {}

async function answered(url, signal, how = {}) {
  const response = await fetch(url, { credentials: "same-origin", signal, ...how });
  if (response.status === 400) {
    const { detail } = await response.json().catch(() => ({}));
    if (detail) throw new Refused(detail);
  }
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

  /** @returns {Promise<object[]>} the notes, as docs/formats.md has them */
  async notes() {
    return (await this.#json(this.#config.notes)).notes;
  }

  /**
   * Keep a note.
   * @param {?number} id null = a new one
   * @param {object} facts @param {?Blob|"remove"} voice null leaves it as it is
   * @returns {Promise<object>} as it is kept
   * @throws {Refused} with words for the trainer
   */
  async saveNote(id, facts, voice) {
    const body = new FormData();
    body.set("note", JSON.stringify(facts));
    if (voice) body.set("voice", voice);
    return (await this.#write(id === null ? "" : `${id}/`, "POST", body)).json();
  }

  /** @param {number} id */
  async deleteNote(id) { await this.#write(`${id}/`, "DELETE"); }

  /** @param {number} id @returns {Promise<object>} */
  async restoreNote(id) { return (await this.#write(`${id}/restore/`, "POST")).json(); }

  #write(tail, method, body = null) {
    const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
    // Not stopped with the page: what the trainer has said is to arrive.
    return answered(`${this.#config.notes}${tail}`, null, {
      method, body, headers: { "X-CSRFToken": token },
    });
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
