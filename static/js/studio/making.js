/** Sends the pieces of a take to the server, which makes exercises of them or says why not. */

/**
 * @param {string} url
 * @param {string} token against forged requests
 * @param {import("./pieces.js").Piece[]} pieces
 * @param {AbortSignal} signal
 * @returns {Promise<{url?: string, problems?: {id: number | null, words: string}[]}>} where to go,
 *   or what is wrong: with one piece, or, without an id, with all of them
 */
export async function makeExercises(url, token, pieces, signal) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token },
    body: JSON.stringify({
      pieces: pieces.map(({ name, start_s: start, end_s: end }) =>
        ({ name: name.trim(), start_s: start, end_s: end })),
    }),
    signal,
  });
  const answer = await response.json();
  if (response.status === 201) return { url: answer.url };
  if (response.status !== 400) throw new Error(`the server answered ${response.status}`);
  const problems = answer.problems.map(({ piece, words }) =>
    ({ id: piece === null ? null : pieces[piece]?.id ?? null, words }));
  return { problems };
}
