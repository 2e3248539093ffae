/**
 * The stage: trainer, silhouette and skeletons on one canvas. It draws when something is new, and
 * smaller and less often where drawing is the processor's work.
 */

import { align, beside, contain, divide, ease, measure, stageX, stageY } from "./fit.js";
import { nearestIndex } from "./nearest.js";
import { EDGES, INDEX } from "./skeleton.js";

const TRAINER_COLOUR = "#ff4d5e";
const CLIENT_COLOUR = "#00ff88";
const OUTLINE = "rgba(5, 8, 12, 0.55)";
const FLOOR_SHADOW = "rgba(0, 0, 0, 0.32)";
const SEEN = 0.3;
const MOST_PIXEL_RATIO = 2;
const SLOW_QUALITY = 0.5;
const SLOW_INTERVAL_MS = 1000 / 15;
/** Beside the trainer the client is followed slowly, so that hips are seen to sink and rise. */
const HOME_S = 3;
/** Bones this far from the hips in depth are drawn at the thinnest and thickest. */
const DEPTH_M = 0.45;
const FEET = ["left_heel", "right_heel", "left_foot_index", "right_foot_index"]
  .map((name) => INDEX[name]);
const FIRST_HEAD_EDGE = EDGES.length - 4;

/** Painter's order, kept between frames: nearly sorted already, and nothing to allocate. */
const order = Array.from(EDGES, (_, i) => i);
const depth = new Float64Array(EDGES.length);

function sortByDepth(world, pose) {
  for (let i = 0; i < EDGES.length; i += 1) {
    const [a, b] = EDGES[i];
    depth[i] = (world[99 * pose + 3 * a + 2] + world[99 * pose + 3 * b + 2]) / 2;
  }
  for (let i = 1; i < order.length; i += 1) {
    const edge = order[i];
    let j = i - 1;
    while (j >= 0 && depth[order[j]] < depth[edge]) {
      order[j + 1] = order[j];
      j -= 1;
    }
    order[j + 1] = edge;
  }
}

export class Scene {
  #canvas;
  #context;
  #slow;
  #observer = null;
  #request = 0;
  #drawnAt = 0;
  #dirty = true;
  #insets = { top: 0, right: 0, bottom: 0, left: 0 };
  #frameId = NaN;
  #player;
  #trainer = null;
  #trainerMeasure = null;
  #trainerIndex = -1;
  #trainerFlipped = false;
  #client = null;
  #clientMeasure = null;
  #clientHome = null;
  #clientAtMs = 0;
  #options = { silhouette: true, trainerSkeleton: true, clientSkeleton: true, align: true };

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {import("./player.js").Player} player
   * @param {{slow: boolean}} how slow: drawn by the processor
   */
  constructor(canvas, player, { slow }) {
    this.#canvas = canvas;
    this.#context = canvas.getContext("2d");
    this.#player = player;
    this.#slow = slow;
  }

