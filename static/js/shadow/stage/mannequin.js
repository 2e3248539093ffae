/**
 * The parts of a mannequin, before it is fitted to anybody: closed tubes with rounded ends.
 *
 * Twin of processing/motion/mannequin.py, whose tables these are: metres on a body 1.70 m tall.
 * `detail` adds rings and segments between the twin's; at 1 the vertices are the twin's own.
 */

/**
 * @typedef {object} Part a closed tube along an axis from a start to an end point
 * @property {Float32Array} share where along the axis a vertex lies: 0 its start, 1 its end
 * @property {Float32Array} offset 3 a vertex: metres from there along side, front and axis
 * @property {Float32Array} hips metres sideways more for each metre of half the hips' distance
 * @property {Float32Array} shoulders the same for the shoulders'
 * @property {Uint16Array} faces 3 vertices each, counter-clockwise from outside
 */

// Columns of a ring.
const SHARE = 0;
const ALONG = 1;
const WIDTH = 2;
const DEPTH = 3;
const SHIFT = 4;
const HIPS = 5;
const SHOULDERS = 6;
const COLUMNS = 7;

const row = (values) => Float64Array.from({ length: COLUMNS }, (_, i) => values[i] ?? 0);

/** A point at either end closes the tube: a ring of no width. */
function closed(rings, [first, last]) {
  const end = (ring, along) => row([ring[SHARE], along, 0, 0, ring[SHIFT]]);
  return [end(rings[0], first), ...rings, end(rings.at(-1), last)];
}

/** Beyond an end the profile goes on as it came, on the axis' other side. */
function beyond(ring) {
  const other = ring.slice();
  for (const column of [WIDTH, DEPTH, HIPS, SHOULDERS]) other[column] *= -1;
  return other;
}

/** Put a ring between every two, on the smooth curve through their neighbours. */
function refined(rings) {
  const out = [];
  for (let i = 0; i + 1 < rings.length; i += 1) {
    const before = rings[i - 1] ?? beyond(rings[1]);
    const after = rings[i + 2] ?? beyond(rings.at(-2));
    out.push(rings[i], rings[i].map((value, column) =>
      (9 * (value + rings[i + 1][column]) - before[column] - after[column]) / 16));
  }
  out.push(rings.at(-1));
  return out;
}

/**
 * @param {number[][]} table rows of share, offset along the axis, half width, half depth, shift to
 *   the front, and what a metre of hips and of shoulders adds to the half width
 * @param {number} segments vertices of a ring
 * @param {[number, number]} ends offset along the axis of the first and the last vertex
 * @param {{power?: number, detail?: number}} [options] power 2 makes ellipses, more squarer ones
 * @returns {Part}
 */
export function tube(table, segments, ends, { power = 2, detail = 1 } = {}) {
  let profile = closed(table.map(row), ends);
  for (let finer = 1; finer < detail; finer *= 2) profile = refined(profile);
  const around = segments * detail;
  const rings = profile.slice(1, -1);
  const count = rings.length * around + 2;
  const part = {
    share: new Float32Array(count),
    offset: new Float32Array(3 * count),
    hips: new Float32Array(count),
    shoulders: new Float32Array(count),
    faces: facesOf(rings.length, around),
  };
  const put = (vertex, ring, cos, sin) => {
    part.share[vertex] = ring[SHARE];
    part.offset[3 * vertex] = ring[WIDTH] * cos;
    part.offset[3 * vertex + 1] = ring[SHIFT] + ring[DEPTH] * sin;
    part.offset[3 * vertex + 2] = ring[ALONG];
    part.hips[vertex] = ring[HIPS] * cos;
    part.shoulders[vertex] = ring[SHOULDERS] * cos;
  };
  const squarer = (value) => Math.sign(value) * Math.abs(value) ** (2 / power);
  put(0, profile[0], 0, 0);
  rings.forEach((ring, r) => {
    for (let s = 0; s < around; s += 1) {
      const angle = (2 * Math.PI * s) / around;
      put(1 + r * around + s, ring, squarer(Math.cos(angle)), squarer(Math.sin(angle)));
    }
  });
  put(count - 1, profile.at(-1), 0, 0);
  return part;
}

function facesOf(rings, segments) {
  const faces = [];
  const following = (s) => (s + 1) % segments;
  for (let s = 0; s < segments; s += 1) faces.push(0, 1 + following(s), 1 + s);
  for (const upper of [false, true]) {
    for (let r = 0; r + 1 < rings; r += 1) {
      for (let s = 0; s < segments; s += 1) {
        const a = 1 + r * segments + s;
        const b = 1 + r * segments + following(s);
        if (upper) faces.push(b, b + segments, a + segments);
        else faces.push(a, b, a + segments);
      }
    }
  }
  const last = 1 + segments * (rings - 1);
  for (let s = 0; s < segments; s += 1) faces.push(last + s, last + following(s), last + segments);
  return Uint16Array.from(faces);
}

