/**
 * Whether this browser decodes VP9's alpha: some play the video and drop the alpha without a word,
 * whatever they call themselves. So one is decoded, and a pixel of it is looked at.
 */

/** Left half opaque, right half clear: made by tools/make_alpha_probe.py. */
const PROBE = new URL("./alpha_probe.webm", import.meta.url);
const PATIENCE_MS = 4000;

let answer = null;

/** @returns {Promise<boolean>} found out once */
export function decodesAlpha() {
  answer ??= probe();
  return answer;
}

async function probe() {
  const video = document.createElement("video");
  const listeners = new AbortController();
  video.muted = true;
  video.playsInline = true;
  video.preload = "auto";
  try {
    await firstFrame(video, listeners.signal);
    return showsAlpha(video);
  } catch {
    return false;  // it can't play WebM or VP9 at all, or not in time
  } finally {
    listeners.abort();
    video.removeAttribute("src");
    video.load();
  }
}

function firstFrame(video, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("no frame came")), PATIENCE_MS);
    signal.addEventListener("abort", () => clearTimeout(timer));
    video.addEventListener("loadeddata", resolve, { signal });
    video.addEventListener("error", () => reject(video.error), { signal });
    video.src = PROBE.href;
    // Some phones decode nothing before it plays; muted, it may.
    video.play().catch(() => {});
  });
}

function showsAlpha(video) {
  const { videoWidth: width, videoHeight: height } = video;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(video, 0, 0);
  const alphaAt = (x) => context.getImageData(Math.floor(x * width), height >> 1, 1, 1).data[3];
  return alphaAt(0.25) > 192 && alphaAt(0.75) < 64;
}
