/**
 * Runs the pose worker: feeds it small frames so that it never waits and never has an old one to
 * look at, keeps delegate and model such that they keep up, starts it anew when it is lost. One
 * detector lives as long as the page.
 */

import { Choice } from "./choice.js";
import { shrink } from "./fit.js";
import { LANDMARK_COUNT } from "./skeleton.js";

/** Longer side of the frames fed: landmarks move by 0.7% of the torso against full size. */
const FRAME_PX = 480;
const GPU_WARMUP_MS = 8000;
const CPU_WARMUP_MS = 60_000;
/** So many failures in a row, or no answer for so long, and the worker is started anew. */
const MOST_FAILURES = 5;
const STUCK_MS = 10_000;
/** Of a frame's way there and back the worker has this share at the least: where a busy page leaves it
 * less, a quicker model has to make up for that, or there are fewer than twelve poses a second. */
const WORKER_SHARE = 0.75;
/** Poses a second and time a pose are smoothed over so many poses. */
const SMOOTH_POSES = 20;
/** ... and the camera's pace over so many pictures; after a longer break it is no pace. */
const SMOOTH_PICTURES = 10;
const LONGEST_GAP_MS = 500;
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
 * @property {number} capturedMs performance.now() when the frame came
 * @property {boolean} found
 * @property {number} width of the frame, pixels
 * @property {number} height
 * @property {Float32Array} image 33x2 pixels of the frame
 * @property {Float32Array} world 33x3 metres
 * @property {Float32Array} visibility 33
 * @property {boolean} masked whether this frame's silhouette was cut out
 * @property {ImageBitmap|null} silhouette of this very frame, premultiplied alpha, of any size in
 *   the frame's shape; the receiver closes it
 * @property {import("./light.js").Light|null} light as it was in the last half second
 * @property {number} tookMs in the worker
 * @property {any} stamp what was given to feed() with this frame
 */

/**
 * @typedef {object} Addresses absolute
 * @property {string} tasksVision
 * @property {string} wasm
 * @property {string[]} models from the best to the quickest
 * @property {("GPU"|"CPU")[]} [delegates] to choose from; else what suits the machine
 */

export class Detector {
  #addresses;
  #onpose;
  #onloading;
  #onchange;
  #worker = null;
  #choice = null;
  #failures = 0;
  /** What is being changed to, if anything. */
  #changing = null;
  #stopped = true;
  #starting = null;
  #limits;

  #id = 0;
  /**
   * Frames the worker has, the one it looks at first: never more than two.
   * @type {{id: number, capturedMs: number, stamp: any, cutOut: boolean, begunMs: number}[]} `begunMs`: handed over,
   *   or, where it had to wait there, since the one before was done
   */
  #flight = [];
  /** Whether a frame is being made for the worker, where that takes time. */
  #taking = false;
  /** The newest frame that came while the worker was busy: it is next. */
  #waiting = null;
  #seenMs = NaN;
  #cameraGapMs = NaN;
  #maskEvery = 1;
  #sinceMask = 0;
  #stats = { posesPerS: 0, poseMs: NaN };
  #gapMs = NaN;
  #answeredMs = NaN;

  /**
   * @param {Addresses} addresses
   * @param {{onpose: (pose: Pose) => void, onloading?: (part: number) => void,
   *   onchange?: (delegate: string) => void}} listeners part 0..1 of the model loaded
   * @param {{gpuWarmupMs?: number}} limits how long a GPU may need for its first picture
   */
  constructor(addresses, { onpose, onloading = () => {}, onchange = () => {} },
    { gpuWarmupMs = GPU_WARMUP_MS } = {}) {
    this.#addresses = addresses;
    this.#onpose = onpose;
    this.#onloading = onloading;
    this.#onchange = onchange;
    this.#limits = { GPU: gpuWarmupMs, CPU: CPU_WARMUP_MS };
  }

  /** Which delegate and model run, for people and tests: "GPU full". */
  get delegate() {
    const running = this.#choice?.current;
    return running ? describe(running) : "";
  }

