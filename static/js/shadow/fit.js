/**
 * Where things lie on the stage. Pure geometry: no DOM, no state.
 *
 * A placement maps a picture's pixels to the stage's: X = x0 + flip * scale * x, Y = y0 + scale * y.
 * There is one scale for both axes, so nothing can be stretched.
 *
 * @typedef {{x: number, y: number, width: number, height: number}} Box pixels
 * @typedef {{x0: number, y0: number, scale: number, flip: 1|-1}} Placement
 * @typedef {{x: number, y: number, torsoPx: number, floor: number}} Measure hip centre, torso length
 *   and lowest point, pixels; the floor is NaN where no foot is seen
 */

import { INDEX, LANDMARK_COUNT } from "./skeleton.js";

const LEFT_HIP = INDEX.left_hip;
const RIGHT_HIP = INDEX.right_hip;
const LEFT_SHOULDER = INDEX.left_shoulder;
const RIGHT_SHOULDER = INDEX.right_shoulder;
/** Pairs whose length in the picture, against that in the world, gives pixels per metre. */
const GAUGES = [
  [LEFT_SHOULDER, LEFT_HIP], [RIGHT_SHOULDER, RIGHT_HIP],
  [LEFT_HIP, INDEX.left_knee], [RIGHT_HIP, INDEX.right_knee],
  [INDEX.left_knee, INDEX.left_ankle], [INDEX.right_knee, INDEX.right_ankle],
];
const FEET = ["ankle", "heel", "foot_index"]
  .flatMap((name) => [INDEX[`left_${name}`], INDEX[`right_${name}`]]);
const SMALLEST_SEEN = 0.3;
/** A place is followed slowly, so that hips are seen to sink and feet to leave the floor. */
const HOME_S = 3;
/** Who is so many torso lengths away from there has walked: followed at once. */
const WALKED = 1;
const WALKING_S = 0.3;
const GUTTER = 0.02;

/**
 * Divide the stage: aligned, both share it; else the trainer has the left (on a tall stage the
 * upper) half and the client the other.
 * @param {Box} stage what is free of controls
 * @param {boolean} aligned
 * @returns {{trainer: Box, client: Box}}
 */
export function divide(stage, aligned) {
  if (aligned) return { trainer: stage, client: stage };
  const { x, y, width, height } = stage;
  const wide = width >= height;
  const half = wide ? { width: width / 2, height } : { width, height: height / 2 };
  return {
    trainer: { x, y, ...half },
    client: wide ? { x: x + half.width, y, ...half } : { x, y: y + half.height, ...half },
  };
}

/** The client's share of the stage where it is the whole of their picture that matters. */
const PICTURE_SHARE = 0.6;

/**
 * Divide the stage for the camera's whole picture and a trainer to look at: beside or above one
 * another, whichever shows the picture larger.
 * @param {Box} stage
 * @param {{width: number, height: number}} picture
 * @returns {{trainer: Box, client: Box}}
 */
export function share({ x, y, width, height }, picture) {
  const wide = PICTURE_SHARE * width;
  const tall = PICTURE_SHARE * height;
  const beside = Math.min(wide / picture.width, height / picture.height);
  const above = Math.min(width / picture.width, tall / picture.height);
  return beside >= above ? {
    trainer: { x, y, width: width - wide, height },
    client: { x: x + width - wide, y, width: wide, height },
  } : {
    trainer: { x, y: y + tall, width, height: height - tall },
    client: { x, y, width, height: tall },
  };
}

/**
 * Show a region of a picture as large as fits, in the middle of a box.
 * @param {Box} region in the picture's pixels
 * @param {Box} box in the stage's
 * @param {boolean} mirror
 * @param {number} middleX what of the picture is to be in the middle, as far as the box has room
 * @returns {Placement}
 */
export function contain(region, box, mirror = false, middleX = region.x + region.width / 2) {
  const inner = Math.min(box.width, box.height) * GUTTER;
  const scale = Math.min((box.width - 2 * inner) / region.width,
    (box.height - 2 * inner) / region.height);
  const flip = mirror ? -1 : 1;
  const room = Math.max(0, (box.width - 2 * inner - scale * region.width) / 2);
  const aside = scale * (region.x + region.width / 2 - middleX);
  const shift = Math.max(-room, Math.min(room, aside));
  return {
    x0: box.x + box.width / 2 + flip * (shift - scale * (region.x + region.width / 2)),
    y0: box.y + box.height / 2 - scale * (region.y + region.height / 2),
    scale,
    flip,
  };
}

