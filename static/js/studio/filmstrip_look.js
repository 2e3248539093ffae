/** The large picture beside the filmstrip: the tile of a time, or the result at that time. */

import { paintTile } from "./filmstrip_canvas.js";
import { tileAt } from "./filmstrip_scale.js";

export class Look {
  #root;
  #canvas;
  #video;
  #button;
  #sheet;
  #take;
  #clock;
  #played;
  #frame = 0;
  #time_s = 0;
  #untilS = 0;

  /**
   * @param {HTMLElement} root of the filmstrip
   * @param {HTMLImageElement} sheet
   * @param {object} take as the page brings it
   * @param {object} about
   * @param {(t: number) => string} about.clock
   * @param {(t: number) => void} about.played told each time that is shown while playing
   * @param {AbortSignal} about.signal
   */
  constructor(root, sheet, take, { clock, played, signal }) {
    this.#root = root;
    this.#canvas = root.querySelector("[data-look]");
    this.#video = root.querySelector("[data-look-video]");
    this.#button = root.querySelector("[data-play]");
    this.#sheet = sheet;
    this.#take = take;
    this.#clock = clock;
    this.#played = played;
    this.#canvas.width = take.tiles.width;
    this.#canvas.height = take.tiles.height;
    this.#canvas.parentElement.style.aspectRatio = `${take.tiles.width} / ${take.tiles.height}`;
    this.#video.addEventListener("ended", () => this.pause(), { signal });
    // Not sooner: what it showed before is of another time.
    this.#video.addEventListener("seeked", () => {
      this.#video.hidden = !this.hasVideo(this.#time_s);
    }, { signal });
    signal.addEventListener("abort", () => this.pause());
    this.attendVideo();
  }

  get isPlaying() {
    return !this.#video.paused;
  }

  /** Once the take is rendered, the result can be looked at as well. */
  attendVideo() {
    if (this.#video.src || !document.querySelector("[data-preview]")) return;
    this.#video.src = this.#take.video;
    this.#video.preload = "auto";
    this.#button.disabled = false;
  }

  /** @param {number} t */
  hasVideo(t) {
    const { start_s: start, end_s: end } = this.#take.published;
    return Boolean(this.#video.src) && start <= t && t < end;
  }

  /** @param {number} t @param {boolean} [withVideo] where there is one; else the tile, at once */
  show(t, withVideo = true) {
    this.#time_s = t;
    this.#root.querySelector("[data-time]").textContent = this.#clock(t);
    if (this.#sheet.naturalWidth) {
      paintTile(this.#canvas, this.#sheet, this.#take.tiles, tileAt(this.#take.tiles, t));
    }
    if (!withVideo || !this.hasVideo(t)) this.#video.hidden = true;
    else if (this.#video.paused) this.#video.currentTime = t - this.#take.published.start_s;
  }

  /** @param {number} fromS @param {number} untilS */
  async play(fromS, untilS) {
    const { start_s: start, end_s: end } = this.#take.published;
    const from = this.hasVideo(fromS) ? fromS : start;
    this.#time_s = from;
    this.#untilS = Math.min(untilS, end);
    this.#video.currentTime = from - start;
    this.#video.hidden = false;
    this.#showPlaying(true);
    try {
      await this.#video.play();
    } catch {
      this.pause();
      return;
    }
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(this.#step);
  }

  pause() {
    cancelAnimationFrame(this.#frame);
    this.#video.pause();
    this.#showPlaying(false);
  }

  #step = () => {
    const t = this.#take.published.start_s + this.#video.currentTime;
    this.#played(t);
    if (t >= this.#untilS) this.pause();
    else this.#frame = requestAnimationFrame(this.#step);
  };

  #showPlaying(playing) {
    this.#button.setAttribute("aria-pressed", String(playing));
    this.#button.querySelector(".material-symbols-outlined").textContent =
      playing ? "pause" : "play_arrow";
  }
}
