/**
 * Both pictures of an instant: the trainer's video with its skeleton, and the client as a skeleton
 * or as filmed. What was drawn over them lies on top.
 */

import { frameFrom } from "../notes/card.js";
import { paint } from "../notes/ink.js";
import { drawFigure, drawTrainer, fitCanvas, frameOf } from "./picture.js";
import { trainerTime } from "./data.js";
import { addPair, boxOf, emptyView, poseIndex, project, settle, sizeRatio } from "./view.js";

const LANDMARKS = 33;

/**
 * @typedef {object} Frame one stored frame
 * @property {object} chunk as fetched
 * @property {number} row in it
 * @property {number} block which set
 * @property {number} item
 */

export class Stage {
  #part;
  #config;
  #item = null;
  #wanted = new WeakMap();
  /** Sums of the views by set: they get surer with every chunk that is looked at. */
  #views = new Map();
  /** How the client's skeleton was turned when somebody drew on it; null = as it is best seen. */
  #pinned = null;
  #shown = null;
  #ratios = { trainer: NaN, client: NaN };

  /** @param {(name: string) => HTMLElement} part @param {object} config the page's */
  constructor(part, config) {
    this.#part = part;
    this.#config = config;
  }

  /** Whether the trainer's skeleton is drawn behind the client's. */
  get overlaid() { return this.#part("overlay").checked; }

  /** Whether the client is shown as filmed, where somebody filmed. */
  get filmed() { return this.#part("filmed")?.checked ?? false; }
  set filmed(wanted) { if (this.#part("filmed")) this.#part("filmed").checked = wanted; }

  /**
   * Show the client's skeleton in this way until told otherwise.
   * @param {?{mirror: boolean, yaw_rad: number, frame: number[]}} view null = as it is best seen
   */
  pin(view) { this.#pinned = view; }

  /** How the client's skeleton is shown now, as a note keeps it; null = it is not. */
  get view() { return this.#shown; }

  /** The pictures that can be drawn on: what is in them, and their width by their height. */
  get pictures() {
    const film = this.#part("client").querySelector("video");
    const filmRatio = film ? film.videoWidth / film.videoHeight : NaN;
    return [
      { on: "trainer", ink: this.#part("trainer").querySelector(".ink"), ratio: this.#ratios.trainer },
      {
        on: film && !film.hidden ? "recording" : "client",
        ink: this.#part("client").querySelector(".ink"),
        ratio: film && !film.hidden ? filmRatio : this.#ratios.client,
      },
    ];
  }

  /** Paint over the pictures. @param {import("../notes/strokes.js").Stroke[]} strokes of both */
  paint(strokes) {
    for (const { on, ink, ratio } of this.pictures) {
      const mine = ratio > 0 ? strokes.filter((stroke) => stroke.on === on) : [];
      paint(ink, mine, ratio > 0 ? ratio : 1);
      ink.toggleAttribute("data-drawn", mine.length > 0);
      if (!ink.classList.contains("ink-active")) this.#name(ink, mine.length > 0);
    }
  }

  #name(ink, drawn) {
    ink.setAttribute("aria-hidden", String(!drawn));
    if (drawn) {
      ink.setAttribute("role", "img");
      ink.setAttribute("aria-label", this.#config.messages.drawing);
    } else {
      ink.removeAttribute("role");
      ink.removeAttribute("aria-label");
    }
  }

  /** Prepare the trainer's video of an exercise. @param {number} item */
  open(item) {
    if (item === this.#item) return;
    this.#item = item;
    const video = this.#part("trainer").querySelector("video");
    const overlay = this.#part("trainer").querySelector("canvas");
    const url = this.#config.items[item]?.video ?? "";
    overlay.getContext("2d").clearRect(0, 0, overlay.width, overlay.height);
    video.hidden = !url;
    // Two upright pictures go side by side, two wide ones one above the other.
    this.#part("pictures").classList.toggle("pictures-wide", this.#config.items[item]?.wide ?? false);
    this.#part("trainer_note").hidden = Boolean(url);
    this.#part("trainer_note").textContent = this.#config.messages.no_video;
    if (url) video.src = url;
    else video.removeAttribute("src");
  }

  /**
   * @param {Frame} frame
   * @param {?import("../shadow/packed.js").PackedPoses} poses the trainer's
   * @param {number} clipS where the trainer is, seconds
   * @param {number} t seconds since the session began
   */
  show(frame, poses, clipS, t) {
    this.#seek(this.#part("trainer").querySelector("video"), clipS);
    const index = poses ? poseIndex(poses.times_s, clipS) : -1;
    if (poses) drawTrainer(this.#part("trainer").querySelector("canvas"), poses, index);
    const { width, height } = this.#config.items[frame.item] ?? {};
    this.#ratios.trainer = poses ? poses.width / poses.height : width / height;
    this.#showClient(frame, poses, index);
    this.#showFilm(t);
  }

  #showFilm(t) {
    const video = this.#part("client").querySelector("video");
    if (!video) return;
    const film = this.filmed && this.#config.films.find(({ started_s, duration_s }) =>
      t >= started_s && t <= started_s + duration_s);
    video.hidden = !film;
    this.#part("client").querySelector("canvas").hidden = Boolean(film);
    if (!film) return;
    this.#part("client_note").hidden = true;
    if (video.getAttribute("src") !== film.url) video.src = film.url;
    this.#seek(video, t - film.started_s);
  }

  /** While a video seeks, later wishes wait: only the last is worth seeking for. */
  #seek(video, wantedS) {
    if (video.hidden) return;
    this.#wanted.set(video, wantedS);
    if (video.seeking && video.readyState > 0) {
      video.addEventListener("seeked", () => {
        const lastS = this.#wanted.get(video);
        if (Math.abs(video.currentTime - lastS) > 0.02) this.#seek(video, lastS);
      }, { once: true });
      return;
    }
    // Before the metadata have come, a seek is remembered as the place to begin at.
    video.currentTime = wantedS;
  }

  #showClient(frame, poses, index) {
    const { chunk, row } = frame;
    const canvas = this.#part("client").querySelector("canvas");
    const note = this.#part("client_note");
    const known = Boolean(chunk.landmarks[row]);
    note.hidden = known;
    const { nobody, no_skeleton } = this.#config.messages;
    note.textContent = chunk.errors[row].some((degrees) => degrees !== null) ? no_skeleton : nobody;
    fitCanvas(canvas);
    this.#shown = null;
    this.#ratios.client = NaN;
    if (!known) return;
    const pose = this.#pinned
      ? { mirror: this.#pinned.mirror, yawRad: this.#pinned.yaw_rad }
      : this.#view(frame, poses);
    const bodies = chunk.landmarks.map((landmarks) => landmarks && metres(landmarks));
    const seen = chunk.visibility.map((visibility) => visibility && shares(visibility));
    const flats = bodies.map((world) => world && project(world, pose));
    const box = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity };
    flats.forEach((flat, i) => { if (flat) extend(box, boxOf(flat, seen[i])); });
    let trainer = null;
    if (index >= 0 && this.overlaid) {
      const world = poseAt(poses, index);
      const ratio = sizeRatio(bodies[row], world);
      trainer = project(world, { mirror: false, yawRad: 0 }).map((value) => value * ratio);
      extend(box, boxOf(trainer, poses.visibility.subarray(index * LANDMARKS)));
    }
    // Nobody clearly visible in the whole chunk: something must be drawn all the same.
    if (box.left > box.right) extend(box, { left: -1, right: 1, top: -1, bottom: 1 });
    const shown = this.#pinned
      ? frameFrom(this.#pinned.frame)
      : frameOf(box, canvas.width || 3, canvas.height || 4);
    drawFigure(canvas, {
      flat: flats[row], visibility: seen[row], errors: chunk.errors[row], trainer,
    }, shown);
    this.#ratios.client = shown.width / shown.height;
    this.#shown = {
      mirror: pose.mirror,
      yaw_rad: pose.yawRad,
      frame: [shown.left, shown.top, shown.width, shown.height],
    };
  }

  /** The trainer's point of view in this set, from all frames of it that were fetched. */
  #view({ chunk, block, item }, poses) {
    if (!this.#views.has(block)) {
      this.#views.set(block, { sums: emptyView(), chunks: new Set() });
    }
    const view = this.#views.get(block);
    if (poses && !view.chunks.has(chunk)) {
      view.chunks.add(chunk);
      const duration = this.#config.items[item]?.duration_s ?? 0;
      chunk.landmarks.forEach((landmarks, i) => {
        if (!landmarks) return;
        const at = trainerTime(chunk.clip_t[i], chunk.lag[i], duration);
        const index = poseIndex(poses.times_s, at);
        if (index < 0) return;
        addPair(view.sums, metres(landmarks), shares(chunk.visibility[i]), poseAt(poses, index),
          poses.visibility.subarray(index * LANDMARKS, (index + 1) * LANDMARKS));
      });
    }
    return settle(view.sums);
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