  /** @returns {{posesPerS: number, poseMs: number}} poses a second (0 before there are two) and what
   *   one takes in the worker; calm */
  get stats() { return this.#stats; }

  /** @throws {Error} where no candidate runs */
  start() {
    this.#starting ??= this.#start().finally(() => { this.#starting = null; });
    return this.#starting;
  }

  stop() {
    this.#stopped = true;
    this.#worker?.terminate();
    this.#worker = null;
    this.#choice = null;
    this.#changing = null;
    this.#land();
  }

  /** @param {{maskEvery: number}} cadence every how manieth frame gets its silhouette, from 1 on */
  setCadence({ maskEvery }) {
    this.#maskEvery = Math.max(1, Math.round(maskEvery));
  }

  /**
   * Look at a picture: at once, or, given a stamp, as soon as the last one has been looked at,
   * unless a newer one comes before that. What is the last to come before that goes to the worker
   * at once and waits there: fetched only then, it would leave the worker idle meanwhile.
   * @param {HTMLVideoElement|VideoFrame} source stays the caller's
   * @param {boolean} silhouette whether to cut the body out as well
   * @param {any} [stamp] comes back as the pose's `stamp`
   * @returns {boolean} whether it was taken at once
   */
  feed(source, silhouette, stamp = undefined) {
    const capturedMs = performance.now();
    this.#pace(capturedMs);
    if (!this.#worker || !sizeOf(source).width) return false;
    const picture = { source, silhouette, stamp, capturedMs };
    const [present] = this.#flight;
    if (!present && !this.#taking) {
      this.#take(picture);
      return true;
    }
    if (present && capturedMs - present.begunMs > STUCK_MS) this.#replace(this.#choice.current);
    if (stamp === undefined) return false;
    if (this.#isLastBefore(present, capturedMs)) this.#take(picture);
    else this.#keep({ ...picture, source: isFrame(source) ? source.clone() : source });
    return false;
  }

  /** What waits is the newest. */
  #keep(picture) {
    const { source } = this.#waiting ?? {};
    if (isFrame(source)) source.close();
    this.#waiting = picture;
  }

  /** How often the camera has a picture. */
  #pace(nowMs) {
    const gapMs = nowMs - this.#seenMs;
    this.#seenMs = nowMs;
    if (!(gapMs < LONGEST_GAP_MS)) return;
    if (Number.isNaN(this.#cameraGapMs)) this.#cameraGapMs = gapMs;
    else this.#cameraGapMs += (gapMs - this.#cameraGapMs) / SMOOTH_PICTURES;
  }

  /** Whether no other picture is to be expected before the worker is done with the present one. */
  #isLastBefore(present, nowMs) {
    return !this.#taking && this.#flight.length === 1
      && nowMs + this.#cameraGapMs >= present.begunMs + this.#stats.poseMs;
  }

  async #start() {
    this.#stopped = false;
    this.#choice = new Choice(this.#candidates());
    let reason;
    for (let next = this.#choice.first; next; next = this.#choice.first) {
      try {
        await this.#launch(next);
        return;
      } catch (error) {
        reason = error;
        if (this.#stopped) throw error;
        this.#choice.failed(next);
      }
    }
    throw new Error("no pose model runs here", { cause: reason });
  }

  #candidates() {
    // Without a real GPU its first frame would take six seconds and more, only to be slower.
    const { models, delegates = drawsInSoftware() ? ["CPU"] : ["GPU", "CPU"] } = this.#addresses;
    return delegates.flatMap((delegate) => models.map((model) => ({ model, delegate })));
  }

  /** Hand a picture to the worker. */
  #take({ source, silhouette, stamp, capturedMs }) {
    const worker = this.#worker;
    const { width, height } = sizeOf(source);
    const size = shrink(width, height, FRAME_PX);
    const fed = { ...size, silhouette, stamp, capturedMs };
    const picture = isFrame(source) ? source.clone() : snap(source);
    this.#keep(null);
    if (picture) {
      this.#post(picture, fed);
      return;
    }
    this.#taking = true;
    createImageBitmap(source, { resizeWidth: size.width, resizeHeight: size.height })
      .then((bitmap) => {
        if (worker === this.#worker) this.#post(bitmap, fed);
        else bitmap.close();
      })
      // A picture can't be taken while the camera is being closed or turned: the next one can.
      .catch(() => {})
      .finally(() => { if (worker === this.#worker) this.#taking = false; });
  }

  #post(picture, { width, height, silhouette, stamp, capturedMs }) {
    this.#id += 1;
    this.#sinceMask += 1;
    const cutOut = silhouette && this.#sinceMask >= this.#maskEvery;
    if (cutOut) this.#sinceMask = 0;
    this.#flight.push({ id: this.#id, capturedMs, stamp, cutOut, begunMs: performance.now() });
    this.#worker.postMessage({
      type: "frame",
      id: this.#id,
      picture,
      width,
      height,
      timestampMs: capturedMs,
      silhouette: cutOut,
    }, [picture]);
  }

  /** Nothing is in the worker's hands any more. */
  #land() {
    this.#flight = [];
    this.#taking = false;
    this.#keep(null);
  }

  /** Start a worker with a candidate and, once it is warm, put it in the old one's place. */
  async #launch(candidate) {
    const { model, delegate } = candidate;
    const worker = new Worker(new URL("./detector_worker.js", import.meta.url), { type: "module" });
    const { tasksVision, wasm } = this.#addresses;
    try {
      await this.#warm(worker, { type: "start", tasksVision, wasm, model, delegate }, delegate);
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
    this.#land();
    worker.onmessage = ({ data }) => this.#receive(worker, data);
    worker.onerror = () => this.#receive(worker, { type: "failed" });
    this.#took(candidate);
  }

