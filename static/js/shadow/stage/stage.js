/**
 * The stage: trainer and client in one WebGL context, as pictures or in 3D. It draws when something
 * is new, and smaller and less often where it is told that drawing costs too much.
 */

import { WebGLRenderer } from "three";

import { INDEX, LANDMARK_COUNT } from "../skeleton.js";
import { stageX, stageY } from "../fit.js";
import { nearestIndex } from "../nearest.js";
import { OwnTime } from "../own_time.js";
import { FlatView } from "./flat_view.js";
import { Following } from "./follow.js";
import { NullRenderer } from "./null_renderer.js";
import { laid } from "./strokes.js";

const MOST_PIXEL_RATIO = 2;
/** Until a plan comes: where the processor draws, a quarter of the pixels at half the pace. */
const SLOW_PLAN = Object.freeze({ drawFps: 15, drawScale: 0.5 });
const FULL_PLAN = Object.freeze({ drawFps: 60, drawScale: 1 });
/** A display's frame may come this early without being held back to the next. */
const EARLY_MS = 4;
/** Where nothing is new: how often to see whether controls have moved, or a browser without video
 * callbacks has another frame. */
const IDLE_MS = 100;
/** A pose and its mask stay on show so long while newer ones have no mask. */
const HOLD_MS = 1000;
/** Not found for a moment is a blink of the detector. */
const BLINK_MS = 400;
/** Controls move with the phase: how often to ask where they are. */
const INSETS_MS = 500;
const SIDES = ["top", "right", "bottom", "left"];

/** A foot that is this share of the stage above the other one is off the floor. */
const LIFTED = 0.06;

const TRAINER_COLOUR = [0.56, 0.8, 1];
const CLIENT_COLOUR = [0, 1, 0.533];
/** Of torsos: what is judged stands out, what it is compared with does not hide the trainer. */
const CLIENT_WIDTH = 0.046;
const TRAINER_WIDTH = 0.032;
const FEET = ["left_heel", "right_heel", "left_foot_index", "right_foot_index"]
  .map((name) => INDEX[name]);

/**
 * @typedef {object} Options what is shown
 * @property {boolean} silhouette
 * @property {boolean} trainerSkeleton
 * @property {boolean} clientSkeleton
 * @property {boolean} align the client over the trainer, else beside
 * @property {"video"|"3d"} view
 * @property {boolean} ghost in 3D: both bodies in one place
 * @property {boolean} framed the client as the camera sees them, in its frame, beside the trainer:
 *   what is cut off is seen to be
 */

