/**
 * The trainer: the transparent video in a loop, its poses, and how far play has come.
 */

import { bodyRegion, measureAll, torsoLength } from "./fit.js";
import { unpack } from "./packed.js";
import { prepare } from "./reference.js";
import { decodesAlpha } from "./stage/alpha_support.js";

/** A jump back by more than this share of the clip is the loop starting anew. */
const WRAP_SHARE = 0.5;
const SLOWEST = 0.5;
const FASTEST = 1.25;

/**
 * @typedef {object} Trainer what is known of one item's trainer
 * @property {import("./packed.js").PackedPoses} poses
 * @property {import("./reference.js").Reference} reference
 * @property {import("./fit.js").Box} region of the picture that the body ever fills
 * @property {import("./fit.js").Measure|null} home where the body is on average
 * @property {number} torsoM how long the torso is, metres
 * @property {string|null} mesh address of the engine's own mesh
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
    torsoM: torsoLength(poses.world),
    mesh: item.mesh ?? null,
  };
}

export class Player {
  #video;
  #wanted;
  #stacked = false;
  #durationS = 1;
  #loops = 0;
  #lastS = 0;
  #shownS = 0;
  #frames = 0;
  #callback = 0;
  #onframe = () => {};
  #item = null;
  #ready = Promise.resolve();
  #muted = false;
  #previewing = false;
  /** Sound needs a gesture in some browsers; the movement does not. */
  #refused = false;

  /**
   * @param {{video?: "auto"|"transparent"|"stacked"|null}} [options] which of an item's two videos
   *   to play; by itself it takes the one whose alpha this browser decodes
   */
  constructor({ video = "auto" } = {}) {
    this.#wanted = video ?? "auto";
    this.#video = document.createElement("video");
    // Media may come from a bucket at another origin; without this its pixels are out of bounds.
    this.#video.crossOrigin = "anonymous";
    this.#video.playsInline = true;
    this.#video.loop = true;
    this.#video.preload = "auto";
    this.#video.preservesPitch = true;
    // While it rests, a picture may come on show when nobody looks for the next one.
    for (const event of ["loadeddata", "seeked"]) {
      this.#video.addEventListener(event, () => {
        if (this.#video.paused) this.#show(this.#video.currentTime);
      });
    }
  }

  /** The element to draw; its picture has straight alpha, or is stacked. */
  get video() { return this.#video; }

  /** Whether the picture is colour over matte, in twice the height. */
  get stacked() { return this.#stacked; }

  /** Whether there is a picture to draw. */
  get drawable() { return this.#video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA; }

  /** The clip's time of the frame on show: poses are looked up by it. */
  get shownS() { return this.#looks ? this.#shownS : this.#video.currentTime; }

  /** Changes with every frame that is seen to come on show, see look(). */
  get frameId() { return this.#looks ? this.#frames : this.#video.currentTime; }

  get #looks() { return "requestVideoFrameCallback" in this.#video; }

  /**
   * See which frame comes on show next: that one alone, as a video that is watched makes the browser
   * prepare sixty frames a second of the page.
   * @param {() => void} onframe called then; what it draws at once is that frame
   */
  look(onframe) {
    this.#onframe = onframe;
    if (this.#callback || !this.#looks) return;
    this.#callback = this.#video.requestVideoFrameCallback((_, { mediaTime }) => {
      this.#callback = 0;
      this.#show(mediaTime);
    });
  }

  lookAway() {
    if (this.#callback) this.#video.cancelVideoFrameCallback(this.#callback);
    this.#callback = 0;
  }

  /** Seconds of the clip played since start(), over all loops: at half the rate half as many. */
  get positionS() {
    const now = this.#video.currentTime;
    if (now < this.#lastS - WRAP_SHARE * this.#durationS) this.#loops += 1;
    this.#lastS = now;
    return this.#loops * this.#durationS + now;
  }

  /** How fast it plays, 0.5 to 1.25; voices keep their pitch. */
  get rate() { return this.#video.defaultPlaybackRate; }

  set rate(rate) {
    const kept = Math.min(FASTEST, Math.max(SLOWEST, rate));
    // Another source takes the default rate.
    this.#video.defaultPlaybackRate = kept;
    this.#video.playbackRate = kept;
  }

  /**
   * Show another item's video, at its start and at rest.
   * @param {{video: string, stacked?: string|null, duration_s: number}} item
   */
  load(item) {
    this.#durationS = item.duration_s;
    if (this.#item?.video !== item.video) {
      this.#item = item;
      this.#ready = this.#take(item);
    }
    this.rewind();
  }

  rewind() {
    this.#previewing = false;
    this.#video.pause();
    this.#video.currentTime = 0;
    this.#loops = 0;
    this.#lastS = 0;
  }

  /** Whether the trainer is to be heard. @param {boolean} muted */
  set muted(muted) {
    this.#muted = muted;
    this.#hush();
  }

  /** Play from the start. */
  async start() {
    this.rewind();
    await this.resume();
  }

  /** Show what is to come, without its sound, until something else is asked for. */
  async preview() {
    this.rewind();
    if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    this.#previewing = true;
    await this.#play();
  }

  /** Go on where it was paused. */
  async resume() {
    this.#previewing = false;
    await this.#play();
  }

  pause() {
    this.#video.pause();
  }

  stop() {
    this.lookAway();
    this.#video.pause();
    this.#video.removeAttribute("src");
    this.#video.load();
    this.#item = null;
  }

  async #play() {
    const item = this.#item;
    const previewing = this.#previewing;
    await this.#ready;
    // Stopped, given another item or asked for something else in the meantime.
    if (item !== this.#item || previewing !== this.#previewing) return;
    this.#hush();
    try {
      await this.#video.play();
    } catch (error) {
      if (error.name !== "NotAllowedError") throw error;
      this.#refused = true;
      this.#hush();
      await this.#video.play();
    }
  }

  #hush() {
    this.#video.muted = this.#muted || this.#previewing || this.#refused;
  }

  /** Choose the video and begin to load it. */
  async #take(item) {
    const stacked = Boolean(item.stacked) && await this.#needsStacked();
    if (item !== this.#item) return;
    this.#stacked = stacked;
    this.#shownS = 0;
    this.#video.src = stacked ? item.stacked : item.video;
  }

  async #needsStacked() {
    if (this.#wanted === "auto") return !await decodesAlpha();
    return this.#wanted === "stacked";
  }

  #show(atS) {
    this.#shownS = atS;
    this.#frames += 1;
    this.#onframe();
  }
}
