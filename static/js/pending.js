/**
 * Something on the page is still being made: ask how far it is, and show it when it is ready.
 *
 * An element with data-pending names the address of {pending, headline, detail, pct}; what it holds
 * of data-pending-headline, -detail, -pct and -bar is kept up to date. Nothing is asked while the
 * page is out of sight.
 */

const EVERY_MS = 3000;
const LONGEST_MS = 30000;
const SAID = "pending-said";

/** Says words to screen readers. @param {string} words */
function announce(words) {
  let region = document.getElementById(SAID);
  if (!region) {
    region = document.createElement("p");
    region.id = SAID;
    region.className = "visually-hidden";
    region.setAttribute("role", "status");
    document.body.append(region);
  }
  if (region.textContent !== words) region.textContent = words;
}

/**
 * Whether loading the page anew would take something away: words not sent, a video that plays, what
 * is open and marked with data-keep.
 */
function isBusy(page = document) {
  const typed = [...page.querySelectorAll("textarea, input:not([type=hidden], [type=checkbox], [type=radio])")];
  return typed.some((field) => field.value !== field.defaultValue)
    || page.querySelector("[data-keep]:not([hidden])") !== null
    || [...page.querySelectorAll("video, audio")].some((player) => !player.paused);
}

class Pending {
  #root;
  #timer = 0;
  #wait;
  #listening = new AbortController();

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#root = root;
    this.#wait = this.#every;
  }

  get #every() {
    return Number(this.#root.dataset.every) || EVERY_MS;
  }

  connect() {
    const { signal } = this.#listening;
    document.addEventListener("visibilitychange", () => this.#next(0), { signal });
    window.addEventListener("pagehide", () => clearTimeout(this.#timer), { signal });
    window.addEventListener("pageshow", (event) => {
      if (event.persisted) this.#next(0);
    }, { signal });
    this.#next(this.#wait);
  }

  disconnect() {
    clearTimeout(this.#timer);
    this.#listening.abort();
  }

  /** @param {number} waitMs */
  #next(waitMs) {
    clearTimeout(this.#timer);
    if (document.hidden) return;
    this.#timer = setTimeout(() => this.#ask(), waitMs);
  }

  async #ask() {
    let answer = null;
    try {
      const response = await fetch(this.#root.dataset.pending, {
        headers: { Accept: "application/json" }, signal: this.#listening.signal,
      });
      if (response.status === 404 || response.redirected) {
        // Somebody deleted it, or the login is over: the page has to be another one.
        this.#over();
        return;
      }
      if (response.ok) answer = await response.json();
    } catch {
      // Away for a moment: ask again, less and less often.
    }
    if (this.#listening.signal.aborted) return;
    if (answer === null) {
      this.#wait = Math.min(LONGEST_MS, 2 * this.#wait);
    } else if (answer.pending) {
      this.#wait = this.#every;
      this.#show(answer);
    } else {
      this.#over();
      return;
    }
    this.#next(this.#wait);
  }

  #show({ headline = "", detail = "", pct = 0 }) {
    const put = (name, words) => {
      const place = this.#root.querySelector(`[data-pending-${name}]`);
      if (place && place.textContent !== words) place.textContent = words;
    };
    put("headline", headline);
    put("detail", detail);
    put("pct", String(Math.round(pct)));
    const bar = this.#root.querySelector("[data-pending-bar]");
    if (bar) {
      bar.setAttribute("aria-valuenow", String(Math.round(pct)));
      bar.firstElementChild.style.width = `${pct}%`;
      bar.classList.toggle("bar-waiting", pct === 0);
    }
    // Not each percentage, only each new step is worth interrupting for.
    announce(headline);
  }

  #over() {
    this.disconnect();
    const ready = this.#root.dataset.ready ?? "";
    if (!isBusy()) {
      if (ready) sessionStorage.setItem(SAID, ready);
      window.location.reload();
      return;
    }
    announce(ready);
    const button = this.#root.querySelector("[data-pending-show]");
    if (!button) return;
    button.hidden = false;
    button.addEventListener("click", () => window.location.reload());
  }
}

const said = sessionStorage.getItem(SAID);
if (said) {
  sessionStorage.removeItem(SAID);
  // A region that is there before its words is read by more screen readers.
  announce("");
  setTimeout(() => announce(said), 500);
}
for (const root of document.querySelectorAll("[data-pending]")) new Pending(root).connect();
