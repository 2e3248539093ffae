/** One joint over a repetition: every one of the client's, and the trainer's with its tolerance. */

import { fill } from "./data.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 640;
const HEIGHT = 240;
const LEFT = 44;
const BOTTOM = 26;
const TOP = 10;
const MOST_LINES = 60;
const LEAST_SPAN = 300; // tenths of a degree

const svg = (name, attributes, text = "") => {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.textContent = text;
  return element;
};

/**
 * Points of a line as runs without what was not seen.
 * @param {(?number)[]} values @param {(i: number) => number} x @param {(value: number) => number} y
 * @returns {string} of an SVG path
 */
export function pathOf(values, x, y) {
  let path = "";
  let drawn = false;
  values.forEach((value, i) => {
    if (value === null) {
      drawn = false;
      return;
    }
    path += `${drawn ? "L" : "M"}${x(i).toFixed(1)} ${y(value).toFixed(1)}`;
    drawn = true;
  });
  return path;
}

/**
 * The band about a line, as a closed path; what was not seen is left out.
 * @param {(?number)[]} values @param {number} by how far to either side
 */
export function bandOf(values, by, x, y) {
  const seen = values.map((value, i) => [value, i]).filter(([value]) => value !== null);
  if (seen.length < 2) return "";
  const above = seen.map(([value, i]) => `${x(i).toFixed(1)} ${y(value + by).toFixed(1)}`);
  const below = seen.map(([value, i]) => `${x(i).toFixed(1)} ${y(value - by).toFixed(1)}`);
  return `M${above.join("L")}L${below.reverse().join("L")}Z`;
}

/**
 * What the axis spans: all that is drawn, in whole tens of degrees.
 * @returns {[number, number]} tenths of a degree
 */
export function spanOf({ client, trainer, tolerance }) {
  const known = [...client.flat(), ...trainer.flat().flatMap((value) =>
    (value === null ? [null] : [value - tolerance, value + tolerance]))]
    .filter((value) => value !== null);
  if (known.length === 0) return [0, LEAST_SPAN];
  let low = Math.floor(Math.min(...known) / 100) * 100;
  let high = Math.ceil(Math.max(...known) / 100) * 100;
  if (high - low < LEAST_SPAN) [low, high] = [low - 100, high + 100];
  return [low, high];
}

/**
 * Draw a curve.
 * @param {SVGElement} picture
 * @param {object} curve as the server sent it
 * @param {number} rep which repetition stands out, from 0; -1 = none
 * @param {object} messages
 * @returns {boolean} whether there was anything to draw
 */
export function drawCurve(picture, curve, rep, messages) {
  const { client, trainer, kinds, tolerance } = curve;
  picture.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  picture.replaceChildren();
  if (client.every((values) => values.every((value) => value === null))) return false;
  const [low, high] = spanOf(curve);
  const count = trainer[0].length;
  const x = (i) => LEFT + ((WIDTH - LEFT - 8) * i) / (count - 1);
  const y = (value) => TOP + ((HEIGHT - TOP - BOTTOM) * (high - value)) / (high - low);
  const step = high - low > 1200 ? 400 : high - low > 600 ? 200 : 100;
  for (let value = Math.ceil(low / step) * step; value <= high; value += step) {
    picture.append(
      svg("line", { class: "curve-grid", x1: LEFT, x2: WIDTH - 8, y1: y(value), y2: y(value) }),
      svg("text", { class: "curve-tick", x: LEFT - 8, y: y(value) + 4, "text-anchor": "end" },
        fill(messages.degrees, { degrees: value / 10 })),
    );
  }
  [0, 50, 100].forEach((share) => picture.append(svg("text", {
    class: "curve-tick",
    x: x(((count - 1) * share) / 100),
    y: HEIGHT - 8,
    "text-anchor": { 0: "start", 50: "middle", 100: "end" }[share],
  }, `${share}%`)));
  const shown = rep >= 0 ? [kinds[rep]] : [...new Set(kinds)];
  for (const kind of shown) {
    picture.append(
      svg("path", { class: "curve-band", d: bandOf(trainer[kind], tolerance, x, y) }),
      svg("path", { class: "curve-trainer", d: pathOf(trainer[kind], x, y) }),
    );
  }
  const every = Math.ceil(client.length / MOST_LINES);
  client.forEach((values, i) => {
    if (i % every || i === rep) return;
    picture.append(svg("path", { class: "curve-rep", d: pathOf(values, x, y) }));
  });
  if (rep >= 0) {
    picture.append(svg("path", { class: "curve-this", d: pathOf(client[rep], x, y) }));
  }
  return true;
}
