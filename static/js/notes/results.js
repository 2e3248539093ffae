/** The client's results: pictures of the trainer's notes, once they come into sight. */

import { showPictures } from "./card.js";
import { Frames } from "./frames.js";

const config = JSON.parse(document.getElementById("notes-config").textContent);
const page = { ...config, frames: new Frames() };
const notes = new Map(config.notes.map((note) => [String(note.id), note]));
const seen = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    seen.unobserve(target);
    showPictures(target, notes.get(target.dataset.notePictures), page);
  }
}, { rootMargin: "200px" });
const holders = document.querySelectorAll("[data-note-pictures]");
for (const holder of holders) seen.observe(holder);
// On paper all of it is in sight.
window.addEventListener("beforeprint", () => {
  for (const holder of holders) {
    if ("shown" in holder.dataset) continue;
    seen.unobserve(holder);
    showPictures(holder, notes.get(holder.dataset.notePictures), page);
  }
});
window.addEventListener("pagehide", (event) => { if (!event.persisted) page.frames.dispose(); });