/** @returns {number} the stage's x of a picture's x */
export const stageX = (placement, x) => placement.x0 + placement.flip * placement.scale * x;
/** @returns {number} the stage's y of a picture's y */
export const stageY = (placement, y) => placement.y0 + placement.scale * y;

/**
 * Measure a body in a picture. The torso's length is taken from the world landmarks and carried to
 * the picture by pixels per metre: a torso that leans towards the camera looks short and is not.
 * @param {ArrayLike<number>} image 33x2 pixels, from `at` poses on
 * @param {ArrayLike<number>} world 33x3 metres
 * @param {ArrayLike<number>} visibility 33
 * @returns {Measure|null} null where hips or shoulders are not seen
 */
export function measure(image, world, visibility, pose = 0) {
  const i2 = pose * 66;
  const i3 = pose * 99;
  const i1 = pose * 33;
  for (const i of [LEFT_HIP, RIGHT_HIP, LEFT_SHOULDER, RIGHT_SHOULDER]) {
    if (!(visibility[i1 + i] >= SMALLEST_SEEN)) return null;
  }
  let picture = 0;
  let metres = 0;
  for (const [a, b] of GAUGES) {
    if (!(visibility[i1 + a] >= SMALLEST_SEEN && visibility[i1 + b] >= SMALLEST_SEEN)) continue;
    picture += Math.hypot(image[i2 + 2 * a] - image[i2 + 2 * b],
      image[i2 + 2 * a + 1] - image[i2 + 2 * b + 1]);
    metres += Math.hypot(world[i3 + 3 * a] - world[i3 + 3 * b],
      world[i3 + 3 * a + 1] - world[i3 + 3 * b + 1]);
  }
  const middle = (axis) => (world[i3 + 3 * LEFT_SHOULDER + axis]
    + world[i3 + 3 * RIGHT_SHOULDER + axis] - world[i3 + 3 * LEFT_HIP + axis]
    - world[i3 + 3 * RIGHT_HIP + axis]) / 2;
  const torso = Math.hypot(middle(0), middle(1), middle(2));
  const torsoPx = (torso * picture) / metres;
  if (!(torsoPx > 1)) return null;
  return {
    x: (image[i2 + 2 * LEFT_HIP] + image[i2 + 2 * RIGHT_HIP]) / 2,
    y: (image[i2 + 2 * LEFT_HIP + 1] + image[i2 + 2 * RIGHT_HIP + 1]) / 2,
    torsoPx,
    floor: lowest(image, visibility, pose),
  };
}

/** The lowest point of a body: its feet, or hands; NaN without feet, for knees stand on no floor. */
function lowest(image, visibility, pose) {
  const seen = (i) => visibility[LANDMARK_COUNT * pose + i] >= SMALLEST_SEEN;
  if (!FEET.some(seen)) return NaN;
  let floor = -Infinity;
  for (let i = 0; i < LANDMARK_COUNT; i += 1) {
    if (seen(i)) floor = Math.max(floor, image[2 * (LANDMARK_COUNT * pose + i) + 1]);
  }
  return floor;
}

/**
 * Lay the client over the trainer: on the same floor, torso as long as torso. Given where both are
 * on average, how deep each of them goes is seen at the hips, and feet stay on the ground.
 * @param {Measure} client in the camera's pixels
 * @param {Measure} trainer in the video's pixels
 * @param {Placement} placement the trainer's
 * @param {boolean} mirror
 * @returns {Placement}
 */
export function align(client, trainer, placement, mirror = true) {
  const scale = (placement.scale * trainer.torsoPx) / client.torsoPx;
  const flip = mirror ? -1 : 1;
  // Without feet, as for one who sits at a table, hips have to do.
  const by = Number.isNaN(client.floor + trainer.floor) ? "y" : "floor";
  return {
    x0: stageX(placement, trainer.x) - flip * scale * client.x,
    y0: stageY(placement, trainer[by]) - scale * client[by],
    scale,
    flip,
  };
}

/**
 * Stand the client beside the trainer: as tall, on the same floor, in the middle of their own box.
 * @param {Measure} client where they are on average, in the camera's pixels
 * @param {Measure} trainer the same in the video's pixels
 * @param {Placement} placement the trainer's
 * @param {{trainer: Box, client: Box}} boxes
 * @param {boolean} mirror
 * @returns {Placement}
 */
export function beside(client, trainer, placement, boxes, mirror = true) {
  const aligned = align(client, trainer, placement, mirror);
  const middleX = boxes.client.x + boxes.client.width / 2;
  return {
    ...aligned,
    x0: aligned.x0 + middleX - stageX(placement, trainer.x),
    y0: aligned.y0 + boxes.client.y - boxes.trainer.y,
  };
}

