/**
 * Films what the client has allowed, a film for each go at a set: the camera, the whole stage, or
 * the client alone.
 */

import { Recorder } from "./recorder.js";

/** Poses come about so often; a film of them needs no more. */
const SILHOUETTE_FPS = 15;
const GROUND = "#1a1b26";

export class Filming {
  #recorder;
  #stage;
  #camera;
  #canvas = null;
  #context = null;
  #stream = null;

  /**
   * @param {import("./logbook.js").Logbook} logbook
   * @param {{stage: HTMLCanvasElement, camera: () => MediaStream|null, slow: boolean,
   *   onstate: (state: import("./recorder.js").RecorderState) => void}} sources
   */
  constructor(logbook, { stage, camera, slow, onstate }) {
    this.#recorder = new Recorder(logbook, { onstate, slow });
    this.#stage = stage;
    this.#camera = camera;
  }

  /**
   * @param {"silhouette"|"video"|"stage"|null} content
   * @param {number} item id
   * @param {number} set from 0
   */
  begin(content, item, set) {
    const stream = this.#open(content);
    if (stream) this.#recorder.start({ stream, content, item, set });
  }

  /** Draw the client alone, where that is what is filmed. @param {import("./detector.js").Pose} pose */
  see({ silhouette, width, height }) {
    if (!this.#context || !silhouette) return;
    const canvas = this.#canvas;
    // A stream can't change its size: what comes later is fitted in.
    const scale = Math.min(canvas.width / width, canvas.height / height);
    this.#context.fillStyle = GROUND;
    this.#context.fillRect(0, 0, canvas.width, canvas.height);
    this.#context.drawImage(silhouette, (canvas.width - width * scale) / 2,
      (canvas.height - height * scale) / 2, width * scale, height * scale);
  }

  /** The set is over or stands still. */
  async end() {
    const stream = this.#stream;
    this.#forget();
    await this.#recorder.stop();
    // The camera's own stream goes on; ours ends with its film.
    for (const track of stream?.getTracks() ?? []) track.stop();
  }

  #open(content) {
    if (content === "video") return this.#camera();
    if (content === "stage") {
      this.#stream = this.#stage.captureStream(SILHOUETTE_FPS);
    } else if (content === "silhouette") {
      const { width = 640, height = 480 } = this.#camera()?.getVideoTracks()[0]?.getSettings() ?? {};
      const scale = Math.min(1, 640 / Math.max(width, height));
      this.#canvas = document.createElement("canvas");
      this.#canvas.width = Math.round((width * scale) / 2) * 2;
      this.#canvas.height = Math.round((height * scale) / 2) * 2;
      this.#context = this.#canvas.getContext("2d");
      this.#context.fillStyle = GROUND;
      this.#context.fillRect(0, 0, this.#canvas.width, this.#canvas.height);
      this.#stream = this.#canvas.captureStream(SILHOUETTE_FPS);
    }
    return this.#stream;
  }

  #forget() {
    this.#stream = null;
    this.#canvas = null;
    this.#context = null;
  }
}
