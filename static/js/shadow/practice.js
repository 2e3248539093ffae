/**
 * Shadow Mode at work: camera, detector, trainer, score, timeline and stage, held together.
 */

import { mirrorBones, rotateYaw, unitBones } from "./alignment.js";
import { Camera, CameraError } from "./camera.js";
import { Detector, drawsInSoftware } from "./detector.js";
import { Panel } from "./panel.js";
import { loadTrainer, Player } from "./player.js";
import { count, counting, mainAxis, progress } from "./reps.js";
import { Scene } from "./scene.js";
import { initial, step } from "./score.js";
import { Session } from "./session.js";
import { Timeline } from "./timeline.js";
import { WakeLock } from "./wake_lock.js";
import { advance, plan, stepOf } from "./workout.js";

const TICK_MS = 100;
/** The score on show follows the frames' scores with this time constant. */
const CALM_S = 0.5;
/** Not seen for a moment is a blink of the detector; for longer it is said. */
const UNSEEN_S = 0.8;
const FPS_FRAMES = 20;
const FINISH_RETRY_MS = 3000;

const absolute = (address) => new URL(address, window.location.href).href;

export class Practice {
  #root;
  #config;
  #panel;
  #camera = new Camera();
  #detector;
  #player = new Player();
  #scene;
  #session;
  #timeline = null;
  #wakeLock = new WakeLock();
  #workout;
  #trainers = new Map();
  #timer = 0;
  #tickedAt = 0;
  #listeners = null;
  #opening = false;
  #starting = false;
  #finished = false;

  // What one set remembers; a pose that was taken in another set is not scored.
  #run = 0;
  #score = initial();
  #reps = counting();
  #repsBefore = 0;
  #axis = null;
  #fed = { run: 0, positionS: 0, sessionS: 0 };
  #frames = 0;
  #calmScore = NaN;
  #calmAt = 0;
  #gapMs = NaN;
  #lastPoseAt = NaN;
  #bones = new Float64Array(39);
  #mirrored = new Float64Array(39);

