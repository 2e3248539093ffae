/** The report: analyses, strip, both pictures, words. */

import {
  blockAt, chunkAt, clock, decode, fill, levelOf, repAt, rowNear, samePhase, trainerTime,
} from "./data.js";
import { Comment } from "./comment.js";
import { Exercises } from "./exercises.js";
import { Live } from "./live.js";
import { Notes } from "./notes.js";
import { Sources } from "./sources.js";
import { Stage } from "./stage.js";
import { Strip } from "./strip.js";
import { Teach } from "./teach.js";
import { Transport } from "./transport.js";

// In the reader's language: a decimal comma in Russian.
const { format: tenths } = new Intl.NumberFormat(document.documentElement.lang, {
  minimumFractionDigits: 1, maximumFractionDigits: 1,
});

class ReportPage {
  #root;
  #config;
  #sources;
  #report;
  #strip;
  #exercises;
  #stage;
  #live;
  #transport;
  #comment;
  #notes;
  #teach;
  #t = NaN;
  #moment = null;
  #note = null;
  /** What is shown: chunk's position, row and set. */
  #at = null;
  #asked = 0;
  #listening = new AbortController();

  constructor(root, config) {
    this.#root = root;
    this.#config = config;
    this.#sources = new Sources(config, this.#listening.signal);
  }