  start() {
    if (this.#observer) return;
    this.#observer = new ResizeObserver(() => this.#resize());
    this.#observer.observe(this.#canvas);
    this.#resize();
    const loop = (now) => {
      this.#request = requestAnimationFrame(loop);
      this.#tick(now);
    };
    this.#request = requestAnimationFrame(loop);
  }

  stop() {
    cancelAnimationFrame(this.#request);
    this.#observer?.disconnect();
    this.#observer = null;
    this.#client?.silhouette?.close();
    this.#client = null;
  }

  /** @param {Partial<{silhouette: boolean, trainerSkeleton: boolean, clientSkeleton: boolean,
   *   align: boolean}>} options */
  set(options) {
    Object.assign(this.#options, options);
    this.#dirty = true;
  }

  /** @param {import("./player.js").Trainer|null} trainer */
  setTrainer(trainer) {
    if (trainer !== this.#trainer) this.#trainerFlipped = false;
    this.#trainer = trainer;
    this.#trainerMeasure = null;
    this.#trainerIndex = -1;
    this.#dirty = true;
  }

  /**
   * Clients always see themselves as in a mirror. One who turns the trainer's left to their own left
   * would face away from the trainer, so the trainer is turned over as well.
   * @param {boolean} flipped
   */
  flipTrainer(flipped) {
    if (flipped === this.#trainerFlipped) return;
    this.#trainerFlipped = flipped;
    this.#dirty = true;
  }

  /** @param {import("./detector.js").Pose|null} pose whose silhouette is the scene's from now on */
  setClient(pose) {
    this.#client?.silhouette?.close();
    this.#client = pose?.found ? pose : null;
    this.#dirty = true;
    if (!this.#client) return;
    const now = measure(pose.image, pose.world, pose.visibility);
    if (now) {
      const dtS = (pose.capturedMs - this.#clientAtMs) / 1000;
      this.#clientMeasure = ease(this.#clientMeasure, now, dtS);
      this.#clientHome = ease(this.#clientHome, now, dtS, HOME_S);
      this.#clientAtMs = pose.capturedMs;
    }
  }

  #resize() {
    const box = this.#canvas.getBoundingClientRect();
    const ratio = Math.min(window.devicePixelRatio || 1, MOST_PIXEL_RATIO)
      * (this.#slow ? SLOW_QUALITY : 1);
    const style = getComputedStyle(this.#canvas);
    for (const side of Object.keys(this.#insets)) {
      this.#insets[side] = (parseFloat(style.getPropertyValue(`--inset-${side}`)) || 0) * ratio;
    }
    this.#dirty = true;
    const width = Math.max(2, Math.round(box.width * ratio));
    const height = Math.max(2, Math.round(box.height * ratio));
    if (width === this.#canvas.width && height === this.#canvas.height) return;
    this.#canvas.width = width;
    this.#canvas.height = height;
  }

  #tick(now) {
    if (this.#slow && now - this.#drawnAt < SLOW_INTERVAL_MS) return;
    const { frameId } = this.#player;
    if (!this.#dirty && frameId === this.#frameId) return;
    this.#frameId = frameId;
    this.#drawnAt = now;
    // A paused video tells of its first picture by being drawable at last.
    this.#dirty = Boolean(this.#trainer) && !this.#player.drawable;
    this.#draw(this.#player.shownS);
  }

  #draw(shownS) {
    const { width, height } = this.#canvas;
    const options = this.#options;
    this.#context.clearRect(0, 0, width, height);
    const { top, right, bottom, left } = this.#insets;
    const free = {
      x: left,
      y: top,
      width: Math.max(1, width - left - right),
      height: Math.max(1, height - top - bottom),
    };
    const boxes = divide(free, options.align || !this.#trainer);
    const trainerPlacement = this.#trainer
      && contain(this.#trainer.region, boxes.trainer, this.#trainerFlipped);
    if (trainerPlacement) this.#drawTrainer(trainerPlacement, shownS);
    const clientPlacement = this.#client && this.#placeClient(boxes, trainerPlacement);
    if (clientPlacement && options.silhouette && this.#client.silhouette) {
      this.#drawPicture(this.#client.silhouette, clientPlacement, this.#client.width,
        this.#client.height);
    }
    if (trainerPlacement && options.trainerSkeleton) {
      const { image, world, visibility } = this.#trainer.poses;
      this.#drawSkeleton(image, world, visibility, this.#trainerIndex, trainerPlacement,
        this.#trainerMeasure, TRAINER_COLOUR);
    }
    if (clientPlacement && options.clientSkeleton) {
      const { image, world, visibility } = this.#client;
      this.#drawSkeleton(image, world, visibility, 0, clientPlacement, this.#clientMeasure,
        CLIENT_COLOUR);
    }
  }

  #placeClient(boxes, trainerPlacement) {
    if (trainerPlacement && this.#clientMeasure) {
      if (this.#options.align && this.#trainerMeasure) {
        return align(this.#clientMeasure, this.#trainerMeasure, trainerPlacement);
      }
      if (!this.#options.align && this.#trainer.home) {
        return beside(this.#clientHome, this.#trainer.home, trainerPlacement, boxes);
      }
    }
    const { width, height } = this.#client;
    return contain({ x: 0, y: 0, width, height }, boxes.client, true);
  }

  #drawTrainer(placement, shownS) {
    const { poses } = this.#trainer;
    const index = nearestIndex(poses.times_s, shownS);
    const now = measure(poses.image, poses.world, poses.visibility, index);
    if (now) {
      const stepS = Math.abs(poses.times_s[index] - (poses.times_s[this.#trainerIndex] ?? 0));
      this.#trainerMeasure = ease(this.#trainerMeasure, now, stepS);
    }
    this.#trainerIndex = index;
    this.#drawFloorShadow(poses.image, index, placement);
    if (this.#player.drawable) {
      this.#drawPicture(this.#player.video, placement, poses.width, poses.height);
    }
  }

  /** Ground the trainer: a soft ellipse where the feet are. */
  #drawFloorShadow(image, pose, placement) {
    let left = Infinity;
    let right = -Infinity;
    let bottom = -Infinity;
    for (const i of FEET) {
      const x = stageX(placement, image[66 * pose + 2 * i]);
      left = Math.min(left, x);
      right = Math.max(right, x);
      bottom = Math.max(bottom, stageY(placement, image[66 * pose + 2 * i + 1]));
    }
    const radius = (right - left) / 2 + 0.04 * this.#canvas.height;
    if (!(radius > 0)) return;
    const context = this.#context;
    context.fillStyle = FLOOR_SHADOW;
    context.beginPath();
    context.ellipse((left + right) / 2, bottom, radius, radius * 0.16, 0, 0, 2 * Math.PI);
    context.fill();
  }

  #drawPicture(picture, { x0, y0, scale, flip }, width, height) {
    const context = this.#context;
    context.setTransform(flip * scale, 0, 0, scale, x0, y0);
    context.drawImage(picture, 0, 0, width, height);
    context.setTransform(1, 0, 0, 1, 0, 0);
  }

  #drawSkeleton(image, world, visibility, pose, placement, body, colour) {
    if (pose < 0) return;
    const context = this.#context;
    const thickness = Math.max(2.5, Math.min(12, (body?.torsoPx ?? 0) * placement.scale * 0.05));
    sortByDepth(world, pose);
    context.lineCap = "round";
    for (const edge of order) {
      const [a, b] = EDGES[edge];
      if (!(visibility[33 * pose + a] >= SEEN && visibility[33 * pose + b] >= SEEN)) continue;
      const near = Math.max(-1, Math.min(1, -depth[edge] / DEPTH_M));
      const width = thickness * (1 + 0.35 * near) * (edge >= FIRST_HEAD_EDGE ? 0.55 : 1);
      context.globalAlpha = 0.82 + 0.18 * near;
      context.beginPath();
      context.moveTo(stageX(placement, image[66 * pose + 2 * a]),
        stageY(placement, image[66 * pose + 2 * a + 1]));
      context.lineTo(stageX(placement, image[66 * pose + 2 * b]),
        stageY(placement, image[66 * pose + 2 * b + 1]));
      context.strokeStyle = OUTLINE;
      context.lineWidth = width + 2;
      context.stroke();
      context.strokeStyle = colour;
      context.lineWidth = width * 0.7;
      context.stroke();
    }
    context.globalAlpha = 1;
    this.#drawJoints(image, visibility, pose, placement, thickness);
  }

  #drawJoints(image, visibility, pose, placement, thickness) {
    const context = this.#context;
    context.fillStyle = "#ffffff";
    context.beginPath();
    for (let i = INDEX.left_shoulder; i <= INDEX.right_ankle; i += 1) {
      if (i > INDEX.right_wrist && i < INDEX.left_hip) continue;
      if (!(visibility[33 * pose + i] >= SEEN)) continue;
      const x = stageX(placement, image[66 * pose + 2 * i]);
      const y = stageY(placement, image[66 * pose + 2 * i + 1]);
      context.moveTo(x + thickness * 0.45, y);
      context.arc(x, y, thickness * 0.45, 0, 2 * Math.PI);
    }
    context.fill();
  }
}