  /**
   * @param {HTMLElement} root
   * @param {object} config the page's `shadow-config`
   */
  constructor(root, config) {
    this.#root = root;
    this.#config = config;
    this.#panel = new Panel(root, config.messages);
    this.#workout = plan(config.items);
    this.#session = new Session(config.urls.sessions);
    this.#scene = new Scene(this.#panel.canvas, this.#player, { slow: drawsInSoftware() });
    const { models } = config.urls;
    this.#detector = new Detector({
      tasksVision: absolute(config.urls.tasks_vision),
      wasm: absolute(config.urls.wasm),
      models: [models.pose_full, models.pose_lite].filter(Boolean).map(absolute),
    }, {
      onpose: (pose) => this.#receive(pose),
      onloading: (part) => this.#panel.loading(part),
    });
  }

  connect() {
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    this.#panel.connect({
      onaction: (action) => this.#act(action),
      onoptions: (options) => this.#scene.set(options),
    });
    this.#scene.set(this.#panel.options);
    this.#scene.start();
    document.addEventListener("visibilitychange", () => {
      // What runs unseen can't be followed: it waits.
      if (document.visibilityState === "hidden") {
        this.#advance({ type: "stop" });
        this.#timeline?.flushOnLeave();
      }
    }, { signal });
    window.addEventListener("pagehide", () => this.#timeline?.flushOnLeave(), { signal });
    window.addEventListener("beforeunload", (event) => {
      if (this.#timeline && !this.#finished) event.preventDefault();
    }, { signal });
    this.#panel.score(NaN, false);
    this.#showExercise();
    if (this.#workout.phase === "done") {
      this.#phase("error");
      this.#fail("empty", { link: this.#config.urls.done });
      return;
    }
    this.#phase("intro");
    this.#panel.card({
      kind: "intro",
      title: this.#say("intro_title"),
      text: this.#say("intro_text"),
      action: "open",
      label: this.#say("open_camera"),
    });
    this.#loadTrainers().catch(() => {});  // asked for again, and answered for, when opening
  }

  disconnect() {
    clearInterval(this.#timer);
    this.#timer = 0;
    this.#listeners?.abort();
    this.#panel.disconnect();
    this.#camera.stop();
    this.#detector.stop();
    this.#player.stop();
    this.#scene.stop();
    this.#timeline?.stop();
    this.#wakeLock.stop();
  }

  #say(key, values) {
    return this.#panel.say(key, values);
  }

  #act(action) {
    switch (action) {
      case "open":
        this.#open();
        break;
      case "toggle":
        if (["set", "countdown"].includes(this.#workout.phase)) this.#advance({ type: "stop" });
        else this.#start();
        break;
      case "next":
        this.#next();
        break;
      case "finish":
        this.#panel.ask(this.#say("finish_question", {
          sets: this.#workout.steps.length - this.#workout.finishedSets,
        }));
        break;
      case "finish-confirm":
        this.#panel.question.close();
        this.#advance({ type: "finish" });
        break;
      case "finish-cancel":
        this.#panel.question.close();
        break;
      case "finish-again":
        this.#finish();
        break;
      default:
        throw new Error(`unknown action ${action}`);
    }
  }

  /** Camera, model and trainers, all at once; the slowest sets the time. */
  async #open() {
    if (this.#opening) return;
    this.#opening = true;
    this.#phase("starting");
    this.#panel.card({
      kind: "loading", title: this.#say("starting_title"), text: this.#say("starting_text"),
    });
    try {
      await this.#camera.start((video) => this.#feed(video), (error) => this.#cameraEnded(error));
      await Promise.all([
        this.#detector.delegate ? null : this.#detector.start(),
        this.#loadTrainers(),
      ]);
      this.#root.dataset.delegate = this.#detector.delegate;
      this.#panel.card(null);
      this.#phase(this.#workout.phase);
      this.#timer ||= setInterval(() => this.#tick(), TICK_MS);
    } catch (error) {
      const camera = error instanceof CameraError;
      if (!camera) this.#camera.stop();
      if (!camera) console.error(error);
      this.#phase("error");
      this.#fail(camera ? `camera_${error.reason}` : "load_failed", { action: "open" });
    } finally {
      this.#opening = false;
    }
  }

  #cameraEnded(error) {
    this.#advance({ type: "stop" });
    this.#scene.setClient(null);
    this.#phase("error");
    this.#fail(`camera_${error.reason}`, { action: "open" });
  }

  #fail(key, { action = null, link = null } = {}) {
    this.#root.dataset.error = key;
    this.#panel.card({
      kind: "error",
      title: this.#say(`${key}_title`),
      text: this.#say(key),
      action,
      label: this.#say("try_again"),
      link,
      linkLabel: this.#say("back_home"),
    });
  }

  async #loadTrainers() {
    await Promise.all(this.#config.items.map(async (item) => {
      if (!this.#trainers.has(item.id)) this.#trainers.set(item.id, await loadTrainer(item));
    }));
    this.#showTrainer();
  }

  async #start() {
    if (this.#starting || this.#root.dataset.phase === "error") return;
    this.#starting = true;
    try {
      if (!this.#timeline) {
        await this.#session.start(this.#config.assignment);
        this.#timeline = new Timeline(this.#session, (state) => this.#saved(state));
        this.#panel.saving("saved");
      }
      this.#wakeLock.start();
      this.#advance({ type: "start" });
    } catch (error) {
      console.error(error);
      this.#fail("session_failed", { action: "open" });
    } finally {
      this.#starting = false;
    }
  }

  #next() {
    if (this.#timeline || this.#workout.phase !== "ready") {
      this.#advance({ type: "next" });
      return;
    }
    this.#start();
  }

  #saved({ acked, pending, failing }) {
    this.#root.dataset.acked = acked;
    this.#root.dataset.made = this.#timeline.made;
    this.#panel.saving(failing ? "offline" : pending ? "saving" : "saved");
  }

  #tick() {
    const now = performance.now();
    const dtS = (now - this.#tickedAt) / 1000;
    this.#tickedAt = now;
    // After a sleep the clock must not jump through a whole rest.
    this.#advance({ type: "tick", dtS: Math.min(dtS, 0.5) });
  }

  #advance(event) {
    const before = this.#workout;
    const after = advance(before, event);
    if (after === before) return;
    this.#workout = after;
    if (after.phase !== before.phase || after.index !== before.index) this.#enter(before);
    const at = stepOf(after);
    if (at) this.#panel.progress(after, at);
    this.#root.dataset.reps = after.reps;
  }

  #enter(before) {
    const { phase, index } = this.#workout;
    if (before.phase === "set") {
      this.#run += 1;
      this.#player.pause();
      this.#timeline?.cut();
      this.#panel.score(NaN, false);
    }
    if (index !== before.index || phase === "countdown") {
      this.#showExercise();
      this.#showTrainer();
    }
    if (phase === "rest") this.#panel.upNext(this.#item().name);
    if (phase === "set") this.#beginSet();
    if (phase === "stopped" || phase === "done") this.#wakeLock.stop();
    if (phase === "done") this.#finish();
    else if (this.#root.dataset.phase !== "error") this.#phase(phase);
  }

  #beginSet() {
    this.#run += 1;
    this.#score = initial();
    this.#reps = counting();
    this.#repsBefore = this.#workout.reps;
    this.#axis = mainAxis(this.#trainers.get(this.#item().id).reference);
    this.#calmScore = NaN;
    this.#calmAt = performance.now();
    this.#panel.score(NaN);
    this.#player.start().catch((error) => {
      console.error(error);
      this.#advance({ type: "stop" });
      this.#phase("error");
      this.#fail("load_failed", { action: "open" });
    });
  }

  #item() {
    return this.#config.items[stepOf(this.#workout).itemIndex];
  }

  #showExercise() {
    const at = stepOf(this.#workout);
    if (!at) return;
    this.#panel.exercise(this.#item(), {
      set: at.set, sets: at.sets, index: at.itemIndex, count: this.#config.items.length,
    });
    this.#panel.progress(this.#workout, at);
    this.#root.dataset.item = at.itemIndex;
    this.#root.dataset.set = at.set;
  }

  #showTrainer() {
    const at = stepOf(this.#workout);
    const trainer = at && this.#trainers.get(this.#item().id);
    if (!trainer) return;
    this.#player.load(this.#item());
    this.#scene.setTrainer(trainer);
  }

  #feed(video) {
    const now = performance.now();
    const fed = {
      run: this.#run,
      positionS: this.#player.positionS,
      sessionS: this.#session.elapsedS,
      nowS: now / 1000,
    };
    if (this.#detector.feed(video, this.#panel.options.silhouette)) this.#fed = fed;
  }

  #receive(pose) {
    const now = performance.now();
    const gapMs = now - this.#lastPoseAt;
    this.#lastPoseAt = now;
    if (Number.isFinite(this.#gapMs)) this.#gapMs += (gapMs - this.#gapMs) / FPS_FRAMES;
    else this.#gapMs = gapMs;
    const fps = Number.isFinite(this.#gapMs) ? 1000 / this.#gapMs : 0;
    this.#root.dataset.fps = fps.toFixed(1);
    this.#root.dataset.delegate = this.#detector.delegate;
    this.#scene.setClient(pose);
    let lagS = NaN;
    if (this.#workout.phase === "set" && this.#fed.run === this.#run) lagS = this.#judge(pose);
    this.#panel.facts({ fps, lagS });
  }

  #judge(pose) {
    const item = this.#item();
    const { reference } = this.#trainers.get(item.id);
    const { positionS, nowS, sessionS } = this.#fed;
    const match = step(this.#score, reference, nowS, positionS,
      pose.found ? pose.world : null, pose.found ? pose.visibility : null);
    this.#timeline?.add({
      item: item.id,
      set: stepOf(this.#workout).set,
      t: sessionS,
      clipT: positionS % reference.durationS,
      score: match.score,
      lagS: match.lagS,
      errorsDeg: match.errorsDeg,
      world: pose.found ? pose.world : null,
      visibility: pose.found ? pose.visibility : null,
    });
    this.#frames += 1;
    this.#root.dataset.frames = this.#frames;
    this.#root.dataset.mirror = match.mirror;
    this.#root.dataset.lag = Number.isFinite(match.lagS) ? match.lagS.toFixed(2) : "";
    this.#showScore(match.score);
    if (Number.isFinite(match.score)) this.#countRep(pose, match, nowS);
    return match.lagS;
  }

  #showScore(score) {
    const now = performance.now();
    const dtS = (now - this.#calmAt) / 1000;
    if (Number.isFinite(score)) {
      this.#calmScore = Number.isFinite(this.#calmScore)
        ? this.#calmScore + (1 - Math.exp(-dtS / CALM_S)) * (score - this.#calmScore)
        : score;
      this.#calmAt = now;
    } else if (dtS > UNSEEN_S) {
      this.#calmScore = NaN;
    }
    this.#panel.score(this.#calmScore);
  }

  #countRep(pose, match, nowS) {
    if (!this.#axis) return;
    unitBones(pose.world, this.#bones);
    const body = match.mirror ? mirrorBones(this.#bones, this.#mirrored) : this.#bones;
    this.#reps = count(this.#reps, nowS, progress(this.#axis, rotateYaw(body, match.yawRad)));
    this.#advance({ type: "reps", reps: this.#repsBefore + this.#reps.reps });
  }

  async #finish() {
    this.#player.pause();
    this.#wakeLock.stop();
    this.#phase("finishing");
    this.#panel.card({
      kind: "loading", title: this.#say("finishing_title"), text: this.#say("finishing_text"),
    });
    this.#camera.stop();
    this.#scene.setClient(null);
    if (!this.#timeline) {
      this.#finished = true;
      window.location.assign(this.#config.urls.done);
      return;
    }
    await this.#timeline.flush();
    let answer = await this.#session.finish(this.#timeline.made);
    while (answer.status === 0 || answer.status >= 500) {
      this.#panel.saving("offline");
      await new Promise((resolve) => { setTimeout(resolve, FINISH_RETRY_MS); });
      answer = await this.#session.finish(this.#timeline.made);
    }
    this.#finished = true;
    this.#phase(answer.status === 200 ? "done" : "error");
    if (answer.status !== 200) {
      this.#fail("finish_failed", { action: "finish-again", link: this.#config.urls.done });
      return;
    }
    this.#panel.card({
      kind: "done",
      title: this.#say("done_title"),
      text: this.#say(answer.score === null ? "done_unscored" : "done_text"),
      score: answer.score,
      link: answer.url ?? this.#config.urls.done,
      linkLabel: this.#say(answer.url ? "see_results" : "back_home"),
    });
  }

  #phase(phase) {
    this.#panel.phase(phase);
  }
}
