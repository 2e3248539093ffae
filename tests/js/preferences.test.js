import assert from "node:assert/strict";
import { test } from "node:test";

import { DEFAULTS, PreferenceStore, sound } from "../../static/js/shadow/preferences.js";

const shelf = (content = {}) => ({
  content,
  getItem: (key) => content[key] ?? null,
  setItem: (key, value) => { content[key] = value; },
});

test("what was chosen is there at the next visit", () => {
  const storage = shelf();
  new PreferenceStore(storage).set({ muted: true, rates: { 7: 0.75 } });

  const { values } = new PreferenceStore(storage);
  assert.equal(values.muted, true);
  assert.deepEqual(values.rates, { 7: 0.75 });
  assert.equal(values.view, "video");
});

test("unknown and broken values are passed over", () => {
  assert.deepEqual(sound({ muted: "yes", view: "3d", more: 1, rates: null }),
    { ...DEFAULTS, view: "3d" });
  assert.deepEqual(sound("nonsense"), DEFAULTS);
  assert.deepEqual(new PreferenceStore(shelf({ "shadow-preferences": "{" })).values, DEFAULTS);
});

test("without storage a choice holds for the visit", () => {
  const store = new PreferenceStore({
    getItem: () => { throw new Error("off"); },
    setItem: () => { throw new Error("off"); },
  });
  store.set({ muted: true });
  assert.equal(store.values.muted, true);
});
