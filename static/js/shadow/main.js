/**
 * Shadow Mode's entry: the only module that does something when it is loaded.
 *
 * <main id="shadow"> carries the state in data attributes, for styles and for tests: phase, grade,
 * score, frames, acked, made, reps, mirror, lag, fps, delegate, item, set, error, saving.
 */

import { Practice } from "./practice.js";

const root = document.getElementById("shadow");
const config = JSON.parse(document.getElementById("shadow-config").textContent);
const asked = new URLSearchParams(window.location.search);
const practice = new Practice(root, config, {
  // For measuring what drawing costs: everything is done but that.
  renderer: asked.get("renderer") === "null" ? "null" : "webgl",
  video: asked.get("video"),
});

practice.connect();
// A page kept for "back" must not keep the camera: it begins anew when it is shown again.
window.addEventListener("pagehide", () => practice.disconnect());
window.addEventListener("pageshow", ({ persisted }) => {
  if (persisted) window.location.reload();
});