export class Stage {
  #canvas;
  #player;
  #renderer;
  #slow;
  #blind;
  #plan;
  #labels;
  #flat;
  #solid = null;
  #loadingSolid = null;
  #following = new Following();
  #observer = null;
  #listeners = null;
  #request = 0;
  #timer = 0;
  /** Whether a picture may be drawn as soon as something is new. */
  #due = false;
  #drawnAtMs = -Infinity;
  #insetsAtMs = -Infinity;
  #dirty = true;
  #ratio = 1;
  #size = { width: 2, height: 2 };
  #insets = { top: 0, right: 0, bottom: 0, left: 0 };
  #frameId = NaN;
  #drawable = false;
  #videoFrameId = NaN;
  /** Of the video's frame on the stage, where a copy of it is: seconds of the clip, else NaN. */
  #copiedS = NaN;
  /** At which the video was last seen on the stage. */
  #videoScale = NaN;
  #trainer = null;
  #trainerIndex = -1;
  #shownS = 0;
  #flipped = false;
  /** The newest pose, and the one whose mask is on show with it. */
  #client = null;
  #pictured = null;
  /** The camera's picture, whether there is somebody in it or not. */
  #camera = null;
  #marks = null;
  #turn = null;
  #points = new Float32Array(3 * LANDMARK_COUNT);
  #frames = 0;
  #own = new OwnTime();
  /** @type {Options} */
  #options = {
    silhouette: true, trainerSkeleton: true, clientSkeleton: true, align: true, view: "video",
    ghost: true, framed: false,
  };

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {import("../player.js").Player} player
   * @param {{slow: boolean, renderer?: "webgl"|"null", labels?: {orbit?: string}}} how slow: drawn
   *   by the processor; null: everything is done but the drawing; orbit: what the view in 3D is
   *   called, for those who can't see it
   */
  constructor(canvas, player, { slow, renderer = "webgl", labels = {} }) {
    this.#canvas = canvas;
    this.#player = player;
    this.#slow = slow;
    this.#blind = renderer === "null";
    this.#plan = slow ? SLOW_PLAN : FULL_PLAN;
    this.#labels = labels;
    this.#renderer = this.#blind ? new NullRenderer() : new WebGLRenderer({
      canvas,
      alpha: true,
      antialias: !slow,
      powerPreference: "high-performance",
    });
    this.#flat = new FlatView({ slow });
  }

  /** Pictures drawn so far, what of the trainer is on show, and what drawing takes. */
  get stats() {
    const { geometries, textures } = this.#renderer.info.memory;
    return {
      frames: this.#frames,
      ownMs: this.#own.medianMs,
      shownS: this.#shownS,
      poseIndex: this.#trainerIndex,
      geometries,
      textures,
    };
  }

  start() {
    if (this.#observer) return;
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    // Three keeps what it needs to upload everything again; it only has to be asked to draw.
    this.#canvas.addEventListener("webglcontextrestored", () => { this.#renew(); },
      { signal });
    this.#observer = new ResizeObserver(() => this.#resize());
    this.#observer.observe(this.#canvas);
    this.#resize();
    this.#await();
  }

  /** Stop drawing and give everything back; a stage that was stopped is not started again. */
  stop() {
    cancelAnimationFrame(this.#request);
    clearTimeout(this.#timer);
    this.#due = false;
    this.#player.lookAway();
    this.#listeners?.abort();
    this.#observer?.disconnect();
    this.#observer = null;
    this.#forgetClient();
    this.#flat.dispose();
    this.#solid?.dispose();
    this.#solid = null;
    this.#renderer.dispose();
  }

  /** @param {Partial<Options>} options */
  set(options) {
    Object.assign(this.#options, options);
    this.#renew();
    const solid = this.#options.view === "3d";
    if (solid) this.#loadSolid();
    this.#solid?.attend(solid);
  }

  /** @param {{drawFps: number, drawScale: number}} plan what the machine has left for drawing */
  setPlan({ drawFps, drawScale }) {
    const resized = drawScale !== this.#plan.drawScale;
    this.#plan = { drawFps, drawScale };
    if (resized && this.#observer) this.#resize();
  }

  /** @param {import("../player.js").Trainer|null} trainer */
  setTrainer(trainer) {
    if (trainer !== this.#trainer) {
      this.#flipped = false;
      this.#forgetVideo();
      this.#solid?.setTrainer(trainer);
    }
    this.#trainer = trainer;
    this.#following.setTrainer(trainer);
    this.#trainerIndex = -1;
    this.#videoFrameId = NaN;
    this.#renew();
  }

  /**
   * Clients always see themselves as in a mirror. One who turns the trainer's left to their own left
   * would face away from the trainer, so the trainer is turned over as well.
   * @param {boolean} flipped
   */
  flipTrainer(flipped) {
    if (flipped === this.#flipped) return;
    this.#flipped = flipped;
    this.#renew();
  }

  /** @param {import("../detector.js").Pose|null} pose whose silhouette is the stage's from now on */
  setClient(pose) {
    this.#camera = pose && { width: pose.width, height: pose.height };
    if (!pose) {
      this.#forgetClient();
    } else if (!pose.found) {
      pose.silhouette?.close();
      if (!this.#client || pose.capturedMs - this.#client.capturedMs < BLINK_MS) return;
      this.#forgetClient();
    } else {
      this.#client = pose;
      this.#following.seeClient(pose);
      const held = pose.masked === false && this.#options.silhouette && this.#pictured?.silhouette
        && pose.capturedMs - this.#pictured.capturedMs < HOLD_MS;
      if (!held) this.#picture(pose);
    }
    this.#renew();
  }

  /**
   * Colour the client's limbs.
   * @param {Float64Array|null} marks 13, 0..1 by the client's own bones, NaN = not judged; null:
   *   the client's own colour
   * @param {{yawRad: number, mirror: boolean}|null} [turn] what brings the client to the trainer's
   *   side, see `Match`: in 3D both are seen from there
   */
  setMarks(marks, turn = null) {
    this.#marks = marks;
    if (turn) this.#turn = turn;
    this.#renew();
  }

  #forgetClient() {
    this.#picture(null);
    this.#client = null;
  }

  #picture(pose) {
    const before = this.#pictured;
    this.#pictured = pose;
    this.#flat.takeSilhouette(pose?.silhouette ?? null);
    // Not earlier: a lost context takes its textures from here.
    if (before !== pose) before?.silhouette?.close();
  }

  #forgetVideo() {
    this.#flat.forgetVideo();
    this.#videoFrameId = NaN;
    this.#copiedS = NaN;
  }

  #loadSolid() {
    if (this.#solid || this.#loadingSolid) return;
    this.#loadingSolid = import("./solid_view.js").then(({ SolidView }) => {
      if (!this.#observer) return;
      this.#solid = new SolidView(this.#canvas, {
        slow: this.#slow,
        label: this.#labels.orbit ?? "",
        onturn: () => { this.#renew(); },
      });
      this.#solid.setTrainer(this.#trainer);
      this.#solid.attend(this.#options.view === "3d");
      this.#resize();
    }).finally(() => { this.#loadingSolid = null; });
  }

  #resize() {
    const box = this.#canvas.getBoundingClientRect();
    this.#ratio = Math.min(window.devicePixelRatio || 1, MOST_PIXEL_RATIO) * this.#plan.drawScale;
    const width = Math.max(2, Math.round(box.width * this.#ratio));
    const height = Math.max(2, Math.round(box.height * this.#ratio));
    this.#readInsets();
    this.#size = { width, height };
    this.#renderer.setSize(width, height, false);
    this.#flat.resize(width, height);
    this.#renew();
  }

  #readInsets() {
    const style = getComputedStyle(this.#canvas);
    for (const side of SIDES) {
      const pixels = parseFloat(style.getPropertyValue(`--inset-${side}`)) || 0;
      if (pixels !== this.#insets[side]) this.#dirty = true;
      this.#insets[side] = pixels;
    }
  }

  /** What of the canvas is free of controls, in its own pixels. */
  #free() {
    const { top, right, bottom, left } = this.#insets;
    const { width, height } = this.#size;
    return {
      x: left * this.#ratio,
      y: top * this.#ratio,
      width: Math.max(1, width - (left + right) * this.#ratio),
      height: Math.max(1, height - (top + bottom) * this.#ratio),
    };
  }

  /**
   * Wait until the next picture is due, and then for something new. Meanwhile the browser is asked for
   * nothing: it would prepare frames, at the cost of the models.
   */
  #await() {
    const dueMs = this.#drawnAtMs + 1000 / this.#plan.drawFps - EARLY_MS;
    const waitMs = dueMs - performance.now();
    if (waitMs > 0) {
      // The video's frame that comes on show now is not the one that will be drawn.
      this.#player.lookAway();
      this.#timer = setTimeout(() => this.#look(), waitMs);
    } else {
      this.#look();
    }
  }

  #look() {
    this.#due = true;
    this.#player.look(() => this.#seeVideo());
    if (this.#dirty) this.#ask();
    else this.#timer = setTimeout(() => this.#ask(), IDLE_MS);
  }

  /** A frame of the video has come on show: draw it, at once or as soon as there is a copy of it. */
  #seeVideo() {
    const { video, stacked, shownS, frameId } = this.#player;
    const copied = !this.#blind && !this.#drawsSolid && this.#videoScale > 0
      && this.#flat.copyVideo(video, stacked, this.#videoScale, (copy) => {
        this.#flat.takeCopy(copy);
        this.#videoFrameId = frameId;
        this.#copiedS = shownS;
        this.#renew();
      });
    if (copied) return;
    // Larger by now, or no worker any more: the frame itself is drawn, not the last copy.
    this.#copiedS = NaN;
    this.#ask();
  }

  /** Something is new: draw in the browser's next frame, or as soon as a picture is due. */
  #renew() {
    this.#dirty = true;
    this.#ask();
  }

  #ask() {
    if (!this.#due || this.#request) return;
    clearTimeout(this.#timer);
    this.#request = requestAnimationFrame((nowMs) => {
      this.#request = 0;
      this.#due = false;
      this.#tick(nowMs);
      this.#await();
    });
  }

  #tick(nowMs) {
    const began = performance.now();
    if (nowMs - this.#insetsAtMs > INSETS_MS) {
      this.#insetsAtMs = nowMs;
      this.#readInsets();
    }
    const { frameId, drawable } = this.#player;
    // A paused video tells of its first picture by being drawable at last.
    if (!this.#dirty && frameId === this.#frameId && drawable === this.#drawable) return;
    this.#frameId = frameId;
    this.#drawable = drawable;
    this.#drawnAtMs = nowMs;
    this.#dirty = false;
    this.#draw();
    this.#frames += 1;
    this.#own.add(performance.now() - began);
    this.#own.next();
  }

  get #drawsSolid() { return this.#options.view === "3d" && this.#solid !== null; }

  #draw() {
    const solid = this.#drawsSolid;
    if (solid && !Number.isNaN(this.#copiedS)) this.#forgetVideo();
    if (this.#trainer) {
      this.#shownS = Number.isNaN(this.#copiedS) ? this.#player.shownS : this.#copiedS;
      this.#trainerIndex = nearestIndex(this.#trainer.poses.times_s, this.#shownS);
      this.#following.seeTrainer(this.#trainerIndex);
    }
    const view = solid ? this.#drawSolid() : this.#drawFlat();
    this.#renderer.render(view.scene, view.camera);
  }

  #drawSolid() {
    this.#solid.show({
      free: this.#free(),
      size: this.#size,
      ratio: this.#ratio,
      index: this.#trainerIndex,
      client: this.#client,
      marks: this.#marks,
      turn: this.#turn,
      flipped: this.#flipped,
      shiftM: this.#following.trainerShiftM,
      options: this.#options,
    });
    return this.#solid;
  }

  #drawFlat() {
    const flat = this.#flat;
    const { align, silhouette, trainerSkeleton, clientSkeleton, framed } = this.#options;
    const pictured = silhouette ? this.#pictured : this.#client;
    const { trainer, client } = this.#following.place(this.#free(),
      pictured ?? (framed ? this.#camera : null), { aligned: align, flipped: this.#flipped, framed });
    flat.begin();
    if (framed && client) flat.layFrame(client, this.#camera.width, this.#camera.height);
    if (trainer) this.#layTrainer(trainer, trainerSkeleton);
    if (client && pictured) {
      const { width, height, image, world, visibility, silhouette: bitmap } = pictured;
      if (silhouette && bitmap) flat.laySilhouette(client, width, height);
      if (!align && !framed) this.#layShadow(1, image, 0, client);
      if (clientSkeleton) {
        this.#layStrokes(flat.clientStrokes, { image, world, visibility }, 0, client,
          this.#following.clientMeasure, CLIENT_COLOUR, CLIENT_WIDTH, this.#marks);
      }
    }
    return flat;
  }

  #layTrainer(placement, withSkeleton) {
    const { poses } = this.#trainer;
    this.#videoScale = placement.scale;
    const copied = !Number.isNaN(this.#copiedS);
    if (this.#drawable && !copied && this.#videoFrameId !== this.#frameId) {
      this.#videoFrameId = this.#frameId;
      // To hand a picture over is the first half of drawing it.
      if (!this.#blind) {
        this.#flat.takeVideo(this.#player.video, this.#player.stacked, placement.scale);
      }
    }
    this.#layShadow(0, poses.image, this.#trainerIndex, placement);
    this.#flat.layVideo(placement, poses.width, poses.height);
    if (withSkeleton && this.#trainerIndex >= 0) {
      this.#layStrokes(this.#flat.trainerStrokes, poses, this.#trainerIndex, placement,
        this.#following.trainerMeasure, TRAINER_COLOUR, TRAINER_WIDTH, null);
    }
  }

  #layStrokes(mesh, { image, world, visibility }, pose, placement, body, colour, width, marks) {
    const torsoPx = (body?.torsoPx ?? 0) * placement.scale;
    mesh.strokes.fill(laid(this.#points, image, world, placement, pose), visibility, {
      colour,
      torsoPx,
      thickness: Math.max(3 * this.#ratio, Math.min(12 * this.#ratio, torsoPx * width)),
      marks,
      base: LANDMARK_COUNT * pose,
    });
    mesh.rim = Math.max(0.9, 1.4 * this.#ratio);
    mesh.refresh();
  }

  /** Ground a body: a soft ellipse where its feet are. */
  #layShadow(which, image, pose, placement) {
    const placeX = (i) => stageX(placement, image[66 * pose + 2 * i]);
    const placeY = (i) => stageY(placement, image[66 * pose + 2 * i + 1]);
    let bottom = -Infinity;
    for (const i of FEET) if (placeY(i) > bottom) bottom = placeY(i);
    if (bottom === -Infinity) return;
    let left = Infinity;
    let right = -Infinity;
    for (const i of FEET) {
      // A foot in the air shades nothing.
      if (!(placeY(i) > bottom - LIFTED * this.#size.height)) continue;
      left = Math.min(left, placeX(i));
      right = Math.max(right, placeX(i));
    }
    this.#flat.layShadow(which, (left + right) / 2, bottom,
      0.62 * (right - left) + 0.07 * this.#size.height);
  }
}
