/**
 * Short tones, made on the spot: there is no file to load, and they come at once where speech is
 * late or missing.
 */

/**
 * What each is made of: notes of [frequency Hz, start s, length s, loudness 0..1, shape].
 * Going up is good, going down asks for something; none sounds like an alarm.
 * @type {Readonly<Record<string, ReadonlyArray<[number, number, number, number, OscillatorType]>>>}
 */
export const TONES = Object.freeze({
  tick: [[660, 0, 0.09, 0.5, "sine"]],
  go: [[990, 0, 0.32, 0.6, "sine"], [1320, 0.02, 0.3, 0.25, "sine"]],
  rep: [[880, 0, 0.07, 0.35, "sine"]],
  praise: [
    [784, 0, 0.12, 0.4, "sine"], [1047, 0.1, 0.12, 0.4, "sine"], [1319, 0.2, 0.22, 0.4, "sine"],
  ],
  fault: [[494, 0, 0.14, 0.45, "triangle"], [392, 0.15, 0.22, 0.45, "triangle"]],
  end: [
    [1047, 0, 0.16, 0.45, "sine"], [784, 0.15, 0.16, 0.45, "sine"], [1047, 0.3, 0.4, 0.45, "sine"],
  ],
});

/** @typedef {keyof typeof TONES} ToneKind */

const VOLUME = 0.35;
/** Notes begin and end softly: a jump is heard as a click. */
const ATTACK_S = 0.008;
const SILENT = 0.0001;
/** Longer than the longest tone, and than the pause between two reps. */
const REST_MS = 6000;

/**
 * Put a tone's notes into an audio context.
 * @param {BaseAudioContext} context
 * @param {ToneKind} kind
 * @param {number} [atS] on the context's clock
 * @returns {number} when it ends, on the context's clock
 */
export function schedule(context, kind, atS = context.currentTime) {
  let endS = atS;
  for (const [hz, startS, lengthS, loudness, shape] of TONES[kind]) {
    const oscillator = context.createOscillator();
    const gain = context.createGain();
    const fromS = atS + startS;
    const toS = fromS + lengthS;
    oscillator.type = shape;
    oscillator.frequency.setValueAtTime(hz, fromS);
    gain.gain.setValueAtTime(SILENT, fromS);
    gain.gain.exponentialRampToValueAtTime(VOLUME * loudness, fromS + ATTACK_S);
    gain.gain.exponentialRampToValueAtTime(SILENT, toS);
    oscillator.connect(gain);
    gain.connect(context.destination);
    oscillator.onended = () => {
      oscillator.disconnect();
      gain.disconnect();
    };
    oscillator.start(fromS);
    oscillator.stop(toS);
    endS = Math.max(endS, toS);
  }
  return endS;
}

export class Tones {
  #Context;
  #context = null;
  /** Silent for so long that the sound device was let go, to be taken again without asking. */
  #resting = false;
  #timer = 0;

  muted = false;

  /** @param {{Context?: typeof AudioContext|null}} [browser] */
  constructor({ Context = globalThis.AudioContext ?? globalThis.webkitAudioContext ?? null } = {}) {
    this.#Context = Context;
  }

  /** Allow sound: to be called from a click or key. Until then browsers keep a page silent. */
  unlock() {
    if (!this.#Context || this.#resting) return;
    try {
      this.#context ??= new this.#Context({ latencyHint: "interactive" });
    } catch {
      this.#Context = null;  // no sound device
      return;
    }
    // Refused without a gesture; the next one may succeed.
    if (this.#context.state !== "running") {
      this.#context.resume().then(() => this.#restLater(), () => {});
    }
  }

  /**
   * @param {ToneKind} kind
   * @returns {boolean} whether it sounds
   */
  play(kind) {
    if (!(kind in TONES)) throw new Error(`unknown tone ${kind}`);
    if (this.muted || !(this.#resting || this.#context?.state === "running")) return false;
    const context = this.#context;
    const awake = this.#resting ? context.resume() : Promise.resolve();
    this.#resting = false;
    if (context.state === "running") schedule(context, kind);
    else awake.then(() => schedule(context, kind), () => {});
    this.#restLater();
    return true;
  }

  /** Give the sound device back. */
  dispose() {
    clearTimeout(this.#timer);
    this.#context?.close().catch(() => {});
    this.#context = null;
    this.#resting = false;
  }

  /** A running context makes silence without end: a twentieth of a core, which the models want. */
  #restLater() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#context?.state !== "running") return;
      this.#resting = true;
      this.#context.suspend().catch(() => {});
    }, REST_MS);
  }
}
