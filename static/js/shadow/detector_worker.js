/**
 * Finds one body in a picture: pose landmarker and silhouette, in a module worker of their own.
 *
 * In:  {type: "start", tasksVision, wasm, model, delegate}       absolute addresses
 *      {type: "change", model}                                   same delegate, same task
 *      {type: "frame", id, picture, width, height, timestampMs, silhouette}
 *        picture: VideoFrame or ImageBitmap, given away; width, height: at which to look at it
 * Out: {type: "loading", loaded, total}                          bytes of the model
 *      {type: "ready"}                                           to "start"
 *      {type: "changed"} | {type: "unchanged", message}          to "change"
 *      {type: "failed", message}                                 to anything else
 *      {type: "pose", id, found, width, height, numbers, silhouette, light, tookMs}
 *        numbers: Float32Array of image (66), world (99) and visibility (33)
 *
 * Frame, mask and landmarks leave in one message, so they can only be shown together.
 *
 * The mask itself costs the task next to nothing (1 to 2 ms of 27 to 41: the network makes it in
 * any case), switching its output off and on again 200 ms of new graph. What a frame without
 * silhouette saves is reading, painting and handing over.
 */

import { LIGHT_HEIGHT, LIGHT_WIDTH, measureLight } from "./light.js";
import { ontoRays } from "./rays.js";
import { Silhouette } from "./silhouette.js";
import { SilhouetteGl, taskCanvas } from "./silhouette_gl.js";
import { INDEX, LANDMARK_COUNT } from "./skeleton.js";

const WARMUP_SIZE = 256;
const LIGHT_EVERY_MS = 500;
const IMAGE = 0;
const WORLD = 2 * LANDMARK_COUNT;
const VISIBILITY = 5 * LANDMARK_COUNT;
const NUMBERS = 6 * LANDMARK_COUNT;
const TORSO = ["left_shoulder", "right_shoulder", "left_hip", "right_hip"]
  .map((name) => INDEX[name]);

let landmarker = null;
let delegate = "";
let painter = null;
let lastTimestampMs = 0;
let canvas = null;
let context = null;
let lightContext = null;
let light = null;
let lightAtMs = -Infinity;

