/** A scored frame, for tests. */
export const row = (t, changes = {}) => ({
  item: 7,
  set: 0,
  t,
  clipT: t % 3,
  score: 91.26,
  lagS: 0.30049,
  errorsDeg: new Float64Array(13).fill(4.44),
  world: new Float32Array(99).fill(0.1234),
  visibility: new Float32Array(33).fill(0.987),
  ...changes,
});
