/**
 * Sends what the outbox keeps: in order, one request at a time, each until the server has it.
 */

import { withoutBodies } from "./chunks.js";
import {
  acknowledged, answered, contains, deliveredRecordings, delayMs, nextMessage, outcome, undelivered,
} from "./delivery.js";

/** Someone has to log in; meanwhile the server is not asked more often than this. */
const LOGIN_DELAY_MS = 15_000;

/**
 * @typedef {"idle"|"sending"|"offline"|"login"} SenderState offline also stands for a server that
 *   answers with an error of its own
 */

export class Sender {
  #storage;
  #api;
  #user;
  #onchange;
  #state = "idle";
  #failures = 0;
  #timer = 0;
  #running = false;
  #asked = false;
  #stopped = false;

  /**
   * @param {import("./storage.js").LayeredStorage} storage
   * @param {import("./session.js").SessionApi} api
   * @param {{user: string,
   *   onchange: (state: SenderState, id?: string,
   *     delivery?: import("./delivery.js").Delivery) => void}} options
   */
  constructor(storage, api, { user, onchange }) {
    this.#storage = storage;
    this.#api = api;
    this.#user = user;
    this.#onchange = onchange;
  }

  get state() { return this.#state; }

  /** There is something new to send. */
  kick() {
    if (this.#stopped || this.#timer) return;
    this.#asked = true;
    if (!this.#running) this.#run();
  }

  /** Try at once instead of waiting: the network is back, or someone asks for it. */
  retry() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.kick();
  }

  stop() {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async #run() {
    this.#running = true;
    try {
      while (this.#asked && !this.#stopped) {
        this.#asked = false;
        await this.#round();
      }
    } catch (error) {
      if (this.#stopped) return;  // the storage was closed under a request: it is sent again
      // Storage that fails to read is as good as a server that fails to answer.
      console.error(error);
      this.#wait("offline");
    } finally {
      this.#running = false;
    }
  }

  async #round() {
    const sessions = (await this.#storage.list("sessions")).map(({ value }) => value)
      .sort((a, b) => a.startedAtMs - b.startedAtMs);
    let failed = false;
    for (const { id } of sessions) {
      const end = await this.#deliver(id);
      if (this.#stopped) return;
      if (end === "offline" || end === "login") {
        this.#wait(end);
        return;
      }
      // A server that stumbles over one workout may well take the next.
      failed ||= end === "failed";
    }
    if (failed) {
      this.#wait("offline");
    } else {
      this.#failures = 0;
      this.#say("idle");
    }
  }

  #wait(state) {
    this.#failures += 1;
    this.#asked = false;
    this.#say(state);
    if (this.#stopped) return;
    this.#timer = setTimeout(() => this.retry(),
      state === "login" ? LOGIN_DELAY_MS : delayMs(this.#failures));
  }

  #say(state, id, delivery) {
    this.#state = state;
    this.#onchange(state, id, delivery);
  }

  /** @returns {Promise<"done"|"failed"|"offline"|"login">} */
  async #deliver(id) {
    while (!this.#stopped) {
      const session = await this.#storage.read("sessions", [id]);
      if (!session) return "done";
      const recordings = (await this.#storage.list("recordings", [id])).map(({ value }) => value);
      const delivery = await this.#storage.read("deliveries", [id]) ?? undelivered();
      const message = nextMessage(session, recordings, delivery);
      if (!message) return "done";
      if (this.#state === "idle") this.#say("sending");
      const { end, meaning, answer } = await this.#settle(message, session, recordings, delivery);
      if (end) return end;
      const after = { ...answered(delivery, message, meaning, answer), changedAtMs: Date.now() };
      await this.#keep(message, after);
      this.#failures = 0;
      this.#say("sending", id, after);
    }
    return "done";
  }

  /** Send a message until it is clear what became of it. */
  async #settle(message, session, recordings, delivery) {
    for (let attempt = 0; ; attempt += 1) {
      const { answer, lost } = await this.#send(message, session, recordings, delivery);
      if (lost) return { meaning: "refused", answer: { status: 0, body: { detail: lost } } };
      let meaning = outcome(answer.status);
      if (meaning === "again") return { end: answer.status === 0 ? "offline" : "failed" };
      if (meaning === "doubt") {
        const end = await this.#whoseFault();
        if (end) return { end };
        // Who asks is right, and the cookie that writing needs is fresh: once more.
        if (attempt === 0) continue;
        meaning = "refused";
      }
      if (meaning === "refused" && message.kind === "chunk" && answer.status === 409
        && await this.#has(message, session)) meaning = "stored";
      return { meaning, answer };
    }
  }

  async #send(message, session, recordings, delivery) {
    const { kind, n, seq } = message;
    const { id } = session;
    switch (kind) {
      case "session":
        return { answer: await this.#create(session) };
      case "chunk": {
        const body = await this.#storage.read("chunks", [id, n]);
        if (body === undefined) return { lost: "the device has lost it" };
        const numbers = delivery.level === "numbers";
        return { answer: await this.#api.putChunk(id, seq, numbers ? withoutBodies(body) : body) };
      }
      case "recording":
        return {
          answer: await this.#api.putRecording(id, recordings.find((one) => one.n === n)),
        };
      case "part": {
        const bytes = await this.#storage.read("parts", [id, n, seq]);
        if (bytes === undefined) return { lost: "the device has lost it" };
        return { answer: await this.#api.putPart(id, n, seq, bytes) };
      }
      case "finish":
        return {
          answer: await this.#api.finish(id, acknowledged(delivery),
            deliveredRecordings(recordings, delivery)),
        };
      default:
        throw new Error(`unknown message ${kind}`);
    }
  }

  async #create(session) {
    const answer = await this.#api.create(session);
    // A device whose clock is wrong: the server says when it was.
    const clock = answer.status === 400 && answer.body?.started_at;
    return clock ? this.#api.create({ ...session, startedAtMs: null }) : answer;
  }

  /** @returns {Promise<"offline"|"failed"|"login"|null>} null where the right person is logged in */
  async #whoseFault() {
    const { status, body } = await this.#api.me();
    if (status === 0) return "offline";
    if (status !== 200) return outcome(status) === "again" ? "failed" : "login";
    const right = this.#user ? body?.user === this.#user : Boolean(body?.user);
    return right ? null : "login";
  }

  /** Whether the chunk that stands there already holds all rows of ours. */
  async #has({ n, seq }, { id }) {
    const [ours, theirs] = await Promise.all([
      this.#storage.read("chunks", [id, n]), this.#api.readChunk(id, seq),
    ]);
    return theirs.status === 200 && contains(theirs.body, JSON.parse(ours));
  }

  async #keep({ kind, session: id, n, seq }, delivery) {
    const operations = [{ store: "deliveries", key: [id], value: delivery }];
    const gone = (store, key) => operations.push({ store, under: key });
    if (kind === "part") operations.push({ store: "parts", key: [id, n, seq] });
    if (delivery.recordings[n]?.refused && kind !== "chunk") gone("parts", [id, n]);
    if (delivery.answer?.status === 200) {
      for (const store of ["rows", "parts", "recordings"]) gone(store, [id]);
      // What was refused is all that is left of those seconds.
      for (let i = 0; i < delivery.next; i += 1) {
        if (!delivery.refused.includes(i)) operations.push({ store: "chunks", key: [id, i] });
      }
    }
    await this.#storage.write(operations);
  }
}
