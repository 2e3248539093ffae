/**
 * One recording as it goes into the outbox: parts in order, each kept before the next.
 */

import { StorageFull } from "./storage.js";

/** The server takes parts of up to 4 MiB; some browsers hand a film over in one piece. */
export const PART_BYTES = 2 * 1024 * 1024;

export class Take {
  #outbox;
  #session;
  #about;
  #number;
  #n = -1;
  #parts = 0;
  #startedS = 0;
  #open = true;
  #dropped = false;
  #queue = Promise.resolve();
  #settle;

  /** Settles when all parts are kept. @type {Promise<void>} */
  closed = new Promise((resolve) => { this.#settle = resolve; });

  /**
   * @param {import("./outbox.js").Outbox} outbox
   * @param {string} session
   * @param {{item: number, set: number, mime: string, content: string}} about
   * @param {() => number} number gives the recording's number: a film of nothing takes none
   */
  constructor(outbox, session, about, number) {
    this.#outbox = outbox;
    this.#session = session;
    this.#about = about;
    this.#number = number;
  }

  /** Whether parts are still taken. */
  get open() { return this.#open && !this.#dropped; }

  /** The recording's number; -1 while there is nothing of it. */
  get n() { return this.#n; }

  get parts() { return this.#parts; }

  /** @param {number} startedS session clock of the first picture */
  begin(startedS) {
    this.#startedS = startedS;
  }

  /** @param {Blob} blob @returns {Promise<boolean>} whether it is kept */
  add(blob) {
    if (!this.open || blob.size === 0) return Promise.resolve(this.open);
    const kept = this.#queue.then(() => this.#keep(blob));
    this.#queue = kept.catch(() => {});
    return kept;
  }

  /** No more parts will come. */
  async close() {
    if (!this.#open) return;
    this.#open = false;
    await this.#queue;
    if (this.#n >= 0 && !this.#dropped) await this.#outbox.write([this.#record(true)]);
    this.#settle();
    this.#outbox.kick();
  }

  /** The outbox has no room and has cut the film off. */
  drop() {
    this.#dropped = true;
    this.#open = false;
    this.#settle();
  }

  async #keep(blob) {
    for (let start = 0; start < blob.size && !this.#dropped; start += PART_BYTES) {
      const bytes = await blob.slice(start, start + PART_BYTES).arrayBuffer();
      if (this.#dropped) break;
      if (this.#n < 0) this.#n = this.#number();
      const key = [this.#session, this.#n, this.#parts];
      this.#parts += 1;
      try {
        await this.#outbox.write([{ store: "parts", key, value: bytes }, this.#record(false)],
          { optional: true });
      } catch (error) {
        if (!(error instanceof StorageFull)) throw error;
        this.#parts -= 1;
        await this.#cutOff();
        return false;
      }
    }
    this.#outbox.kick();
    return !this.#dropped;
  }

  /** A film with a hole can't be played: it ends where the room did. */
  async #cutOff() {
    this.#open = false;
    if (this.#parts > 0) await this.#outbox.write([this.#record(true)]);
    this.#settle();
    this.#outbox.filmCutOff();
  }

  #record(closed) {
    return {
      store: "recordings",
      key: [this.#session, this.#n],
      value: {
        ...this.#about, n: this.#n, startedS: this.#startedS, parts: this.#parts, closed,
      },
    };
  }
}
