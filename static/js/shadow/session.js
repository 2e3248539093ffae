/**
 * The session API, as the outbox uses it: one request for each message.
 */

const TIMEOUT_MS = 15_000;
/** A part is some 150 kB, up to 2 MiB; a phone's uplink may be slow. */
const PART_TIMEOUT_MS = 60_000;

const cookie = (name) => document.cookie.split("; ")
  .find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";

/**
 * @typedef {object} Answer
 * @property {number} status HTTP status; 0 where the network failed
 * @property {any} body parsed JSON; null where there is none
 */

export class SessionApi {
  #sessions;
  #me;

  /** @param {{sessions: string, me: string}} urls of the collection, with a slash at its end */
  constructor({ sessions, me }) {
    this.#sessions = sessions;
    this.#me = me;
  }

  /**
   * @param {import("./delivery.js").KeptSession} session
   *   `startedAtMs` null: the server says when
   * @returns {Promise<Answer>}
   */
  create({ id, assignment, level, startedAtMs }) {
    return this.#json("", "POST", {
      id,
      assignment,
      level,
      ...(startedAtMs === null ? {} : { started_at: new Date(startedAtMs).toISOString() }),
    });
  }

  /** @param {string} body as it was made @returns {Promise<Answer>} */
  putChunk(id, seq, body, { keepalive = false } = {}) {
    return this.#send(`${id}/timeline/${seq}`, "PUT", body, { keepalive });
  }

  /** @returns {Promise<Answer>} with the chunk as the server has it */
  readChunk(id, seq) {
    return this.#send(`${id}/timeline/${seq}`, "GET");
  }

  /** @param {import("./delivery.js").KeptRecording} recording @returns {Promise<Answer>} */
  putRecording(id, recording) {
    const { n, item, set, startedS, mime, content } = recording;
    return this.#json(`${id}/recordings/${n}`, "PUT",
      { item, set, started_s: startedS, mime, content });
  }

  /** @param {ArrayBuffer} bytes @returns {Promise<Answer>} */
  putPart(id, n, seq, bytes) {
    return this.#send(`${id}/recordings/${n}/parts/${seq}`, "PUT", bytes,
      { type: "application/octet-stream", timeoutMs: PART_TIMEOUT_MS });
  }

  /**
   * @param {number} chunks the server has
   * @param {{n: number, parts: number}[]} recordings
   * @returns {Promise<Answer>}
   */
  finish(id, chunks, recordings) {
    return this.#json(`${id}/finish`, "POST",
      recordings.length ? { chunks, recordings } : { chunks });
  }

  /** Who is logged in; asking also renews the cookie that writing needs. @returns {Promise<Answer>} */
  me() {
    return this.#request(this.#me, { method: "GET" });
  }

  #json(path, method, body) {
    return this.#send(path, method, JSON.stringify(body));
  }

  #send(path, method, body, { type = "application/json", ...more } = {}) {
    return this.#request(this.#sessions + path, {
      method,
      body,
      headers: method === "GET"
        ? {}
        : { "Content-Type": type, "X-CSRFToken": cookie("csrftoken") },
      ...more,
    });
  }

  async #request(address, { timeoutMs = TIMEOUT_MS, ...options }) {
    try {
      const response = await fetch(address, {
        credentials: "same-origin",
        cache: "no-store",
        signal: AbortSignal.timeout(timeoutMs),
        ...options,
      });
      return { status: response.status, body: await response.json().catch(() => null) };
    } catch {
      return { status: 0, body: null };
    }
  }
}
