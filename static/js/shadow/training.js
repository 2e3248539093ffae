/**
 * The workout at work: its state decides what trainer, guide, film and record do.
 */

import { SetRun } from "./set_run.js";
import { Tally } from "./tally.js";
import { WakeLock } from "./wake_lock.js";
import { advance, plan, stepOf } from "./workout.js";

const TICK_MS = 100;
/** After a sleep the clock must not jump through a whole rest. */
const LONGEST_TICK_S = 0.5;
const REST_MORE_S = 15;
const LAST_SECONDS = 3;

const nowS = () => performance.now() / 1000;

/**
 * @typedef {object} Crew what a workout moves
 * @property {import("./panel.js").Panel} panel
 * @property {import("./player.js").Player} player
 * @property {import("./stage/stage.js").Stage} stage
 * @property {import("./logbook.js").Logbook} logbook
 * @property {import("./guidance.js").Guidance} guidance
 * @property {import("./filming.js").Filming} filming
 */

export class Training {
  #items;
  #crew;
  #listeners;
  #trainers;
  #wakeLock = new WakeLock();
  #workout;
  #tally = new Tally();
  /** @type {SetRun|null} the present set, also while it is paused */
  #run = null;
  #timer = 0;
  #tickedAt = 0;
  #frames = 0;

  /** What the tutorial has learned of the client. */
  prior = undefined;

  /** What is filmed. @type {"silhouette"|"video"|"stage"|null} */
  film = null;

  /**
   * @param {object[]} items of the page's config
   * @param {Map<number, import("./player.js").Trainer>} trainers by item id, filled by the page
   * @param {Crew} crew
   * @param {{onphase: (phase: string) => void, onexercise: (item: object) => void,
   *   onfail: (key: string) => void}} listeners
   */
  constructor(items, trainers, crew, listeners) {
    this.#items = items;
    this.#trainers = trainers;
    this.#crew = crew;
    this.#listeners = listeners;
    this.#workout = plan(items);
  }

