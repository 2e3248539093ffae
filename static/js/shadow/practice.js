/**
 * Shadow Mode: what is pressed and seen, the way from the first card to the last, and what the
 * client likes. The workout itself is training.js.
 */

import { CameraError } from "./camera.js";
import { CardView } from "./card_view.js";
import { doneCard, errorCard, introCard, loadingCard, resumeCard } from "./cards.js";
import { drawsInSoftware } from "./detector.js";
import { Filming } from "./filming.js";
import { Guidance } from "./guidance.js";
import { Gestures } from "./guide/gestures.js";
import { stepRate } from "./keys.js";
import { Live } from "./live.js";
import { Logbook } from "./logbook.js";
import { Panel } from "./panel.js";
import { loadTrainer, Player } from "./player.js";
import { browserStorage, PreferenceStore } from "./preferences.js";
import { allowedLevels, filmOf, levelOf } from "./privacy.js";
import { Rehearsal } from "./rehearsal.js";
import { ResultsView } from "./results_view.js";
import { Sheets } from "./sheets.js";
import { Stage } from "./stage/stage.js";
import { Texts } from "./texts.js";
import { Training } from "./training.js";
import { stepsOf } from "./workout.js";

/** Phases before the first set: nothing is judged yet. */
const EARLY = ["intro", "starting", "tutorial", "error"];
/** A sign given by raising both arms means nothing so soon after the last. */
const SIGN_PAUSE_MS = 2500;

export class Practice {
  #root;
  #config;
  #texts;
  #panel;
  #card;
  #sheets;
  #preferences = new PreferenceStore(browserStorage());
  #trainers = new Map();
  #player;
  #stage;
  #live;
  #logbook;
  #guidance;
  #filming;
  #training;
  #gestures = new Gestures();
  #signAtMs = -Infinity;
  /** @type {Rehearsal|null} the tutorial, while it lasts */
  #rehearsal = null;
  #rehearsed = false;
  #level;
  /** Whether anything is drawn: benchmarks ask what the rest costs. */
  #draws;
  #left = null;
  #listeners = null;
  #opening = false;

