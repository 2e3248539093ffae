/**
 * One set at work: its clock, which stands still while the set is paused, and what each pose of
 * the client is worth.
 */

import { Attempt } from "./attempt.js";

export class SetRun {
  #attempt;
  #item;
  #set;
  #tally;
  #durationS;
  #heldS = 0;
  #heldAtS = NaN;
  #begunAtS;

  /**
   * @param {object} options
   * @param {import("./reference.js").Reference} options.reference the trainer's movement
   * @param {object} options.item of the page's config
   * @param {import("./workout.js").Step} options.step
   * @param {import("./tally.js").Tally} options.tally
   * @param {{mirror: boolean, lagS: number}|undefined} options.prior what the tutorial has measured
   * @param {number} nowS of the page's clock
   */
  constructor({ reference, item, step, tally, prior }, nowS) {
    this.#attempt = new Attempt(reference, prior);
    this.#item = item;
    this.#set = step.set;
    this.#tally = tally;
    this.#durationS = reference.durationS;
    this.#begunAtS = nowS;
    tally.begin({ item: step.itemIndex, set: step.set, goal: step.reps });
  }

  get calmScore() { return this.#attempt.calmScore; }

  get reps() { return this.#attempt.reps; }

  /** Whether the client does it as in a mirror; null until that is settled. */
  get mirrored() { return this.#attempt.mirrored; }

  /** The set stands still. @param {number} nowS */
  hold(nowS) {
    if (Number.isNaN(this.#heldAtS)) this.#heldAtS = nowS;
  }

  /** It goes on. @param {number} nowS */
  release(nowS) {
    if (Number.isNaN(this.#heldAtS)) return;
    this.#heldS += nowS - this.#heldAtS;
    this.#heldAtS = NaN;
  }

  /** Seconds into the set, pauses left out. @param {number} nowS */
  elapsedS(nowS) {
    return nowS - this.#heldS - this.#begunAtS;
  }

  /**
   * @param {import("./detector.js").Pose} pose
   * @param {{setS: number, positionS: number, sessionS: number}} at when its picture was taken
   * @returns {{match: object, row: import("./chunks.js").Row}}
   */
  judge(pose, { setS, positionS, sessionS }) {
    const match = this.#attempt.judge(pose, setS, positionS);
    this.#tally.add(setS, match);
    return {
      match,
      row: {
        item: this.#item.id,
        set: this.#set,
        t: sessionS,
        clipT: positionS % this.#durationS,
        score: match.score,
        lagS: match.lagS,
        errorsDeg: match.errorsDeg,
        world: pose.found ? pose.world : null,
        visibility: pose.found ? pose.visibility : null,
      },
    };
  }
}
