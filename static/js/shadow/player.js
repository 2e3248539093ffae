/**
 * The trainer: the transparent video in a loop, its poses, and how far play has come.
 */

import { bodyRegion, measureAll } from "./fit.js";
import { unpack } from "./packed.js";
import { prepare } from "./reference.js";

/** A jump back by more than this share of the clip is the loop starting anew. */
const WRAP_SHARE = 0.5;

/**
 * @typedef {object} Trainer what is known of one item's trainer
 * @property {import("./packed.js").PackedPoses} poses
 * @property {import("./reference.js").Reference} reference
 * @property {import("./fit.js").Box} region of the picture that the body ever fills
 * @property {import("./fit.js").Measure|null} home where the body is on average
 */

/**
 * Fetch and prepare an item's poses.
 * @param {object} item of the page's config
 * @returns {Promise<Trainer>}
 */
export async function loadTrainer(item) {
  const response = await fetch(item.poses, { credentials: "same-origin" });
  if (!response.ok) throw new Error(`the poses answered ${response.status}`);
  const poses = await unpack(await response.arrayBuffer());
  if (poses.times_s.length === 0) throw new Error("the poses are empty");
  return {
    poses,
    reference: prepare(poses.times_s, poses.world, poses.visibility, item.duration_s,
      item.focus ?? []),
    region: bodyRegion(poses.image, poses.width, poses.height),
    home: measureAll(poses),
  };
}

export class Player {
  #video;
  #durationS = 1;
  #loops = 0;
  #lastS = 0;
  #shownS = 0;
  #frames = 0;
  #callback = 0;
  #address = "";

  constructor() {
    this.#video = document.createElement("video");
    // Media may come from a bucket at another origin; without this its pixels are out of bounds.
    this.#video.crossOrigin = "anonymous";
    this.#video.playsInline = true;
    this.#video.loop = true;
    this.#video.preload = "auto";
  }

  /** The element to draw; its picture has straight alpha. */
  get video() { return this.#video; }

  /** Whether there is a picture to draw. */
  get drawable() { return this.#video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA; }

  /** The clip's time of the frame on show: poses are looked up by it. */
  get shownS() { return this.#callback ? this.#shownS : this.#video.currentTime; }

  /** Changes with every frame that comes on show. */
  get frameId() { return this.#callback ? this.#frames : this.#video.currentTime; }

  /** Seconds played since start(), over all loops. */
  get positionS() {
    const now = this.#video.currentTime;
    if (now < this.#lastS - WRAP_SHARE * this.#durationS) this.#loops += 1;
    this.#lastS = now;
    return this.#loops * this.#durationS + now;
  }

  /**
   * Show another item's video, at its start and at rest.
   * @param {{video: string, duration_s: number}} item
   */
  load(item) {
    this.#durationS = item.duration_s;
    if (this.#address !== item.video) {
      this.#address = item.video;
      this.#video.src = item.video;
    }
    this.rewind();
    this.#watch();
  }

  rewind() {
    this.#video.pause();
    this.#video.currentTime = 0;
    this.#loops = 0;
    this.#lastS = 0;
  }

  /** Play from the start. */
  async start() {
    this.rewind();
    try {
      await this.#video.play();
    } catch (error) {
      if (error.name !== "NotAllowedError") throw error;
      // Sound needs a gesture in some browsers; the movement does not.
      this.#video.muted = true;
      await this.#video.play();
    }
  }

  pause() {
    this.#video.pause();
  }

  stop() {
    this.#video.cancelVideoFrameCallback?.(this.#callback);
    this.#callback = 0;
    this.#video.pause();
    this.#video.removeAttribute("src");
    this.#video.load();
    this.#address = "";
  }

  #watch() {
    const video = this.#video;
    if (this.#callback || !video.requestVideoFrameCallback) return;
    const next = (_, { mediaTime }) => {
      this.#shownS = mediaTime;
      this.#frames += 1;
      this.#callback = video.requestVideoFrameCallback(next);
    };
    this.#callback = video.requestVideoFrameCallback(next);
  }
}
