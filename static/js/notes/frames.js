/** Single frames of videos, one after the other: a list of pictures needs no list of players. */

const PATIENCE_MS = 10_000;
const TALLEST_PX = 640;

const once = (video, name, signal) => new Promise((resolve, reject) => {
  const giveUp = setTimeout(() => reject(new Error(`no ${name} of ${video.src}`)), PATIENCE_MS);
  const end = (done) => (event) => {
    clearTimeout(giveUp);
    done(event);
  };
  video.addEventListener(name, end(resolve), { once: true, signal });
  video.addEventListener("error", end(() => reject(new Error(`${video.src} can't be played`))),
    { once: true, signal });
});

export class Frames {
  #videos = new Map();
  #last = Promise.resolve();
  #ending = new AbortController();

  /**
   * Draw what a video shows at a time.
   * @param {string} url @param {number} atS @param {HTMLCanvasElement} canvas gets its size
   */
  draw(url, atS, canvas) {
    const drawn = this.#last.then(() => this.#draw(url, atS, canvas));
    this.#last = drawn.catch(() => {});
    return drawn;
  }

  dispose() {
    this.#ending.abort();
    for (const video of this.#videos.values()) {
      video.removeAttribute("src");
      video.load();
    }
    this.#videos.clear();
  }

  async #draw(url, atS, canvas) {
    const video = await this.#open(url);
    const end = Number.isFinite(video.duration) ? video.duration - 0.02 : Infinity;
    const sought = once(video, "seeked", this.#ending.signal);
    video.currentTime = Math.max(0, Math.min(atS, end));
    await sought;
    const scale = Math.min(1, TALLEST_PX / video.videoHeight);
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
  }

  async #open(url) {
    const known = this.#videos.get(url);
    if (known) return known;
    const video = document.createElement("video");
    Object.assign(video, { muted: true, playsInline: true, preload: "auto" });
    video.crossOrigin = "anonymous";
    const loaded = once(video, "loadeddata", this.#ending.signal);
    video.src = url;
    await loaded;
    this.#videos.set(url, video);
    return video;
  }
}
