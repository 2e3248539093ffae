/** The report: strip, pictures, words. */

import { blockOf, clock, decode, levelOf, trainerTime } from "./data.js";
import { drawClient, drawTrainer } from "./picture.js";
import { Sources } from "./sources.js";
import { Strip } from "./strip.js";
import {
  addPair, boxOf, emptyView, faultsOf, poseIndex, project, settle, sizeRatio,
} from "./view.js";

const LANDMARKS = 33;

// In the reader's language: a decimal comma in Russian.
const { format: tenths } = new Intl.NumberFormat(document.documentElement.lang, {
  minimumFractionDigits: 1, maximumFractionDigits: 1,
});

const fill = (words, values) => words.replace(/\{(\w+)\}/g, (_, key) => values[key]);

class ReportPage {
  #root;
  #config;
  #sources;
  #report;
  #strip;
  #frame = -1;
  #item = null;
  #listening = new AbortController();
  /** Sums of the views by block: they get surer with every chunk that is looked at. */
  #views = new Map();

  constructor(root, config) {
    this.#root = root;
    this.#config = config;
    this.#sources = new Sources(config, this.#listening.signal);
  }

  #part(name) {
    return this.#root.querySelector(`[data-part="${name}"]`);
  }

  async connect() {
    const { signal } = this.#listening;
    try {
      this.#report = decode(await this.#sources.data());
    } catch (error) {
      console.error(error);
      this.#problem(this.#config.messages.failed);
      return;
    }
    this.#part("loading").hidden = true;
    if (this.#report.t.length === 0) {
      this.#problem(this.#config.messages.empty);
      return;
    }
    this.#part("course").hidden = false;
    this.#part("moment").hidden = false;
    this.#strip = new Strip(this.#part("tracks"), this.#report, this.#config, (frame) =>
      this.select(frame));
    this.#strip.connect();
    for (const share of this.#root.querySelectorAll("[data-share]")) {
      share.textContent = `${this.#report.shares[share.dataset.share]}%`;
    }
    this.#showWorst();
    this.#part("overlay").addEventListener("change", () => this.#show(this.#frame), { signal });
    for (const button of this.#root.querySelectorAll("[data-step]")) {
      button.addEventListener("click", () => this.#step(Number(button.dataset.step)), { signal });
    }
    window.addEventListener("resize", () => this.#show(this.#frame), { signal });
    this.select(this.#report.moments[0]?.frame ?? 0);
  }

  dispose() {
    this.#listening.abort();
    this.#strip?.dispose();
  }

  /** @param {number} frame */
  select(frame) {
    if (frame === this.#frame) return;
    this.#frame = frame;
    this.#strip.select(frame);
    for (const button of this.#part("worst").querySelectorAll("button")) {
      const { from, to } = button.dataset;
      const t = this.#report.t[frame];
      button.toggleAttribute("aria-current", t >= Number(from) && t < Number(to));
    }
    this.#show(frame);
  }

  #step(by) {
    const last = this.#report.t.length - 1;
    this.select(Math.min(last, Math.max(0, this.#frame + by)));
  }

  #problem(words) {
    this.#part("loading").hidden = true;
    this.#part("problem").textContent = words;
    this.#part("problem").hidden = false;
  }

  #showWorst() {
    const { messages, items } = this.#config;
    const { blocks, moments, t } = this.#report;
    if (moments.length === 0) {
      const line = document.createElement("li");
      line.className = "quiet";
      line.textContent = messages.no_moments;
      this.#part("worst").replaceChildren(line);
      return;
    }
    this.#part("worst").replaceChildren(...moments.map((moment) => {
      const block = blocks[moment.block];
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.from = moment.start_s;
      button.dataset.to = moment.stop_s;
      const score = document.createElement("strong");
      score.className = `text-${moment.level}`;
      score.textContent = `${Math.round(moment.score)}%`;
      const words = document.createElement("span");
      words.className = "worst-words";
      words.textContent = moment.words;
      const where = document.createElement("span");
      where.className = "quiet";
      const name = items[block.item]?.name ?? messages.removed;
      const from = clock(moment.start_s - t[block.start]);
      const to = clock(moment.stop_s - t[block.start]);
      where.textContent = `${name}, ${fill(messages.set, { number: block.set + 1 })}, ${from}–${to}`;
      button.append(score, words, where);
      button.addEventListener("click", () => {
        this.select(moment.frame);
        this.#part("where").scrollIntoView({ block: "nearest" });
      }, { signal: this.#listening.signal });
      const line = document.createElement("li");
      line.append(button);
      return line;
    }));
  }

  async #show(frame) {
    const { seq, row, blocks } = this.#report;
    const number = blockOf(this.#report, frame);
    const { item } = blocks[number];
    this.#showFacts(frame, blocks[number]);
    const time = trainerTime(this.#report, frame, this.#config.items[item]?.duration_s ?? 0);
    this.#showVideo(item, time);
    let chunk;
    let poses;
    try {
      [chunk, poses] = await Promise.all([
        this.#sources.chunk(seq[frame]), this.#sources.poses(item),
      ]);
    } catch (error) {
      if (this.#listening.signal.aborted) return;
      console.error(error);
      this.#problem(this.#config.messages.failed);
      return;
    }
    // Another moment was chosen meanwhile: its own call draws it.
    if (frame !== this.#frame) return;
    const index = poses ? poseIndex(poses.times_s, time) : -1;
    const overlay = this.#part("trainer").querySelector("canvas");
    if (poses) drawTrainer(overlay, poses, index);
    this.#showClient(frame, chunk, row[frame], poses, index, number);
    this.#showFaults(chunk.errors[row[frame]], frame);
    this.#root.dataset.shown = String(frame);
  }

  #showFacts(frame, block) {
    const { messages, items, levels } = this.#config;
    const { t, score, lag } = this.#report;
    const level = levelOf(score[frame]);
    const name = items[block.item]?.name ?? messages.removed;
    const into = clock(t[frame] - t[block.start]);
    this.#part("where").textContent =
      `${name}, ${fill(messages.set, { number: block.set + 1 })}, ${into}`;
    this.#part("score").textContent =
      Number.isNaN(score[frame]) ? "—" : `${Math.round(score[frame])}%`;
    this.#part("score").className = `text-${level}`;
    this.#part("level").textContent = levels[level];
    const late = lag[frame];
    const known = Number.isFinite(late) && Math.abs(late) >= 0.05;
    this.#part("facts").textContent = known
      ? fill(late > 0 ? messages.lag : messages.ahead, { seconds: tenths(Math.abs(late)) })
      : "";
  }

  #showVideo(item, time) {
    const video = this.#part("trainer").querySelector("video");
    const url = this.#config.items[item]?.video ?? "";
    if (item !== this.#item) {
      this.#item = item;
      const overlay = this.#part("trainer").querySelector("canvas");
      overlay.getContext("2d").clearRect(0, 0, overlay.width, overlay.height);
      video.hidden = !url;
      // Two upright pictures go side by side, two wide ones one above the other.
      this.#part("pictures").classList.toggle("pictures-wide", this.#config.items[item]?.wide ?? false);
      this.#part("trainer_note").hidden = Boolean(url);
      this.#part("trainer_note").textContent = this.#config.messages.no_video;
      if (url) video.src = url;
      else video.removeAttribute("src");
    }
    // Before the metadata have come, a seek is remembered as the place to begin at.
    if (url) video.currentTime = time;
  }

  #showClient(frame, chunk, row, poses, index, number) {
    const canvas = this.#part("client").querySelector("canvas");
    const note = this.#part("client_note");
    const known = Boolean(chunk.landmarks[row]);
    note.hidden = known;
    const { nobody, no_skeleton } = this.#config.messages;
    note.textContent = chunk.errors[row].some((degrees) => degrees !== null) ? no_skeleton : nobody;
    if (!known) {
      drawClient(canvas, null, null);
      return;
    }
    const pose = this.#view(frame, chunk, row, poses, number);
    const bodies = chunk.landmarks.map((landmarks) => landmarks && metres(landmarks));
    const seen = chunk.visibility.map((visibility) => visibility && shares(visibility));
    const flats = bodies.map((world) => world && project(world, pose));
    const box = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity };
    flats.forEach((flat, i) => { if (flat) extend(box, boxOf(flat, seen[i])); });
    let trainer = null;
    if (index >= 0 && this.#part("overlay").checked) {
      const world = poseAt(poses, index);
      const ratio = sizeRatio(bodies[row], world);
      trainer = project(world, { mirror: false, yawRad: 0 }).map((value) => value * ratio);
      extend(box, boxOf(trainer, poses.visibility.subarray(index * LANDMARKS)));
    }
    // Nobody clearly visible in the whole chunk: something must be drawn all the same.
    if (box.left > box.right) extend(box, { left: -1, right: 1, top: -1, bottom: 1 });
    drawClient(canvas, {
      flat: flats[row], visibility: seen[row], errors: chunk.errors[row], trainer,
    }, box);
  }

  /** The trainer's point of view in this set, from all frames of it that were fetched. */
  #view(frame, chunk, row, poses, number) {
    const { seq, clipT } = this.#report;
    if (!this.#views.has(number)) {
      this.#views.set(number, { sums: emptyView(), chunks: new Set() });
    }
    const view = this.#views.get(number);
    if (poses && !view.chunks.has(seq[frame])) {
      view.chunks.add(seq[frame]);
      const duration = this.#config.items[this.#report.blocks[number].item]?.duration_s ?? 0;
      chunk.landmarks.forEach((landmarks, i) => {
        const at = frame - row + i;
        if (!landmarks || at < 0 || at >= clipT.length || seq[at] !== seq[frame]) return;
        const index = poseIndex(poses.times_s, trainerTime(this.#report, at, duration));
        if (index < 0) return;
        addPair(view.sums, metres(landmarks), shares(chunk.visibility[i]), poseAt(poses, index),
          poses.visibility.subarray(index * LANDMARKS, (index + 1) * LANDMARKS));
      });
    }
    return settle(view.sums);
  }

  #showFaults(errors, frame) {
    const { bones, messages, levels } = this.#config;
    const { score } = this.#report;
    const faults = faultsOf(errors);
    const lines = faults.map(({ bone, degrees, level }) => {
      const line = document.createElement("li");
      const dot = document.createElement("span");
      dot.className = `dot level-${level}`;
      dot.setAttribute("role", "img");
      dot.setAttribute("aria-label", levels[level]);
      line.append(dot, fill(messages.bone_off, { bone: bones[bone], degrees: Math.round(degrees) }));
      return line;
    });
    if (lines.length === 0) {
      const line = document.createElement("li");
      const judged = errors.some((degrees) => degrees !== null);
      if (!judged) line.textContent = messages.nobody;
      else if (levelOf(score[frame]) === "green") line.textContent = messages.within;
      else line.textContent = messages.not_along;
      lines.push(line);
    }
    this.#part("faults").replaceChildren(...lines);
  }
}

const metres = (landmarks) => Float64Array.from(landmarks, (value) => value / 1000);
const shares = (visibility) => Float64Array.from(visibility, (value) => value / 100);
const poseAt = (poses, index) =>
  poses.world.subarray(3 * LANDMARKS * index, 3 * LANDMARKS * (index + 1));

function extend(box, other) {
  box.left = Math.min(box.left, other.left);
  box.right = Math.max(box.right, other.right);
  box.top = Math.min(box.top, other.top);
  box.bottom = Math.max(box.bottom, other.bottom);
}

const config = JSON.parse(document.getElementById("report-config").textContent);
const page = new ReportPage(document.getElementById("report"), config);
page.connect();
window.addEventListener("pagehide", (event) => { if (!event.persisted) page.dispose(); });
