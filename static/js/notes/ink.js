/** Paints strokes over a picture, as vectors: they stay in place at any size. */

import { COLOURS, HEIGHT, shapeOf } from "./strokes.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 9;
const HALO = 17;

const make = (name, attributes) => {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
};

/**
 * @param {SVGElement} svg covers the picture's element
 * @param {import("./strokes.js").Stroke[]} strokes those of this picture
 * @param {number} ratio the picture's width by its height
 */
export function paint(svg, strokes, ratio) {
  svg.setAttribute("viewBox", `0 0 ${(ratio * HEIGHT).toFixed(1)} ${HEIGHT}`);
  svg.replaceChildren(...strokes.map((stroke) => drawn(stroke, ratio)));
}

function drawn(stroke, ratio) {
  const { d, circle, label } = shapeOf(stroke, ratio);
  const group = make("g", { "data-tool": stroke.tool, "data-colour": stroke.colour });
  const line = (width, colour) => {
    const how = {
      fill: "none", stroke: colour, "stroke-width": width, "stroke-linecap": "round",
      "stroke-linejoin": "round",
    };
    group.append(circle
      ? make("circle", { ...how, cx: circle.x, cy: circle.y, r: circle.r })
      : make("path", { ...how, d }));
  };
  // A dark edge, so that it is seen on skin as on a wall.
  line(HALO, "#00000099");
  line(WIDTH, COLOURS[stroke.colour]);
  if (label) {
    const text = make("text", {
      x: label.x, y: label.y, fill: COLOURS[stroke.colour], stroke: "#000000cc",
      "stroke-width": 12, "paint-order": "stroke", "font-size": 58, "font-weight": 700,
      "text-anchor": "middle", "dominant-baseline": "middle",
    });
    text.textContent = `${Math.round(label.degrees)}°`;
    group.append(text);
  }
  return group;
}

/**
 * Where a pointer is in the picture.
 * @param {SVGElement} svg painted once at least
 * @param {{clientX: number, clientY: number}} event
 * @param {number} ratio
 * @returns {[number, number]} 0..1 within the picture, less or more beside it
 */
export function placeOf(svg, { clientX, clientY }, ratio) {
  const at = new DOMPoint(clientX, clientY).matrixTransform(svg.getScreenCTM().inverse());
  return [at.x / (ratio * HEIGHT), at.y / HEIGHT];
}
