/**
 * The outcome of a workout on the card: score, strips, reps, two moments as skeletons, what next.
 */

import { figureOf, frameOf } from "./figure.js";
import { gradeOf } from "./score.js";
import { BONES } from "./skeleton.js";
import { clock } from "./texts.js";

const SVG = "http://www.w3.org/2000/svg";
const STRIP_HEIGHT = 40;

function svg(name, attributes, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

function html(name, className, ...children) {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

const gradeOfMark = (mark) => gradeOf(mark * 100);

export class ResultsView {
  #say;
  #root;
  #tenths;

  /** @param {import("./texts.js").Texts} texts */
  constructor({ parts, say }) {
    this.#root = parts.outcome;
    this.#say = say;
    this.#tenths = new Intl.NumberFormat(document.documentElement.lang, {
      minimumFractionDigits: 1, maximumFractionDigits: 1,
    });
  }

  /**
   * @param {import("./tally.js").Tally} tally
   * @param {object[]} items of the page's config
   */
  show(tally, items) {
    const grade = gradeOf(tally.score);
    this.#root.replaceChildren(
      html("p", `outcome-score grade-${grade}`,
        html("strong", "", this.#percent(tally.score)),
        html("span", "", this.#say(`verdict_${grade}`))),
      this.#strips(tally, items),
      ...this.#moments(tally, items),
      this.#advice(tally),
    );
    this.#root.querySelector(".outcome-score strong").dataset.part = "card_score";
  }

  #percent(score) {
    return Number.isFinite(score) ? this.#say("percent", { value: Math.round(score) }) : "–";
  }

  #strips(tally, items) {
    const list = html("ol", "outcome-sets");
    tally.sets.forEach((set, i) => {
      const grade = gradeOf(set.score);
      const done = items[set.item].seconds
        ? this.#say("outcome_time", { time: clock(set.seconds) })
        : this.#say(set.goal ? "outcome_reps_of" : "outcome_reps", { reps: set.reps, goal: set.goal });
      list.append(html("li", "",
        html("p", "",
          html("strong", "", items[set.item].name),
          ` ${this.#say("outcome_set", { set: set.set + 1 })} · ${done}`,
          html("span", `grade-${grade}`, this.#percent(set.score))),
        this.#strip(tally.strip(i), `${this.#percent(set.score)} ${this.#say(`verdict_${grade}`)}`)));
    });
    return list;
  }

  #strip(bins, words) {
    return svg("svg", {
      viewBox: `0 0 ${bins.length} ${STRIP_HEIGHT}`, preserveAspectRatio: "none", role: "img",
      "aria-label": words, class: "outcome-strip", "shape-rendering": "crispEdges",
    }, ...bins.map(({ grade, score }, i) => {
      // Height says what colour says; "not visible" fills the whole height.
      const tall = Number.isFinite(score) ? Math.max(4, (STRIP_HEIGHT * score) / 100) : STRIP_HEIGHT;
      return svg("rect", {
        x: i, y: STRIP_HEIGHT - tall, width: 1.02, height: tall, class: `fill-${grade}`,
      });
    }));
  }

  #moments(tally, items) {
    const shown = [["best", tally.best], ["worst", tally.worst]].filter(([, moment]) => moment);
    if (shown.length === 0) return [];
    const pair = html("div", "outcome-moments");
    for (const [kind, moment] of shown) {
      const grade = gradeOf(moment.score);
      const trainer = figureOf(moment.target);
      const client = figureOf(moment.body);
      const frame = frameOf([trainer, client]);
      pair.append(html("figure", `outcome-moment is-${kind}`,
        html("figcaption", "",
          html("strong", "", this.#say(`moment_${kind}`)),
          html("span", `grade-${grade}`, this.#percent(moment.score)),
          html("small", "", this.#say("moment_where", {
            name: items[moment.item].name, set: moment.set + 1, time: clock(Math.floor(moment.atS)),
          }))),
        html("div", "outcome-pair",
          this.#figure(trainer, frame, null, this.#say("figure_trainer")),
          this.#figure(client, frame, moment.marks, this.#say("figure_client"))),
        html("p", "outcome-words", this.#worstLimb(moment))));
    }
    return [pair];
  }

  /** @param {Float64Array|null} marks null = the trainer, in one colour */
  #figure({ lines, head }, frame, marks, name) {
    const drawn = lines.map(({ x1, y1, x2, y2, bone }) => svg("line", {
      x1, y1, x2, y2, class: marks ? `line-${gradeOfMark(marks[bone])}` : "line-trainer",
    }));
    if (head) {
      drawn.push(svg("circle", {
        cx: head.x, cy: head.y, r: head.r, class: marks ? "head-client" : "head-trainer",
      }));
    }
    const { x, y, width, height } = frame;
    return html("div", "outcome-figure",
      svg("svg", { viewBox: `${x} ${y} ${width} ${height}`, role: "img", "aria-label": name }, ...drawn),
      html("span", "", name));
  }

  #worstLimb({ marks, score }) {
    let worst = -1;
    for (let b = 0; b < marks.length; b += 1) {
      if (!Number.isNaN(marks[b]) && (worst < 0 || marks[b] < marks[worst])) worst = b;
    }
    if (worst < 0 || gradeOfMark(marks[worst]) === "green") {
      return this.#say(gradeOf(score) === "green" ? "moment_all_good" : "moment_not_along");
    }
    return this.#say("moment_limb", { limb: this.#say(`bone_${BONES[worst].name}`) });
  }

  #advice(tally) {
    const list = html("ul", "outcome-advice");
    for (const { key, values = {}, bone } of tally.advice()) {
      const filled = { ...values };
      if (bone !== undefined) filled.limb = this.#say(`bone_${BONES[bone].name}`);
      if (values.lagS !== undefined) filled.lag = this.#tenths.format(values.lagS);
      list.append(html("li", "", this.#say(key, filled)));
    }
    return html("section", "", html("h3", "", this.#say("advice_title")), list);
  }
}
