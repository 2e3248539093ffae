/**
 * What the cards over the stage say. Pure: messages in, content out.
 *
 * @typedef {(key: string, values?: object) => string} Say
 * @typedef {object} Card
 * @property {"intro"|"resume"|"loading"|"error"|"done"} kind
 * @property {string} title
 * @property {string} text
 * @property {string} [note] a smaller line beneath: the state of saving
 * @property {string} [action] what its first button asks for
 * @property {string} [label] of that button
 * @property {string} [second] the same of a second and third button
 * @property {string} [secondLabel]
 * @property {string} [third]
 * @property {string} [thirdLabel]
 * @property {string} [link]
 * @property {string} [linkLabel]
 */

/**
 * @param {Say} say
 * @param {object[]} items of the page's config
 * @returns {Card}
 */
export const introCard = (say, items) => ({
  kind: "intro",
  title: say("intro_title"),
  text: say("intro_plan", {
    exercises: items.length,
    sets: items.reduce((sum, item) => sum + Math.max(1, item.sets ?? 1), 0),
  }),
  action: "open",
  label: say("open_camera"),
});

/**
 * @param {Say} say
 * @param {{done: number, sets: number}} left how many sets are done of how many
 * @returns {Card}
 */
export const resumeCard = (say, { done, sets }) => ({
  kind: "resume",
  title: say("resume_title"),
  text: say("resume_text", { done, sets }),
  action: "resume-go",
  label: say("resume_go"),
  second: "resume-finish",
  secondLabel: say("resume_finish"),
  third: "resume-discard",
  thirdLabel: say("resume_discard"),
});

/** @param {Say} say @returns {Card} */
export const loadingCard = (say) => ({
  kind: "loading",
  title: say("starting_title"),
  text: say("starting_text"),
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
 * @param {string} home where to go while there is no results page yet
 * @returns {Card}
 */
export const doneCard = (say, home) => ({
  kind: "done",
  title: say("done_title"),
  text: "",
  note: say("done_saving"),
  link: home,
  linkLabel: say("back_home"),
});
