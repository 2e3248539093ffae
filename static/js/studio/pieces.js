/**
 * The pieces a take is cut into: what each tool of the filmstrip does. Pure.
 *
 * Pieces are in the order of time and never overlap. No function changes what it is given; one
 * that has nothing to do returns the very array it was given.
 */

/** Shorter ones the server would refuse; exercises/cutting.py has the same number. */
export const LEAST_S = 0.5;
/** A new piece is this long where there is room. */
const NEW_S = 5;
const EPSILON_S = 1e-6;

/**
 * @typedef {object} Piece
 * @property {number} id never given twice within one page
 * @property {number} start_s seconds of the take
 * @property {number} end_s
 * @property {string} name
 * @property {number | string | null} group pieces of one group show the same exercise
 * @property {number} set which of its group, from 1
 * @property {boolean} named by the trainer; other names may follow their group
 */

/**
 * @typedef {object} Words
 * @property {(number: number) => string} exercise name of the n-th exercise
 * @property {(name: string, number: number) => string} set name of a further set of it
 */

/** Times are told and sent in hundredths. @param {number} t */
const rounded = (t) => Math.round(t * 100) / 100;

/**
 * What the pipeline proposes.
 *
 * @param {{kind: string, start_s: number, end_s: number, group?: number | null}[]} segments
 * @param {{start_s: number, end_s: number}} whole taken where nothing was found
 * @param {Words} words
 * @returns {Piece[]}
 */
export function proposed(segments, whole, words) {
  const found = segments.filter(({ kind, start_s: from, end_s: to }) =>
    kind === "exercise" && to - from >= LEAST_S);
  const numbers = new Map();
  const sets = new Map();
  return (found.length ? found : [{ ...whole, group: null }]).map((segment, index) => {
    const group = segment.group ?? null;
    // Without a group each is an exercise of its own.
    const key = group ?? `alone ${index}`;
    if (!numbers.has(key)) numbers.set(key, numbers.size + 1);
    const set = (sets.get(key) ?? 0) + 1;
    sets.set(key, set);
    const name = words.exercise(numbers.get(key));
    return {
      id: index,
      start_s: rounded(segment.start_s),
      end_s: rounded(segment.end_s),
      name: set > 1 ? words.set(name, set) : name,
      group,
      set,
      named: false,
    };
  });
}

/** @param {Piece[]} pieces */
const nextId = (pieces) => Math.max(-1, ...pieces.map(({ id }) => id)) + 1;

/** @param {Piece[]} pieces @param {number} id @param {Partial<Piece>} changes */
const changed = (pieces, id, changes) =>
  pieces.map((piece) => (piece.id === id ? { ...piece, ...changes } : piece));

/** @param {Piece[]} pieces @param {number} t seconds @returns {Piece | undefined} */
export function pieceAt(pieces, t) {
  return pieces.find((piece) => piece.start_s <= t && t < piece.end_s);
}

/**
 * Between which times a border can be: not across its neighbour, nor its own other border.
 *
 * @param {Piece[]} pieces
 * @param {number} id
 * @param {"start" | "end"} side
 * @param {number} durationS of the take
 * @returns {[number, number]}
 */
export function limits(pieces, id, side, durationS) {
  const index = pieces.findIndex((piece) => piece.id === id);
  const piece = pieces[index];
  return side === "start"
    ? [pieces[index - 1]?.end_s ?? 0, Math.max(0, piece.end_s - LEAST_S)]
    : [piece.start_s + LEAST_S, pieces[index + 1]?.start_s ?? durationS];
}

/**
 * @param {Piece[]} pieces
 * @param {number} id
 * @param {"start" | "end"} side
 * @param {number} t wanted; taken as far as the limits allow
 * @param {number} durationS
 * @returns {Piece[]}
 */
export function moveBorder(pieces, id, side, t, durationS) {
  const piece = pieces.find((one) => one.id === id);
  if (!piece || !Number.isFinite(t)) return pieces;
  const [low, high] = limits(pieces, id, side, durationS);
  // A piece that is too short already has nowhere to go.
  if (low > high + EPSILON_S) return pieces;
  const to = Math.min(high, Math.max(low, rounded(t)));
  const field = side === "start" ? "start_s" : "end_s";
  return piece[field] === to ? pieces : changed(pieces, id, { [field]: to });
}

/** @param {Piece[]} pieces @param {number} t */
export function canSplit(pieces, t) {
  const piece = pieceAt(pieces, t);
  return Boolean(piece)
    && t - piece.start_s >= LEAST_S - EPSILON_S && piece.end_s - t >= LEAST_S - EPSILON_S;
}

/**
 * Cuts the piece at `t` in two; the second is one more set of the same exercise.
 *
 * @param {Piece[]} pieces
 * @param {number} t
 * @param {Words} words
 * @returns {Piece[]}
 */
