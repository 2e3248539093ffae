/**
 * Follows both bodies over time and says where they lie on the stage. Pure state.
 */

import { align, beside, contain, divide, ease, measure, settle, share } from "../fit.js";

export class Following {
  #trainer = null;
  #trainerMeasure = null;
  #trainerIndex = -1;
  #clientMeasure = null;
  #clientHome = null;
  #clientAtMs = 0;

  /** How large the trainer is in the video's pixels; null where not known. */
  get trainerMeasure() { return this.#trainerMeasure; }

  /** How large the client is in the camera's pixels; null where not known. */
  get clientMeasure() { return this.#clientMeasure; }

  /** @param {import("../player.js").Trainer|null} trainer */
  setTrainer(trainer) {
    this.#trainer = trainer;
    this.#trainerMeasure = null;
    this.#trainerIndex = -1;
  }

  /** @param {number} index the trainer's pose on show */
  seeTrainer(index) {
    const { poses } = this.#trainer;
    const now = measure(poses.image, poses.world, poses.visibility, index);
    if (now) {
      const stepS = Math.abs(poses.times_s[index] - (poses.times_s[this.#trainerIndex] ?? 0));
      this.#trainerMeasure = ease(this.#trainerMeasure, now, stepS);
    }
    this.#trainerIndex = index;
  }

  /** How far the trainer's hips are from where they mostly are, metres to the picture's right. */
  get trainerShiftM() {
    const { home, torsoM } = this.#trainer ?? {};
    if (!home || !this.#trainerMeasure) return 0;
    return ((this.#trainerMeasure.x - home.x) * torsoM) / home.torsoPx;
  }

  /** @param {import("../detector.js").Pose} pose one that was found */
  seeClient(pose) {
    const now = measure(pose.image, pose.world, pose.visibility);
    if (!now) return;
    const dtS = (pose.capturedMs - this.#clientAtMs) / 1000;
    this.#clientMeasure = ease(this.#clientMeasure, now, dtS);
    this.#clientHome = settle(this.#clientHome, now, dtS);
    this.#clientAtMs = pose.capturedMs;
  }

  /**
   * @param {import("../fit.js").Box} free what of the stage is free of controls
   * @param {{width: number, height: number}|null} client the camera's picture
   * @param {{aligned: boolean, flipped: boolean, framed: boolean}} how framed: the client's picture
   *   whole, as the camera has it
   * @returns {{trainer: import("../fit.js").Placement|null,
   *   client: import("../fit.js").Placement|null}}
   */
  place(free, client, { aligned, flipped, framed }) {
    const boxes = framed && client && this.#trainer ? share(free, client)
      : divide(free, aligned || !this.#trainer);
    const trainer = this.#trainer && contain(this.#trainer.region, boxes.trainer, flipped,
      this.#trainer.home?.x);
    return { trainer, client: client && this.#placeClient(client, boxes, trainer, aligned, framed) };
  }

  #placeClient({ width, height }, boxes, trainer, aligned, framed) {
    if (!framed && trainer && this.#clientHome && this.#trainer.home) {
      return aligned ? align(this.#clientHome, this.#trainer.home, trainer)
        : beside(this.#clientHome, this.#trainer.home, trainer, boxes);
    }
    return contain({ x: 0, y: 0, width, height }, boxes.client, true);
  }
}