  #part(name) {
    return this.#root.querySelector(`[data-part="${name}"]`);
  }

  async connect() {
    const form = this.#root.querySelector("[data-comment]");
    this.#comment = new Comment(form, this.#sources, () => this.#exercises?.current,
      this.#config.messages.failed);
    this.#comment.connect();
    try {
      this.#report = decode(await this.#sources.data());
    } catch (error) {
      this.#failed(error);
      return;
    }
    this.#part("loading").hidden = true;
    const onmoment = (exercise, moment) => this.#showMoment(exercise, moment);
    this.#exercises = new Exercises(this.#root, this.#report, this.#config, this.#sources, {
      onmoment,
      onrep: (exercise, rep) => this.select(rep.startS + 0.5 * (rep.endS - rep.startS)),
      onexercise: (exercise) => this.#showExercise(exercise),
    });
    this.#exercises.connect();
    if (this.#report.blocks.length === 0) {
      this.#problem(this.#config.messages.empty);
      return;
    }
    this.#part("course").hidden = false;
    this.#part("moment").hidden = false;
    this.#strip = new Strip(this.#part("tracks"), this.#report, this.#config, {
      onselect: (t) => this.select(t), onmoment, onnote: (note) => this.#showNote(note),
    });
    this.#strip.connect();
    for (const share of this.#root.querySelectorAll("[data-share]")) {
      share.textContent = `${this.#report.shares[share.dataset.share]}%`;
    }
    this.#stage = new Stage((name) => this.#part(name), this.#config);
    this.#live = new Live((name) => this.#part(name), this.#report, this.#config, (t) => {
      this.select(t);
      this.#part("where").scrollIntoView({ block: "nearest" });
    });
    this.#live.connect();
    this.#transport = new Transport(this.#part("transport"), {
      onstep: (by) => this.#step(by),
      onadvance: (seconds) => this.#advance(seconds),
      onmoment: (by) => this.#nextMoment(by),
    });
    this.#transport.connect();
    this.#notes = new Notes(this.#root, this.#config, this.#sources, this.#stage, {
      instant: () => this.#instant(),
      onshow: (note) => this.#showNote(note),
      onmarks: (notes) => this.#strip.mark(notes),
      onediting: (editing) => this.#lock(editing),
    });
    this.#teach = new Teach(this.#root, this.#report, this.#config, {
      onselect: (t) => {
        this.#transport.pause();
        this.select(t);
        this.#part("where").scrollIntoView({ block: "nearest" });
      },
      now: () => ({ t: this.#t, exercise: this.#exercises.current, moment: this.#moment }),
    });
    this.#teach.connect();
    this.#listen();
    this.#beginWhenSeen();
    await this.#notes.connect();
  }

  dispose() {
    this.#listening.abort();
    for (const part of [
      this.#strip, this.#exercises, this.#live, this.#transport, this.#comment, this.#notes,
      this.#teach,
    ]) {
      part?.dispose();
    }
  }

  #listen() {
    const { signal } = this.#listening;
    const again = () => this.#show();
    this.#part("overlay").addEventListener("change", again, { signal });
    this.#part("filmed")?.addEventListener("change", again, { signal });
    for (const video of this.#part("pictures").querySelectorAll("video")) {
      // Only then is it known how its picture lies in its place.
      video.addEventListener("loadedmetadata", () => this.#notes.paint(), { signal });
    }
    this.#part("lock").addEventListener("change", again, { signal });
    window.addEventListener("resize", again, { signal });
    for (const button of this.#root.querySelectorAll("[data-print]")) {
      button.addEventListener("click", () => window.print(), { signal });
    }
    for (const button of this.#root.querySelectorAll("[data-zoom]")) {
      button.addEventListener("click", () => {
        const { closest, whole } = this.#strip.zoom(Number(button.dataset.zoom));
        this.#root.querySelector("[data-zoom='1']").disabled = closest;
        this.#root.querySelector("[data-zoom='-1']").disabled = whole;
      }, { signal });
    }
  }

  /** Skeletons are fetched when somebody sees where they are drawn, and not before. */
  #beginWhenSeen() {
    const seen = new IntersectionObserver((entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      seen.disconnect();
      if (Number.isNaN(this.#t)) this.#begin();
    });
    seen.observe(this.#part("pictures"));
    this.#listening.signal.addEventListener("abort", () => seen.disconnect());
  }

  #begin() {
    const exercise = this.#exercises.current;
    const [moment] = exercise?.moments ?? [];
    if (moment) this.#showMoment(exercise, moment, false);
    else if (this.#report.moments.length > 0) this.select(this.#report.moments[0].at_s);
    else this.select(this.#report.blocks[0].startS);
  }

  /**
   * @param {number} t seconds since the session began
   * @param {?object} moment a problem that is shown
   * @param {?object} note one that is shown
   */
  select(t, moment = null, note = null) {
    this.#t = t;
    this.#moment = moment;
    this.#note = note;
    this.#stage.pin(note?.view ?? null);
    this.#notes.mark(note);
    const number = blockAt(this.#report, t);
    this.#strip.select(t, number);
    this.#live.mark(t);
    const { item } = this.#report.blocks[number];
    const exercise = this.#report.exercises.find((one) => one.item === item);
    this.#exercises.mark(item, repAt(exercise, t), moment);
    this.#seekRecordings(t);
    return this.#show();
  }

  #showMoment(exercise, moment, scroll = true) {
    this.#transport?.pause();
    this.select(moment.atS, moment);
    if (scroll) this.#part("where").scrollIntoView({ block: "nearest" });
  }

  /** Take both pictures to a note, and show what was drawn. @param {?object} note null = none */
  async #showNote(note) {
    this.#transport.pause();
    if (!note || note.at_s === null) {
      if (!Number.isNaN(this.#t)) await this.select(this.#t);
      this.#notes.mark(note);
      return;
    }
    const drawnOn = new Set(note.strokes.map(({ on }) => on));
    if (drawnOn.has("recording")) this.#stage.filmed = true;
    else if (drawnOn.has("client")) this.#stage.filmed = false;
    await this.select(note.at_s, null, note);
    this.#part("where").scrollIntoView({ block: "nearest" });
  }

  /** What is shown now, for a note to be pinned to. */
  #instant() {
    this.#transport.pause();
    const { shown, trainer } = this.#root.dataset;
    if (!shown) return null;
    return {
      at_s: Number(shown),
      clip_s: Number(trainer),
      where: this.#part("where").textContent,
    };
  }

  /** While a note is written its instant stays. */
  #lock(locked) {
    for (const part of this.#root.querySelectorAll("[data-lock]")) part.inert = locked;
    this.#transport.locked = locked;
  }

  #showExercise(exercise) {
    const block = this.#report.blocks.find(({ item }) => item === exercise.item);
    if (exercise.moments.length > 0) this.#showMoment(exercise, exercise.moments[0], false);
    else if (block) this.select(block.startS);
  }

  #nextMoment(by) {
    const exercise = this.#exercises.current;
    if (!exercise || exercise.moments.length === 0) return;
    const count = exercise.moments.length;
    const at = this.#moment ? exercise.moments.indexOf(this.#moment) : by > 0 ? -1 : 0;
    this.#showMoment(exercise, exercise.moments[(at + by + count) % count]);
  }

  async #step(by) {
    if (!this.#at) return;
    const { chunks } = this.#report;
    let { position, row, rows } = this.#at;
    row += by;
    if (row < 0 || row >= rows) {
      position += by;
      if (position < 0 || position >= chunks.length) return;
      const { firstS, lastS } = chunks[position];
      await this.select(by > 0 ? firstS : lastS);
      return;
    }
    const chunk = await this.#sources.chunk(chunks[position].seq);
    await this.select(chunk.t[row]);
  }

  /** @returns {boolean} whether the set goes on */
  #advance(seconds) {
    const { startS, lengthS } = this.#report.blocks[Math.max(0, blockAt(this.#report, this.#t))];
    const t = this.#t + seconds;
    if (t > startS + lengthS) return false;
    this.select(t);
    return true;
  }

  #seekRecordings(t) {
    for (const video of this.#root.querySelectorAll("video[data-started]")) {
      const into = t - Number(video.dataset.started);
      if (video.paused && into >= 0 && (!Number.isFinite(video.duration) || into <= video.duration)) {
        video.currentTime = into;
      }
    }
  }

  #failed(error) {
    if (this.#listening.signal.aborted) return;
    console.error(error);
    this.#problem(this.#config.messages.failed);
  }

  #problem(words) {
    this.#part("loading").hidden = true;
    this.#part("problem").textContent = words;
    this.#part("problem").hidden = false;
  }

  async #show() {
    if (Number.isNaN(this.#t)) return;
    this.#asked += 1;
    const asked = this.#asked;
    const position = chunkAt(this.#report, this.#t);
    const { seq, block } = this.#report.chunks[position];
    const { item } = this.#report.blocks[block];
    const exercise = this.#report.exercises.find((one) => one.item === item);
    this.#stage.open(item);
    try {
      const byPhase = this.#part("lock").value === "phase" && exercise?.reps.length > 0;
      const [chunk, poses, pairs] = await Promise.all([
        this.#sources.chunk(seq),
        this.#sources.poses(item),
        byPhase ? this.#sources.pairs(exercise.id) : null,
      ]);
      // Another moment was chosen meanwhile: its own call draws it.
      if (asked !== this.#asked) return;
      const row = rowNear(chunk.t, this.#t);
      this.#at = { position, row, rows: chunk.t.length };
      const clipS = this.#trainerAt(chunk, row, item, exercise, pairs);
      this.#stage.show({ chunk, row, block, item }, poses, clipS, this.#t);
      this.#notes.paint();
      this.#showFacts(chunk, row, block);
      this.#live.showFaults(chunk.errors[row], chunk.score[row]);
      this.#root.dataset.shown = chunk.t[row].toFixed(3);
      this.#root.dataset.trainer = clipS.toFixed(3);
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Where the trainer is beside the client: of a problem as it was found, else by the lock. */
  #trainerAt(chunk, row, item, exercise, pairs) {
    if (this.#note && this.#note.clip_s !== null) return this.#note.clip_s;
    const rep = repAt(exercise, this.#t);
    if (pairs) {
      if (this.#moment && this.#moment.trainerAtS !== null) return this.#moment.trainerAtS;
      if (rep >= 0 && pairs[rep]) return samePhase(pairs[rep], this.#t);
    }
    const duration = this.#config.items[item]?.duration_s ?? 0;
    return trainerTime(chunk.clip_t[row], chunk.lag[row], duration);
  }

  #showFacts(chunk, row, number) {
    const { messages, items, levels } = this.#config;
    const block = this.#report.blocks[number];
    const [score, late] = [chunk.score[row], chunk.lag[row]];
    const name = items[block.item]?.name ?? messages.removed;
    const into = clock(chunk.t[row] - block.startS);
    const exercise = this.#report.exercises.find((one) => one.item === block.item);
    const rep = repAt(exercise, this.#t);
    const where = [name, fill(messages.set, { number: block.set + 1 })];
    if (rep >= 0) where.push(fill(messages.rep, { number: rep + 1 }));
    this.#part("where").textContent = `${where.join(", ")} · ${into}`;
    this.#part("score").textContent = score === null ? "—" : `${Math.round(score)}%`;
    this.#part("score").className = `text-${levelOf(score)}`;
    this.#part("level").textContent = levels[levelOf(score)];
    const known = late !== null && Math.abs(late) >= 0.05;
    this.#part("facts").textContent = known
      ? fill(late > 0 ? messages.lag : messages.ahead, { seconds: tenths(Math.abs(late)) })
      : "";
  }
}

const config = JSON.parse(document.getElementById("report-config").textContent);
const page = new ReportPage(document.getElementById("report"), config);
page.connect();
window.addEventListener("pagehide", (event) => { if (!event.persisted) page.dispose(); });
