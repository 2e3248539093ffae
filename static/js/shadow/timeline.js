/**
 * Writes one session into the outbox: its rows as they come, its chunks, its recordings, its end.
 */

import { Chunker, entryOf, withoutBodies } from "./chunks.js";
import { SessionClock } from "./clock.js";
import { counts, undelivered } from "./delivery.js";
import { Take } from "./take.js";

/** A tab that is killed loses half a second and no more: on a busy device saving takes a while too. */
const SAVE_MS = 250;
/** What a page may send in all while it is being closed. */
const KEEPALIVE_BYTES = 60_000;

export class Timeline {
  #outbox;
  #session;
  #clock;
  #chunker;
  #delivery;
  #saved = 0;
  #timer = 0;
  /** @type {Map<number, string>} the latest chunks, for a page that is going away */
  #latest = new Map();
  /** @type {Set<Take>} */
  #takes = new Set();
  /** @type {import("./delivery.js").KeptRecording[]} made before this page took over */
  #earlier;
  #recordings;

  /**
   * @param {import("./outbox.js").Outbox} outbox that has taken the session for this tab
   * @param {import("./delivery.js").KeptSession} session
   * @param {{delivery?: import("./delivery.js").Delivery,
   *   recordings?: import("./delivery.js").KeptRecording[]}} before what there was of it already
   */
  constructor(outbox, session, { delivery = undelivered(), recordings = [] } = {}) {
    this.#outbox = outbox;
    this.#session = { ...session };
    this.#delivery = delivery;
    this.#earlier = recordings;
    this.#recordings = Math.max(-1, ...recordings.map(({ n }) => n)) + 1;
    this.#clock = new SessionClock(session.startedAtMs, { lastS: session.lastS });
    this.#chunker = new Chunker(session.made > 0 ? session.lastS : -1);
  }

  get id() { return this.#session.id; }

  get level() { return this.#session.level; }

  get made() { return this.#session.made; }

  get finished() { return this.#session.finish; }

  get elapsedS() { return this.#clock.elapsedS; }

  /** What the sender has come to, as far as this tab has heard. */
  get delivery() { return this.#delivery; }

  set delivery(delivery) {
    this.#delivery = delivery;
    for (const n of this.#latest.keys()) if (n < delivery.next) this.#latest.delete(n);
  }

  /** How much is made, sent and waiting. */
  get counts() {
    const taken = [...this.#takes].filter(({ n }) => n >= 0);
    return counts(this.#session, [...this.#earlier, ...taken], this.#delivery);
  }

  /** @param {import("./chunks.js").Row} row */
  add(row) {
    if (this.finished) return;
    const entry = entryOf(row, { bodies: this.level !== "numbers" });
    const chunk = this.#chunker.add(entry);
    if (chunk) this.#close(chunk);
    this.#timer ||= setTimeout(() => this.#save(), SAVE_MS);
  }

  /** Make a chunk of what has been collected, without waiting for it to be full. */
  cut() {
    const chunk = this.#chunker.take();
    if (chunk) this.#close(chunk);
  }

  /** Keep something of the page's own, to be found when the workout is gone on with. */
  note(noted) {
    this.#session.noted = noted;
    this.#outbox.write([this.#keptSession()]);
  }

  /**
   * @param {{item: number, set: number, mime: string, content: string}} about
   * @returns {Take}
   */
  take(about) {
    const take = new Take(this.#outbox, this.id, about, () => {
      this.#recordings += 1;
      return this.#recordings - 1;
    });
    this.#takes.add(take);
    return take;
  }

  /** No film fits any more: what is kept of the present ones is all there will be. */
  dropFilm() {
    for (const take of this.#takes) take.drop();
    this.#takes.clear();
    this.#earlier = [];
  }

  /** Nothing more will come; settles when that is kept. */
  async finish() {
    this.cut();
    await Promise.all([...this.#takes].map(({ closed }) => closed));
    this.#session.finish = true;
    await this.#outbox.write([this.#keptSession()]);
    this.#outbox.kick();
  }

  /** Close and hand over what can still be handed over while the page goes away. */
  flushOnLeave() {
    this.cut();
    const { created, level, next, refused } = this.#delivery;
    if (!created) return;
    let bytes = 0;
    // In order and without a gap: the server numbers by what it has taken.
    for (let n = next; n < this.made && this.#latest.has(n); n += 1) {
      const made = this.#latest.get(n);
      const body = level === "numbers" ? withoutBodies(made) : made;
      bytes += body.length;
      if (bytes > KEEPALIVE_BYTES) break;
      this.#outbox.sendLeaving(this.id, n - refused.length, body);
    }
  }

  stop() {
    this.#save();
    clearTimeout(this.#timer);
  }

  #keptSession() {
    this.#session.savedAtMs = Date.now();
    return { store: "sessions", key: [this.id], value: { ...this.#session } };
  }

  #save() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    const { entries } = this.#chunker;
    if (entries.length <= this.#saved) return;
    const key = [this.id, this.made, this.#saved];
    this.#outbox.write([{ store: "rows", key, value: entries.slice(this.#saved) }]);
    this.#saved = entries.length;
  }

  #close(chunk) {
    const n = this.made;
    const body = JSON.stringify(chunk);
    Object.assign(this.#session, {
      made: n + 1, lastS: chunk.t.at(-1), at: { item: chunk.item, set: chunk.set },
    });
    this.#saved = 0;
    this.#latest.set(n, body);
    if (this.#latest.size > 3) this.#latest.delete(this.#latest.keys().next().value);
    this.#outbox.write([
      { store: "chunks", key: [this.id, n], value: body },
      { store: "rows", under: [this.id, n] },
      this.#keptSession(),
    ]).then(() => this.#outbox.kick());
  }
}
