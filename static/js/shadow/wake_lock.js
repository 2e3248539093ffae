/**
 * Keeps the screen lit while someone exercises two metres away from it.
 */
export class WakeLock {
  #wanted = false;
  #lock = null;
  #listeners = null;

  start() {
    if (this.#wanted || !navigator.wakeLock) return;
    this.#wanted = true;
    this.#listeners = new AbortController();
    // The browser takes the lock away from a hidden page and does not give it back by itself.
    document.addEventListener("visibilitychange", () => this.#request(),
      { signal: this.#listeners.signal });
    this.#request();
  }

  stop() {
    this.#wanted = false;
    this.#listeners?.abort();
    this.#lock?.release().catch(() => {});
    this.#lock = null;
  }

  async #request() {
    if (!this.#wanted || document.visibilityState !== "visible") return;
    try {
      const lock = await navigator.wakeLock.request("screen");
      // Asked for twice at once, or no more wanted: one is enough, or none.
      if (this.#wanted && (this.#lock?.released ?? true)) this.#lock = lock;
      else await lock.release();
    } catch {
      // Refused on a low battery: the workout goes on without it.
    }
  }
}
