import assert from "node:assert/strict";
import { test } from "node:test";

import { chooseMime, mayRecord } from "../../static/js/shadow/recorder.js";

test("each level lets out what it says and no more", () => {
  const allowed = (level) =>
    ["silhouette", "video", "stage"].filter((content) => mayRecord(level, content));
  assert.deepEqual(allowed("numbers"), []);
  assert.deepEqual(allowed("skeleton"), []);
  assert.deepEqual(allowed("silhouette"), ["silhouette"]);
  assert.deepEqual(allowed("video"), ["silhouette", "video", "stage"]);
  assert.deepEqual(allowed(null), []);
});

test("WebM where there is WebM, the lighter codec on a slow device, else MP4, else nothing", () => {
  const chrome = (mime) => mime.startsWith("video/webm");
  const safari = (mime) => mime.startsWith("video/mp4");
  const vp9Only = (mime) => mime.includes("vp9");
  assert.equal(chooseMime(chrome), "video/webm;codecs=vp9");
  assert.equal(chooseMime(chrome, { slow: true }), "video/webm;codecs=vp8");
  assert.equal(chooseMime(vp9Only, { slow: true }), "video/webm;codecs=vp9");
  assert.equal(chooseMime(safari), "video/mp4;codecs=avc1.42E01F");
  assert.equal(chooseMime(() => false), null);
});