  /**
   * @param {HTMLElement} root
   * @param {object} config the page's `shadow-config`
   * @param {{renderer: "webgl"|"null", video: string|null}} how the stage draws and what it plays
   */
  constructor(root, config, { renderer, video }) {
    this.#root = root;
    this.#config = config;
    this.#texts = new Texts(root, config.messages);
    const { say } = this.#texts;
    this.#panel = new Panel(root, this.#texts);
    this.#card = new CardView(this.#texts);
    this.#sheets = new Sheets(this.#texts);
    this.#logbook = new Logbook({ ...config.urls, user: config.user },
      (state) => this.#saved(state));
    this.#player = new Player({ video });
    this.#draws = renderer !== "null";
    const slow = drawsInSoftware();
    const { canvas } = this.#panel;
    this.#stage = new Stage(canvas, this.#player, {
      slow, renderer, labels: { orbit: say("stage_orbit") },
    });
    this.#live = new Live(config.urls, this.#stage, {
      stamp: () => this.#training.stamp(),
      onpose: (pose) => this.#receive(pose),
      onended: (error) => this.#cameraEnded(error),
      onloading: (part) => this.#card.loading(part),
    });
    this.#guidance = new Guidance(this.#panel, say, config);
    this.#filming = new Filming(this.#logbook, {
      stage: canvas,
      camera: () => this.#live.camera.stream,
      slow,
      onstate: (state) => { root.dataset.recording = state === "recording"; },
    });
    this.#training = new Training(config.items, this.#trainers, {
      panel: this.#panel, player: this.#player, stage: this.#stage, logbook: this.#logbook,
      guidance: this.#guidance, filming: this.#filming,
    }, {
      onphase: (phase) => this.#follow(phase),
      onexercise: (item) => this.#showRate(item),
      onfail: (key) => this.#fail(key, { action: "open" }),
    });
  }

  connect() {
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    this.#panel.connect({
      onaction: (action) => this.#act(action),
      onrate: (rate) => this.#setRate(rate),
      shortcuts: () => this.#preferences.values.shortcuts,
    });
    this.#sheets.connect(this.#preferences.values, {
      onchange: (changes) => this.#prefer(changes),
      onclose: () => { if (this.#working) this.#training.run(); },
    });
    this.#root.addEventListener("change", ({ target }) => {
      if (target.name === "level") this.#setLevel(target.value);
    }, { signal });
    this.#heedPage(signal);
    this.#prefer({});
    this.#stage.start();
    this.#setLevel(levelOf(this.#config.level, this.#preferences.values.level), false);
    this.#panel.score(NaN, false);
    if (this.#training.phase === "done") {
      this.#fail("empty", { link: this.#config.urls.done });
      return;
    }
    this.#training.show();
    this.#intro();
    this.#loadTrainers().then(() => {
      if (this.#root.dataset.phase === "intro") return this.#player.preview();
    }).catch(() => {});  // asked for again, and answered for, when opening
  }

  disconnect() {
    this.#listeners?.abort();
    this.#rehearsal?.end();
    this.#training.stop();
    this.#panel.disconnect();
    this.#sheets.disconnect();
    this.#live.stop();
    this.#player.stop();
    this.#stage.stop();
    this.#filming.end();
    this.#guidance.dispose();
    this.#logbook.stop();
  }

  #heedPage(signal) {
    document.addEventListener("visibilitychange", () => {
      // What runs unseen can't be followed: it waits.
      if (document.visibilityState === "hidden") {
        this.#training.advance({ type: "stop" });
        this.#logbook.flushOnLeave();
      }
    }, { signal });
    window.addEventListener("online", () => this.#logbook.retry(), { signal });
    window.addEventListener("pagehide", () => this.#logbook.flushOnLeave(), { signal });
    window.addEventListener("beforeunload", (event) => {
      if (this.#logbook.open && !this.#logbook.lasting) event.preventDefault();
    }, { signal });
  }

  #act(action) {
    this.#guidance.unlock();
    switch (action) {
      case "open": return this.#open();
      case "skip-tutorial": return this.#rehearsal?.skip();
      case "toggle": return this.#toggle();
      case "next":
      case "skip":
      case "repeat":
        return this.#move(action);
      case "rest-more": return this.#training.lengthenRest();
      case "finish":
        this.#hold();
        return this.#sheets.ask(this.#texts.say("finish_question", {
          sets: this.#training.setsLeft,
        }));
      case "finish-confirm":
        this.#sheets.close();
        return this.#training.advance({ type: "finish" });
      case "finish-cancel":
      case "close":
        return this.#sheets.close();
      case "resume-go": return this.#goOn();
      case "resume-finish": return this.#leaveBehind(() => this.#logbook.finishLeft(this.#left));
      case "resume-discard": return this.#leaveBehind(() => this.#logbook.discardLeft(this.#left));
      case "mute": return this.#prefer({ muted: !this.#preferences.values.muted });
      case "view-3d":
        return this.#prefer({ view: this.#preferences.values.view === "video" ? "3d" : "video" });
      case "faster": return this.#setRate(stepRate(this.#player.rate, 1));
      case "slower": return this.#setRate(stepRate(this.#player.rate, -1));
      case "settings":
      case "privacy":
      case "help":
        this.#hold();
        return this.#sheets.open(action);
      default: throw new Error(`unknown action ${action}`);
    }
  }

  // --- What the client likes ---------------------------------------------------------------

  #prefer(changes) {
    this.#preferences.set(changes);
    const { values } = this.#preferences;
    this.#arrange();
    this.#guidance.prefer(values);
    this.#player.muted = values.muted;
    this.#root.dataset.view = values.view;
    this.#panel.muted(values.muted);
    this.#sheets.reflect(values, this.#guidance.speaks);
    this.#film();
  }

  /** What the stage shows: what is liked, from when there is somebody to compare with. */
  #arrange() {
    const { silhouette, trainerSkeleton, clientSkeleton, align, view } = this.#preferences.values;
    const { phase } = this.#root.dataset;
    const early = EARLY.includes(phase);
    this.#stage.set({
      silhouette, clientSkeleton, align,
      trainerSkeleton: trainerSkeleton && !early,
      view: early || view === "video" ? "video" : "3d",
      ghost: view === "ghost",
      framed: phase === "tutorial",
    });
  }

  #setLevel(level, chosen = true) {
    this.#level = level;
    if (chosen) this.#preferences.set({ level });
    this.#card.levels(allowedLevels(this.#config.level), level);
    this.#sheets.level(level);
    this.#film();
  }

  /** A film of the client alone is made of silhouettes, whether they are shown or not. */
  #film() {
    const { silhouette, wholeStage } = this.#preferences.values;
    const film = filmOf(this.#level, wholeStage);
    this.#training.film = film;
    this.#live.silhouette = (silhouette && this.#draws) || film === "silhouette";
  }

  #setRate(rate) {
    const { item } = this.#training;
    this.#preferences.set({ rates: { ...this.#preferences.values.rates, [item.id]: rate } });
    this.#showRate(item);
  }

  #showRate({ id }) {
    const rate = this.#preferences.values.rates[id] ?? 1;
    this.#player.rate = rate;
    this.#panel.rate(rate);
  }

  // --- The beginning -------------------------------------------------------------------------

  #intro() {
    this.#phase("intro");
    this.#card.show(introCard(this.#texts.say, this.#config.items));
    this.#logbook.resume(this.#config.assignment).then((left) => {
      if (!left || this.#root.dataset.phase !== "intro") return;
      this.#left = left;
      this.#card.show(resumeCard(this.#texts.say, {
        done: left.noted?.done.length ?? 0,
        sets: stepsOf(this.#config.items).length,
      }));
    }).catch((error) => console.error(error));
  }

  /** Go on with what an earlier visit left. */
  async #goOn() {
    const { noted, level } = this.#left;
    const mine = await this.#logbook.goOn(this.#left);
    this.#left = null;
    if (mine) {
      this.#setLevel(level, false);
      this.#training.takeUp(noted);
      if (this.#training.phase === "done") return this.#finish();
    }
    return this.#open();
  }

  async #leaveBehind(how) {
    await how();
    this.#left = null;
    this.#intro();
  }

  /** Camera, model and trainers, all at once; the slowest sets the time. */
  async #open() {
    if (this.#opening) return;
    this.#opening = true;
    this.#phase("starting");
    this.#player.rewind();
    this.#card.show(loadingCard(this.#texts.say));
    try {
      await Promise.all([this.#live.start(), this.#loadTrainers()]);
      delete this.#root.dataset.error;
      this.#card.show(null);
      this.#training.run();
      if (this.#rehearsed) this.#phase(this.#training.phase);
      else this.#rehearse();
    } catch (error) {
      const camera = error instanceof CameraError;
      this.#live.close();
      if (!camera) console.error(error);
      this.#fail(camera ? `camera_${error.reason}` : "load_failed", { action: "open" });
    } finally {
      this.#opening = false;
    }
  }

  #rehearse() {
    this.#rehearsal = new Rehearsal(this.#texts, this.#guidance, (prior, skipped) => {
      this.#rehearsal = null;
      this.#rehearsed = true;
      this.#training.prior = prior;
      this.#phase("ready");
      // Whoever has raised an arm stands where they will move, two metres from every button.
      if (!skipped) this.#start();
    });
    this.#phase("tutorial");
  }

  #cameraEnded(error) {
    this.#training.advance({ type: "stop" });
    this.#stage.setClient(null);
    this.#fail(`camera_${error.reason}`, { action: "open" });
  }

  #fail(key, ways) {
    this.#training.halt();
    this.#rehearsal?.end();
    this.#rehearsal = null;
    this.#root.dataset.error = key;
    this.#phase("error");
    this.#card.show(errorCard(this.#texts.say, key, ways));
  }

  async #loadTrainers() {
    await Promise.all(this.#config.items.map(async (item) => {
      if (!this.#trainers.has(item.id)) this.#trainers.set(item.id, await loadTrainer(item));
    }));
    if (this.#training.phase !== "done") this.#training.show();
  }

  // --- The workout ---------------------------------------------------------------------------

  /** Whether the workout listens to buttons, keys and signs. */
  get #working() {
    return ["ready", "countdown", "set", "stopped", "rest"].includes(this.#root.dataset.phase);
  }

  #start() {
    if (!this.#working) return;
    // Kept on this device at once, whatever the network does.
    this.#logbook.start(this.#config.assignment, { level: this.#level })
      .catch((error) => console.error(error));
    this.#training.advance({ type: "start" });
  }

  #toggle() {
    if (["set", "countdown"].includes(this.#training.phase)) this.#training.advance({ type: "stop" });
    else this.#start();
  }

  #move(type) {
    if (!this.#working) return;
    if (this.#training.phase === "ready" && type === "next") this.#start();
    else this.#training.advance({ type });
  }

  /** Whoever reads neither moves nor rests. */
  #hold() {
    if (!this.#working) return;
    this.#training.advance({ type: "stop" });
    this.#training.halt();
  }

  /** The workout has come to another phase. */
  #follow(phase) {
    this.#gestures.during(phase === "set" ? this.#training.trainer.reference : null);
    if (phase === "done") this.#finish();
    else if (this.#root.dataset.phase !== "error") this.#phase(phase);
  }

  #receive(pose) {
    const { dataset } = this.#root;
    dataset.fps = this.#live.fps.toFixed(1);
    dataset.delegate = this.#live.delegate;
    dataset.ownMs = this.#live.ownMs.toFixed(2);
    this.#filming.see(pose);
    this.#stage.setClient(pose);
    if (this.#rehearsal) {
      this.#rehearsal.see(pose, this.#training.trainer?.reference ?? null);
      return;
    }
    const judged = this.#training.see(pose, pose.stamp);
    this.#panel.lag(judged?.match.lagS ?? NaN);
    if (judged) {
      const { match: { mirror, lagS }, frames } = judged;
      Object.assign(dataset, {
        frames, mirror, lag: Number.isFinite(lagS) ? lagS.toFixed(2) : "",
      });
    }
    this.#heedSign(pose);
  }

  #heedSign(pose) {
    if (!this.#preferences.values.gestures || !this.#working) return;
    const nowS = pose.capturedMs / 1000;
    const sign = this.#gestures.see(pose, nowS);
    this.#panel.sign(this.#gestures.progress(nowS));
    if (!sign || pose.capturedMs - this.#signAtMs < SIGN_PAUSE_MS) return;
    this.#signAtMs = pose.capturedMs;
    this.#guidance.tone("praise");
    this.#toggle();
  }

  // --- The end -------------------------------------------------------------------------------

  async #finish() {
    const home = this.#config.urls.done;
    this.#training.stop();
    this.#player.pause();
    this.#live.close();
    this.#stage.setClient(null);
    if (!this.#logbook.begun) {
      window.location.assign(home);
      return;
    }
    // What the device knows is shown at once; the server's answer only adds a link.
    new ResultsView(this.#texts).show(this.#training.tally, this.#config.items);
    this.#card.show(doneCard(this.#texts.say, home));
    this.#phase("finishing");
    await this.#filming.end();
    const { status, url } = await this.#logbook.finish();
    this.#card.note(this.#texts.say(status === 200 ? "done_saved" : "done_refused"));
    if (url) this.#card.link(url, this.#texts.say("see_results"));
    this.#phase("done");
  }

  #saved({ acked, made, saving }) {
    Object.assign(this.#root.dataset, { acked, made });
    this.#panel.saving(saving);
    if (this.#root.dataset.phase !== "finishing") return;
    this.#card.note(this.#texts.say(saving === "saved" ? "done_saving" : `done_${saving}`));
    if (saving === "login") {
      this.#card.link(this.#config.urls.login, this.#texts.say("log_in_again"));
    }
  }

  #phase(phase) {
    const { gestures } = this.#preferences.values;
    this.#panel.phase(phase);
    this.#arrange();
    this.#panel.hint(gestures && phase === "ready" ? this.#texts.say("gesture_start") : "");
  }
}
