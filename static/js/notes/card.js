/** The pictures of a note: both people at its instant, with what was drawn over them. */

import { drawFigure, frameOf } from "../report/picture.js";
import { boxOf, project } from "../report/view.js";
import { paint } from "./ink.js";

const SVG = "http://www.w3.org/2000/svg";
const FIGURE_PX = 560;
const USUAL_RATIO = 0.75;

/**
 * How a stored skeleton is shown where nobody has drawn on it.
 * @param {object} figure as stored
 */
function usualView(figure) {
  const pose = { mirror: true, yawRad: 0 };
  const box = boxOf(project(metres(figure), pose), shares(figure));
  if (box.left > box.right) return null;
  const frame = frameOf(box, USUAL_RATIO, 1);
  return { mirror: true, yaw_rad: 0, frame: [frame.left, frame.top, frame.width, frame.height] };
}

const metres = ({ landmarks }) => Float64Array.from(landmarks, (value) => value / 1000);
const shares = ({ visibility }) => Float64Array.from(visibility, (value) => value / 100);

/** @param {number[]} frame as stored */
export const frameFrom = ([left, top, width, height]) => ({ left, top, width, height });

/**
 * Which pictures a note has: the trainer, and the client as filmed or as a skeleton, whichever
 * was drawn on, or both.
 * @param {object} note as docs/formats.md has it
 * @param {Record<number, {video: string}>} items
 * @returns {{on: string, strokes: object[]}[]}
 */
export function picturesOf(note, items) {
  if (note.at_s === null) return [];
  const strokes = (on) => note.strokes.filter((stroke) => stroke.on === on);
  const has = {
    trainer: Boolean(items[note.item]?.video) && note.clip_s !== null,
    recording: Boolean(note.film),
    client: Boolean(note.figure),
  };
  const drawnOn = (on) => strokes(on).length > 0;
  const shown = ["trainer", "recording", "client"].filter((on) => has[on]);
  const either = shown.filter((on) => on !== "trainer");
  const drawn = either.filter(drawnOn);
  const client = drawn.length > 0 ? drawn : either.slice(0, 1);
  return shown.filter((on) => on === "trainer" || client.includes(on))
    .map((on) => ({ on, strokes: strokes(on) }));
}

/**
 * Put a note's pictures where they belong.
 * @param {HTMLElement} holder
 * @param {object} note
 * @param {{items: object, frames: import("./frames.js").Frames,
 *   captions: {trainer: string, client: string}, drawing: string}} page
 * @returns {Promise<void>} once all that can be shown is
 */
export async function showPictures(holder, note, page) {
  const shown = picturesOf(note, page.items).map(({ on, strokes }) => {
    const figure = document.createElement("figure");
    figure.className = `note-picture note-picture-${on}`;
    const frame = document.createElement("div");
    frame.className = "note-frame";
    const canvas = document.createElement("canvas");
    const caption = document.createElement("figcaption");
    caption.textContent = on === "trainer" ? page.captions.trainer : page.captions.client;
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", caption.textContent);
    frame.append(canvas);
    figure.append(frame, caption);
    return { on, strokes, figure, frame, canvas };
  });
  holder.replaceChildren(...shown.map(({ figure }) => figure));
  holder.hidden = shown.length === 0;
  const done = shown.map(async ({ on, strokes, figure, frame, canvas }) => {
    try {
      await draw(on, note, canvas, page);
    } catch (error) {
      // A picture that is gone takes its drawing with it: a line over nothing says nothing.
      console.warn(error);
      figure.remove();
      return;
    }
    const ratio = canvas.width / canvas.height;
    figure.style.setProperty("--ratio", ratio.toFixed(4));
    if (strokes.length === 0) return;
    const ink = document.createElementNS(SVG, "svg");
    ink.setAttribute("class", "ink");
    ink.setAttribute("role", "img");
    ink.setAttribute("aria-label", page.drawing);
    paint(ink, strokes, ratio);
    frame.append(ink);
  });
  await Promise.all(done);
  holder.dataset.shown = "";
}

async function draw(on, note, canvas, { items, frames }) {
  if (on === "trainer") await frames.draw(items[note.item].video, note.clip_s, canvas);
  else if (on === "recording") await frames.draw(note.film.url, note.film.at_s, canvas);
  else drawSkeleton(canvas, note);
}

function drawSkeleton(canvas, { figure, view }) {
  const shown = view ?? usualView(figure);
  if (!shown) throw new Error("nobody to be seen");
  const frame = frameFrom(shown.frame);
  canvas.height = FIGURE_PX;
  canvas.width = Math.round((FIGURE_PX * frame.width) / frame.height);
  drawFigure(canvas, {
    flat: project(metres(figure), { mirror: shown.mirror, yawRad: shown.yaw_rad }),
    visibility: shares(figure),
    errors: figure.errors ?? new Array(13).fill(null),
    trainer: null,
  }, frame);
}
