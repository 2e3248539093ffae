/**
 * The workout's record: one session, its timeline, its recordings, its end. Everything goes through
 * the outbox, so nothing here waits for the network but the answer to the finish.
 */

import { settled } from "./delivery.js";
import { Outbox } from "./outbox.js";
import { Timeline } from "./timeline.js";

/**
 * @typedef {object} Saving
 * @property {number} acked chunks the server has
 * @property {number} made chunks there are
 * @property {"saved"|"saving"|"offline"|"login"} saving
 * @property {number} refused chunks the server would not take
 * @property {number} waiting chunks and parts still to be sent
 * @property {boolean} lasting whether what waits outlives the page
 * @property {boolean} filmDropped the device is full: films were cut off, numbers are kept
 * @property {import("./delivery.js").Problem[]} problems what was refused or lost, and why
 */

export class Logbook {
  #outbox;
  #onchange;
  #timeline = null;
  #filmDropped = false;
  #waiting = [];

  /**
   * @param {string|{sessions: string, user?: string, me?: string}} config the session API's
   *   address, or that and whose outbox it is
   * @param {(state: Saving) => void} onchange
   */
  constructor(config, onchange = () => {}) {
    this.#outbox = new Outbox(typeof config === "string" ? { sessions: config } : config);
    this.#onchange = onchange;
    this.#outbox.listen((event) => this.#hear(event));
    // What an earlier visit left is sent though nothing new begins.
    this.#outbox.open();
  }

  /** Whether something has begun that is not yet finished. */
  get open() { return this.begun && !settled(this.#timeline.delivery); }

  get begun() { return this.#timeline !== null; }

  /** The session's id; null before it begins. */
  get id() { return this.#timeline?.id ?? null; }

  /** What may leave the device; null before it begins. */
  get level() { return this.#timeline?.level ?? null; }

  /** Whether closing the page loses nothing. */
  get lasting() { return this.#outbox.lasting; }

  /** Seconds since the session began; 0 before. */
  get elapsedS() { return this.#timeline?.elapsedS ?? 0; }

  /**
   * Begin, once. Never waits for the network.
   * @param {number} assignment
   * @param {{level?: string, startedAt?: Date|number}} options
   */
  async start(assignment, { level = "skeleton", startedAt = Date.now() } = {}) {
    if (this.begun) return;
    await this.#outbox.open();
    if (this.begun) return;
    const now = Number(startedAt);
    const session = {
      id: crypto.randomUUID(), assignment, level, startedAtMs: now, savedAtMs: now,
      made: 0, lastS: 0, at: null, noted: null, finish: false,
    };
    this.#timeline = new Timeline(this.#outbox, session);
    await this.#outbox.take(session.id);
    await this.#outbox.write([{ store: "sessions", key: [session.id], value: session }]);
    this.#outbox.persist();
    this.#report();
  }

  /**
   * A workout that was left unfinished on this device, to be gone on with or finished as it is.
   * @param {number} [assignment] of this homework only
   * @returns {Promise<import("./outbox.js").Left|null>}
   */
  resume(assignment) {
    return this.#outbox.left(assignment);
  }

  /**
   * Go on with it: the same session and clock, the next numbers.
   * @param {{id: string}} left
   * @returns {Promise<boolean>} false where another tab was quicker
   */
  async goOn({ id }) {
    if (this.begun || !await this.#outbox.take(id)) return false;
    const session = await this.#outbox.session(id);
    if (!session || session.finish) {
      this.#outbox.release(id);
      return false;
    }
    this.#timeline = new Timeline(this.#outbox, session, {
      delivery: await this.#outbox.delivery(id),
      recordings: await this.#outbox.recordings(id),
    });
    this.#report();
    return true;
  }

  /** Finish it as it is; it is sent while the page goes on with something else. */
  async finishLeft({ id }) {
    if (!await this.#outbox.take(id)) return;
    const session = await this.#outbox.session(id);
    if (session) {
      await this.#outbox.write([
        { store: "sessions", key: [id], value: { ...session, finish: true } },
      ]);
    }
    this.#outbox.release(id);
    this.#outbox.kick();
  }

  /** Delete what this device keeps of it; what the server has stays there, unfinished. */
  async discardLeft({ id }) {
    if (!await this.#outbox.take(id)) return;
    await this.#outbox.forget(id);
    this.#outbox.release(id);
  }

  /** @param {import("./chunks.js").Row} row */
  add(row) {
    if (!this.#timeline) return;
    const { made } = this.#timeline;
    this.#timeline.add(row);
    if (this.#timeline.made !== made) this.#report();
  }

  cut() {
    this.#timeline?.cut();
    this.#report();
  }

  /** Keep something of the page's own, found again as `noted` of what was left. */
  note(noted) { this.#timeline?.note(noted); }

  /**
   * Begin a recording, for the Recorder.
   * @param {{item: number, set: number, mime: string, content: string}} about
   * @returns {Promise<import("./take.js").Take|null>} null where there is no room
   */
  async record(about) {
    if (!this.#timeline || !await this.#outbox.roomForFilm()) return null;
    return this.#timeline.take(about);
  }

  flushOnLeave() { this.#timeline?.flushOnLeave(); }

  retry() { this.#outbox.retry(); }

  stop() {
    this.#timeline?.stop();
    this.#outbox.stop();
  }

  /**
   * Close the session; settles when the server has all of it, however long the network is away.
   * Whoever does not wait loses nothing: it is sent at the next visit.
   * @returns {Promise<{status: number, score: number|null, url: string|null}>}
   */
  async finish() {
    await this.#timeline.finish();
    const answer = this.#answer();
    if (answer) return answer;
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#outbox.retry();
    });
  }

  #answer() {
    const { answer, refusal } = this.#timeline.delivery;
    if (answer) return answer;
    return refusal ? { status: refusal.status ?? 0, score: null, url: null } : null;
  }

  #hear({ id, delivery, film }) {
    this.#filmDropped ||= Boolean(film);
    if (film === "given_up") this.#timeline?.dropFilm();
    if (!this.#timeline) return;
    if (delivery && id === this.id) this.#timeline.delivery = delivery;
    this.#report();
    const answer = this.#answer();
    if (answer) for (const resolve of this.#waiting.splice(0)) resolve(answer);
  }

  #report() {
    if (!this.#timeline) return;
    const { acked, made, refused, chunks, parts } = this.#timeline.counts;
    const waiting = chunks + parts;
    this.#onchange({
      acked,
      made,
      refused,
      waiting,
      saving: this.#saving(waiting),
      lasting: this.#outbox.lasting,
      filmDropped: this.#filmDropped,
      problems: this.#timeline.delivery.problems,
    });
  }

  #saving(waiting) {
    const { state } = this.#outbox;
    if (state === "login" || state === "offline") return state;
    return waiting > 0 || (this.#timeline.finished && this.open) ? "saving" : "saved";
  }
}