  #took(candidate) {
    this.#failures = 0;
    this.#choice.took(candidate);
    this.#onchange(describe(candidate));
  }

  /** Send a worker something after which it says that it is ready. */
  #warm(worker, message, delegate) {
    const { promise, resolve, reject } = withResolvers();
    // The clock runs from the moment the model is here: a slow line is no slow machine.
    let timer = 0;
    const arm = () => {
      clearTimeout(timer);
      timer = setTimeout(() => reject(new Error(`${delegate} took too long`)),
        this.#limits[delegate]);
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
    worker.postMessage(message);
    return promise.finally(() => clearTimeout(timer));
  }

  #receive(worker, data) {
    if (worker !== this.#worker || (data.type === "pose" && !this.#expects(data.id))) {
      data.silhouette?.close();
      return;
    }
    switch (data.type) {
      case "pose":
        this.#answer(data);
        break;
      case "changed":
        this.#took(this.#changing);
        this.#changing = null;
        break;
      case "unchanged":
        this.#choice.failed(this.#changing);
        this.#changing = null;
        break;
      case "failed":
        this.#failed();
        break;
      default:  // "loading", of a model to change to: nobody waits for it
    }
  }

  /** Whether a pose is of the frame that is next; what came before it is lost. */
  #expects(id) {
    while (this.#flight.length && this.#flight[0].id < id) this.#flight.shift();
    return this.#flight[0]?.id === id;
  }

  #answer({ numbers, silhouette, ...rest }) {
    const { capturedMs, stamp, cutOut, begunMs } = this.#flight[0];
    this.#failures = 0;
    // Nobody was seen to be cut out: with the next picture, perhaps.
    if (cutOut && !silhouette) this.#sinceMask = this.#maskEvery;
    this.#next();
    const nowMs = performance.now();
    this.#count(rest.tookMs, nowMs);
    if (rest.found && !this.#changing) {
      const better = this.#choice.see(
        Math.max(rest.tookMs, WORKER_SHARE * (nowMs - begunMs)), nowMs);
      if (better) this.#change(better);
    }
    this.#onpose({
      ...rest,
      capturedMs,
      stamp,
      silhouette,
      masked: silhouette !== null,
      image: numbers.subarray(0, 2 * LANDMARK_COUNT),
      world: numbers.subarray(2 * LANDMARK_COUNT, 5 * LANDMARK_COUNT),
      visibility: numbers.subarray(5 * LANDMARK_COUNT),
    });
  }

  /** The worker is done with a frame, and looks at the next. */
  #next() {
    this.#flight.shift();
    if (this.#flight.length) this.#flight[0].begunMs = performance.now();
    else if (this.#waiting && !this.#taking) this.#take(this.#waiting);
  }

  #count(tookMs, nowMs) {
    const gapMs = nowMs - this.#answeredMs;
    this.#answeredMs = nowMs;
    // The first pose after a pause tells nothing about the pace.
    if (!(gapMs < STUCK_MS)) this.#gapMs = NaN;
    else if (Number.isNaN(this.#gapMs)) this.#gapMs = gapMs;
    else this.#gapMs += (gapMs - this.#gapMs) / SMOOTH_POSES;
    const { poseMs } = this.#stats;
    this.#stats = {
      posesPerS: this.#gapMs > 0 ? 1000 / this.#gapMs : 0,
      poseMs: Number.isNaN(poseMs) ? tookMs : poseMs + (tookMs - poseMs) / SMOOTH_POSES,
    };
  }

  /** One bad frame is dropped; a task that is lost for good is replaced. */
  #failed() {
    this.#failures += 1;
    if (this.#failures >= MOST_FAILURES) this.#replace(this.#choice.substitute);
    this.#next();
  }

  #change(candidate) {
    if (candidate.delegate !== this.#choice.current.delegate) {
      this.#replace(candidate);
      return;
    }
    this.#changing = candidate;
    this.#worker.postMessage({ type: "change", model: candidate.model });
  }

  #replace(candidate) {
    if (this.#changing) return;
    this.#changing = candidate;
    this.#launch(candidate)
      // The present one goes on, slow as it is.
      .catch(() => { if (candidate !== this.#choice?.current) this.#choice?.failed(candidate); })
      .finally(() => { this.#changing = null; });
  }
}

const isFrame = (source) => typeof VideoFrame !== "undefined" && source instanceof VideoFrame;

const sizeOf = (source) => (isFrame(source)
  ? { width: source.displayWidth, height: source.displayHeight }
  : { width: source.videoWidth, height: source.videoHeight });

/** A picture that the worker can read; null where only the browser's slow way is left. */
function snap(video) {
  if (typeof VideoFrame === "undefined") return null;
  let frame;
  try {
    frame = new VideoFrame(video, { timestamp: 0 });
  } catch {
    return null;
  }
  // What a phone's camera sees may have to be turned: not every browser does that with frames.
  if (!frame.rotation && frame.displayWidth === video.videoWidth
    && frame.displayHeight === video.videoHeight) return frame;
  frame.close();
  return null;
}

const describe = ({ model, delegate }) =>
  `${delegate} ${model.match(/landmarker_(\w+)/)?.[1] ?? ""}`.trim();

function withResolvers() {
  const parts = {};
  parts.promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return parts;
}
