import assert from "node:assert/strict";
import { test } from "node:test";

import { Voice, voiceFor } from "../../static/js/shadow/guide/voice.js";

const voice = (lang, localService = true, extra = {}) => ({ lang, localService, ...extra });

/** A browser's synthesis whose sentences end when the test says so. */
class Synthesis extends EventTarget {
  spoken = [];
  cancelled = 0;
  constructor(voices) {
    super();
    this.voices = voices;
  }
  getVoices() { return this.voices; }
  speak(utterance) { this.spoken.push(utterance); }
  cancel() { this.cancelled += 1; }
  resume() {}
  get texts() { return this.spoken.map(({ text }) => text); }
}
class Utterance {
  volume = 1;
  constructor(text) { this.text = text; }
}

function build(voices = [voice("en-US"), voice("ru-RU")]) {
  const synthesis = new Synthesis(voices);
  const timers = [];
  const speaker = new Voice({
    synthesis,
    Utterance,
    setTimer: (run, ms) => timers.push({ run, ms }),
    clearTimer: () => {},
  });
  return { synthesis, speaker, timers };
}

test("a voice of the region is best, then one of the language, local if possible", () => {
  const voices = [voice("de-DE"), voice("en-GB", false), voice("en_US"), voice("en-AU", true)];
  assert.equal(voiceFor(voices, "en-US"), voices[2]);
  assert.equal(voiceFor(voices, "en").localService, true);
  assert.equal(voiceFor([voice("ru-RU", false)], "ru").lang, "ru-RU");
  assert.equal(voiceFor(voices, "ru"), null);
});

test("a sentence is said in its language", () => {
  const { synthesis, speaker } = build();
  assert.equal(speaker.say("Согните колени.", "ru"), true);
  assert.equal(synthesis.spoken[0].lang, "ru");
  assert.equal(synthesis.spoken[0].voice.lang, "ru-RU");
});

test("one waits at most: the newest of those that matter as much", () => {
  const { synthesis, speaker } = build();
  speaker.say("one", "en", { kind: "fault" });
  assert.equal(speaker.say("two", "en", { kind: "fault" }), true);
  assert.equal(speaker.say("three", "en", { kind: "fault" }), true);
  assert.equal(speaker.say("good", "en", { kind: "praise" }), false);
  synthesis.spoken[0].onend();
  assert.deepEqual(synthesis.texts, ["one", "three"]);
  synthesis.spoken[1].onend();
  assert.deepEqual(synthesis.texts, ["one", "three"]);
});

test("a number that would come late is not said", () => {
  const { synthesis, speaker } = build();
  speaker.say("one", "en", { kind: "fault" });
  assert.equal(speaker.say("5", "en", { kind: "count" }), false);
  synthesis.spoken[0].onend();
  assert.equal(speaker.say("6", "en", { kind: "count" }), true);
});

test("muting cancels what is said and what waits", () => {
  const { synthesis, speaker } = build();
  speaker.say("one", "en");
  speaker.say("two", "en");
  speaker.muted = true;
  assert.equal(synthesis.cancelled, 1);
  synthesis.spoken[0].onerror();
  assert.equal(speaker.say("three", "en"), false);
  assert.deepEqual(synthesis.texts, ["one"]);
  speaker.muted = false;
  assert.equal(speaker.say("four", "en"), true);
});

test("a browser that never says it has finished does not silence the rest", () => {
  const { synthesis, speaker, timers } = build();
  speaker.say("one", "en");
  speaker.say("two", "en");
  timers[0].run();
  assert.deepEqual(synthesis.texts, ["one", "two"]);
  synthesis.spoken[0].onend();  // too late: it is the second that is being said
  speaker.say("three", "en");
  assert.deepEqual(synthesis.texts, ["one", "two"]);
});

test("voices that come later are taken", () => {
  const { synthesis, speaker } = build([]);
  assert.equal(speaker.speaks("en"), false);
  assert.equal(speaker.say("one", "en"), false);
  synthesis.voices = [voice("en-US")];
  synthesis.dispatchEvent(new Event("voiceschanged"));
  assert.equal(speaker.speaks("en"), true);
  assert.equal(speaker.say("one", "en"), true);
  speaker.dispose();
  synthesis.voices = [];
  synthesis.dispatchEvent(new Event("voiceschanged"));
  assert.equal(speaker.speaks("en"), true, "nobody listens any more");
});

test("a click unlocks with silence", () => {
  const { synthesis, speaker } = build();
  speaker.unlock();
  assert.equal(synthesis.spoken.length, 1);
  assert.equal(synthesis.spoken[0].volume, 0);
  assert.equal(speaker.say("one", "en"), true);
});

test("where there is no speech nothing fails", () => {
  for (const browser of [{ synthesis: null, Utterance: undefined }, {}]) {
    const speaker = new Voice(browser);
    speaker.unlock();
    speaker.muted = true;
    speaker.muted = false;
    assert.equal(speaker.say("one", "en"), false);
    speaker.dispose();
  }
});
