/**
 * The outbox: everything this device has to hand over is kept here until the server has it.
 *
 * There is one database for each person, so that two who share a device never mix. One tab sends;
 * whichever tab exercises writes. A tab that is killed leaves its session behind: the next one to
 * open the outbox closes what was open and sends it.
 */

import { columns } from "./chunks.js";
import { reconsidered, settled, undelivered } from "./delivery.js";
import { Sender } from "./sender.js";
import { SessionApi } from "./session.js";
import { openStorage, StorageFull, STORES } from "./storage.js";

/** Later than this a workout is not gone on with: it is finished as it is. */
export const RESUME_MS = 6 * 3600_000;
/** Finished sessions, and those the server will not take, are forgotten after so long. */
const KEEP_FINISHED_MS = 24 * 3600_000;
const KEEP_REFUSED_MS = 30 * 24 * 3600_000;
/** A page that is being reloaded gives its lock back within this time. */
const LOCK_MS = 1500;
/** Without so much room no film is begun. */
const FILM_BYTES = 60e6;

/**
 * Hold a name among all tabs of this browser.
 * @param {string} name
 * @param {AbortSignal} signal gives up waiting
 * @returns {Promise<(() => void)|null>} gives it back; null where another tab has it
 */
async function hold(name, signal) {
  // Without locks there is no telling: better to send twice than never.
  if (!navigator.locks) return () => {};
  return new Promise((resolve) => {
    navigator.locks.request(name, { signal }, () => new Promise((release) => { resolve(release); }))
      .catch(() => resolve(null));
  });
}

/**
 * @typedef {object} Left a workout that was begun on this device and not finished
 * @property {string} id
 * @property {number} assignment
 * @property {string} level
 * @property {number} elapsedS session clock of its last row
 * @property {number} startedAtMs
 * @property {number} chunks
 * @property {{item: number, set: number}|null} at where it stopped
 * @property {any} noted what the page had noted
 */

export class Outbox {
  #name;
  #user;
  #api;
  #storage = null;
  #opening = null;
  #tidied = Promise.resolve();
  #sender = null;
  #state = "idle";
  #channel = null;
  #listeners = new Set();
  #held = new Map();
  #ending = new AbortController();

  /** @param {{user?: string, sessions: string, me?: string}} config `user` opaque, one for each */
  constructor({ user = "", sessions, me = "/api/me" }) {
    this.#user = user;
    this.#name = user ? `outbox-${user}` : "outbox";
    this.#api = new SessionApi({ sessions, me });
  }