export function split(pieces, t, words) {
  if (!canSplit(pieces, t)) return pieces;
  const piece = pieceAt(pieces, t);
  const at = rounded(t);
  const group = piece.group ?? `piece ${piece.id}`;
  const sets = pieces.filter((one) => one.id === piece.id || one.group === group);
  const set = Math.max(...sets.map((one) => one.set)) + 1;
  const base = sets.find((one) => one.set === 1)?.name ?? piece.name;
  const first = { ...piece, group, end_s: at };
  const second = {
    ...piece, id: nextId(pieces), group, start_s: at, set, named: false,
    name: words.set(base, set),
  };
  return pieces.flatMap((one) => (one.id === piece.id ? [first, second] : [one]));
}

/** @param {Piece[]} pieces @param {number} id */
export function canMerge(pieces, id) {
  const index = pieces.findIndex((piece) => piece.id === id);
  return index >= 0 && index < pieces.length - 1;
}

/** Joins a piece with the one after it, and what lies between. The first one's name stays. */
export function merge(pieces, id) {
  if (!canMerge(pieces, id)) return pieces;
  const index = pieces.findIndex((piece) => piece.id === id);
  return [
    ...pieces.slice(0, index),
    { ...pieces[index], end_s: pieces[index + 1].end_s },
    ...pieces.slice(index + 2),
  ];
}

/** @param {Piece[]} pieces @param {number} id */
export function remove(pieces, id) {
  const left = pieces.filter((piece) => piece.id !== id);
  return left.length === pieces.length ? pieces : left;
}

/**
 * The free time around `t`.
 *
 * @param {Piece[]} pieces
 * @param {number} t
 * @param {number} durationS
 * @returns {[number, number] | null} null inside a piece
 */
export function gapAt(pieces, t, durationS) {
  if (pieceAt(pieces, t)) return null;
  const before = pieces.filter((piece) => piece.end_s <= t).at(-1);
  const after = pieces.find((piece) => piece.start_s > t);
  return [before?.end_s ?? 0, after?.start_s ?? durationS];
}

/** @param {Piece[]} pieces @param {number} t @param {number} durationS */
export function canAdd(pieces, t, durationS) {
  const gap = gapAt(pieces, t, durationS);
  return Boolean(gap) && gap[1] - gap[0] >= LEAST_S;
}

/**
 * A new piece from `t` on, or as near as there is room.
 *
 * @param {Piece[]} pieces
 * @param {number} t
 * @param {number} durationS
 * @param {Words} words
 * @returns {Piece[]}
 */
export function add(pieces, t, durationS, words) {
  if (!canAdd(pieces, t, durationS)) return pieces;
  const [low, high] = gapAt(pieces, t, durationS);
  const start = Math.max(low, Math.min(rounded(t), high - LEAST_S));
  const taken = new Set(pieces.map(({ name }) => name));
  let number = pieces.length + 1;
  while (taken.has(words.exercise(number))) number += 1;
  const piece = {
    id: nextId(pieces), start_s: start, end_s: Math.min(high, start + NEW_S),
    name: words.exercise(number), group: null, set: 1, named: false,
  };
  return [...pieces, piece].sort((a, b) => a.start_s - b.start_s);
}

/**
 * Names a piece. Further sets of the same exercise follow, unless they were named themselves.
 *
 * @param {Piece[]} pieces
 * @param {number} id
 * @param {string} name
 * @param {Words} words
 * @returns {Piece[]}
 */
export function rename(pieces, id, name, words) {
  const piece = pieces.find((one) => one.id === id);
  if (!piece || piece.name === name) return pieces;
  return pieces.map((one) => {
    if (one.id === id) return { ...one, name, named: true };
    const follows = piece.set === 1 && piece.group !== null && one.group === piece.group
      && !one.named && name.trim() !== "";
    return follows ? { ...one, name: words.set(name.trim(), one.set) } : one;
  });
}

/**
 * How many repetitions lie in a piece: those with their middle in it.
 *
 * @param {[number, number][]} reps of the whole take
 * @param {Piece} piece
 */
export function repsIn(reps, piece) {
  return reps.filter(([from, to]) => {
    const middle = (from + to) / 2;
    return piece.start_s <= middle && middle < piece.end_s;
  }).length;
}

/** What was done, to go back to. Nothing in it is ever changed. */
export class History {
  #past = [];
  #future = [];
  #now;
  #key = "";

  /** @param {Piece[]} pieces */
  constructor(pieces) {
    this.#now = pieces;
  }

  get now() {
    return this.#now;
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }

  /**
   * @param {Piece[]} pieces
   * @param {string} [key] a drag or a name is one step, however many changes it takes: those
   *   with the same key, one after the other
   * @returns {boolean} whether anything is different
   */
  do(pieces, key = "") {
    if (pieces === this.#now) return false;
    if (!key || key !== this.#key) this.#past.push(this.#now);
    this.#key = key;
    this.#now = pieces;
    this.#future = [];
    return true;
  }

  /** The next change is a step of its own. */
  settle() {
    this.#key = "";
  }

  undo() {
    if (!this.canUndo) return;
    this.#future.push(this.#now);
    this.#now = this.#past.pop();
    this.#key = "";
  }

  redo() {
    if (!this.canRedo) return;
    this.#past.push(this.#now);
    this.#now = this.#future.pop();
    this.#key = "";
  }
}
