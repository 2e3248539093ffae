/**
 * The one skeleton: BlazePose's 33 landmarks and the 13 bones that are scored.
 *
 * Twin of processing/motion/skeleton.py; tests/data/skeleton.json holds the two equal.
 * World landmarks are metres from the hip centre: x to the image's right, y down, z negative
 * towards the camera. NaN means "not seen".
 */

export const LANDMARKS = Object.freeze([
  "nose",
  "left_eye_inner", "left_eye", "left_eye_outer",
  "right_eye_inner", "right_eye", "right_eye_outer",
  "left_ear", "right_ear",
  "mouth_left", "mouth_right",
  "left_shoulder", "right_shoulder",
  "left_elbow", "right_elbow",
  "left_wrist", "right_wrist",
  "left_pinky", "right_pinky",
  "left_index", "right_index",
  "left_thumb", "right_thumb",
  "left_hip", "right_hip",
  "left_knee", "right_knee",
  "left_ankle", "right_ankle",
  "left_heel", "right_heel",
  "left_foot_index", "right_foot_index",
]);

export const LANDMARK_COUNT = LANDMARKS.length;

/** @type {Readonly<Record<string, number>>} landmark name -> index */
export const INDEX = Object.freeze(Object.fromEntries(LANDMARKS.map((name, i) => [name, i])));

const SIDES = ["left", "right"];
const SIDE_EDGES = [
  ["shoulder", "hip"], ["shoulder", "elbow"], ["elbow", "wrist"],
  ["wrist", "index"], ["wrist", "pinky"], ["wrist", "thumb"],
  ["hip", "knee"], ["knee", "ankle"], ["ankle", "heel"], ["heel", "foot_index"],
  ["ankle", "foot_index"],
];
const pair = (first, second) => Object.freeze([INDEX[first], INDEX[second]]);

/** @type {ReadonlyArray<readonly [number, number]>} what is drawn */
export const EDGES = Object.freeze([
  pair("left_shoulder", "right_shoulder"),
  pair("left_hip", "right_hip"),
  ...SIDES.flatMap((side) =>
    SIDE_EDGES.map(([start, end]) => pair(`${side}_${start}`, `${side}_${end}`))),
  pair("left_ear", "left_eye"),
  pair("left_eye", "nose"),
  pair("nose", "right_eye"),
  pair("right_eye", "right_ear"),
]);

const bone = (name, start, end) => Object.freeze({
  name,
  start: Object.freeze(start.map((landmark) => INDEX[landmark])),
  end: Object.freeze(end.map((landmark) => INDEX[landmark])),
});
const limb = (name, start, end) =>
  SIDES.map((side) => bone(`${side}_${name}`, [`${side}_${start}`], [`${side}_${end}`]));

/**
 * Directed segments between two points, each the mean of one or two landmarks.
 * The order is part of the timeline format: errors are stored by position.
 */
export const BONES = Object.freeze([
  ...limb("upper_arm", "shoulder", "elbow"),
  ...limb("forearm", "elbow", "wrist"),
  ...limb("thigh", "hip", "knee"),
  ...limb("shin", "knee", "ankle"),
  ...limb("foot", "heel", "foot_index"),
  bone("torso", ["left_hip", "right_hip"], ["left_shoulder", "right_shoulder"]),
  bone("shoulder_line", ["left_shoulder"], ["right_shoulder"]),
  bone("hip_line", ["left_hip"], ["right_hip"]),
]);

export const BONE_COUNT = BONES.length;

const otherSide = (name) =>
  name.split("_").map((word) => ({ left: "right", right: "left" })[word] ?? word).join("_");

/** Landmark i of the body with left and right exchanged is landmark MIRROR[i]. */
export const MIRROR = Object.freeze(LANDMARKS.map((name) => INDEX[otherSide(name)]));

/** The same for bones; the two lines run left to right, so exchanging sides turns them round. */
export const BONE_MIRROR = Object.freeze(
  BONES.map(({ name }) => BONES.findIndex((other) => other.name === otherSide(name))));
export const BONE_MIRROR_SIGN = Object.freeze(
  BONES.map(({ name }) => (name === "shoulder_line" || name === "hip_line" ? -1 : 1)));

/** Exercise focus word -> bones whose direction shows what that part of the body does. */
export const FOCUS = Object.freeze({
  shoulders: ["left_upper_arm", "right_upper_arm", "shoulder_line"],
  elbows: ["left_upper_arm", "right_upper_arm", "left_forearm", "right_forearm"],
  back: ["torso"],
  hips: ["left_thigh", "right_thigh", "hip_line", "torso"],
  knees: ["left_thigh", "right_thigh", "left_shin", "right_shin"],
  ankles: ["left_shin", "right_shin", "left_foot", "right_foot"],
});
