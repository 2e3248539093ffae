/**
 * What is said while somebody moves: a caption, a voice and short tones for the coach's remarks.
 */

import { Coach } from "./guide/coach.js";
import { Tones } from "./guide/tones.js";
import { Voice } from "./guide/voice.js";

const TONE_OF = { fault: "fault", tempo: "fault", praise: "praise", count: "rep" };

export class Guidance {
  #panel;
  #say;
  #spoken;
  #pageLanguage;
  #language;
  #coach = new Coach();
  #voice = new Voice();
  #tones = new Tones();
  #rate = 1;

  /**
   * @param {import("./panel.js").Panel} panel
   * @param {import("./cards.js").Say} say
   * @param {{language: string, spoken: Record<string, Record<string, string>>}} config `spoken`: the
   *   guide's sentences by language
   */
  constructor(panel, say, { language, spoken }) {
    this.#panel = panel;
    this.#say = say;
    this.#spoken = spoken;
    this.#pageLanguage = language;
    this.#language = language;
  }

  /** @param {import("./preferences.js").Preferences} preferences */
  prefer({ muted, frequency, voice }) {
    this.#voice.muted = muted;
    this.#tones.muted = muted;
    this.#coach.frequency = frequency;
    this.#language = voice in this.#spoken ? voice : this.#pageLanguage;
  }

  /** Whether this browser can speak the language that is chosen. */
  get speaks() { return this.#voice.speaks(this.#language); }

  /** Allow sound: to be called from a click or key. */
  unlock() {
    this.#voice.unlock();
    this.#tones.unlock();
  }

  /** @param {keyof typeof import("./guide/tones.js").TONES} kind */
  tone(kind) {
    this.#tones.play(kind);
  }

  /** Say one of the guide's sentences aloud. @returns {boolean} whether it is heard */
  tell(key, values = {}, kind = "notice") {
    const text = (this.#spoken[this.#language]?.[key] ?? "")
      .replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
    return this.#voice.say(text, this.#language, { kind });
  }

  /** A set begins, or goes on. @param {number} rate of the trainer's video */
  begin(reference, plan, rate) {
    this.#rate = rate;
    this.#coach.begin(reference, plan);
    this.#tempo();
  }

  end() {
    this.#coach.end();
    this.#voice.cancel();
  }

  /** @param {Parameters<Coach["hear"]>[0]} moment one judged frame */
  hear(moment) {
    const remark = this.#coach.hear(moment);
    this.#rate = moment.rate;
    this.#tempo();
    if (!remark) return;
    const { key, values, kind } = remark;
    // The repetitions stand on the stage in large figures already.
    if (kind !== "count") this.#panel.caption({ text: this.#say(key, values), kind });
    const heard = this.tell(key, values, kind);
    if (!heard) this.#tones.play(TONE_OF[kind]);
    // Whoever hears no voice of ours may be listening to a screen reader's.
    if (!heard && kind !== "count") this.#panel.announce(this.#say(key, values));
  }

  dispose() {
    this.#voice.dispose();
    this.#tones.dispose();
  }

  #tempo() {
    const { tempo, trainerTempo } = this.#coach;
    this.#panel.tempo(tempo?.repS ?? NaN, (trainerTempo?.repS ?? NaN) / this.#rate);
  }
}
