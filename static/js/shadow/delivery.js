/**
 * What the outbox sends next, and what an answer means. Pure.
 *
 * Two hands write, each its own records, so that neither overwrites the other: the tab that
 * exercises writes a session and its recordings, the tab that sends writes its delivery.
 *
 * @typedef {object} KeptSession
 * @property {string} id made on this device
 * @property {number} assignment
 * @property {string} level what may leave the device
 * @property {number} startedAtMs Date.now() when it began
 * @property {number} savedAtMs Date.now() when it was last written
 * @property {number} made chunks closed so far
 * @property {number} lastS session clock of the last row
 * @property {{item: number, set: number}|null} at the last row's place in the workout
 * @property {unknown} noted what the page wants to find again
 * @property {boolean} finish nothing more will come
 *
 * @typedef {object} KeptRecording
 * @property {number} n from 0 within the session
 * @property {number} item
 * @property {number} set
 * @property {number} startedS session clock of the first picture
 * @property {string} mime
 * @property {string} content "silhouette", "video" or "stage"
 * @property {number} parts kept so far
 * @property {boolean} closed no more parts will come
 *
 * @typedef {object} Problem what the server would not take, or the device could not keep
 * @property {"session"|"chunk"|"recording"|"finish"|"storage"} kind
 * @property {number} [n]
 * @property {number} [status]
 * @property {string} [detail] the server's words
 *
 * @typedef {object} Delivery
 * @property {boolean} created the server has the session
 * @property {string|null} level what it takes: the trainer may ask for less than the page knew
 * @property {number} next number on this device of the chunk that is sent next
 * @property {number[]} refused numbers on this device of the chunks the server would not take
 * @property {Record<number, {announced: boolean, parts: number, refused: boolean}>} recordings
 * @property {number} rewinds how often the server missed what it had acknowledged
 * @property {Problem|null} refusal of the session as a whole
 * @property {{status: number, score: number|null, url: string|null}|null} answer to the finish
 * @property {Problem[]} problems
 * @property {number} changedAtMs
 *
 * @typedef {object} Message
 * @property {"session"|"chunk"|"recording"|"part"|"finish"} kind
 * @property {string} session
 * @property {number} [n] of the chunk on this device, or of the recording
 * @property {number} [seq] of the chunk or part at the server
 */

const FIRST_DELAY_MS = 1000;
const LONGEST_DELAY_MS = 30_000;
const MOST_REWINDS = 3;

/** @returns {Delivery} of a session of which nothing has been sent */
export const undelivered = () => ({
  created: false,
  level: null,
  next: 0,
  refused: [],
  recordings: {},
  rewinds: 0,
  refusal: null,
  answer: null,
  problems: [],
  changedAtMs: 0,
});

const none = Object.freeze({ announced: false, parts: 0, refused: false });
const of = (delivery, n) => delivery.recordings[n] ?? none;

/** @param {number} failures in a row @returns {number} how long to wait before the next try */
export const delayMs = (failures) =>
  Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.max(0, failures - 1));

/**
 * Say what a status means.
 * @param {number} status HTTP status; 0 = the network failed
 * @returns {"stored"|"again"|"doubt"|"refused"} doubt: it depends on who is logged in
 */
export function outcome(status) {
  if (status === 200 || status === 201) return "stored";
  if (status === 0 || status === 408 || status === 425 || status === 429 || status >= 500) {
    return "again";
  }
  return status === 401 || status === 403 || status === 404 ? "doubt" : "refused";
}

/** @returns {boolean} whether nothing will ever be sent of it again */
export const settled = (delivery) => Boolean(delivery.answer || delivery.refusal);

/** Numbers at the server have no gap: one that was refused is taken by the chunk behind it. */
const seqOf = (n, refused) => n - refused.filter((other) => other < n).length;

/** @returns {number} chunks the server has */
export const acknowledged = (delivery) => seqOf(delivery.next, delivery.refused);

/**
 * Numbers before pictures, each in order, the finish last.
 * @param {KeptSession} session
 * @param {KeptRecording[]} recordings in order
 * @param {Delivery} delivery
 * @returns {Message|null} null where there is nothing to send now
 */
export function nextMessage(session, recordings, delivery) {
  if (settled(delivery)) return null;
  const message = (kind, more) => ({ kind, session: session.id, ...more });
  const begun = session.made > 0 || session.finish || recordings.some(({ parts }) => parts > 0);
  if (!delivery.created) return begun ? message("session") : null;
  if (delivery.next < session.made) {
    return message("chunk", { n: delivery.next, seq: acknowledged(delivery) });
  }
  for (const { n, parts } of recordings) {
    const sent = of(delivery, n);
    if (sent.refused || sent.parts >= parts) continue;
    return sent.announced ? message("part", { n, seq: sent.parts }) : message("recording", { n });
  }
  return session.finish && recordings.every(({ closed }) => closed) ? message("finish") : null;
}

/** @returns {{n: number, parts: number}[]} the recordings that the server has whole */
export const deliveredRecordings = (recordings, delivery) => recordings
  .map(({ n }) => ({ n, parts: of(delivery, n).parts }))
  .filter(({ n, parts }) => parts > 0 && !of(delivery, n).refused);

