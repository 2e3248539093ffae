/**
 * Shadow Mode at work: camera, detector, trainer, score, timeline and stage, held together.
 */

import { Attempt, Pace } from "./attempt.js";
import { Camera, CameraError } from "./camera.js";
import { doneCard, errorCard, introCard, loadingCard } from "./cards.js";
import { Detector, drawsInSoftware } from "./detector.js";
import { Logbook } from "./logbook.js";
import { Panel } from "./panel.js";
import { loadTrainer, Player } from "./player.js";
import { Scene } from "./scene.js";
import { WakeLock } from "./wake_lock.js";
import { advance, plan, stepOf } from "./workout.js";

const TICK_MS = 100;
/** After a sleep the clock must not jump through a whole rest. */
const LONGEST_TICK_S = 0.5;

const absolute = (address) => new URL(address, window.location.href).href;

export class Practice {
  #root;
  #config;
  #say = (key, values) => this.#panel.say(key, values);
  #panel;
  #camera = new Camera();
  #detector;
  #player = new Player();
  #scene;
  #logbook;
  #wakeLock = new WakeLock();
  #workout;
  #trainers = new Map();
  #timer = 0;
  #tickedAt = 0;
  #listeners = null;
  #silhouette = true;
  #opening = false;
  #starting = false;

  /** @type {Attempt|null} the present go; a pose taken during another one is not scored */
  #attempt = null;
  #repsBefore = 0;
  #fed = { attempt: null, nowS: 0, positionS: 0, sessionS: 0 };
  #frames = 0;
  #pace = new Pace();

