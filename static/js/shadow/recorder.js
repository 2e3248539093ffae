/**
 * Films a set: camera, silhouette or stage, in parts of a second that go straight into the outbox.
 * Whatever goes wrong here, the workout goes on.
 */

/** Half of VP9's usual rate for 720p: one body before a still room needs no more. */
const BITS_PER_SECOND = 1_200_000;
const PART_MS = 1000;
/** A picture that does not move yet makes a film that can't be played: it is waited for. */
const FIRST_PICTURES = 2;
const STOP_MS = 3000;

const MIMES = Object.freeze([
  "video/webm;codecs=vp9", "video/webm;codecs=vp8", "video/webm", "video/mp4;codecs=avc1.42E01F",
  "video/mp4",
]);

/** What each level lets out of the device. */
const CONTENTS = Object.freeze({
  numbers: [],
  skeleton: [],
  silhouette: ["silhouette"],
  video: ["silhouette", "video", "stage"],
});

/**
 * @param {string} level
 * @param {string} content
 * @returns {boolean} whether a film of this may leave the device
 */
export const mayRecord = (level, content) => CONTENTS[level]?.includes(content) ?? false;

/**
 * @param {(mime: string) => boolean} supported
 * @param {{slow?: boolean}} options slow: VP8 takes half the processor's time of VP9
 * @returns {string|null} null where this browser can't record
 */
export function chooseMime(supported, { slow = false } = {}) {
  const wanted = slow ? MIMES.filter((mime) => !mime.includes("vp9")) : MIMES;
  return wanted.find(supported) ?? MIMES.find(supported) ?? null;
}

/**
 * Wait until a stream shows moving pictures.
 * @param {MediaStream} stream
 * @param {AbortSignal} signal
 * @returns {Promise<boolean>} false where it was given up
 */
function pictures(stream, signal) {
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  video.srcObject = stream;
  return new Promise((resolve) => {
    const end = (shown) => {
      video.srcObject = null;
      resolve(shown);
    };
    if (signal.aborted) end(false);
    signal.addEventListener("abort", () => end(false), { once: true });
    let left = FIRST_PICTURES;
    const next = () => {
      left -= 1;
      if (left === 0) end(true);
      else video.requestVideoFrameCallback(next);
    };
    if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(next);
    else video.addEventListener("timeupdate", () => end(true), { once: true, signal });
    video.play().catch(() => end(false));
  });
}

/** @typedef {"idle"|"waiting"|"recording"|"not_allowed"|"unsupported"|"full"|"failed"} RecorderState */

export class Recorder {
  #logbook;
  #onstate;
  #slow;
  #state = "idle";
  #present = null;

  /**
   * @param {import("./logbook.js").Logbook} logbook
   * @param {{onstate?: (state: RecorderState) => void, slow?: boolean}} options
   */
  constructor(logbook, { onstate = () => {}, slow = false } = {}) {
    this.#logbook = logbook;
    this.#onstate = onstate;
    this.#slow = slow;
  }

  /** @returns {RecorderState} */
  get state() { return this.#state; }

  /**
   * Film a set; ends by itself with the stream.
   * @param {{stream: MediaStream, content: "silhouette"|"video"|"stage", item: number, set: number,
   *   audio?: boolean}} wanted the stream stays the caller's: its tracks are not stopped
   */
  async start({ stream, content, item, set, audio = false }) {
    await this.stop();
    if (!mayRecord(this.#logbook.level, content)) {
      this.#say("not_allowed");
      return;
    }
    const mime = "MediaRecorder" in globalThis
      ? chooseMime((one) => MediaRecorder.isTypeSupported(one), { slow: this.#slow })
      : null;
    if (!mime) {
      this.#say("unsupported");
      return;
    }
    const present = { ending: new AbortController(), recorder: null, take: null, ended: null };
    this.#present = present;
    try {
      await this.#film(present, stream, mime, { content, item, set, audio });
    } catch (error) {
      console.error(error);
      this.#end(present, "failed");
    }
  }

  /** End the film; settles when its last part is kept. */
  async stop() {
    const present = this.#present;
    if (!present) return;
    this.#end(present, "idle");
    await present.ended;
  }

  async #film(present, stream, mime, { content, item, set, audio }) {
    const { signal } = present.ending;
    const tracks = [...stream.getVideoTracks(), ...(audio ? stream.getAudioTracks() : [])];
    const filmed = new MediaStream(tracks);
    this.#say("waiting");
    if (!await pictures(filmed, signal)) {
      if (!signal.aborted) this.#end(present, "failed");
      return;
    }
    const recorder = new MediaRecorder(filmed, {
      mimeType: mime, videoBitsPerSecond: BITS_PER_SECOND,
    });
    const take = await this.#logbook.record({
      item, set, content, mime: recorder.mimeType || mime,
    });
    if (signal.aborted) {
      take?.close();
      return;
    }
    if (!take) {
      this.#end(present, "full");
      return;
    }
    Object.assign(present, { recorder, take, ended: this.#watch(present, recorder, take) });
    recorder.start(PART_MS);
    take.begin(this.#logbook.elapsedS);
    this.#say("recording");
  }

  /** @returns {Promise<void>} settles when the film has ended and is kept */
  #watch(present, recorder, take) {
    return new Promise((resolve) => {
      recorder.addEventListener("dataavailable", ({ data }) => {
        take.add(data).then((kept) => {
          if (!kept && present === this.#present) this.#end(present, "full");
        }, (error) => {
          console.error(error);
          this.#end(present, "failed");
        });
      });
      recorder.addEventListener("error", ({ error }) => {
        console.error(error);
        this.#end(present, "failed");
      });
      recorder.addEventListener("stop", () => {
        this.#end(present, "idle");
        take.close().then(resolve, resolve);
      }, { once: true });
    });
  }

  #end(present, state) {
    if (present.ending.signal.aborted) return;
    present.ending.abort();
    if (this.#present === present) this.#present = null;
    const { recorder, take } = present;
    if (recorder && recorder.state !== "inactive") recorder.stop();
    if (take) {
      // An encoder that hangs must not hold up the end of the workout.
      const late = setTimeout(() => take.close(), STOP_MS);
      take.closed.then(() => clearTimeout(late));
      present.ended = take.closed;
    }
    this.#say(state);
  }

  #say(state) {
    if (this.#state === state) return;
    this.#state = state;
    this.#onstate(state);
  }
}
