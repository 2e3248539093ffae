/** Draws skeletons: the trainer's on the video, the client's with bones in their errors' colours. */

import { VISIBLE } from "../shadow/reference.js";
import { BONES, EDGES, INDEX, LANDMARK_COUNT } from "../shadow/skeleton.js";
import { boneLevel } from "./view.js";

export const COLOURS = Object.freeze({
  green: "#00ff88", yellow: "#ffaa00", red: "#ff4444", unseen: "#8a8f98",
});
const TRAINER = "#ffffff";
const LIMB = "#ffffff66";
const MARGIN = 0.07;
const SMALLEST_M = 1.1; // so that a face alone does not fill the picture
const HEAD = [INDEX.left_ear, INDEX.right_ear, INDEX.nose];

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {(i: number) => [number, number]} at a landmark's place, pixels
 * @param {(i: number) => boolean} seen
 * @param {string} colour
 * @param {number} width pixels
 */
export function drawEdges(pen, at, seen, colour, width) {
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.lineCap = "round";
  pen.beginPath();
  for (const [a, b] of EDGES) {
    if (!seen(a) || !seen(b)) continue;
    pen.moveTo(...at(a));
    pen.lineTo(...at(b));
  }
  pen.stroke();
}

/**
 * The trainer's skeleton over the video.
 * @param {HTMLCanvasElement} canvas as large as the clip
 * @param {import("../shadow/packed.js").PackedPoses} poses
 * @param {number} index which pose; -1 = none
 */
export function drawTrainer(canvas, poses, index) {
  const pen = canvas.getContext("2d");
  canvas.width = poses.width;
  canvas.height = poses.height;
  if (index < 0) return;
  const image = 2 * LANDMARK_COUNT * index;
  const visibility = LANDMARK_COUNT * index;
  const at = (i) => [poses.image[image + 2 * i], poses.image[image + 2 * i + 1]];
  const seen = (i) => poses.visibility[visibility + i] >= VISIBLE && !Number.isNaN(at(i)[0]);
  // The picture is shown smaller than the clip: lines keep their width on the screen.
  const shown = Math.min(canvas.clientWidth / poses.width, canvas.clientHeight / poses.height);
  const unit = shown > 0 ? 1 / shown : 1;
  pen.globalAlpha = 0.85;
  drawEdges(pen, at, seen, "#000000aa", 4.5 * unit);
  drawEdges(pen, at, seen, TRAINER, 2.5 * unit);
}

/**
 * @typedef {object} Figure one frame of the client, turned to the trainer's view
 * @property {Float64Array} flat 33x2 metres
 * @property {ArrayLike<number>} visibility 33, 0..1
 * @property {(?number)[]} errors 13, degrees
 * @property {?Float64Array} trainer 33x2 metres, scaled to the client's size; null = not drawn
 */

/**
 * @typedef {object} Frame the part of the world that a picture shows, metres
 * @property {number} left
 * @property {number} top
 * @property {number} width
 * @property {number} height
 */

/**
 * What a picture shows round a box: margins, and room to stand on the ground.
 * @param {{left: number, right: number, top: number, bottom: number}} box metres
 * @param {number} width of the picture, any unit
 * @param {number} height the same unit
 * @returns {Frame}
 */
export function frameOf(box, width, height) {
  const wide = Math.max(SMALLEST_M, box.right - box.left);
  const tall = Math.max(SMALLEST_M, box.bottom - box.top);
  const scale = (1 - 2 * MARGIN) * Math.min(width / wide, height / tall);
  return {
    left: (box.left + box.right - width / scale) / 2,
    top: box.bottom - (height * (1 - MARGIN)) / scale,
    width: width / scale,
    height: height / scale,
  };
}

/** Give a canvas the size it is shown at. @param {HTMLCanvasElement} canvas */
export function fitCanvas(canvas) {
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.round(canvas.clientWidth * ratio);
  canvas.height = Math.round(canvas.clientHeight * ratio);
}

/**
 * The client's skeleton, as large as it fits.
 * @param {HTMLCanvasElement} canvas empty
 * @param {Figure} figure
 * @param {Frame} frame
 */
export function drawFigure(canvas, figure, frame) {
  const pen = canvas.getContext("2d");
  const scale = Math.min(canvas.width / frame.width, canvas.height / frame.height);
  const unit = (scale * frame.height) / 100;
  const x0 = canvas.width / 2 - scale * (frame.left + frame.width / 2);
  const y0 = canvas.height / 2 - scale * (frame.top + frame.height / 2);
  const place = (flat) => (i) => [x0 + scale * flat[2 * i], y0 + scale * flat[2 * i + 1]];
  const at = place(figure.flat);
  const seen = (i) => figure.visibility[i] >= VISIBLE && !Number.isNaN(at(i)[0]);

  if (figure.trainer) {
    const behind = place(figure.trainer);
    const known = (i) => !Number.isNaN(behind(i)[0]);
    drawEdges(pen, behind, known, "#ffffff3d", 1.6 * unit);
    drawHead(pen, behind, known, "#ffffff3d", unit, scale);
  }
  drawEdges(pen, at, seen, LIMB, 0.9 * unit);
  drawHead(pen, at, seen, "#ffffffb3", unit, scale);
  pen.lineCap = "round";
  // The shoulder and hip lines first: limbs lie over them.
  for (const b of [...BONES.keys()].reverse()) {
    const { start, end } = BONES[b];
    if (![...start, ...end].every(seen)) continue;
    const level = boneLevel(figure.errors[b]);
    pen.strokeStyle = COLOURS[level];
    pen.lineWidth = (level === "red" ? 2.6 : 1.9) * unit;
    pen.setLineDash(level === "unseen" ? [unit, 3 * unit] : []);
    pen.beginPath();
    pen.moveTo(...middle(at, start));
    pen.lineTo(...middle(at, end));
    pen.stroke();
  }
  pen.setLineDash([]);
}

function drawHead(pen, at, seen, colour, unit, scale) {
  if (!HEAD.every(seen)) return;
  const [x, y] = middle(at, HEAD.slice(0, 2));
  pen.strokeStyle = colour;
  pen.lineWidth = 0.9 * unit;
  pen.beginPath();
  pen.arc(x, y, 0.1 * scale, 0, 2 * Math.PI);
  pen.stroke();
}

function middle(at, landmarks) {
  let x = 0;
  let y = 0;
  for (const i of landmarks) {
    const [px, py] = at(i);
    x += px / landmarks.length;
    y += py / landmarks.length;
  }
  return [x, y];
}
