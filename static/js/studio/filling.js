/** Sentences from the page with names and numbers in them. Pure. */

/**
 * Fills in each `{name}` there is a value for.
 *
 * @param {string} text
 * @param {Record<string, string | number>} values
 * @returns {string}
 */
export function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, key) => String(values[key] ?? whole));
}
