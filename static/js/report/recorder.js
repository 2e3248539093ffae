/** A voice note: recorded, measured, listened to, thrown away or kept. */

import { clock } from "./data.js";

const KINDS = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
const BITS_PER_S = 48_000;
const TICK_MS = 100;
const LOUD = 0.35; // root mean square that fills the meter

export class Recorder {
  #part;
  #config;
  #hands;
  #recorder = null;
  #stream = null;
  #audio = null;
  #timer = 0;
  #startedMs = 0;
  #kept = null;
  #url = "";
  #stopped = null;
  #listening = new AbortController();

  /**
   * @param {(name: string) => HTMLElement} part
   * @param {object} config the page's
   * @param {{onchange: () => void, onproblem: (words: string) => void}} hands
   */
  constructor(part, config, hands) {
    this.#part = part;
    this.#config = config;
    this.#hands = hands;
  }

  connect() {
    const { signal } = this.#listening;
    this.#part("record").addEventListener("click", () => this.#start(), { signal });
    this.#part("stop").addEventListener("click", () => this.stop(), { signal });
    this.#part("forget").addEventListener("click", () => {
      this.#keep("remove");
      this.#part("record").focus();
    }, { signal });
    this.reset("");
  }

  dispose() {
    this.reset("");
    this.#listening.abort();
  }

  /** What is to be sent: a new recording, "remove", or null for no change. */
  get voice() { return this.#kept; }

  /** Whether there is something to be heard. */
  get spoken() { return !this.#part("heard").hidden || this.#recorder !== null; }

  /** Begin anew. @param {string} url of a voice that is there already; "" = none */
  reset(url) {
    this.#release();
    this.#kept = null;
    this.#show(url);
  }

  /** End a recording that is going on; what there is is kept. */
  async stop() {
    if (this.#recorder?.state === "recording") this.#recorder.stop();
    await this.#stopped;
  }

  #show(url) {
    URL.revokeObjectURL(this.#url);
    this.#url = url.startsWith("blob:") ? url : "";
    const player = this.#part("heard").querySelector("audio");
    this.#part("heard").hidden = !url;
    this.#part("record").hidden = Boolean(url);
    this.#part("recording").hidden = true;
    if (url) player.src = url;
    else player.removeAttribute("src");
  }

  #keep(voice) {
    this.#kept = voice;
    this.#show(voice instanceof Blob ? URL.createObjectURL(voice) : "");
    this.#hands.onchange();
  }

  async #start() {
    const { messages } = this.#config;
    this.#hands.onproblem("");
    const mimeType = KINDS.find((kind) => window.MediaRecorder?.isTypeSupported(kind));
    if (!navigator.mediaDevices || !mimeType) {
      this.#hands.onproblem(messages.no_recorder);
      return;
    }
    this.#part("record").disabled = true;
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      this.#record(mimeType);
    } catch (error) {
      console.warn(error);
      this.#release();
      this.#hands.onproblem({
        NotAllowedError: messages.microphone_denied, NotFoundError: messages.no_microphone,
      }[error.name] ?? messages.microphone_failed);
    } finally {
      this.#part("record").disabled = false;
    }
  }

  #record(mimeType) {
    const parts = [];
    this.#recorder = new MediaRecorder(this.#stream, { mimeType, audioBitsPerSecond: BITS_PER_S });
    this.#recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
    this.#stopped = new Promise((resolve) => {
      this.#recorder.addEventListener("stop", () => {
        // Thrown away meanwhile: nothing is kept.
        if (this.#recorder) {
          this.#release();
          this.#keep(new Blob(parts, { type: mimeType.split(";")[0] }));
          this.#part("heard").querySelector("audio").focus();
        }
        resolve();
      }, { once: true });
    });
    this.#recorder.start(1000);
    this.#measure();
    this.#part("record").hidden = true;
    this.#part("recording").hidden = false;
    this.#part("stop").focus();
    this.#hands.onchange();
  }

  /** The level, and the time; two minutes are enough. */
  #measure() {
    this.#audio = new AudioContext();
    const analyser = this.#audio.createAnalyser();
    analyser.fftSize = 1024;
    this.#audio.createMediaStreamSource(this.#stream).connect(analyser);
    const wave = new Float32Array(analyser.fftSize);
    const longestS = this.#config.note_limits.voice_s;
    this.#startedMs = performance.now();
    const tick = () => {
      analyser.getFloatTimeDomainData(wave);
      const power = wave.reduce((sum, value) => sum + value * value, 0) / wave.length;
      this.#part("level_meter").value = Math.min(1, Math.sqrt(power) / LOUD);
      const seconds = (performance.now() - this.#startedMs) / 1000;
      this.#part("elapsed").textContent = `${clock(seconds)} / ${clock(longestS)}`;
      if (seconds >= longestS) this.stop();
    };
    tick();
    this.#timer = setInterval(tick, TICK_MS);
  }

  #release() {
    clearInterval(this.#timer);
    const recorder = this.#recorder;
    this.#recorder = null;
    if (recorder?.state === "recording") recorder.stop();
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
    this.#audio?.close();
    this.#audio = null;
  }
}
