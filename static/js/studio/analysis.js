/** An analysis: whatever names an instant takes the video of both there. */

class Analysis {
  #root;
  #video;
  /** Seconds of the client's video with which the video of both begins. */
  #starts;
  #listening = new AbortController();

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#root = root;
    this.#video = root.querySelector("[data-beside]");
    this.#starts = Number(root.dataset.starts);
  }

  connect() {
    if (!this.#video) return;
    const { signal } = this.#listening;
    this.#root.addEventListener("click", (event) => {
      const chosen = event.target.closest("[data-at]");
      if (chosen) this.#show(chosen);
    }, { signal });
    this.#video.addEventListener("play", () => this.#mark(null), { signal });
  }

  disconnect() {
    this.#listening.abort();
  }

  /** @param {HTMLElement} chosen */
  #show(chosen) {
    this.#video.pause();
    this.#video.currentTime = Math.max(0, Number(chosen.dataset.at) - this.#starts);
    this.#mark(chosen);
    this.#video.scrollIntoView({ block: "nearest" });
  }

  /** @param {HTMLElement | null} chosen */
  #mark(chosen) {
    for (const other of this.#root.querySelectorAll("[data-at][aria-current]")) {
      other.removeAttribute("aria-current");
    }
    chosen?.setAttribute("aria-current", "true");
  }
}

const root = document.querySelector("[data-analysis]");
if (root) new Analysis(root).connect();
