/**
 * What the cards over the stage say. Pure: messages in, content out.
 *
 * @typedef {(key: string, values?: object) => string} Say
 * @typedef {object} Card
 * @property {"intro"|"loading"|"error"|"done"} kind
 * @property {string} title
 * @property {string} text
 * @property {string} [action] what its button asks for
 * @property {string} [label] of the button
 * @property {string} [link]
 * @property {string} [linkLabel]
 * @property {number|null} [score]
 */

/** @param {Say} say @returns {Card} */
export const introCard = (say) => ({
  kind: "intro",
  title: say("intro_title"),
  text: say("intro_text"),
  action: "open",
  label: say("open_camera"),
});

/** @param {Say} say @param {"starting"|"finishing"} key @returns {Card} */
export const loadingCard = (say, key) => ({
  kind: "loading",
  title: say(`${key}_title`),
  text: say(`${key}_text`),
});

/**
 * @param {Say} say
 * @param {string} key of the sentence: what happened, what to do
 * @param {{action?: string|null, link?: string|null}} ways out
 * @returns {Card}
 */
export const errorCard = (say, key, { action = null, link = null }) => ({
  kind: "error",
  title: say(`${key}_title`),
  text: say(key),
  action,
  label: say("try_again"),
  link,
  linkLabel: say("back_home"),
});

/**
 * @param {Say} say
 * @param {{score: number|null, url: string|null}} answer to finishing
 * @param {string} home where to go if there are no results
 * @returns {Card}
 */
export const doneCard = (say, { score, url }, home) => ({
  kind: "done",
  title: say("done_title"),
  text: say(score === null ? "done_unscored" : "done_text"),
  score,
  link: url ?? home,
  linkLabel: say(url ? "see_results" : "back_home"),
});
