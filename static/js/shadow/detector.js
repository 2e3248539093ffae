/**
 * Runs the pose worker: picks a delegate and a model that keep up, feeds small frames one at a
 * time, drops what comes while it is busy.
 */

import { shrink } from "./fit.js";

/** Longer side of the frames fed: landmarks move by 0.7% of the torso against full size. */
const FRAME_PX = 480;
const GPU_WARMUP_MS = 8000;
const CPU_WARMUP_MS = 60_000;
/** A frame this slow, in the median, is not live: the next candidate gets its turn. */
const SLOW_MS = 60;
const MEASURED_FRAMES = 12;
/** So many failures in a row, or no answer for so long, and the worker is started anew. */
const MOST_FAILURES = 5;
const STUCK_MS = 10_000;
const SOFTWARE = /swiftshader|llvmpipe|software|basic render/i;

/** @returns {boolean} whether WebGL is drawn by the processor (or not at all) */
export function drawsInSoftware() {
  const gl = new OffscreenCanvas(1, 1).getContext("webgl2");
  if (!gl) return true;
  const info = gl.getExtension("WEBGL_debug_renderer_info");
  const name = gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER);
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  return SOFTWARE.test(String(name));
}

/**
 * @typedef {object} Pose
 * @property {number} capturedMs performance.now() of the frame
 * @property {boolean} found
 * @property {number} width of the frame, pixels
 * @property {number} height
 * @property {Float32Array} image 33x2 pixels of the frame
 * @property {Float32Array} world 33x3 metres
 * @property {Float32Array} visibility 33
 * @property {ImageBitmap|null} silhouette of the same frame; the receiver closes it
 */

export class Detector {
  #addresses;
  #onpose;
  #onloading;
  #worker = null;
  #candidates = [];
  #present = null;
  #failures = 0;
  #delegate = "";
  #busy = false;
  #changing = false;
  #id = 0;
  #capturedMs = 0;
  #fedMs = 0;
  #times = [];
  #stopped = false;

  /**
   * @param {{tasksVision: string, wasm: string, models: string[]}} addresses absolute; models from
   *   the best to the quickest
   * @param {{onpose: (pose: Pose) => void,
   *   onloading?: (part: number) => void}} listeners part 0..1 of the model loaded
   */
  constructor(addresses, { onpose, onloading = () => {} }) {
    this.#addresses = addresses;
    this.#onpose = onpose;
    this.#onloading = onloading;
  }

