/**
 * Of all that differs, what is at fault: the two sides made one, and consequences left to their
 * causes. Pure.
 */

/** Two sides with the same fault: the lesser is at least so much of the greater. */
const BOTH_SHARE = 0.35;
/** A joint that certainly falls short by so much more of its range than another has a fault of its
 *  own. */
const OWN_FAULT = 2;
/** Knees that bend so much carry the movement. */
const CARRIES_DEG = 35;

/**
 * @typedef {object} Finding evidence that a joint, or a pair of them, does too little or too much
 * @property {number[]} joints positions in JOINTS, of the body as it was compared
 * @property {string} part
 * @property {0|1} much whether the angle is too large
 * @property {number} lastingS
 * @property {number} degrees off, in the mean
 * @property {number} excess of them beyond the noise
 * @property {number} cost what it is ranked by
 * @property {number} rangeDeg how far the trainer moves the joint
 * @property {boolean} short whether it is of doing less of the movement than the trainer
 * @property {number} seenS when it was last seen
 * @property {boolean} again whether it was seen more than once, or for long
 */

const carries = ({ part, rangeDeg }) => part === "knee" && rangeDeg > CARRIES_DEG;

/**
 * Whether a finding is only the consequence of another.
 *
 * Who does all of a movement less far falls short in every joint by about the same share: then the
 * joint that carries it is named.
 * @param {Finding} finding
 * @param {Finding} cause
 * @returns {boolean}
 */
export function follows(finding, cause) {
  if (cause === finding) return false;
  // Hips and shoulders are measured against the trunk: who leans turns them all.
  if (cause.part === "lean" && (finding.part === "hip" || finding.part === "knee_in" ||
    (finding.part === "shoulder" && finding.degrees <= OWN_FAULT * cause.degrees))) return true;
  // A knee that falls in is seen less bent than it is.
  if (cause.part === "knee_in" && finding.part === "knee" && finding.joints.length < 2) return true;
  // An arm is set right from its root.
  if (cause.part === "shoulder" && finding.part === "elbow" && cause.cost > finding.cost) {
    return true;
  }
  if (!finding.short || !cause.short) return false;
  if (carries(cause) === carries(finding) ? cause.cost <= finding.cost : carries(finding)) {
    return false;
  }
  return finding.excess / finding.rangeDeg <= OWN_FAULT * (cause.excess / cause.rangeDeg);
}

/**
 * Make one of the same finding on both sides.
 * @param {Finding[]} findings
 * @returns {Finding[]}
 */
export function joined(findings) {
  const out = [];
  for (const finding of findings) {
    const at = out.findIndex((other) => other.part === finding.part && other.much === finding.much);
    const twin = out[at];
    const [less, more] = !twin || twin.cost < finding.cost ? [twin, finding] : [finding, twin];
    const alike = less &&
      less.degrees * less.lastingS >= BOTH_SHARE * more.degrees * more.lastingS;
    if (!alike) {
      out.push(finding);
      continue;
    }
    out[at] = {
      ...more,
      joints: [...more.joints, ...less.joints],
      degrees: (less.degrees + more.degrees) / 2,
      excess: (less.excess + more.excess) / 2,
      cost: less.cost + more.cost,
      seenS: Math.max(less.seenS, more.seenS),
      again: less.again || more.again,
    };
  }
  return out;
}
