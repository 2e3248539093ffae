/**
 * A video's frames, smaller: where the processor draws, uploading them whole costs it more than
 * drawing them, and most of the rest is the conversion of their colours, which a worker can do.
 */

export class Shrunk {
  #canvas = null;
  #context = null;
  #worker = null;
  /** What is done with the copy that is being made. */
  #wanted = null;
  /** What is asked for meanwhile, of a video at rest: no newer frame will come. */
  #next = null;
  #able = typeof VideoFrame !== "undefined" && typeof Worker !== "undefined";

  /** @returns {OffscreenCanvas} the present frame, at once */
  of(video, width, height) {
    this.#canvas ??= new OffscreenCanvas(2, 2);
    this.#context ??= this.#canvas.getContext("2d", { willReadFrequently: true });
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      Object.assign(this.#canvas, { width, height });
    } else {
      this.#context.clearRect(0, 0, width, height);
    }
    this.#context.drawImage(video, 0, 0, width, height);
    return this.#canvas;
  }

  /**
   * Copy the present frame in the worker; while it is at one, newer ones are let go.
   * @param {(copy: ImageBitmap) => void} onready gets the copy, premultiplied, and closes it
   * @returns {boolean} false where this browser has no way to: then take it at once
   */
  later(video, width, height, onready) {
    if (!this.#able) return false;
    if (this.#wanted) {
      this.#next = video.paused ? [video, width, height, onready] : null;
      return true;
    }
    let frame;
    try {
      frame = new VideoFrame(video, { timestamp: 0 });
    } catch {
      return false;  // there is none at present
    }
    this.#worker ??= this.#start();
    this.#wanted = onready;
    this.#worker.postMessage({ frame, width, height }, [frame]);
    return true;
  }

  /** What is being copied is not wanted any more. */
  forget() {
    this.#next = null;
    if (this.#wanted) this.#wanted = (copy) => copy.close();
  }

  dispose() {
    this.#worker?.terminate();
    this.#worker = null;
    this.#wanted = null;
    this.#next = null;
  }

  #start() {
    const worker = new Worker(new URL("./shrink_worker.js", import.meta.url), { type: "module" });
    worker.onmessage = ({ data: copy }) => {
      const onready = this.#wanted;
      this.#wanted = null;
      if (onready) onready(copy);
      else copy.close();
      const next = this.#next;
      this.#next = null;
      if (next) this.later(...next);
    };
    worker.onerror = () => {
      this.#able = false;
      this.dispose();
    };
    return worker;
  }
}