  /** Which delegate and model run, for people and tests: "GPU full". */
  get delegate() { return this.#delegate; }

  /** @throws {Error} where no candidate runs */
  async start() {
    this.#stopped = false;
    const cpu = this.#addresses.models.map((model) => ({ model, delegate: "CPU" }));
    // Without a real GPU its first frame would take six seconds and more, only to be slower.
    this.#candidates = drawsInSoftware()
      ? cpu
      : [{ model: this.#addresses.models[0], delegate: "GPU" }, ...cpu];
    let reason;
    while (this.#candidates.length > 0) {
      try {
        await this.#take(this.#candidates.shift());
        return;
      } catch (error) {
        reason = error;
        if (this.#stopped) throw error;
      }
    }
    throw new Error("no pose model runs here", { cause: reason });
  }

  stop() {
    this.#stopped = true;
    this.#worker?.terminate();
    this.#worker = null;
    this.#busy = false;
  }

  /**
   * Look at a picture, unless the last one is still being looked at.
   * @param {HTMLVideoElement} video
   * @param {boolean} silhouette whether to cut the body out as well
   * @returns {boolean} whether it was taken
   */
  feed(video, silhouette) {
    const timestampMs = performance.now();
    if (!this.#worker || !video.videoWidth) return false;
    if (this.#busy) {
      if (timestampMs - this.#fedMs > STUCK_MS) this.#change(this.#present);
      return false;
    }
    this.#busy = true;
    this.#fedMs = timestampMs;
    const worker = this.#worker;
    const { width, height } = shrink(video.videoWidth, video.videoHeight, FRAME_PX);
    createImageBitmap(video, { resizeWidth: width, resizeHeight: height, resizeQuality: "low" })
      .then((bitmap) => {
        if (worker !== this.#worker) {
          bitmap.close();
          return;
        }
        this.#id += 1;
        this.#capturedMs = timestampMs;
        worker.postMessage({ type: "frame", id: this.#id, bitmap, timestampMs, silhouette },
          [bitmap]);
      })
      // A picture can't be taken while the camera is being closed or turned: the next one can.
      .catch(() => { this.#busy = false; });
    return true;
  }

  /** Start a worker with a candidate and, once it is warm, put it in the old one's place. */
  async #take(candidate) {
    const { model, delegate } = candidate;
    const worker = new Worker(new URL("./detector_worker.js", import.meta.url), { type: "module" });
    try {
      await this.#warm(worker, model, delegate);
    } catch (error) {
      worker.terminate();
      throw error;
    }
    if (this.#stopped) {
      worker.terminate();
      return;
    }
    this.#worker?.terminate();
    this.#worker = worker;
    this.#present = candidate;
    this.#failures = 0;
    this.#delegate = `${delegate} ${model.match(/landmarker_(\w+)/)?.[1] ?? ""}`.trim();
    this.#busy = false;
    this.#times = [];
    worker.onmessage = ({ data }) => this.#receive(worker, data);
    worker.onerror = () => this.#receive(worker, { type: "failed" });
  }

  #warm(worker, model, delegate) {
    const { promise, resolve, reject } = Promise.withResolvers?.() ?? withResolvers();
    const limitMs = delegate === "GPU" ? GPU_WARMUP_MS : CPU_WARMUP_MS;
    // The clock runs from the moment the model is here: a slow line is no slow machine.
    let timer = 0;
    const arm = () => {
      clearTimeout(timer);
      timer = setTimeout(() => reject(new Error(`${delegate} took too long`)), limitMs);
    };
    arm();
    worker.onerror = (event) => reject(new Error(event.message || "the worker did not start"));
    worker.onmessage = ({ data }) => {
      if (data.type === "loading") {
        arm();
        if (data.total) this.#onloading(data.loaded / data.total);
      } else if (data.type === "ready") resolve();
      else if (data.type === "failed") reject(new Error(data.message));
    };
    worker.postMessage({
      type: "start",
      tasksVision: this.#addresses.tasksVision,
      wasm: this.#addresses.wasm,
      model,
      delegate,
    });
    return promise.finally(() => clearTimeout(timer));
  }

  #receive(worker, data) {
    if (worker !== this.#worker) {
      data.silhouette?.close();
      return;
    }
    this.#busy = false;
    if (data.type === "failed") {
      // One bad frame is dropped; a task that is lost for good is replaced.
      this.#failures += 1;
      if (this.#failures >= MOST_FAILURES) this.#change(this.#candidates.shift() ?? this.#present);
      return;
    }
    this.#failures = 0;
    if (data.type !== "pose" || data.id !== this.#id) {
      data.silhouette?.close();
      return;
    }
    if (data.found) this.#measure(data.tookMs);
    this.#onpose({ ...data, capturedMs: this.#capturedMs });
  }

  #measure(tookMs) {
    if (this.#candidates.length === 0) return;
    this.#times.push(tookMs);
    if (this.#times.length < MEASURED_FRAMES) return;
    const median = this.#times.sort((a, b) => a - b)[MEASURED_FRAMES >> 1];
    this.#times = [];
    if (median > SLOW_MS && !this.#changing) this.#change(this.#candidates.shift());
  }

  #change(candidate) {
    if (this.#changing) return;
    this.#changing = true;
    this.#take(candidate)
      .catch(() => {})  // the present one goes on, slow as it is
      .finally(() => { this.#changing = false; });
  }
}

function withResolvers() {
  const parts = {};
  parts.promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return parts;
}
