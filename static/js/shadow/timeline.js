/**
 * Sends the timeline: chunks in order, one at a time, each until the server has it.
 */

import { Chunker, delayMs, outcome } from "./chunks.js";

const KEEPALIVE_BYTES = 60_000;

export class Timeline {
  #session;
  #onchange;
  #chunker = new Chunker();
  /** @type {{seq: number, body: string}[]} made and not yet acknowledged */
  #pending = [];
  #made = 0;
  #acked = 0;
  #failures = 0;
  #refused = 0;
  #sending = false;
  #timer = 0;
  #waiting = [];
  #stopped = false;

  /**
   * @param {import("./session.js").Session} session
   * @param {(state: {acked: number, pending: number, failing: boolean}) => void} onchange
   */
  constructor(session, onchange = () => {}) {
    this.#session = session;
    this.#onchange = onchange;
  }

  get acked() { return this.#acked; }

  get made() { return this.#made; }

  /** How many chunks the server would not take: a fault of ours, not of the network. */
  get refused() { return this.#refused; }

  /** @param {import("./chunks.js").Row} row */
  add(row) {
    const chunk = this.#chunker.add(row);
    if (chunk) this.#push(chunk);
  }

  /** Make a chunk of what has been collected, without waiting for it to be full. */
  cut() {
    const chunk = this.#chunker.take();
    if (chunk) this.#push(chunk);
  }

  /** Send all there is; settles once everything is acknowledged or refused, however long it takes. */
  async flush() {
    this.cut();
    if (this.#pending.length === 0) return;
    await new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.retry();
    });
  }

  /** Hand over what can still be handed over while the page goes away. */
  flushOnLeave() {
    this.cut();
    let bytes = 0;
    for (const { seq, body } of this.#pending) {
      bytes += body.length;
      if (bytes > KEEPALIVE_BYTES) break;
      // No answer is awaited: should the page live on, the chunk is sent again and means the same.
      this.#session.putChunk(seq, body, { keepalive: true }).catch(() => {});
    }
  }

  stop() {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #push(chunk) {
    this.#pending.push({ seq: this.#made, body: JSON.stringify(chunk) });
    this.#made += 1;
    this.#send();
  }

  /** Try at once instead of waiting: the network is back, or someone asks for it. */
  retry() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#send();
  }

  async #send() {
    if (this.#sending || this.#timer || this.#stopped) return;
    this.#sending = true;
    while (this.#pending.length > 0 && !this.#stopped) {
      const { seq, body } = this.#pending[0];
      const result = outcome(await this.#session.putChunk(seq, body));
      if (result === "again") {
        this.#failures += 1;
        this.#timer = setTimeout(() => {
          this.#timer = 0;
          this.#send();
        }, delayMs(this.#failures));
        break;
      }
      this.#failures = 0;
      this.#pending.shift();
      if (result === "stored") this.#acked += 1;
      else this.#refused += 1;
      this.#report();
    }
    this.#sending = false;
    this.#report();
    if (this.#pending.length === 0) {
      for (const resolve of this.#waiting.splice(0)) resolve();
    }
  }

  #report() {
    this.#onchange({
      acked: this.#acked,
      pending: this.#pending.length,
      failing: this.#failures > 0,
    });
  }
}
