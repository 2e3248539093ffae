/**
 * The webcam: a stream that starts and stops, changes to another camera, and says plainly why it
 * can't. Which camera was chosen is kept on the device.
 */

const PICTURE = Object.freeze({
  width: { ideal: 1280 },
  height: { ideal: 720 },
  frameRate: { ideal: 30 },
});
const STORED = "shadow-camera";
/** A call or another program takes the picture for a moment; for longer, it is said. */
const MUTED_MS = 5000;

/** @typedef {{deviceId?: string, facing?: "user"|"environment"}} Wish which camera is wanted */

/** @type {Record<string, string>} DOMException name -> reason, each with its own sentence */
const REASONS = Object.freeze({
  NotAllowedError: "denied",
  SecurityError: "denied",
  PermissionDeniedError: "denied",
  NotFoundError: "missing",
  DevicesNotFoundError: "missing",
  OverconstrainedError: "missing",
  NotReadableError: "busy",
  TrackStartError: "busy",
  AbortError: "busy",
});

/** Says why there is no picture: denied, missing, busy, insecure, ended or failed. */
export class CameraError extends Error {
  /** @param {string} reason */
  constructor(reason, options) {
    super(`camera ${reason}`, options);
    this.name = "CameraError";
    this.reason = reason;
  }
}

/** @param {unknown} error from getUserMedia @returns {string} */
export const reasonOf = (error) => REASONS[error?.name] ?? "failed";

/**
 * What to ask the browser for.
 * @param {Wish} wish that camera or none; without a wish, rather one that looks at the user
 * @returns {MediaStreamConstraints}
 */
export function constraints({ deviceId, facing }) {
  // Not "ideal": Chromium then takes whichever comes first.
  if (deviceId) return { audio: false, video: { ...PICTURE, deviceId: { exact: deviceId } } };
  const facingMode = facing ? { exact: facing } : { ideal: "user" };
  return { audio: false, video: { ...PICTURE, facingMode } };
}

/**
 * The camera that "switch camera" means. A phone has several on its back, of which the browser knows
 * the right one: front and back take turns. Elsewhere it is the next one in the list.
 * @param {{deviceId: string}[]} cameras
 * @param {{deviceId?: string, facingMode?: string}} present settings of the running track
 * @returns {Wish|null} null where there is no other
 */
export function another(cameras, { deviceId, facingMode }) {
  if (cameras.length < 2) return null;
  if (facingMode === "user") return { facing: "environment" };
  if (facingMode === "environment") return { facing: "user" };
  const at = cameras.findIndex((camera) => camera.deviceId === deviceId);
  return { deviceId: cameras[(at + 1) % cameras.length].deviceId };
}

export class Camera {
  #video;
  #stream = null;
  #frame = 0;
  #reader = null;
  #listeners = null;
  #mutedTimer = 0;
  /** Goes up with every opening and closing: what was asked for before is not wanted any more. */
  #turn = 0;
  #onframe = () => {};
  #onend = () => {};
  #wish;

  constructor() {
    this.#video = document.createElement("video");
    this.#video.muted = true;
    this.#video.playsInline = true;
    this.#wish = remembered();
  }

