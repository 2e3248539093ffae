/**
 * Chromium, driven over a pair of pipes: no library, no port that anybody else could reach.
 *
 * `--remote-debugging-pipe` speaks the DevTools protocol on the file descriptors 3 and 4, one JSON
 * object after the other, each ended by a zero byte.
 */

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** As in tests/e2e/conftest.py: without a GPU the compositor would take a core from the models. */
const FLAGS = [
  "--headless",
  "--remote-debugging-pipe",
  "--no-sandbox",
  "--no-first-run",
  "--no-default-browser-check",
  "--disable-gpu-compositing",
  "--enable-unsafe-swiftshader",
  "--disable-quic",
  "--disable-background-networking",
  "--disable-background-timer-throttling",
  "--disable-renderer-backgrounding",
  "--disable-backgrounding-occluded-windows",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
  "--autoplay-policy=no-user-gesture-required",
  "--enable-precise-memory-info",
  "--window-size=1280,800",
  "--use-fake-ui-for-media-stream",
  "--use-fake-device-for-media-stream",
];
const ANSWER_MS = 60_000;
const END_MS = 5000;

/** One page (or worker) of the browser: commands go out, events come in. */
export class Session {
  #chromium;
  #id;

  constructor(chromium, id) {
    this.#chromium = chromium;
    this.#id = id;
  }

  /** @returns {Promise<any>} the answer to a DevTools command */
  send(method, params = {}, limitMs = ANSWER_MS) {
    return this.#chromium.send(method, params, this.#id, limitMs);
  }

  /** @param {string} method of the event @param {(params: any) => void} heard */
  on(method, heard) {
    this.#chromium.on(method, heard, this.#id);
  }

  /** The value of an expression, promises awaited. @throws {Error} what the page threw */
  async evaluate(expression, limitMs = ANSWER_MS) {
    const { result, exceptionDetails: thrown } = await this.send("Runtime.evaluate",
      { expression, awaitPromise: true, returnByValue: true, userGesture: true }, limitMs);
    if (thrown) throw new Error(thrown.exception?.description ?? thrown.text);
    return result.value;
  }

  /** Ask again and again until the expression is true. */
  async until(expression, limitMs) {
    const deadline = performance.now() + limitMs;
    for (;;) {
      // While a page gives way to the next one there is nothing to ask.
      const value = await this.evaluate(expression).catch(() => null);
      if (value) return value;
      if (performance.now() > deadline) throw new Error(`still not so: ${expression}`);
      await new Promise((resolve) => { setTimeout(resolve, 200); });
    }
  }
}

export class Chromium {
  #process;
  #folder;
  #out;
  #waiting = new Map();
  #heard = new Map();
  #count = 0;

  /**
   * @param {{program?: string, film: string, flags?: string[]}} how film for the fake webcam
   * @returns {Promise<Chromium>}
   */
  static async launch({ program = process.env.CHROMIUM || "chromium", film, flags = [] }) {
    const chromium = new Chromium();
    await chromium.#start(program, [...FLAGS, ...flags,
      `--use-file-for-fake-video-capture=${film}`]);
    return chromium;
  }

  async #start(program, flags) {
    this.#folder = await mkdtemp(join(tmpdir(), "shadow-bench-"));
    this.#process = spawn(program, [...flags, `--user-data-dir=${this.#folder}`, "about:blank"],
      { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
    this.#out = this.#process.stdio[3];
    this.#out.on("error", () => {});  // it is gone, and "exit" says so
    let rest = [];
    this.#process.stdio[4].on("data", (bytes) => {
      let from = 0;
      for (let end = bytes.indexOf(0); end >= 0; end = bytes.indexOf(0, from)) {
        const message = Buffer.concat([...rest, bytes.subarray(from, end)]);
        rest = [];
        from = end + 1;
        this.#receive(JSON.parse(message.toString()));
      }
      rest.push(bytes.subarray(from));
    });
    this.#process.on("exit", () => this.#fail(new Error("Chromium ended")));
    this.#process.on("error", (error) => this.#fail(error));
    await this.send("Browser.getVersion");
  }

  #receive({ id, result, error, method, params, sessionId }) {
    if (id) {
      const { resolve, reject, timer } = this.#waiting.get(id) ?? {};
      this.#waiting.delete(id);
      clearTimeout(timer);
      if (error) reject?.(new Error(error.message));
      else resolve?.(result);
      return;
    }
    for (const heard of this.#heard.get(`${sessionId ?? ""} ${method}`) ?? []) heard(params);
  }

  #fail(error) {
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(error);
    }
    this.#waiting.clear();
  }

  send(method, params = {}, sessionId = undefined, limitMs = ANSWER_MS) {
    this.#count += 1;
    const id = this.#count;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        reject(new Error(`${method} was not answered`));
      }, limitMs);
      this.#waiting.set(id, { resolve, reject, timer });
      this.#out.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  }

  on(method, heard, sessionId = "") {
    const key = `${sessionId} ${method}`;
    this.#heard.set(key, [...this.#heard.get(key) ?? [], heard]);
  }

  /** A new tab. @returns {Promise<Session & {close: () => Promise<void>}>} */
  async page() {
    const { targetId } = await this.send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await this.send("Target.attachToTarget", { targetId, flatten: true });
    const page = new Session(this, sessionId);
    page.close = () => this.send("Target.closeTarget", { targetId });
    for (const domain of ["Page", "Runtime", "Network", "Performance"]) {
      await page.send(`${domain}.enable`);
    }
    return page;
  }

  /** The session of a target that a page has started: a worker. */
  session(id) {
    return new Session(this, id);
  }

  async close() {
    const gone = new Promise((resolve) => { this.#process.on("exit", resolve); });
    this.send("Browser.close").catch(() => {});
    const timer = setTimeout(() => this.#process.kill("SIGKILL"), END_MS);
    await gone;
    clearTimeout(timer);
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
