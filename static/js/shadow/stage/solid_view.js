/**
 * The stage in 3D: the trainer's body, the client's beside it or in its place, and both skeletons,
 * on a floor, seen from wherever one likes.
 */

import { PerspectiveCamera, Scene, Vector3 } from "three";

import { nearestIndex } from "../nearest.js";
import { BONE_MIRROR, LANDMARK_COUNT, MIRROR } from "../skeleton.js";
import { Body, buildOf } from "./body.js";
import { BodyMesh } from "./body_mesh.js";
import { Floor } from "./floor.js";
import { OrbitControl } from "./orbit.js";
import { StrokesMesh } from "./strokes_mesh.js";
import { readSurface } from "./surface.js";

// Painter's order.
const FLOOR = 0;
const TRAINER = 2;
const CLIENT = 3;
const TRAINER_STROKES = 5;
const CLIENT_STROKES = 6;

const TRAINER_TINT = [0.74, 0.76, 0.8];
const TRAINER_COLOUR = [0.56, 0.8, 1];
const CLIENT_COLOUR = [0, 1, 0.533];
const CLIENT_EDGE = [0.4, 0.85, 0.65];

const FOV_DEG = 30;
/** Above the highest landmark there is hair, and beyond the hands there are fingers. */
const CROWN_M = 0.16;
const REACH_M = 0.14;
const AIR = 1.1;
/** Half of what lies between two bodies at the least; more where the movement reaches farther. */
const APART_M = 0.4;
const APART_SHARE = 0.68;
/** From aside, few movements are as wide as they reach at their farthest. */
const SIDE_SHARE = 0.72;
/** A client's size is learnt over so long: people do not grow while they exercise. */
const BUILD_S = 1.5;
/** What is nearer than the middle looks larger. */
const DEEP_M = 0.25;
const TORSO_SHARE = 0.3;
const MOST_SHIFT_M = 1;

/**
 * What room a movement needs, wherever it is seen from.
 * @param {Float32Array} world n x 33 x 3 metres
 * @returns {{heightM: number, widthM: number, radiusM: number}} width: to either side, as the
 *   trainer's camera sees it
 */
export function roomOf(world) {
  let heightM = 0;
  let widthM = 0;
  let radiusM = 0;
  for (let pose = 0; pose < world.length; pose += 3 * LANDMARK_COUNT) {
    let top = Infinity;
    let bottom = -Infinity;
    for (let i = pose; i < pose + 3 * LANDMARK_COUNT; i += 3) {
      if (world[i + 1] < top) top = world[i + 1];
      if (world[i + 1] > bottom) bottom = world[i + 1];
      if (Math.abs(world[i]) > widthM) widthM = Math.abs(world[i]);
      const away = Math.hypot(world[i], world[i + 2]);
      if (away > radiusM) radiusM = away;
    }
    if (bottom - top > heightM) heightM = bottom - top;
  }
  return { heightM: heightM + CROWN_M, widthM: widthM + REACH_M, radiusM: radiusM + REACH_M };
}

/**
 * Turn a client's landmarks to the trainer's side, as their bones are for the score.
 * @param {ArrayLike<number>} world 33x3 metres
 * @param {{yawRad: number, mirror: boolean}} turn
 * @param {Float32Array} out 33x3
 * @returns {Float32Array} `out`
 */
export function turnedBody(world, { yawRad, mirror }, out) {
  const cos = Math.cos(yawRad);
  const sin = Math.sin(yawRad);
  for (let i = 0; i < LANDMARK_COUNT; i += 1) {
    const from = 3 * (mirror ? MIRROR[i] : i);
    const x = mirror ? -world[from] : world[from];
    const z = world[from + 2];
    out[3 * i] = cos * x + sin * z;
    out[3 * i + 1] = world[from + 1];
    out[3 * i + 2] = cos * z - sin * x;
  }
  return out;
}

