/**
 * Finds one body in a picture: pose landmarker and silhouette, in a module worker of their own.
 *
 * In:  {type: "start", tasksVision, wasm, model, delegate}       absolute addresses
 *      {type: "frame", id, bitmap, timestampMs, silhouette}
 *      {type: "stop"}
 * Out: {type: "loading", loaded, total}                          bytes of the model
 *      {type: "ready", warmupMs} | {type: "failed", message}
 *      {type: "pose", id, found, image, world, visibility, silhouette, tookMs}
 *
 * Frame, mask and landmarks leave in one message, so they can only be shown together.
 */

import { LANDMARK_COUNT } from "./skeleton.js";

const WARMUP_SIZE = 256;
// The silhouette keeps the light and shade of the person in the accent's green: it is recognised
// as oneself, yet is no picture. Straight alpha.
const DARK = [0, 70, 40];
const LIGHT = [150, 255, 200];
const OPACITY = 0.62;
// Mask confidence below the first is background, above the second body; between, a soft edge.
const EDGE_FROM = 0.2;
const EDGE_TO = 0.85;

let landmarker = null;
let lastTimestampMs = 0;
let canvas = null;
let context = null;
let edge = null;

/** The opacity of every mask value 0..255. */
function edgeTable() {
  return Uint8ClampedArray.from({ length: 256 }, (_, value) => {
    const x = Math.min(1, Math.max(0, (value / 255 - EDGE_FROM) / (EDGE_TO - EDGE_FROM)));
    return 255 * OPACITY * x * x * (3 - 2 * x);
  });
}

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

async function start({ tasksVision, wasm, model, delegate }) {
  const { FilesetResolver, PoseLandmarker } = await import(tasksVision);
  const [fileset, modelAssetBuffer] = await Promise.all([
    FilesetResolver.forVisionTasks(wasm, true), load(model),
  ]);
  landmarker = await PoseLandmarker.createFromOptions(fileset, {
    baseOptions: { modelAssetBuffer, delegate },
    runningMode: "VIDEO",
    numPoses: 1,
    outputSegmentationMasks: true,
  });
  const blank = new OffscreenCanvas(WARMUP_SIZE, WARMUP_SIZE);
  blank.getContext("2d").fillRect(0, 0, WARMUP_SIZE, WARMUP_SIZE);
  const began = performance.now();
  detect(blank, performance.now());
  self.postMessage({ type: "ready", warmupMs: performance.now() - began });
}

/** Timestamps must increase, or the task is lost for good: they do, by construction. */
function detect(picture, timestampMs) {
  lastTimestampMs = Math.max(Math.ceil(timestampMs), lastTimestampMs + 1);
  let answer = null;
  landmarker.detectForVideo(picture, lastTimestampMs, (result) => {
    // The result lives only as long as this callback: take what is needed.
    answer = {
      landmarks: result.landmarks[0] ?? null,
      world: result.worldLandmarks[0] ?? null,
      mask: result.segmentationMasks?.[0]?.getAsUint8Array().slice() ?? null,
      maskWidth: result.segmentationMasks?.[0]?.width ?? 0,
    };
  });
  return answer;
}

/** Paint the person green, everything else transparent. */
function paint(bitmap, mask) {
  const { width, height } = bitmap;
  if (!canvas || canvas.width !== width || canvas.height !== height) {
    canvas = new OffscreenCanvas(width, height);
    context = canvas.getContext("2d", { willReadFrequently: true });
  }
  edge ??= edgeTable();
  context.drawImage(bitmap, 0, 0);
  const picture = context.getImageData(0, 0, width, height);
  const { data } = picture;
  for (let i = 0, at = 0; i < mask.length; i += 1, at += 4) {
    const alpha = edge[mask[i]];
    if (alpha === 0) {
      data[at + 3] = 0;
      continue;
    }
    const light = (54 * data[at] + 183 * data[at + 1] + 19 * data[at + 2]) / 65536;
    data[at] = DARK[0] + light * (LIGHT[0] - DARK[0]);
    data[at + 1] = DARK[1] + light * (LIGHT[1] - DARK[1]);
    data[at + 2] = DARK[2] + light * (LIGHT[2] - DARK[2]);
    data[at + 3] = alpha;
  }
  context.putImageData(picture, 0, 0);
  return canvas.transferToImageBitmap();
}

function frame({ id, bitmap, timestampMs, silhouette }) {
  const began = performance.now();
  const { width, height } = bitmap;
  const { landmarks, world, mask, maskWidth } = detect(bitmap, timestampMs);
  const found = Boolean(landmarks && world);
  const message = {
    type: "pose",
    id,
    found,
    width,
    height,
    image: new Float32Array(2 * LANDMARK_COUNT),
    world: new Float32Array(3 * LANDMARK_COUNT),
    visibility: new Float32Array(LANDMARK_COUNT),
    silhouette: null,
    tookMs: 0,
  };
  if (found) {
    for (let i = 0; i < LANDMARK_COUNT; i += 1) {
      message.image[2 * i] = landmarks[i].x * width;
      message.image[2 * i + 1] = landmarks[i].y * height;
      message.world[3 * i] = world[i].x;
      message.world[3 * i + 1] = world[i].y;
      message.world[3 * i + 2] = world[i].z;
      message.visibility[i] = landmarks[i].visibility;
    }
    if (silhouette && mask && maskWidth === width) message.silhouette = paint(bitmap, mask);
  }
  bitmap.close();
  message.tookMs = performance.now() - began;
  const transfer = [message.image.buffer, message.world.buffer, message.visibility.buffer];
  if (message.silhouette) transfer.push(message.silhouette);
  self.postMessage(message, transfer);
}

self.addEventListener("message", async ({ data }) => {
  try {
    if (data.type === "start") await start(data);
    else if (data.type === "frame") frame(data);
    else if (data.type === "stop") {
      landmarker?.close();
      self.close();
    }
  } catch (error) {
    data.bitmap?.close();
    self.postMessage({ type: "failed", message: String(error?.message ?? error) });
  }
});