  /** Whether what is kept outlives the page. */
  get lasting() { return this.#storage?.lasting ?? false; }

  /** @returns {import("./sender.js").SenderState} */
  get state() { return this.#state; }

  /** Open it; what an earlier visit left open is closed and sent meanwhile. */
  open() {
    this.#opening ??= this.#open();
    return this.#opening;
  }

  /**
   * @param {(event: {id?: string, delivery?: import("./delivery.js").Delivery,
   *   film?: "cut_off"|"given_up"}) => void} listener what has been sent; for want of room the
   *   present film ended early, or all that wait to be sent were given up
   * @returns {() => void} stops listening
   */
  listen(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * @param {import("./storage.js").Operation[]} operations
   * @param {{optional?: boolean}} options
   * @throws {StorageFull} an optional write only
   */
  write(operations, options) {
    const written = this.#storage.write(operations, options);
    return written.then(() => {
      // What only this page's memory holds, only this page can send.
      if (!this.#storage.lasting) this.#send();
    });
  }

  /** There is something new to send. */
  kick() {
    this.#sender?.kick();
    this.#channel?.postMessage({ kind: "kick" });
  }

  /** Try at once instead of waiting. */
  retry() {
    this.#sender?.retry();
    this.#channel?.postMessage({ kind: "retry" });
  }

  /** Hand over a chunk while the page goes away; it is sent again later and means the same. */
  sendLeaving(id, seq, body) {
    this.#api.putChunk(id, seq, body, { keepalive: true });
  }

  /** @returns {Promise<import("./delivery.js").Delivery>} */
  async delivery(id) {
    return await this.#storage.read("deliveries", [id]) ?? undelivered();
  }

  /** @returns {Promise<import("./delivery.js").KeptSession|undefined>} */
  session(id) {
    return this.#storage.read("sessions", [id]);
  }

  /** @returns {Promise<import("./delivery.js").KeptRecording[]>} */
  async recordings(id) {
    return (await this.#storage.list("recordings", [id])).map(({ value }) => value);
  }

  /**
   * Take a session for this tab alone: only who holds it writes it.
   * @returns {Promise<boolean>}
   */
  async take(id) {
    if (this.#held.has(id)) return true;
    const release = await hold(`${this.#name}-session-${id}`, AbortSignal.timeout(LOCK_MS));
    if (release) this.#held.set(id, release);
    return release !== null;
  }

  release(id) {
    this.#held.get(id)?.();
    this.#held.delete(id);
  }

  /**
   * The newest workout that this device left unfinished and that no other tab is at.
   * @param {number} [assignment] of this homework only
   * @returns {Promise<Left|null>}
   */
  async left(assignment) {
    await this.open();
    await this.#tidied;
    const kept = (await this.#storage.list("sessions")).map(({ value }) => value)
      .filter((one) => !one.finish && (assignment === undefined || one.assignment === assignment))
      .sort((a, b) => b.startedAtMs - a.startedAtMs);
    for (const session of kept) {
      const { id, level, lastS, startedAtMs, made, at, noted } = session;
      if (settled(await this.delivery(id)) || this.#held.has(id)) continue;
      if (!await this.take(id)) continue;
      this.release(id);
      return {
        id, assignment: session.assignment, level, elapsedS: lastS, startedAtMs, chunks: made, at,
        noted,
      };
    }
    return null;
  }

  /** Whether a film may be begun: numbers must have room in any case. */
  async roomForFilm() {
    const { quota = Infinity, usage = 0 } = await navigator.storage?.estimate?.() ?? {};
    return quota - usage > FILM_BYTES;
  }

  /** A film had to end, for there was no room for it. */
  filmCutOff() {
    this.#tell({ film: "cut_off" });
  }

  /** Ask the browser to keep what we keep, also when the device gets full. */
  async persist() {
    await navigator.storage?.persist?.().catch(() => false);
  }

  /** Stop sending and let go of everything; what is kept stays kept. */
  stop() {
    this.#ending.abort();
    this.#sender?.stop();
    this.#channel?.close();
    this.#channel = null;
    for (const release of this.#held.values()) release();
    this.#held.clear();
    this.#listeners.clear();
    // Whatever is being written is still written.
    this.#storage?.close();
  }

  async #open() {
    this.#storage = await openStorage(this.#name, () => this.#dropFilm());
    const { signal } = this.#ending;
    if (signal.aborted) {
      this.#storage.close();
      return;
    }
    this.#listenToTabs();
    window.addEventListener("online", () => this.retry(), { signal });
    document.addEventListener("visibilitychange", () => {
      // Back from another tab: perhaps from logging in.
      if (document.visibilityState === "visible") this.retry();
    }, { signal });
    this.#lead(signal);
    if (!this.lasting) this.#send();
    this.#tidied = this.#tidy().then(() => this.kick(), (error) => {
      if (!signal.aborted) console.error(error);
    });
  }

  #listenToTabs() {
    if (!("BroadcastChannel" in globalThis)) return;
    this.#channel = new BroadcastChannel(this.#name);
    this.#channel.addEventListener("message", ({ data }) => {
      if (data.kind === "kick") this.#sender?.kick();
      else if (data.kind === "retry") this.#sender?.retry();
      else if (!this.#sender) this.#report(data.state, data.id, data.delivery);
    }, { signal: this.#ending.signal });
  }

  /** Become the tab that sends, as soon as no other is. */
  async #lead(signal) {
    const release = await hold(`${this.#name}-sender`, signal);
    if (!release) return;
    if (signal.aborted) {
      release();
      return;
    }
    signal.addEventListener("abort", release);
    this.#send();
  }

  #send() {
    if (this.#ending.signal.aborted) return;
    this.#sender ??= new Sender(this.#storage, this.#api, {
      user: this.#user,
      onchange: (state, id, delivery) => {
        this.#report(state, id, delivery);
        this.#channel?.postMessage({ kind: "sent", state, id, delivery });
      },
    });
    this.#sender.kick();
  }

  #report(state, id, delivery) {
    this.#state = state;
    this.#tell({ id, delivery });
  }

  #tell(event) {
    for (const listener of this.#listeners) listener(event);
  }

  /** Close what earlier visits left open, forget what is over. */
  async #tidy() {
    const now = Date.now();
    const sessions = (await this.#storage.list("sessions")).map(({ value }) => value);
    for (const { key: [id] } of await this.#storage.list("deliveries")) {
      if (!await this.session(id)) await this.forget(id);
    }
    await Promise.all(sessions.map(async (session) => {
      const { id } = session;
      if (this.#held.has(id) || !await this.take(id)) return;
      try {
        const delivery = await this.delivery(id);
        const over = delivery.answer?.status === 200 && delivery.refused.length === 0
          ? now - delivery.changedAtMs > KEEP_FINISHED_MS
          : now - session.savedAtMs > KEEP_REFUSED_MS;
        if (over) await this.forget(id);
        else if (!delivery.answer) await this.#close(session, delivery, now);
      } finally {
        this.release(id);
      }
    }));
  }

  /** A session whose tab is gone: its open chunk is closed with what was kept of it. */
  async #close(session, delivery, now) {
    const { id, made } = session;
    const entries = (await this.#storage.list("rows", [id, made])).flatMap(({ value }) => value);
    const recordings = await this.recordings(id);
    if (made === 0 && entries.length === 0 && recordings.length === 0 && !session.finish) {
      await this.forget(id);
      return;
    }
    const last = entries.at(-1);
    const closed = {
      ...session,
      made: made + (last ? 1 : 0),
      lastS: last?.t ?? session.lastS,
      at: last ? { item: last.item, set: last.set } : session.at,
      finish: session.finish || now - session.startedAtMs > RESUME_MS,
    };
    await this.#storage.write([
      ...(last
        ? [{ store: "chunks", key: [id, made], value: JSON.stringify(columns(entries)) }]
        : []),
      { store: "rows", under: [id] },
      { store: "sessions", key: [id], value: closed },
      { store: "deliveries", key: [id], value: reconsidered(delivery) },
      ...recordings.filter((one) => !one.closed).map((one) => (
        { store: "recordings", key: [id, one.n], value: { ...one, closed: true } })),
    ]);
  }

  /** Whatever was kept of a session is deleted. */
  forget(id) {
    return this.#storage.write(STORES.map((store) => ({ store, under: [id] })));
  }

  /** Room for numbers: films that wait are cut off where the server has them. */
  async #dropFilm() {
    const operations = [];
    for (const { value: recording, key } of await this.#storage.list("recordings")) {
      const [id, n] = key;
      const delivery = await this.delivery(id);
      const parts = delivery.recordings[n]?.parts ?? 0;
      if (recording.parts <= parts) continue;
      operations.push({ store: "parts", under: [id, n] },
        { store: "recordings", key, value: { ...recording, parts, closed: true, dropped: true } });
    }
    if (operations.length === 0) return false;
    try {
      await this.#storage.write(operations, { optional: true });
    } catch (error) {
      if (error instanceof StorageFull) return false;
      throw error;
    }
    this.#tell({ film: "given_up" });
    return true;
  }
}
