/**
 * The minute before the first set: stand in the picture, raise an arm, go.
 */

import { Readiness } from "./guide/readiness.js";
import { Tutorial } from "./guide/tutorial.js";

/** The figure stands still for a moment, so that its moving is seen to begin. */
const STILL_MS = 700;
const STEPS = { stand: 0, raise: 1, lower: 1, ready: 2, done: 2 };

export class Rehearsal {
  #texts;
  #parts;
  #guidance;
  #ondone;
  #readiness = new Readiness();
  #tutorial;
  #timer = 0;
  #told = "";
  #over = false;

  /**
   * @param {import("./texts.js").Texts} texts
   * @param {import("./guidance.js").Guidance} guidance
   * @param {(prior: object, skipped: boolean) => void} ondone
   */
  constructor(texts, guidance, ondone) {
    this.#texts = texts;
    this.#parts = texts.parts;
    this.#guidance = guidance;
    this.#ondone = ondone;
    this.#tutorial = new Tutorial((state, before) => this.#change(state, before));
    this.#parts.tutorial.hidden = false;
    this.#show("tutorial_stand");
    this.#mark(0);
  }

  /**
   * @param {import("./detector.js").Pose} pose
   * @param {import("./reference.js").Reference} reference of the exercise to come
   */
  see(pose, reference) {
    if (this.#over) return;
    const nowS = pose.capturedMs / 1000;
    const { ready, hint } = this.#readiness.check({ pose, light: pose.light, reference, nowS });
    const { step } = this.#tutorial.advance({ type: "pose", nowS, ready, pose });
    if (step === "stand") this.#show(hint?.key ?? "tutorial_stand", hint?.values);
  }

  skip() {
    this.#tutorial.advance({ type: "skip" });
  }

  /** Take it away. */
  end() {
    this.#over = true;
    clearTimeout(this.#timer);
    this.#parts.tutorial.hidden = true;
  }

  #change({ step, bothArms, prior, skipped }) {
    this.#mark(STEPS[step]);
    this.#parts.tutorial.dataset.step = step;
    if (step === "stand") this.#show("tutorial_stand");
    if (step === "raise") {
      this.#show(bothArms ? "tutorial_one_arm" : "tutorial_raise");
      if (!bothArms) this.#demonstrate();
    }
    if (step === "lower") {
      this.#guidance.tone("rep");
      this.#show("tutorial_lower");
    }
    if (step === "ready") {
      this.#guidance.tone("praise");
      this.#show("tutorial_ready");
    }
    if (step === "done") {
      this.end();
      this.#ondone(prior, skipped);
    }
  }

  #demonstrate() {
    clearTimeout(this.#timer);
    const { demo } = this.#parts;
    demo.classList.remove("is-raised");
    this.#timer = setTimeout(() => {
      demo.classList.add("is-raised");
      this.#tutorial.advance({ type: "shown", nowS: performance.now() / 1000 });
    }, STILL_MS);
  }

  #show(key, values = {}) {
    const text = this.#texts.say(key, values);
    this.#texts.write("tutorial_text", text);
    if (this.#told === key) return;
    this.#told = key;
    this.#guidance.tell(key, values);
  }

  #mark(present) {
    this.#parts.tutorial_steps.querySelectorAll("li").forEach((line, i) => {
      line.classList.toggle("is-done", i < present);
      if (i === present) line.setAttribute("aria-current", "step");
      else line.removeAttribute("aria-current");
    });
  }
}
