/**
 * Speaks sentences, one at a time, through the browser's own speech synthesis.
 *
 * Guidance is for now: while one sentence is spoken at most one waits, and a newer or more
 * important one takes its place. Where there is no voice for the language, no voice at all or no
 * such API, nothing is spoken and nothing fails: tones and words on the page say the same.
 */

/** A browser that never says that it has finished must not silence the rest. */
const LONGEST_MS = 8000;
const MS_PER_LETTER = 90;
const LEAST_MS = 1500;

/** What is worth more is heard first. */
export const IMPORTANCE = Object.freeze({ count: 0, praise: 1, tempo: 2, fault: 3, notice: 4 });

const base = (language) => language.toLowerCase().replace("_", "-").split("-")[0];

/**
 * Choose the voice for a language: of the very region, then of the language, local ones first,
 * for a voice from the network comes late or not at all.
 * @param {SpeechSynthesisVoice[]} voices
 * @param {string} language as in `lang`
 * @returns {SpeechSynthesisVoice|null}
 */
export function voiceFor(voices, language) {
  const wanted = language.toLowerCase().replace("_", "-");
  const worth = (voice) => (voice.lang.toLowerCase().replace("_", "-") === wanted ? 4 : 0)
    + (voice.localService ? 2 : 0) + (voice.default ? 1 : 0);
  return voices.filter((voice) => base(voice.lang) === base(language))
    .sort((a, b) => worth(b) - worth(a))[0] ?? null;
}

export class Voice {
  #synthesis;
  #Utterance;
  #setTimer;
  #clearTimer;
  #listeners = new AbortController();
  #voices = [];
  #muted = false;
  #speaking = null;
  #waiting = null;
  #timer = 0;

  /**
   * @param {object} [browser] its parts, for where there are others
   * @param {SpeechSynthesis|null} [browser.synthesis]
   * @param {typeof SpeechSynthesisUtterance} [browser.Utterance]
   */
  constructor({
    synthesis = globalThis.speechSynthesis ?? null,
    Utterance = globalThis.SpeechSynthesisUtterance,
    setTimer = (...args) => setTimeout(...args),
    clearTimer = (id) => clearTimeout(id),
  } = {}) {
    this.#synthesis = Utterance ? synthesis : null;
    this.#Utterance = Utterance;
    this.#setTimer = setTimer;
    this.#clearTimer = clearTimer;
    this.#readVoices();
    // Chromium's list is empty at first.
    this.#synthesis?.addEventListener?.("voiceschanged", () => this.#readVoices(),
      { signal: this.#listeners.signal });
  }

  get muted() { return this.#muted; }

  set muted(muted) {
    this.#muted = muted;
    if (muted) this.cancel();
  }

  /** @param {string} language @returns {boolean} whether anything could be heard in it */
  speaks(language) {
    return voiceFor(this.#voices, language) !== null;
  }

  /**
   * Allow speech: to be called from a click or key, for iOS speaks only after one has.
   * Harmless elsewhere, and when called again.
   */
  unlock() {
    if (!this.#synthesis || this.#speaking) return;
    const silence = new this.#Utterance(" ");
    silence.volume = 0;
    this.#synthesis.resume();
    this.#synthesis.speak(silence);
  }

  /**
   * Say a sentence now, or after the one being said.
   * @param {string} text
   * @param {string} language as in `lang`
   * @param {{kind?: keyof typeof IMPORTANCE}} [options]
   * @returns {boolean} whether it is said or waits
   */
  say(text, language, { kind = "notice" } = {}) {
    const voice = voiceFor(this.#voices, language);
    if (this.#muted || !this.#synthesis || !voice || !text) return false;
    const sentence = { text, language, voice, importance: IMPORTANCE[kind] };
    if (!this.#speaking) {
      this.#speak(sentence);
      return true;
    }
    if (this.#waiting && this.#waiting.importance > sentence.importance) return false;
    // A number that comes late is a wrong number.
    if (kind === "count") return false;
    this.#waiting = sentence;
    return true;
  }

  /** Fall silent at once. */
  cancel() {
    this.#waiting = null;
    this.#speaking = null;
    this.#clearTimer(this.#timer);
    this.#synthesis?.cancel();
  }

  /** Fall silent for good. */
  dispose() {
    this.cancel();
    this.#listeners.abort();
  }

  #readVoices() {
    this.#voices = Array.from(this.#synthesis?.getVoices?.() ?? []);
  }

  #speak(sentence) {
    const utterance = new this.#Utterance(sentence.text);
    utterance.lang = sentence.language;
    utterance.voice = sentence.voice;
    // Kept, for Chromium drops utterances that nobody holds, and their events with them.
    this.#speaking = utterance;
    const done = () => {
      if (this.#speaking !== utterance) return;
      this.#clearTimer(this.#timer);
      this.#speaking = null;
      const next = this.#waiting;
      this.#waiting = null;
      if (next) this.#speak(next);
    };
    utterance.onend = done;
    utterance.onerror = done;
    this.#timer = this.#setTimer(() => {
      if (this.#speaking !== utterance) return;
      this.#synthesis.cancel();
      done();
    }, Math.min(LONGEST_MS, LEAST_MS + MS_PER_LETTER * sentence.text.length));
    this.#synthesis.speak(utterance);
  }
}