/** A limb whose ends are balls about the joints. Rows of share, radius, shift to the front. */
function capsule(radii, detail) {
  const rings = radii.map(([share, radius, shift]) => [share, 0, radius, radius, shift]);
  const start = radii[0][1];
  const end = radii.at(-1)[1];
  const half = Math.SQRT1_2;  // at 45 degrees of the ball
  rings.unshift([0, -half * start, half * start, half * start]);
  rings.push([1, half * end, half * end, half * end]);
  return tube(rings, 8, [-start, end], { detail });
}

function head(detail) {
  const part = tube([
    [0, -0.106, 0.028, 0.034, 0.036],
    [0, -0.078, 0.050, 0.062, 0.020],
    [0, -0.036, 0.064, 0.083, 0.010],
    [0, 0.010, 0.072, 0.094, 0.000],
    [0, 0.058, 0.069, 0.090, -0.004],
    [0, 0.096, 0.049, 0.064, -0.006],
  ], 12, [-0.120, 0.121], { detail });
  // A nose, to see where the head looks: the vertex in front of the third and fourth ring.
  const around = 12 * detail;
  const front = (ring) => 3 * (1 + (detail * (ring + 1) - 1) * around + around / 4);
  part.offset[front(2) + 1] += 0.028;
  part.offset[front(2) + 2] += 0.004;
  part.offset[front(3) + 1] += 0.004;
  return part;
}

/**
 * Make the parts a body is put together from.
 * @param {number} detail 1, 2 or 4
 * @returns {Record<string, Part>}
 */
export function parts(detail) {
  return {
    trunk: tube([
      [0.00, -0.090, 0.030, 0.060, 0.000, 0.40, 0.00],
      [0.00, -0.050, 0.050, 0.098, -0.008, 0.90, 0.00],
      [0.00, 0.000, 0.068, 0.106, -0.006, 1.00, 0.00],
      [0.14, 0.000, 0.060, 0.101, -0.002, 0.95, 0.00],
      [0.38, 0.000, 0.028, 0.086, 0.008, 0.42, 0.32],
      [0.64, 0.000, 0.012, 0.099, 0.010, 0.00, 0.72],
      [0.80, 0.000, 0.010, 0.104, 0.006, 0.00, 0.80],
      [0.92, 0.000, 0.008, 0.091, -0.004, 0.00, 0.78],
      [1.00, 0.006, 0.006, 0.068, -0.012, 0.00, 0.62],
      [1.00, 0.044, 0.052, 0.054, -0.014, 0.00, 0.06],
    ], 14, [-0.104, 0.062], { power: 2.3, detail }),
    neck: tube([
      [0.0, 0.0, 0.056, 0.056], [0.5, 0.0, 0.050, 0.052], [1.0, 0.0, 0.048, 0.052],
    ], 10, [-0.02, 0.02], { detail }),
    head: head(detail),
    // From the base of the neck to the shoulder, which leaves the trunk when an arm is raised.
    collar: tube([
      [0.00, 0.000, 0.040, 0.044], [1.00, 0.000, 0.050, 0.050], [1.00, 0.036, 0.036, 0.036],
    ], 8, [-0.030, 0.050], { detail }),
    upperArm: capsule([[0, 0.052], [0.35, 0.048], [0.70, 0.041], [1, 0.037]], detail),
    forearm: capsule([[0, 0.037], [0.25, 0.041], [0.65, 0.033], [1, 0.026]], detail),
    thigh: capsule([[0, 0.086], [0.30, 0.081], [0.70, 0.065], [1, 0.054]], detail),
    shin: capsule([[0, 0.053], [0.27, 0.057, -0.012], [0.62, 0.044, -0.007], [1, 0.036]], detail),
    hand: tube([
      [0.00, 0.0, 0.026, 0.020], [0.32, 0.0, 0.040, 0.016],
      [0.58, 0.0, 0.041, 0.013], [0.90, 0.0, 0.029, 0.009],
    ], 8, [-0.015, 0.018], { detail }),
    thumb: tube([[0.1, 0.0, 0.012, 0.012], [1.0, 0.0, 0.010, 0.010]], 6, [-0.008, 0.008],
      { detail }),
    // Along the sole, from the heel to the toes; the front of this part is up.
    foot: tube([
      [0.00, -0.014, 0.022, 0.022, 0.016],
      [0.08, 0.000, 0.034, 0.042, 0.034],
      [0.32, 0.000, 0.036, 0.044, 0.036],
      [0.62, 0.000, 0.043, 0.030, 0.020],
      [0.92, 0.000, 0.043, 0.020, 0.010],
      [1.00, 0.020, 0.027, 0.014, 0.004],
    ], 8, [-0.024, 0.034], { detail }),
  };
}