const problem = (message, status, body) => ({
  kind: message.kind === "part" ? "recording" : message.kind,
  ...(message.n === undefined ? {} : { n: message.n }),
  status,
  detail: typeof body?.detail === "string" ? body.detail : JSON.stringify(body ?? {}).slice(0, 500),
});

const withRecording = (delivery, n, changes) => ({
  ...delivery,
  recordings: { ...delivery.recordings, [n]: { ...of(delivery, n), ...changes } },
});

const withProblem = (delivery, found) =>
  ({ ...delivery, problems: [...delivery.problems, found] });

/** The server says what it misses, though it has acknowledged all: it gets it again, if we can. */
function incomplete(delivery, message, body) {
  let after = { ...delivery, rewinds: delivery.rewinds + 1 };
  for (const n of Object.keys(body?.missing_parts ?? {}).map(Number)) {
    // Acknowledged parts are not kept: the workout counts more than its film.
    after = withProblem(withRecording(after, n, { refused: true }),
      { kind: "recording", n, status: 409, detail: "parts were lost" });
  }
  const missing = body?.missing ?? [];
  if (missing.length > 0) {
    let n = 0;
    while (n < after.next
      && (after.refused.includes(n) || seqOf(n, after.refused) < Math.min(...missing))) n += 1;
    after = { ...after, next: n };
  }
  if (after.rewinds <= MOST_REWINDS) return after;
  return withProblem({ ...after, answer: { status: 409, score: null, url: null } },
    problem(message, 409, body));
}

/** The server knows nothing of a session it once took: it gets all that is kept anew. */
function forgotten(delivery) {
  let after = {
    ...delivery, created: false, next: 0, refused: [], recordings: {}, rewinds: delivery.rewinds + 1,
  };
  for (const [n, { parts, refused }] of Object.entries(delivery.recordings)) {
    if (parts === 0 && !refused) continue;
    after = withProblem(withRecording(after, n, { refused: true }),
      { kind: "recording", n: Number(n), status: 404, detail: "parts were lost" });
  }
  return after;
}

/**
 * @param {Delivery} delivery
 * @param {Message} message
 * @param {"stored"|"refused"} meaning
 * @param {{status: number, body: any}} answer
 * @returns {Delivery}
 */
export function answered(delivery, message, meaning, { status, body }) {
  const fault = problem(message, status, body);
  const stored = meaning === "stored";
  if (status === 404 && message.kind !== "session" && delivery.rewinds < MOST_REWINDS) {
    return forgotten(delivery);
  }
  switch (message.kind) {
    case "session":
      return stored
        ? { ...delivery, created: true, level: body?.level ?? null }
        : withProblem({ ...delivery, refusal: fault }, fault);
    case "chunk": {
      const after = { ...delivery, next: message.n + 1 };
      if (stored || delivery.refused.includes(message.n)) return after;
      return withProblem({ ...after, refused: [...delivery.refused, message.n] }, fault);
    }
    case "recording":
    case "part":
      if (!stored) return withProblem(withRecording(delivery, message.n, { refused: true }), fault);
      return withRecording(delivery, message.n, message.kind === "part"
        ? { parts: message.seq + 1 }
        : { announced: true });
    case "finish":
      if (stored) {
        return {
          ...delivery,
          answer: { status, score: body?.score ?? null, url: body?.url ?? null },
        };
      }
      if (status === 409 && (body?.missing || body?.missing_parts)) {
        return incomplete(delivery, message, body);
      }
      return withProblem({ ...delivery, answer: { status, score: null, url: null } }, fault);
    default:
      throw new Error(`unknown message ${message.kind}`);
  }
}

/** @returns {Delivery} with another chance for what was refused as a whole: servers get mended */
export const reconsidered = (delivery) => (delivery.refusal
  ? { ...delivery, refusal: null }
  : delivery);

/**
 * @param {KeptSession} session
 * @param {KeptRecording[]} recordings
 * @param {Delivery} delivery
 * @returns {{acked: number, made: number, refused: number, chunks: number, parts: number}} the last
 *   two: how many wait
 */
export function counts(session, recordings, delivery) {
  return {
    acked: acknowledged(delivery),
    made: session.made,
    refused: delivery.refused.length,
    chunks: Math.max(0, session.made - delivery.next),
    parts: recordings.reduce((sum, { n, parts }) =>
      sum + (of(delivery, n).refused ? 0 : Math.max(0, parts - of(delivery, n).parts)), 0),
  };
}

/**
 * What a chunk of ours is worth to a server that has another one under its number: a page that was
 * killed may have handed over more rows than it could keep.
 * @param {{t: number[]}} ours
 * @param {{t: number[]}|null} theirs
 * @returns {boolean} whether the server has all rows of ours
 */
export function contains(theirs, ours) {
  if (!theirs || theirs.item !== ours.item || theirs.set !== ours.set) return false;
  const times = new Set(theirs.t);
  return ours.t.every((t) => times.has(t));
}
