/**
 * The session API, as this page uses it.
 */

const TIMEOUT_MS = 15_000;

const cookie = (name) => document.cookie.split("; ")
  .find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";

export class Session {
  #url;
  #id = null;
  #startedAt = 0;

  /** @param {string} url of the collection, with a slash at its end */
  constructor(url) {
    this.#url = url;
  }

  get id() { return this.#id; }

  /** Seconds since the session began, on a clock that only goes forward. */
  get elapsedS() { return this.#id ? (performance.now() - this.#startedAt) / 1000 : 0; }

  /**
   * Begin a session.
   * @param {number} assignment
   * @throws {Error} where the server can't be reached or refuses
   */
  async start(assignment) {
    const response = await this.#fetch("", "POST", JSON.stringify({ assignment }));
    if (!response.ok) throw new Error(`the session was refused: ${response.status}`);
    this.#id = (await response.json()).id;
    this.#startedAt = performance.now();
  }

  /**
   * Send one chunk of the timeline.
   * @returns {Promise<number>} HTTP status; 0 where the network failed
   */
  async putChunk(seq, body, { keepalive = false } = {}) {
    try {
      const response = await this.#fetch(`${this.#id}/timeline/${seq}`, "PUT", body, keepalive);
      return response.status;
    } catch {
      return 0;
    }
  }

  /**
   * Finish the session.
   * @param {number} chunks how many were made
   * @returns {Promise<{status: number, score: number|null, url: string|null, missing: number[]}>}
   *   status 0 where the network failed
   */
  async finish(chunks) {
    try {
      const response = await this.#fetch(`${this.#id}/finish`, "POST", JSON.stringify({ chunks }));
      const body = await response.json().catch(() => ({}));
      return {
        status: response.status,
        score: body.score ?? null,
        url: body.url ?? null,
        missing: body.missing ?? [],
      };
    } catch {
      return { status: 0, score: null, url: null, missing: [] };
    }
  }

  #fetch(path, method, body, keepalive = false) {
    return fetch(this.#url + path, {
      method,
      body,
      keepalive,
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", "X-CSRFToken": cookie("csrftoken") },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  }
}