  get running() { return this.#stream !== null; }

  /** For recording; null while it is closed. Its tracks are ours to stop. */
  get stream() { return this.#stream; }

  /** @returns {"user"|"environment"|""} which way it looks, where the device says so */
  get facing() { return this.#settings.facingMode ?? ""; }

  get deviceId() { return this.#settings.deviceId ?? ""; }

  get #settings() { return this.#stream?.getVideoTracks()[0]?.getSettings() ?? {}; }

  /** @returns {Promise<{deviceId: string, label: string}[]>} labels are known once one was open */
  async list() {
    const devices = await navigator.mediaDevices?.enumerateDevices?.() ?? [];
    return devices.filter(({ kind }) => kind === "videoinput")
      .map(({ deviceId, label }) => ({ deviceId, label }));
  }

  /**
   * Open the camera: the one chosen last time if it is there.
   * @param {(picture: HTMLVideoElement|VideoFrame) => void} onframe called for every new picture;
   *   whoever keeps a frame clones it
   * @param {(error: CameraError) => void} onend called when the picture stops by itself
   * @throws {CameraError}
   */
  async start(onframe, onend) {
    if (this.#stream) return;
    this.#onframe = onframe;
    this.#onend = onend;
    try {
      await this.#open(constraints(this.#wish));
    } catch (error) {
      // The chosen one is unplugged, or there is none that looks that way: another will do.
      if (error.reason !== "missing") throw error;
      await this.#open(constraints({}));
    }
  }

  /**
   * Change to the other camera, and keep to it. Where that one does not open, the present one goes
   * on.
   * @returns {Promise<boolean>} false where there is no other
   * @throws {CameraError} where no camera opens any more
   */
  async flip() {
    const wish = another(await this.list(), this.#settings);
    return wish ? this.use(wish) : false;
  }

  /** @param {Wish} wish @returns {Promise<boolean>} whether it is in use now @throws {CameraError} */
  async use(wish) {
    const wasRunning = this.running;
    // Phones do not open two at a time.
    this.stop();
    if (!wasRunning) {
      this.#keep(wish);
      return true;
    }
    try {
      await this.#open(constraints(wish));
    } catch {
      await this.start(this.#onframe, this.#onend);
      return false;
    }
    this.#keep(wish);
    return true;
  }

  stop() {
    this.#turn += 1;
    this.#listeners?.abort();
    this.#listeners = null;
    clearTimeout(this.#mutedTimer);
    if (this.#frame) this.#video.cancelVideoFrameCallback?.(this.#frame);
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#reader?.cancel().catch(() => {});
    this.#reader = null;
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
    this.#video.srcObject = null;
  }

  async #open(wanted) {
    if (!window.isSecureContext || !navigator.mediaDevices?.getUserMedia) {
      throw new CameraError("insecure");
    }
    this.#turn += 1;
    const turn = this.#turn;
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia(wanted);
    } catch (error) {
      throw new CameraError(reasonOf(error), { cause: error });
    }
    if (turn !== this.#turn) {
      for (const track of stream.getTracks()) track.stop();
      throw new CameraError("ended");
    }
    this.#stream = stream;
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    for (const track of stream.getVideoTracks()) {
      track.addEventListener("ended", () => this.#lose(), { signal });
      track.addEventListener("mute", () => this.#muted(track), { signal });
      track.addEventListener("unmute", () => clearTimeout(this.#mutedTimer), { signal });
      // A page that comes back into view may find its camera asleep.
      document.addEventListener("visibilitychange", () => this.#muted(track), { signal });
    }
    if (readsTracks()) {
      // A track that fails ends, and says so.
      this.#read(stream).catch(() => {});
      return;
    }
    this.#video.srcObject = stream;
    try {
      await this.#video.play();
    } catch (error) {
      this.stop();
      throw new CameraError("failed", { cause: error });
    }
    this.#watch();
  }

  #lose() {
    this.stop();
    this.#onend(new CameraError("ended"));
  }

  /** Nobody misses the picture of a hidden page; phones take it away. */
  #muted(track) {
    clearTimeout(this.#mutedTimer);
    if (!track.muted || document.visibilityState === "hidden") return;
    this.#mutedTimer = setTimeout(() => this.#lose(), MUTED_MS);
  }

  #keep(wish) {
    this.#wish = wish;
    try {
      localStorage.setItem(STORED, JSON.stringify(wish));
    } catch {
      // No storage, no memory: it is asked for again next time.
    }
  }

  /**
   * Straight from the track: a video that is watched makes the browser prepare sixty frames a second
   * of a page on which nothing may have changed.
   */
  async #read(stream) {
    const [track] = stream.getVideoTracks();
    const { readable } = new MediaStreamTrackProcessor({ track, maxBufferSize: 1 });
    const reader = readable.getReader();
    this.#reader = reader;
    for (;;) {
      const { value: frame, done } = await reader.read();
      if (done) return;
      try {
        // Nobody follows unseen, as a video would not either.
        if (this.#reader === reader && document.visibilityState !== "hidden") this.#onframe(frame);
      } catch (error) {
        reportError(error);
      } finally {
        frame.close();
      }
    }
  }

  #watch() {
    const video = this.#video;
    const stream = this.#stream;
    const request = video.requestVideoFrameCallback
      ? (callback) => video.requestVideoFrameCallback(callback)
      : requestAnimationFrame;
    const next = () => {
      if (this.#stream !== stream) return;
      this.#frame = request(next);
      this.#onframe(video);
    };
    this.#frame = request(next);
  }
}

/** Phones turn what their cameras see, and not every browser tells: there, a video is watched. */
const readsTracks = () => typeof MediaStreamTrackProcessor !== "undefined"
  && navigator.userAgentData?.mobile === false;

/** @returns {Wish} */
function remembered() {
  try {
    const { deviceId, facing } = JSON.parse(localStorage.getItem(STORED)) ?? {};
    return {
      ...(typeof deviceId === "string" && { deviceId }),
      ...((facing === "user" || facing === "environment") && { facing }),
    };
  } catch {
    return {};
  }
}
