/**
 * The clock of a session: seconds since it began. Pure.
 *
 * Within a page it never goes back; a page that takes a session over goes on by the wall clock, and
 * never earlier than the last row it finds, though somebody may have set the wall clock back.
 */

export class SessionClock {
  #baseS;
  #sinceMs;
  #nowMs;

  /**
   * @param {number} startedAtMs Date.now() when the session began
   * @param {{lastS?: number, wallMs?: () => number, nowMs?: () => number}} options lastS of the last
   *   row; the clocks can be replaced
   */
  constructor(startedAtMs, {
    lastS = 0, wallMs = () => Date.now(), nowMs = () => performance.now(),
  } = {}) {
    this.#nowMs = nowMs;
    this.#sinceMs = nowMs();
    this.#baseS = Math.max(0, lastS, (wallMs() - startedAtMs) / 1000);
  }

  get elapsedS() {
    return this.#baseS + Math.max(0, this.#nowMs() - this.#sinceMs) / 1000;
  }
}