async function load(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`the model answered ${response.status}`);
  const total = Number(response.headers.get("Content-Length")) || 0;
  const parts = [];
  let loaded = 0;
  for (const reader = response.body.getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    loaded += value.length;
    self.postMessage({ type: "loading", loaded, total });
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

async function start({ tasksVision, wasm, model, delegate: wanted }) {
  const { FilesetResolver, PoseLandmarker } = await import(tasksVision);
  const [fileset, modelAssetBuffer] = await Promise.all([
    FilesetResolver.forVisionTasks(wasm, true), load(model),
  ]);
  delegate = wanted;
  const task = delegate === "GPU" ? taskCanvas() : new OffscreenCanvas(1, 1);
  landmarker = await PoseLandmarker.createFromOptions(fileset, {
    baseOptions: { modelAssetBuffer, delegate },
    canvas: task,
    runningMode: "VIDEO",
    numPoses: 1,
    outputSegmentationMasks: true,
  });
  painter = delegate === "GPU" ? new SilhouetteGl(task) : new Silhouette();
  // Where the processor works, pictures stay in its memory; else on the GPU.
  canvas = new OffscreenCanvas(WARMUP_SIZE, WARMUP_SIZE);
  context = canvas.getContext("2d", { willReadFrequently: delegate === "CPU", alpha: false });
  lightContext = new OffscreenCanvas(LIGHT_WIDTH, LIGHT_HEIGHT)
    .getContext("2d", { willReadFrequently: true, alpha: false });
  warmUp();
  self.postMessage({ type: "ready" });
}

/** Another model in the same task: there are never two of them in memory. */
async function change({ model }) {
  const modelAssetBuffer = await load(model);
  await landmarker.setOptions({ baseOptions: { modelAssetBuffer, delegate } });
  warmUp();
  self.postMessage({ type: "changed" });
}

/** The first picture takes longest: let it be an empty one. */
function warmUp() {
  context.clearRect(0, 0, canvas.width, canvas.height);
  detect(performance.now(), () => {});
}

/** Timestamps must increase, or the task is lost for good: they do, by construction. */
function detect(timestampMs, take) {
  lastTimestampMs = Math.max(Math.ceil(timestampMs), lastTimestampMs + 1);
  // The result lives only as long as the callback: take what is needed.
  landmarker.detectForVideo(canvas, lastTimestampMs, take);
}

/** Put the picture into our canvas, at the size at which it is looked at. */
function draw(picture, width, height) {
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  context.drawImage(picture, 0, 0, width, height);
}

function fill(numbers, landmarks, world, width, height) {
  for (let i = 0; i < LANDMARK_COUNT; i += 1) {
    numbers[IMAGE + 2 * i] = landmarks[i].x * width;
    numbers[IMAGE + 2 * i + 1] = landmarks[i].y * height;
    numbers[WORLD + 3 * i] = world[i].x;
    numbers[WORLD + 3 * i + 1] = world[i].y;
    numbers[WORLD + 3 * i + 2] = world[i].z;
    numbers[VISIBILITY + i] = landmarks[i].visibility;
  }
  ontoRays(
    numbers.subarray(WORLD, VISIBILITY), numbers.subarray(IMAGE, WORLD),
    numbers.subarray(VISIBILITY), width, height);
}

function torsoOf(numbers, width, height) {
  const x = TORSO.map((i) => numbers[IMAGE + 2 * i] / width);
  const y = TORSO.map((i) => numbers[IMAGE + 2 * i + 1] / height);
  return {
    left: Math.min(...x), top: Math.min(...y), right: Math.max(...x), bottom: Math.max(...y),
  };
}

function paint(mask) {
  try {
    return painter.paint(canvas, mask);
  } catch (error) {
    if (painter instanceof Silhouette) throw error;
    // A GPU that lends its masks but can't draw them: the processor can.
    painter.dispose();
    painter = new Silhouette();
    return painter.paint(canvas, mask);
  }
}

function lookAtLight(nowMs, torso) {
  lightAtMs = nowMs;
  lightContext.drawImage(canvas, 0, 0, LIGHT_WIDTH, LIGHT_HEIGHT);
  light = measureLight(
    lightContext.getImageData(0, 0, LIGHT_WIDTH, LIGHT_HEIGHT).data, torso);
}

function frame({ id, picture, width, height, timestampMs, silhouette }) {
  const began = performance.now();
  draw(picture, width, height);
  // A camera has few pictures to lend: give this one back before the long part.
  picture.close();
  const numbers = new Float32Array(NUMBERS);
  let found = false;
  let cutOut = null;
  detect(timestampMs, ({ landmarks: [landmarks], worldLandmarks: [world], segmentationMasks }) => {
    found = Boolean(landmarks && world);
    if (!found) return;
    fill(numbers, landmarks, world, width, height);
    const mask = segmentationMasks?.[0];
    if (silhouette && mask) cutOut = paint(mask);
  });
  if (began - lightAtMs >= LIGHT_EVERY_MS) {
    lookAtLight(began, found ? torsoOf(numbers, width, height) : null);
  }
  const message = {
    type: "pose", id, found, width, height, numbers, silhouette: cutOut, light,
    tookMs: performance.now() - began,
  };
  self.postMessage(message, cutOut ? [numbers.buffer, cutOut] : [numbers.buffer]);
}

const TASKS = { start, change, frame };

self.addEventListener("message", async ({ data }) => {
  try {
    await TASKS[data.type](data);
  } catch (error) {
    data.picture?.close();
    const type = data.type === "change" ? "unchanged" : "failed";
    self.postMessage({ type, message: String(error?.message ?? error) });
  }
});