/**
 * Ease a measure: the place follows quickly, the size slowly, for bodies do not change size.
 * @param {Measure|null} before
 * @param {Measure} now
 * @param {number} dtS seconds since `before`
 * @returns {Measure}
 */
export function ease(before, now, dtS, placeS = 0.08, sizeS = 1.0) {
  if (!before) return now;
  const place = 1 - Math.exp(-dtS / placeS);
  const size = 1 - Math.exp(-dtS / sizeS);
  return {
    x: before.x + place * (now.x - before.x),
    y: before.y + place * (now.y - before.y),
    torsoPx: before.torsoPx * (now.torsoPx / before.torsoPx) ** size,
    floor: Number.isNaN(now.floor) ? before.floor
      : Number.isNaN(before.floor) ? now.floor
        : before.floor + place * (now.floor - before.floor),
  };
}

/**
 * Keep track of where somebody is on average.
 * @param {Measure|null} home
 * @param {Measure} now
 * @param {number} dtS seconds since `home`
 * @returns {Measure}
 */
export function settle(home, now, dtS) {
  const far = WALKED * (home?.torsoPx ?? 0);
  const walked = home && (Math.abs(now.x - home.x) > far || Math.abs(now.floor - home.floor) > far);
  return walked ? ease(home, now, dtS, WALKING_S, WALKING_S) : ease(home, now, dtS, HOME_S, HOME_S);
}

/**
 * Measure a body over a whole clip: where it is on average.
 * @param {{image: ArrayLike<number>, world: ArrayLike<number>, visibility: ArrayLike<number>,
 *   times_s: ArrayLike<number>}} poses
 * @returns {Measure|null} null where it is never seen
 */
export function measureAll({ image, world, visibility, times_s: times }) {
  const mean = { x: 0, y: 0, torsoPx: 0, floor: NaN };
  let count = 0;
  let grounded = 0;
  for (let pose = 0; pose < times.length; pose += 1) {
    const now = measure(image, world, visibility, pose);
    if (!now) continue;
    count += 1;
    for (const key of ["x", "y", "torsoPx"]) mean[key] += (now[key] - mean[key]) / count;
    if (Number.isNaN(now.floor)) continue;
    grounded += 1;
    mean.floor = grounded > 1 ? mean.floor + (now.floor - mean.floor) / grounded : now.floor;
  }
  return count > 0 ? mean : null;
}

/**
 * How long a torso is, hip centre to shoulder centre, on average over a clip.
 * @param {ArrayLike<number>} world n x 33 x 3 metres; NaN = not seen
 * @returns {number} metres; NaN where it is never seen
 */
export function torsoLength(world) {
  let sum = 0;
  let count = 0;
  for (let base = 0; base < world.length; base += 99) {
    const middle = (axis) => (world[base + 3 * LEFT_SHOULDER + axis]
      + world[base + 3 * RIGHT_SHOULDER + axis] - world[base + 3 * LEFT_HIP + axis]
      - world[base + 3 * RIGHT_HIP + axis]) / 2;
    const length = Math.hypot(middle(0), middle(1), middle(2));
    if (Number.isNaN(length)) continue;
    sum += length;
    count += 1;
  }
  return sum / count;
}

/**
 * Give the part of the picture that a body ever fills, with air around it: a trainer filmed from
 * afar still fills the stage.
 * @param {ArrayLike<number>} image Tx33x2 pixels; NaN = not seen
 * @param {number} width of the picture
 * @param {number} height of the picture
 * @returns {Box} inside the picture
 */
export function bodyRegion(image, width, height, air = 0.12) {
  let left = Infinity;
  let right = -Infinity;
  let top = Infinity;
  let bottom = -Infinity;
  for (let i = 0; i + 1 < image.length; i += 2) {
    const x = image[i];
    const y = image[i + 1];
    if (Number.isNaN(x) || Number.isNaN(y)) continue;
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  if (!(right > left && bottom > top)) return { x: 0, y: 0, width, height };
  // The crown is above the eyes, and hands reach beyond wrists: air on every side.
  const margin = air * Math.max(right - left, bottom - top);
  const x = Math.max(0, left - margin);
  const y = Math.max(0, top - margin);
  return {
    x,
    y,
    width: Math.max(1, Math.min(width, right + margin) - x),
    height: Math.max(1, Math.min(height, bottom + margin) - y),
  };
}

/** Shrink a picture so that its longer side is at most `longest`, to even sides. */
export function shrink(width, height, longest) {
  const scale = Math.min(1, longest / Math.max(width, height));
  const even = (value) => Math.max(2, Math.round((value * scale) / 2) * 2);
  return { width: even(width), height: even(height) };
}
