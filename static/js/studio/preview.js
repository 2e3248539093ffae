/** A finished clip: the transparent video with the skeleton that was read from it. */

import { nearestIndex } from "../shadow/nearest.js";
import { unpack } from "../shadow/packed.js";
import { EDGES, LANDMARK_COUNT } from "../shadow/skeleton.js";

const SEEN = 0.5;
const LINE_WIDTH = 0.006; // of the picture's height
const LEFT = "#00ff88";
const RIGHT = "#ffaa00";
const MIDDLE = "#ffffff";
// From here on odd landmarks are on the left side of the body, even ones on the right.
const BODY = 11;

class Preview {
  #root;
  #stage;
  #video;
  #canvas;
  #pen;
  /** @type {import("../shadow/packed.js").PackedPoses | null} */
  #poses = null;
  #time_s = 0;
  #callback = 0;
  #listening = new AbortController();

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#root = root;
    this.#stage = root.querySelector("[data-stage]");
    this.#video = root.querySelector("video");
    this.#canvas = root.querySelector("canvas");
    this.#pen = this.#canvas.getContext("2d");
  }

  async connect() {
    const { signal } = this.#listening;
    const on = (selector, name, action) => {
      for (const element of this.#root.querySelectorAll(selector)) {
        element.addEventListener(name, action, { signal });
      }
    };
    on("[data-play]", "click", () => (this.#video.paused ? this.#video.play() : this.#video.pause()));
    on("[data-skeleton]", "change", () => this.#draw());
    on("[data-sound]", "change", (event) => { this.#video.muted = !event.target.checked; });
    on("[data-seek]", "input", (event) => {
      this.#video.currentTime = Number(event.target.value) * (this.#video.duration || 0);
    });
    on('[name="preview-ground"]', "change", (event) => {
      this.#stage.classList.remove("checkerboard", "ground-grey", "ground-dark");
      this.#stage.classList.add(event.target.value);
    });
    for (const name of ["play", "pause"]) {
      this.#video.addEventListener(name, () => this.#showPlaying(), { signal });
    }
    this.#showPlaying();
    this.#callback = this.#video.requestVideoFrameCallback(this.#shown);
    try {
      const response = await fetch(this.#root.dataset.poses, { signal });
      if (!response.ok) throw new Error(`the poses answered ${response.status}`);
      this.#poses = await unpack(await response.arrayBuffer());
      this.#canvas.width = this.#poses.width;
      this.#canvas.height = this.#poses.height;
      this.#draw();
    } catch (error) {
      if (signal.aborted) return;
      console.error(error);
      const place = this.#root.querySelector("[data-problem]");
      place.textContent = this.#root.dataset.unavailable;
      place.hidden = false;
    }
  }

  disconnect() {
    this.#listening.abort();
    this.#video.cancelVideoFrameCallback(this.#callback);
    this.#video.pause();
  }

  #showPlaying() {
    const button = this.#root.querySelector("[data-play]");
    const playing = !this.#video.paused;
    button.setAttribute("aria-pressed", String(playing));
    button.querySelector(".material-symbols-outlined").textContent = playing ? "pause" : "play_arrow";
    button.querySelector("[data-label]").textContent =
      playing ? button.dataset.pauseLabel : button.dataset.playLabel;
  }

  /** Draws the pose of the very frame that is on the screen. */
  #shown = (_now, metadata) => {
    this.#time_s = metadata.mediaTime;
    this.#draw();
    if (this.#video.duration) {
      this.#root.querySelector("[data-seek]").value = String(this.#time_s / this.#video.duration);
    }
    this.#callback = this.#video.requestVideoFrameCallback(this.#shown);
  };

  #draw() {
    const pen = this.#pen;
    pen.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    if (!this.#poses || !this.#root.querySelector("[data-skeleton]").checked) return;
    const frame = nearestIndex(this.#poses.times_s, this.#time_s, 1.5 / this.#poses.fps);
    if (frame < 0) return;
    const { image, visibility, height } = this.#poses;
    const first = frame * LANDMARK_COUNT;
    pen.lineWidth = Math.max(2, LINE_WIDTH * height);
    pen.lineCap = "round";
    for (const [start, end] of EDGES) {
      const a = first + start;
      const b = first + end;
      if (!(visibility[a] >= SEEN && visibility[b] >= SEEN)) continue;
      pen.strokeStyle = start < BODY || start % 2 !== end % 2 ? MIDDLE : start % 2 ? LEFT : RIGHT;
      pen.beginPath();
      pen.moveTo(image[2 * a], image[2 * a + 1]);
      pen.lineTo(image[2 * b], image[2 * b + 1]);
      pen.stroke();
    }
    pen.fillStyle = MIDDLE;
    for (let joint = BODY; joint < LANDMARK_COUNT; joint += 1) {
      const at = first + joint;
      if (!(visibility[at] >= SEEN)) continue;
      pen.beginPath();
      pen.arc(image[2 * at], image[2 * at + 1], 0.6 * pen.lineWidth, 0, 2 * Math.PI);
      pen.fill();
    }
  }
}

/** @type {Map<HTMLElement, Preview>} */
const previews = new Map();

/** The panel arrives with the page or with a poll, and may be swapped out again. */
function attend() {
  for (const [element, preview] of previews) {
    if (element.isConnected) continue;
    preview.disconnect();
    previews.delete(element);
  }
  for (const element of document.querySelectorAll("[data-preview]")) {
    if (previews.has(element)) continue;
    const preview = new Preview(element);
    previews.set(element, preview);
    preview.connect();
  }
}

attend();
document.addEventListener("htmx:afterSettle", attend);
