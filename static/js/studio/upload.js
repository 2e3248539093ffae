/** The upload form: drop a file, see the progress, read what went wrong. Without it a plain POST works. */

const MEGABYTE = 1024 * 1024;
// In the reader's language: "1.5 MB", "1,5 МБ".
const AMOUNT = new Intl.NumberFormat(document.documentElement.lang, {
  style: "unit", unit: "megabyte", minimumFractionDigits: 1, maximumFractionDigits: 1,
});

const megabytes = (bytes) => AMOUNT.format(bytes / MEGABYTE);

/** One place to drop a file on. */
class Dropzone {
  #zone;
  #input;
  #name;

  /** @param {HTMLElement} zone */
  constructor(zone) {
    this.#zone = zone;
    this.#input = zone.querySelector('input[type="file"]');
    this.#name = zone.querySelector("[data-file-name]");
  }

  /** @param {AbortSignal} signal @param {() => void} onchosen */
  connect(signal, onchosen) {
    const zone = this.#zone;
    const chosen = () => {
      const { file } = this;
      if (file) this.#name.textContent = `${file.name} · ${megabytes(file.size)}`;
      onchosen();
    };
    // Unfold would write the file's name into the nearest text field, which here is the title.
    this.#input.hasChangeListener = true;
    this.#input.addEventListener("change", chosen, { signal });
    for (const name of ["dragenter", "dragover"]) {
      zone.addEventListener(name, (event) => {
        event.preventDefault();
        zone.classList.add("dropzone-over");
      }, { signal });
    }
    for (const name of ["dragleave", "drop"]) {
      zone.addEventListener(name, () => zone.classList.remove("dropzone-over"), { signal });
    }
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      if (event.dataTransfer.files.length) {
        this.#input.files = event.dataTransfer.files;
        chosen();
      }
    }, { signal });
  }

  /** @returns {File | undefined} none of a zone that is not on show */
  get file() {
    return this.#zone.offsetParent === null ? undefined : this.#input.files[0];
  }

  set invalid(isSo) {
    this.#zone.classList.toggle("dropzone-invalid", isSo);
  }
}

class Upload {
  #root;
  #form;
  #zones;
  #listening = new AbortController();
  /** @type {XMLHttpRequest | null} */
  #request = null;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#root = root;
    this.#form = root.closest("form");
    this.#zones = [...root.querySelectorAll(".dropzone")].map((zone) => new Dropzone(zone));
  }

  connect() {
    const { signal } = this.#listening;
    for (const zone of this.#zones) zone.connect(signal, () => this.#chosen());
    this.#form.addEventListener("submit", (event) => this.#submit(event), { signal });
    this.#find("[data-cancel]").addEventListener("click", () => this.#request?.abort(), { signal });
  }

  disconnect() {
    this.#listening.abort();
    this.#request?.abort();
  }

  #find(selector) {
    return this.#root.querySelector(selector);
  }

  /** Says at once what the server would say after the whole file has travelled. */
  #chosen() {
    const { empty, tooLarge, maxBytes } = this.#root.dataset;
    const problems = this.#zones.map(({ file }) => {
      if (!file) return "";
      return file.size === 0 ? empty : file.size > Number(maxBytes) ? tooLarge : "";
    });
    this.#say(problems.filter(Boolean));
    this.#zones.forEach((zone, number) => { zone.invalid = Boolean(problems[number]); });
    return !problems.some(Boolean);
  }

  /** @param {SubmitEvent} event */
  #submit(event) {
    if (!this.#zones.some(({ file }) => file)) return; // The server has words for this.
    event.preventDefault();
    if (this.#request || !this.#chosen()) return;
    const request = new XMLHttpRequest();
    this.#request = request;
    request.open("POST", window.location.href);
    request.responseType = "json";
    request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
    request.upload.addEventListener("progress", (sent) => {
      if (sent.lengthComputable) this.#show(sent.loaded / sent.total, sent);
    });
    request.addEventListener("load", () => this.#answered(request));
    request.addEventListener("error", () => this.#stopped([this.#root.dataset.broken]));
    request.addEventListener("abort", () => this.#stopped([]));
    request.send(new FormData(this.#form));
    this.#find("[data-progress]").hidden = false;
    this.#find("[data-cancel]").hidden = false;
    this.#find("[data-submit]").disabled = true;
    this.#show(0, null);
  }

  /** @param {number} share 0..1 @param {ProgressEvent | null} sent */
  #show(share, sent) {
    const pct = Math.round(100 * share);
    const bar = this.#find(".bar");
    bar.setAttribute("aria-valuenow", String(pct));
    bar.firstElementChild.style.width = `${pct}%`;
    const amount = sent
      ? ` · ${megabytes(sent.loaded)} / ${megabytes(sent.total)}` : "";
    this.#find("[data-percent]").textContent =
      share < 1 ? `${pct} %${amount}` : this.#root.dataset.sent;
  }

  /** @param {XMLHttpRequest} request */
  #answered(request) {
    if (request.status === 201 && request.response?.url) {
      window.location.assign(request.response.url);
      return;
    }
    const errors = Object.values(request.response?.errors ?? {}).flat();
    this.#stopped(errors.length ? errors : [this.#root.dataset.broken]);
  }

  /** @param {string[]} problems */
  #stopped(problems) {
    this.#request = null;
    this.#find("[data-progress]").hidden = true;
    this.#find("[data-cancel]").hidden = true;
    this.#find("[data-submit]").disabled = false;
    this.#say(problems);
  }

  /** @param {string[]} problems */
  #say(problems) {
    const place = this.#find("[data-problem]");
    place.hidden = problems.length === 0;
    place.replaceChildren(...problems.map((words) => {
      const line = document.createElement("p");
      line.textContent = words;
      return line;
    }));
    for (const zone of this.#zones) zone.invalid = problems.length > 0 && this.#zones.length === 1;
  }
}

const root = document.querySelector("[data-upload]");
if (root) new Upload(root).connect();