  /**
   * @param {HTMLElement} root
   * @param {object} config the page's `shadow-config`
   */
  constructor(root, config) {
    this.#root = root;
    this.#config = config;
    this.#panel = new Panel(root, config.messages);
    this.#workout = plan(config.items);
    this.#logbook = new Logbook(config.urls.sessions, (state) => this.#saved(state));
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
      onoptions: (options) => this.#show(options),
    });
    this.#show(this.#panel.options);
    this.#scene.start();
    document.addEventListener("visibilitychange", () => {
      // What runs unseen can't be followed: it waits.
      if (document.visibilityState === "hidden") {
        this.#advance({ type: "stop" });
        this.#logbook.flushOnLeave();
      }
    }, { signal });
    window.addEventListener("online", () => this.#logbook.retry(), { signal });
    window.addEventListener("pagehide", () => this.#logbook.flushOnLeave(), { signal });
    window.addEventListener("beforeunload", (event) => {
      if (this.#logbook.open) event.preventDefault();
    }, { signal });
    this.#panel.score(NaN, false);
    this.#showExercise();
    if (this.#workout.phase === "done") {
      this.#fail("empty", { link: this.#config.urls.done });
      return;
    }
    this.#phase("intro");
    this.#panel.card(introCard(this.#say));
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
    this.#logbook.stop();
    this.#wakeLock.stop();
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

  #show(options) {
    this.#silhouette = options.silhouette;
    this.#scene.set(options);
  }

  /** Camera, model and trainers, all at once; the slowest sets the time. */
  async #open() {
    if (this.#opening) return;
    this.#opening = true;
    this.#phase("starting");
    this.#panel.card(loadingCard(this.#say, "starting"));
    try {
      await this.#camera.start((video) => this.#feed(video), (error) => this.#cameraEnded(error));
      await Promise.all([
        this.#detector.delegate ? null : this.#detector.start(),
        this.#loadTrainers(),
      ]);
      this.#root.dataset.delegate = this.#detector.delegate;
      delete this.#root.dataset.error;
      this.#panel.card(null);
      this.#phase(this.#workout.phase);
      this.#tickedAt = performance.now();
      this.#timer ||= setInterval(() => this.#tick(), TICK_MS);
    } catch (error) {
      const camera = error instanceof CameraError;
      if (!camera) this.#camera.stop();
      if (!camera) console.error(error);
      this.#fail(camera ? `camera_${error.reason}` : "load_failed", { action: "open" });
    } finally {
      this.#opening = false;
    }
  }

  #cameraEnded(error) {
    this.#advance({ type: "stop" });
    this.#scene.setClient(null);
    this.#fail(`camera_${error.reason}`, { action: "open" });
  }

  #fail(key, ways) {
    clearInterval(this.#timer);
    this.#timer = 0;
    this.#root.dataset.error = key;
    this.#phase("error");
    this.#panel.card(errorCard(this.#say, key, ways));
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
      await this.#logbook.start(this.#config.assignment);
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
    if (this.#logbook.begun) this.#advance({ type: "next" });
    else this.#start();
  }

  #saved({ acked, made, saving }) {
    Object.assign(this.#root.dataset, { acked, made });
    this.#panel.saving(saving);
    if (saving === "offline" && this.#root.dataset.phase === "finishing") {
      this.#panel.card(loadingCard(this.#say, "offline"));
    }
  }

  #tick() {
    const now = performance.now();
    const dtS = (now - this.#tickedAt) / 1000;
    this.#tickedAt = now;
    this.#advance({ type: "tick", dtS: Math.min(dtS, LONGEST_TICK_S) });
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
      this.#attempt = null;
      this.#player.pause();
      this.#logbook.cut();
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
    this.#attempt = new Attempt(this.#trainers.get(this.#item().id).reference);
    this.#repsBefore = this.#workout.reps;
    this.#panel.score(NaN);
    this.#player.start().catch((error) => {
      console.error(error);
      this.#advance({ type: "stop" });
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
    const fed = {
      attempt: this.#attempt,
      nowS: performance.now() / 1000,
      positionS: this.#player.positionS,
      sessionS: this.#logbook.elapsedS,
    };
    if (this.#detector.feed(video, this.#silhouette)) this.#fed = fed;
  }

  #receive(pose) {
    if (!this.#camera.running) {  // taken just before the camera was closed
      pose.silhouette?.close();
      return;
    }
    const fps = this.#pace.beat(performance.now());
    this.#root.dataset.fps = fps.toFixed(1);
    this.#root.dataset.delegate = this.#detector.delegate;
    this.#scene.setClient(pose);
    const current = this.#attempt && this.#fed.attempt === this.#attempt;
    this.#panel.facts({ fps, lagS: current ? this.#judge(pose) : NaN });
  }

  #judge(pose) {
    const item = this.#item();
    const { durationS } = this.#trainers.get(item.id).reference;
    const { attempt, positionS, nowS, sessionS } = this.#fed;
    const match = attempt.judge(pose, nowS, positionS);
    if (attempt.mirrored !== null) this.#scene.flipTrainer(!attempt.mirrored);
    this.#logbook.add({
      item: item.id,
      set: stepOf(this.#workout).set,
      t: sessionS,
      clipT: positionS % durationS,
      score: match.score,
      lagS: match.lagS,
      errorsDeg: match.errorsDeg,
      world: pose.found ? pose.world : null,
      visibility: pose.found ? pose.visibility : null,
    });
    this.#frames += 1;
    Object.assign(this.#root.dataset, {
      frames: this.#frames,
      mirror: match.mirror,
      lag: Number.isFinite(match.lagS) ? match.lagS.toFixed(2) : "",
    });
    this.#panel.score(attempt.calmScore);
    this.#advance({ type: "reps", reps: this.#repsBefore + attempt.reps });
    return match.lagS;
  }

  async #finish() {
    this.#player.pause();
    this.#wakeLock.stop();
    this.#phase("finishing");
    this.#panel.card(loadingCard(this.#say, "finishing"));
    this.#camera.stop();
    this.#scene.setClient(null);
    if (!this.#logbook.begun) {
      window.location.assign(this.#config.urls.done);
      return;
    }
    const answer = await this.#logbook.finish();
    if (answer.status !== 200) {
      this.#fail("finish_failed", { action: "finish-again", link: this.#config.urls.done });
      return;
    }
    this.#phase("done");
    this.#panel.card(doneCard(this.#say, answer, this.#config.urls.done));
  }

  #phase(phase) {
    this.#panel.phase(phase);
  }
}
