/**
 * The workout's record on the server: one session, its timeline, its end.
 */

import { Session } from "./session.js";
import { Timeline } from "./timeline.js";

const RETRY_MS = 3000;

export class Logbook {
  #session;
  #timeline = null;
  #onchange;
  #finished = false;

  /**
   * @param {string} url of the session API
   * @param {(state: {acked: number, made: number, saving: "saved"|"saving"|"offline"}) => void}
   *   onchange
   */
  constructor(url, onchange) {
    this.#session = new Session(url);
    this.#onchange = onchange;
  }

  /** Whether something has begun that is not yet finished. */
  get open() { return this.#timeline !== null && !this.#finished; }

  get begun() { return this.#timeline !== null; }

  /** Seconds since the session began; 0 before. */
  get elapsedS() { return this.#session.elapsedS; }

  /** Begin, once. @param {number} assignment @throws {Error} where the server refuses */
  async start(assignment) {
    if (this.#timeline) return;
    await this.#session.start(assignment);
    this.#timeline = new Timeline(this.#session, ({ acked, pending, failing }) => this.#onchange({
      acked,
      made: this.#timeline.made,
      saving: failing ? "offline" : pending ? "saving" : "saved",
    }));
    this.#onchange({ acked: 0, made: 0, saving: "saved" });
  }

  /** @param {import("./chunks.js").Row} row */
  add(row) { this.#timeline?.add(row); }

  cut() { this.#timeline?.cut(); }

  flushOnLeave() { this.#timeline?.flushOnLeave(); }

  retry() { this.#timeline?.retry(); }

  stop() { this.#timeline?.stop(); }

  /**
   * Send what is left and close the session, however long the network is away.
   * @returns {Promise<{status: number, score: number|null, url: string|null}>}
   */
  async finish() {
    await this.#timeline.flush();
    for (;;) {
      const { made, acked } = this.#timeline;
      const answer = await this.#session.finish(made);
      if (answer.status !== 0 && answer.status < 500) {
        this.#finished = true;
        return answer;
      }
      this.#onchange({ acked, made, saving: "offline" });
      await new Promise((resolve) => { setTimeout(resolve, RETRY_MS); });
    }
  }
}
