/** Which pose belongs to a moment. Pure. */

/**
 * The index of the time nearest to `time`, or -1 where none is within `tolerance`.
 *
 * @param {ArrayLike<number>} times seconds, rising
 * @param {number} time seconds
 * @param {number} [tolerance] seconds
 * @returns {number}
 */
export function nearestIndex(times, time, tolerance = Infinity) {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] < time) low = middle + 1;
    else high = middle;
  }
  const before = low > 0 ? time - times[low - 1] : Infinity;
  const after = low < times.length ? times[low] - time : Infinity;
  if (Math.min(before, after) > tolerance) return -1;
  return before < after ? low - 1 : low;
}
