/**
 * Strokes over a picture: their shapes, lengths and angles. Pure.
 * Points are 0..1 of the picture from its top left corner; `ratio` is its width by its height.
 */

/**
 * @typedef {object} Stroke
 * @property {"trainer"|"client"|"recording"} on which picture
 * @property {"pen"|"line"|"arrow"|"circle"|"angle"} tool
 * @property {string} colour a key of `COLOURS`
 * @property {[number, number][]} points
 */

export const COLOURS = Object.freeze({
  green: "#00ff88", yellow: "#ffcf33", red: "#ff5c5c", blue: "#5cc8ff", white: "#ffffff",
});
/** How many points a stroke takes; a pen's go on. */
export const POINTS = Object.freeze({ pen: Infinity, line: 2, arrow: 2, circle: 2, angle: 3 });
/** Height of the drawing's own coordinates. */
export const HEIGHT = 1000;

const ARROW = 42;
const ARROW_WIDE = 0.45; // radians to either side
const ARC = 70;
const TOLERANCE = 0.002;
const ROUNDED = 10_000;

/** @param {number} value @returns {number} within 0..1, four decimals: what is stored */
export const kept = (value) => Math.round(Math.min(1, Math.max(0, value)) * ROUNDED) / ROUNDED;

const placed = (points, ratio) => points.map(([x, y]) => [x * ratio * HEIGHT, y * HEIGHT]);
const path = (points) => points.map(([x, y], i) =>
  `${i === 0 ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");

/**
 * The angle at the second of three points.
 * @param {[number, number][]} points @param {number} ratio
 * @returns {number} degrees, 0..180
 */
export function angleOf(points, ratio) {
  const [[ax, ay], [bx, by], [cx, cy]] = placed(points, ratio);
  const cross = (ax - bx) * (cy - by) - (ay - by) * (cx - bx);
  const dot = (ax - bx) * (cx - bx) + (ay - by) * (cy - by);
  return (Math.abs(Math.atan2(cross, dot)) * 180) / Math.PI;
}

/**
 * What a stroke looks like.
 * @param {Stroke} stroke may have fewer points than it will
 * @param {number} ratio
 * @returns {{d: string, circle: ?{x: number, y: number, r: number},
 *   label: ?{x: number, y: number, degrees: number}}} in units of `HEIGHT`
 */
export function shapeOf({ tool, points }, ratio) {
  const at = placed(points, ratio);
  if (at.length < 2) return { d: at.length ? `${path(at)}h0.1` : "", circle: null, label: null };
  if (tool === "circle") {
    const [[x, y], [px, py]] = at;
    return { d: "", circle: { x, y, r: Math.hypot(px - x, py - y) }, label: null };
  }
  if (tool === "arrow") return { d: path(at) + head(at), circle: null, label: null };
  if (tool === "angle" && at.length === 3) return corner(at, angleOf(points, ratio));
  return { d: path(at), circle: null, label: null };
}

function head([[ax, ay], [bx, by]]) {
  const back = Math.atan2(ay - by, ax - bx);
  const long = Math.min(ARROW, Math.hypot(ax - bx, ay - by) / 2);
  const wing = (by_) => [bx + long * Math.cos(back + by_), by + long * Math.sin(back + by_)];
  return path([wing(ARROW_WIDE), [bx, by], wing(-ARROW_WIDE)]);
}

function corner(at, degrees) {
  const [a, b, c] = at;
  const long = Math.min(ARC, ...[a, c].map(([x, y]) => Math.hypot(x - b[0], y - b[1]) / 2));
  const along = ([x, y], by) => {
    const length = Math.hypot(x - b[0], y - b[1]) || 1;
    return [b[0] + ((x - b[0]) * by) / length, b[1] + ((y - b[1]) * by) / length];
  };
  const [from, to] = [along(a, long), along(c, long)];
  const turn = (a[0] - b[0]) * (c[1] - b[1]) - (a[1] - b[1]) * (c[0] - b[0]) > 0 ? 1 : 0;
  const arc = `${path([from])}A${long.toFixed(1)} ${long.toFixed(1)} 0 0 ${turn} ${to[0].toFixed(1)} ${to[1].toFixed(1)}`;
  const middle = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2];
  // A straight angle has no side: its number stands above the corner.
  const [x, y] = Math.hypot(middle[0] - b[0], middle[1] - b[1]) > 4
    ? along(middle, long + 42)
    : [b[0], b[1] - 60];
  return { d: path(at) + arc, circle: null, label: { x, y, degrees } };
}

/**
 * Leave out points of a line that it hardly needs (Douglas, Peucker 1973).
 * @param {[number, number][]} points
 * @param {number} most
 */
export function simplified(points, most) {
  let tolerance = TOLERANCE;
  let fewer = reduced(points, tolerance);
  while (fewer.length > most) {
    tolerance *= 1.5;
    fewer = reduced(points, tolerance);
  }
  return fewer;
}

function reduced(points, tolerance) {
  if (points.length < 3) return points;
  const keep = new Set([0, points.length - 1]);
  const spans = [[0, points.length - 1]];
  while (spans.length > 0) {
    const [first, last] = spans.pop();
    let worst = -1;
    let most = tolerance;
    for (let i = first + 1; i < last; i += 1) {
      const far = toSegment(points[i], points[first], points[last]);
      if (far > most) [worst, most] = [i, far];
    }
    if (worst < 0) continue;
    keep.add(worst);
    spans.push([first, worst], [worst, last]);
  }
  return points.filter((_, i) => keep.has(i));
}

function toSegment([x, y], [ax, ay], [bx, by]) {
  const square = (bx - ax) ** 2 + (by - ay) ** 2;
  const share = square > 0
    ? Math.min(1, Math.max(0, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / square))
    : 0;
  return Math.hypot(x - ax - share * (bx - ax), y - ay - share * (by - ay));
}

/**
 * How far a point is from a stroke.
 * @param {Stroke} stroke @param {[number, number]} point @param {number} ratio
 * @returns {number} in heights of the picture
 */
export function distanceTo({ tool, points }, point, ratio) {
  const scale = ([x, y]) => [x * ratio, y];
  const at = points.map(scale);
  const here = scale(point);
  if (tool === "circle") {
    const [[x, y], [px, py]] = at;
    return Math.abs(Math.hypot(here[0] - x, here[1] - y) - Math.hypot(px - x, py - y));
  }
  return Math.min(...at.slice(1).map((end, i) => toSegment(here, at[i], end)));
}

/** What was drawn, and what can be taken back. Lists of strokes are never changed in place. */
export class History {
  #past = [];
  #future = [];
  #strokes;

  /** @param {Stroke[]} strokes what was there to begin with */
  constructor(strokes = []) { this.#strokes = strokes; }

  get strokes() { return this.#strokes; }
  get canUndo() { return this.#past.length > 0; }
  get canRedo() { return this.#future.length > 0; }

  /** @param {Stroke[]} strokes */
  change(strokes) {
    this.#past.push(this.#strokes);
    this.#future = [];
    this.#strokes = strokes;
  }

  undo() {
    if (!this.canUndo) return;
    this.#future.push(this.#strokes);
    this.#strokes = this.#past.pop();
  }

  redo() {
    if (!this.canRedo) return;
    this.#past.push(this.#strokes);
    this.#strokes = this.#future.pop();
  }
}