  get phase() { return this.#workout.phase; }

  get tally() { return this.#tally; }

  /** @returns {object} the item that is done now or comes next */
  get item() { return this.#items[stepOf(this.#workout).itemIndex]; }

  get trainer() { return this.#trainers.get(this.item.id) ?? null; }

  get setsLeft() { return this.#workout.steps.length - this.#workout.finishedSets; }

  /** Go on with what was noted at an earlier visit. @param {{done: object[], tally: object}} noted */
  takeUp(noted) {
    this.#workout = plan(this.#items, noted?.done);
    this.#tally = new Tally(noted?.tally);
    this.show();
  }

  /** Let time pass. */
  run() {
    this.#tickedAt = performance.now();
    this.#timer ||= setInterval(() => this.#tick(), TICK_MS);
  }

  /** Let it stand still. */
  halt() {
    clearInterval(this.#timer);
    this.#timer = 0;
  }

  stop() {
    this.halt();
    this.#wakeLock.stop();
  }

  lengthenRest() {
    this.advance({ type: "rest", moreS: REST_MORE_S });
  }

  /** @param {Parameters<typeof advance>[1]} event */
  advance(event) {
    const before = this.#workout;
    const after = advance(before, event);
    if (after === before) return;
    this.#workout = after;
    if (after.phase !== before.phase || after.index !== before.index || after.begun < before.begun) {
      this.#enter(before);
    }
    this.#count(before);
    const at = stepOf(after);
    if (at) this.#crew.panel.progress(after, at);
  }

  /** What is true when a picture is taken. */
  stamp() {
    const run = this.#workout.phase === "set" ? this.#run : null;
    return {
      run,
      setS: run?.elapsedS(nowS()) ?? 0,
      positionS: this.#crew.player.positionS,
      sessionS: this.#crew.logbook.elapsedS,
    };
  }

  /**
   * Judge a pose by what was true when its picture was taken.
   * @param {import("./detector.js").Pose} pose
   * @param {ReturnType<Training["stamp"]>} stamp
   * @returns {object|null} the match, and how many frames there were; null outside sets
   */
  see(pose, stamp) {
    const { run } = stamp;
    if (!run || run !== this.#run || this.#workout.phase !== "set") return null;
    const { panel, player, stage, logbook, guidance } = this.#crew;
    const { match, row } = run.judge(pose, stamp);
    if (run.mirrored !== null) stage.flipTrainer(!run.mirrored);
    stage.setMarks(match.marks, match);
    logbook.add(row);
    panel.score(run.calmScore);
    guidance.hear({
      match, nowS: stamp.setS, positionS: stamp.positionS, reps: run.reps, rate: player.rate,
    });
    this.advance({ type: "reps", reps: run.reps });
    this.#frames += 1;
    return { match, frames: this.#frames };
  }

  /** Show the exercise that is done now or comes next. */
  show() {
    const { panel, player, stage } = this.#crew;
    const at = stepOf(this.#workout);
    if (!at) return;
    panel.exercise(this.item, {
      set: at.set, sets: at.sets, index: at.itemIndex, count: this.#items.length,
    });
    panel.course(this.#workout, this.#items.length);
    panel.progress(this.#workout, at);
    this.#listeners.onexercise(this.item);
    if (this.#run || !this.trainer) return;
    player.load(this.item);
    stage.setTrainer(this.trainer);
  }

  #tick() {
    const now = performance.now();
    const dtS = (now - this.#tickedAt) / 1000;
    this.#tickedAt = now;
    this.advance({ type: "tick", dtS: Math.min(dtS, LONGEST_TICK_S) });
  }

  /** The last seconds before something begins are heard. */
  #count(before) {
    const { phase, remainingS } = this.#workout;
    if (phase !== "countdown" && phase !== "rest") return;
    const left = Math.ceil(remainingS);
    const isNew = before.phase !== phase || Math.ceil(before.remainingS) !== left;
    if (isNew && phase === "countdown" && left <= LAST_SECONDS) this.#crew.guidance.tone("tick");
  }

  #enter(before) {
    const { phase, index, begun } = this.#workout;
    const { panel, player, guidance } = this.#crew;
    if (before.phase === "set") this.#leaveSet();
    // Another set, or the same from its start.
    if (index !== before.index || !begun) this.#run = null;
    if (index !== before.index || phase === "countdown") this.show();
    if (before.phase === "set" && phase !== "stopped") {
      this.#note();
      guidance.tone("end");
    }
    if (phase === "rest") {
      panel.upNext(this.item, stepOf(this.#workout));
      player.preview().catch(() => {});  // the next set may come before it has begun
    }
    if (phase === "set") this.#enterSet();
    if (phase === "countdown") this.#wakeLock.start();
    if (phase === "stopped" || phase === "done") this.#wakeLock.stop();
    this.#listeners.onphase(phase);
  }

  #enterSet() {
    const { panel, player, guidance, filming } = this.#crew;
    const goesOn = this.#run !== null;
    const step = stepOf(this.#workout);
    const { reference } = this.trainer;
    this.#run ??= new SetRun({
      reference, item: this.item, step, tally: this.#tally, prior: this.prior,
    }, nowS());
    this.#run.release(nowS());
    panel.score(NaN);
    guidance.tone("go");
    guidance.begin(reference, { reps: step.reps, done: this.#run.reps }, player.rate);
    filming.begin(this.film, this.item.id, step.set);
    (goesOn ? player.resume() : player.start()).catch((error) => {
      console.error(error);
      this.advance({ type: "stop" });
      this.#listeners.onfail("load_failed");
    });
  }

  #leaveSet() {
    const { panel, player, stage, logbook, guidance, filming } = this.#crew;
    this.#run.hold(nowS());
    player.pause();
    guidance.end();
    filming.end();
    logbook.cut();
    panel.score(NaN, false);
    stage.setMarks(null);
  }

  /** What is done is kept: a workout broken off goes on after its last set. */
  #note() {
    const { steps, index, phase } = this.#workout;
    const done = steps.slice(0, phase === "done" ? index + 1 : index)
      .map(({ itemIndex, set }) => ({ item: this.#items[itemIndex].id, set }));
    this.#crew.logbook.note({ done, tally: this.#tally.kept });
  }
}
