/** Play, slow motion and single frames: by buttons, and by keys anywhere but in a field. */

const RATES = [1, 0.5, 0.25];
const LONGEST_TICK_S = 0.2;

export class Transport {
  #root;
  #hands;
  #rate = 0;
  #handle = 0;
  #beforeMs = 0;
  /** Whether what is shown has to stay. */
  locked = false;
  #listening = new AbortController();

  /**
   * @param {HTMLElement} root
   * @param {{onstep: (by: 1|-1) => void, onadvance: (seconds: number) => boolean,
   *   onmoment: (by: 1|-1) => void}} hands onadvance says whether there is more to play
   */
  constructor(root, hands) {
    this.#root = root;
    this.#hands = hands;
  }

  connect() {
    const { signal } = this.#listening;
    this.#root.addEventListener("click", (event) => {
      const button = event.target.closest("[data-do]");
      if (button) this.#do(button.dataset.do);
    }, { signal });
    document.addEventListener("keydown", (event) => {
      const action = this.#action(event);
      if (!action) return;
      event.preventDefault();
      this.#do(action);
    }, { signal });
  }

  dispose() {
    this.pause();
    this.#listening.abort();
  }

  get playing() { return this.#handle !== 0; }

  pause() {
    cancelAnimationFrame(this.#handle);
    this.#handle = 0;
    this.#say();
  }

  #action({ key, target, ctrlKey, altKey, metaKey }) {
    if (this.locked || ctrlKey || altKey || metaKey) return null;
    if (target.closest?.("input, textarea, select, video, audio, [contenteditable]")) return null;
    // A focused button has the space bar for itself.
    if (key === " " && target.closest?.("button, a, summary")) return null;
    return {
      " ": "play", k: "play", ",": "back", ".": "on", s: "slow", n: "next", p: "previous",
    }[key] ?? null;
  }

  #do(action) {
    switch (action) {
      case "play": this.#toggle(); break;
      case "back": this.pause(); this.#hands.onstep(-1); break;
      case "on": this.pause(); this.#hands.onstep(1); break;
      case "slow":
        this.#rate = (this.#rate + 1) % RATES.length;
        this.#say();
        break;
      case "next": this.pause(); this.#hands.onmoment(1); break;
      case "previous": this.pause(); this.#hands.onmoment(-1); break;
      default: break;
    }
  }

  #toggle() {
    if (this.playing) {
      this.pause();
      return;
    }
    this.#beforeMs = performance.now();
    this.#handle = requestAnimationFrame((ms) => this.#tick(ms));
    this.#say();
  }

  #tick(ms) {
    const passed = Math.min(LONGEST_TICK_S, Math.max(0, (ms - this.#beforeMs) / 1000));
    this.#beforeMs = ms;
    if (!this.#hands.onadvance(passed * RATES[this.#rate])) {
      this.pause();
      return;
    }
    this.#handle = requestAnimationFrame((next) => this.#tick(next));
  }

  #say() {
    const play = this.#root.querySelector("[data-do=play]");
    play.setAttribute("aria-pressed", String(this.playing));
    play.querySelector("span").textContent = this.playing ? "pause" : "play_arrow";
    const rate = RATES[this.#rate];
    this.#root.querySelector("[data-part=rate]").textContent =
      { 1: "1×", 0.5: "½×", 0.25: "¼×" }[rate];
    this.#root.querySelector("[data-do=slow]").setAttribute("aria-pressed", String(rate !== 1));
  }
}
