/**
 * The client, live: pictures from the camera to the detector, poses back, each with what was true
 * when its picture was taken; and as much of everything as the machine can bear.
 */

import { Camera } from "./camera.js";
import { Detector, drawsInSoftware } from "./detector.js";
import { Governor } from "./load.js";
import { OwnTime } from "./own_time.js";

const absolute = (address) => new URL(address, window.location.href).href;

export class Live {
  #camera = new Camera();
  #detector;
  #stage;
  #governor = new Governor({ software: drawsInSoftware() });
  #plan = null;
  #own = new OwnTime();
  #drawn = 0;
  #stamp;
  #onpose;
  #onended;
  #silhouette = true;

  /**
   * @param {object} urls of the page's config
   * @param {import("./stage/stage.js").Stage} stage that draws as much as it may
   * @param {{stamp: () => object,
   *   onpose: (pose: import("./detector.js").Pose) => void,
   *   onended: (error: import("./camera.js").CameraError) => void,
   *   onloading: (part: number) => void}} listeners `stamp` is asked when a picture is taken, and
   *   comes with that picture's pose
   */
  constructor(urls, stage, { stamp, onpose, onended, onloading }) {
    this.#stage = stage;
    this.#stamp = stamp;
    this.#onpose = onpose;
    this.#onended = onended;
    const { models } = urls;
    this.#detector = new Detector({
      tasksVision: absolute(urls.tasks_vision),
      wasm: absolute(urls.wasm),
      models: [models.pose_full, models.pose_lite].filter(Boolean).map(absolute),
    }, { onpose: (pose) => this.#receive(pose), onloading });
    this.#heed();
  }

  get camera() { return this.#camera; }

  /** Which delegate and model run: "GPU full". */
  get delegate() { return this.#detector.delegate; }

  /** Poses a second. */
  get fps() { return this.#detector.stats.posesPerS; }

  /** What our own code takes of the main thread for a pose, drawing included, in the median. */
  get ownMs() { return this.#own.medianMs; }

  /** @returns {import("./load.js").Plan} how much is drawn and cut out at present */
  get plan() { return this.#governor.plan; }

  /** @param {boolean} wanted whether bodies are cut out as well */
  set silhouette(wanted) { this.#silhouette = wanted; }

  /**
   * @throws {import("./camera.js").CameraError} where there is no picture
   * @throws {Error} where no model runs
   */
  async start() {
    await this.#camera.start((picture) => this.#feed(picture), this.#onended);
    try {
      if (!this.#detector.delegate) await this.#detector.start();
    } catch (error) {
      this.#camera.stop();
      throw error;
    }
  }

  /** Close the camera; the detector stays warm. */
  close() { this.#camera.stop(); }

  stop() {
    this.#camera.stop();
    this.#detector.stop();
  }

  #feed(picture) {
    const begunMs = performance.now();
    this.#detector.feed(picture, this.#silhouette, this.#stamp());
    this.#own.add(performance.now() - begunMs);
  }

  #receive(pose) {
    if (!this.#camera.running) {  // taken just before the camera was closed
      pose.silhouette?.close();
      return;
    }
    const begunMs = performance.now();
    this.#govern(pose, begunMs);
    this.#onpose(pose);
    const { frames, ownMs } = this.#stage.stats;
    // How many pictures were drawn for this pose, at what one costs in the median.
    this.#own.add(performance.now() - begunMs + (frames - this.#drawn) * (ownMs || 0));
    this.#drawn = frames;
    this.#own.next();
  }

  #govern({ tookMs }, nowMs) {
    this.#governor.report({
      nowMs, poseMs: tookMs, drawMs: this.#stage.stats.ownMs, posesPerS: this.fps,
    });
    this.#heed();
  }

  #heed() {
    const { plan } = this.#governor;
    if (plan === this.#plan) return;
    this.#plan = plan;
    this.#detector.setCadence(plan);
    this.#stage.setPlan(plan);
  }
}