const NO_TURN = Object.freeze({ yawRad: 0, mirror: true });

export class SolidView {
  scene = new Scene();
  camera = new PerspectiveCamera(FOV_DEG, 1, 0.1, 40);
  #canvas;
  #labels;
  #onturn;
  #control;
  #floor = new Floor(FLOOR);
  #trainerMesh = new BodyMesh({ tint: TRAINER_TINT, edge: TRAINER_COLOUR, order: TRAINER });
  #clientMesh = new BodyMesh({
    tint: CLIENT_COLOUR, edge: CLIENT_EDGE, order: CLIENT, ghost: true,
  });
  #trainerStrokes = new StrokesMesh(TRAINER_STROKES);
  #clientStrokes = new StrokesMesh(CLIENT_STROKES);
  #trainerBody;
  #clientBody;
  #trainer = null;
  #trainerBuild = null;
  #room = { heightM: 1.9, widthM: 0.6, radiusM: 0.8 };
  #surface = null;
  #loading = null;
  #attending = false;
  #clientBuild = null;
  #clientAtMs = 0;
  #clientWorld = new Float32Array(3 * LANDMARK_COUNT);
  #turnedMarks = new Float64Array(BONE_MIRROR.length);
  /** Landmarks of one body in the scene's metres, y up. */
  #points = new Float32Array(3 * LANDMARK_COUNT);
  #onscreen = new Float32Array(3 * LANDMARK_COUNT);
  #vector = new Vector3();
  #view = null;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {{slow: boolean, label: string, onturn: () => void}} how label: the view's name for
   *   those who can't see it; onturn is called when it has to be drawn anew
   */
  constructor(canvas, { slow, label, onturn }) {
    this.#canvas = canvas;
    this.#labels = { on: label, off: canvas.getAttribute("aria-label") };
    this.#onturn = onturn;
    this.#control = new OrbitControl(canvas, onturn);
    this.#trainerBody = new Body(slow ? 1 : 2);
    this.#clientBody = new Body(slow ? 1 : 2);
    this.#trainerMesh.wear(this.#trainerBody);
    this.#clientMesh.wear(this.#clientBody);
    this.scene.add(this.#floor.group, this.#trainerMesh.group, this.#clientMesh.group,
      this.#trainerStrokes.mesh, this.#clientStrokes.mesh);
  }

  /** Take part in mouse, touch and keys, and load what only this view needs, or stop to. */
  attend(on) {
    if (on === this.#attending) return;
    this.#attending = on;
    const canvas = this.#canvas;
    if (on) {
      this.#control.connect();
      canvas.tabIndex = 0;
      if (this.#labels.on) canvas.setAttribute("aria-label", this.#labels.on);
      this.#loadSurface();
    } else {
      this.#control.disconnect();
      canvas.removeAttribute("tabindex");
      if (this.#labels.off !== null) canvas.setAttribute("aria-label", this.#labels.off);
    }
    // A finger turns the view and must not move the page.
    canvas.style.touchAction = on ? "none" : "";
  }

  /** @param {import("../player.js").Trainer|null} trainer */
  setTrainer(trainer) {
    this.#loading?.abort();
    this.#loading = null;
    this.#surface = null;
    this.#trainer = trainer;
    if (!trainer) return;
    const { world } = trainer.poses;
    this.#trainerBuild = buildOf(world);
    this.#room = roomOf(world);
    this.#trainerMesh.wear(this.#trainerBody);
    if (this.#attending) this.#loadSurface();
  }

  /**
   * Put everything in its place.
   * @param {{free: import("../fit.js").Box, size: {width: number, height: number}, ratio: number,
   *   index: number, client: import("../detector.js").Pose|null, marks: Float64Array|null,
   *   turn: {yawRad: number, mirror: boolean}|null, flipped: boolean, shiftM: number,
   *   options: import("./stage.js").Options}} now
   */
  show({ free, size, ratio, index, client, marks, turn, flipped, shiftM, options }) {
    const apart = options.ghost || !client ? 0
      : Math.max(APART_M, APART_SHARE * this.#room.widthM);
    this.scene.scale.x = flipped ? -1 : 1;
    this.#look(free, size, apart);
    this.#floor.clear();
    this.#trainerStrokes.clear();
    this.#clientStrokes.clear();
    this.#trainerMesh.group.visible = Boolean(this.#trainer) && index >= 0;
    this.#clientMesh.group.visible = Boolean(client) && options.silhouette;
    this.#clientMesh.through = options.ghost;
    const shift = Math.max(-MOST_SHIFT_M, Math.min(MOST_SHIFT_M, shiftM));
    if (this.#trainerMesh.group.visible) {
      this.#showTrainer(index, shift - apart, options.trainerSkeleton, ratio);
    }
    if (client) {
      this.#showClient(client, turn ?? NO_TURN, marks, (options.ghost ? shift : 0) + apart,
        options.clientSkeleton, ratio);
    }
  }

  #showTrainer(index, x, withSkeleton, ratio) {
    const { world, visibility, times_s: times } = this.#trainer.poses;
    const base = 3 * LANDMARK_COUNT * index;
    if (this.#surface) this.#surface.pose(nearestIndex(this.#surface.times, times[index]));
    else this.#trainerBody.pose(world, this.#trainerBuild, base);
    const height = this.#trainerMesh.stand(1, x);
    this.#place(world, base, 1, x, height);
    this.#floor.shade(this.#points);
    if (withSkeleton) {
      this.#stroke(this.#trainerStrokes, visibility, LANDMARK_COUNT * index,
        { colour: TRAINER_COLOUR, marks: null, head: false }, ratio);
    }
  }

  #showClient(client, turn, marks, x, withSkeleton, ratio) {
    this.#learnBuild(client);
    const world = turnedBody(client.world, turn, this.#clientWorld);
    let shown = marks;
    if (marks && turn.mirror) {
      // What was the client's left is drawn on the right.
      BONE_MIRROR.forEach((other, bone) => { this.#turnedMarks[bone] = marks[other]; });
      shown = this.#turnedMarks;
    }
    const scale = this.#trainerBuild ? this.#trainerBuild.heightM / this.#clientBuild.heightM : 1;
    this.#clientBody.pose(world, this.#clientBuild);
    this.#clientMesh.colour(shown);
    const height = this.#clientMesh.stand(scale, x);
    this.#place(world, 0, scale, x, height);
    this.#floor.shade(this.#points);
    if (withSkeleton) {
      this.#stroke(this.#clientStrokes, client.visibility, 0,
        { colour: CLIENT_COLOUR, marks: shown, head: !this.#clientMesh.group.visible }, ratio);
    }
  }

  /** Landmarks where the body stands. */
  #place(world, base, scale, x, height) {
    for (let i = 0; i < 3 * LANDMARK_COUNT; i += 3) {
      this.#points[i] = x + scale * world[base + i];
      this.#points[i + 1] = height - scale * world[base + i + 1];
      this.#points[i + 2] = -scale * world[base + i + 2];
    }
  }

  /** Draw the skeleton over its body, as it appears from here. */
  #stroke(mesh, visibility, base, style, ratio) {
    const { size, distance, flipX } = this.#view;
    const pxPerM = size.height / (2 * distance * Math.tan((FOV_DEG * Math.PI) / 360));
    const point = this.#vector;
    for (let i = 0; i < LANDMARK_COUNT; i += 1) {
      point.fromArray(this.#points, 3 * i);
      point.x *= flipX;
      point.applyMatrix4(this.camera.matrixWorldInverse);
      this.#onscreen[3 * i + 2] = -point.z - distance;
      point.applyMatrix4(this.camera.projectionMatrix);
      this.#onscreen[3 * i] = (0.5 + 0.5 * point.x) * size.width;
      this.#onscreen[3 * i + 1] = (0.5 - 0.5 * point.y) * size.height;
    }
    const torsoPx = TORSO_SHARE * this.#trainerHeightM() * pxPerM;
    mesh.strokes.fill(this.#onscreen, visibility, {
      ...style, torsoPx, base, thickness: Math.max(2.5 * ratio, 0.04 * torsoPx),
    });
    mesh.rim = Math.max(0.8, ratio);
    mesh.size = size;
    mesh.refresh();
  }

  #trainerHeightM() {
    return this.#trainerBuild?.heightM ?? this.#clientBuild.heightM;
  }

  /** Stand the camera where all of it fits what is free of controls. */
  #look(free, size, apart) {
    const { azimuthRad, elevationRad, zoom } = this.#control.orbit;
    const { heightM, widthM, radiusM } = this.#room;
    const slope = 2 * Math.tan((FOV_DEG * Math.PI) / 360);
    const high = (AIR * heightM * size.height) / (slope * free.height);
    // Turned, what was depth becomes width.
    const side = widthM + Math.abs(Math.sin(azimuthRad))
      * (Math.max(widthM, SIDE_SHARE * radiusM) - widthM);
    const wide = (AIR * 2 * (side + apart) * size.height) / (slope * free.width);
    const distance = zoom * (Math.max(high, wide) + DEEP_M);
    const level = Math.cos(elevationRad) * distance;
    const middle = heightM / 2;
    this.camera.position.set(Math.sin(azimuthRad) * level,
      middle + Math.sin(elevationRad) * distance, Math.cos(azimuthRad) * level);
    this.camera.lookAt(0, middle, 0);
    this.camera.aspect = size.width / size.height;
    // The middle of what is free becomes the middle of the picture.
    this.camera.setViewOffset(size.width, size.height,
      size.width / 2 - (free.x + free.width / 2), size.height / 2 - (free.y + free.height / 2),
      size.width, size.height);
    this.camera.updateMatrixWorld();
    this.#view = { size, distance, flipX: this.scene.scale.x };
  }

  #learnBuild({ world, capturedMs }) {
    const now = buildOf(world);
    if (this.#clientBuild && Number.isFinite(this.#clientBuild.heightM)) {
      const share = 1 - Math.exp(-Math.max(0, capturedMs - this.#clientAtMs) / 1000 / BUILD_S);
      for (const key of Object.keys(now)) {
        const before = this.#clientBuild[key];
        now[key] = Number.isFinite(now[key]) ? before + share * (now[key] - before) : before;
      }
    }
    this.#clientBuild = now;
    this.#clientAtMs = capturedMs;
  }

  /** An engine's own mesh takes the mannequin's place when it has come. */
  async #loadSurface() {
    const trainer = this.#trainer;
    if (!trainer?.mesh || this.#surface || this.#loading) return;
    this.#loading = new AbortController();
    try {
      const response = await fetch(trainer.mesh,
        { credentials: "same-origin", signal: this.#loading.signal });
      if (!response.ok) throw new Error(`the mesh answered ${response.status}`);
      const surface = await readSurface(await response.arrayBuffer());
      if (trainer !== this.#trainer) return;
      // Only bodies of capsules have as many vertices as the mannequin: ours is the smoother one.
      if (surface.positions.length === new Body(1).positions.length) return;
      this.#surface = surface;
      this.#trainerMesh.wear(surface);
      this.#onturn();
    } catch (error) {
      if (error.name !== "AbortError") console.warn("the mannequin is shown instead:", error);
    }
  }

  dispose() {
    this.attend(false);
    this.#loading?.abort();
    this.#floor.dispose();
    this.#trainerMesh.dispose();
    this.#clientMesh.dispose();
    this.#trainerStrokes.dispose();
    this.#clientStrokes.dispose();
  }
}
