/**
 * The webcam: a stream that starts and stops, and says plainly why it can't.
 */

const WANTED = Object.freeze({
  audio: false,
  video: {
    facingMode: "user",
    width: { ideal: 1280 },
    height: { ideal: 720 },
    frameRate: { ideal: 30 },
  },
});

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

export class Camera {
  #video;
  #stream = null;
  #frame = 0;
  #listeners = null;

  constructor() {
    this.#video = document.createElement("video");
    this.#video.muted = true;
    this.#video.playsInline = true;
  }

  get width() { return this.#video.videoWidth; }

  get height() { return this.#video.videoHeight; }

  get running() { return this.#stream !== null; }

  /**
   * Open the camera.
   * @param {(video: HTMLVideoElement) => void} onframe called for every new picture
   * @param {(error: CameraError) => void} onend called when the picture stops by itself
   * @throws {CameraError}
   */
  async start(onframe, onend) {
    if (this.#stream) return;
    if (!window.isSecureContext || !navigator.mediaDevices?.getUserMedia) {
      throw new CameraError("insecure");
    }
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia(WANTED);
    } catch (error) {
      throw new CameraError(reasonOf(error), { cause: error });
    }
    this.#stream = stream;
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    for (const track of stream.getVideoTracks()) {
      track.addEventListener("ended", () => {
        this.stop();
        onend(new CameraError("ended"));
      }, { signal });
    }
    this.#video.srcObject = stream;
    try {
      await this.#video.play();
    } catch (error) {
      this.stop();
      throw new CameraError("failed", { cause: error });
    }
    this.#watch(onframe);
  }

  stop() {
    this.#listeners?.abort();
    this.#listeners = null;
    if (this.#frame) this.#video.cancelVideoFrameCallback?.(this.#frame);
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
    this.#video.srcObject = null;
  }

  #watch(onframe) {
    const video = this.#video;
    const request = video.requestVideoFrameCallback
      ? (callback) => video.requestVideoFrameCallback(callback)
      : requestAnimationFrame;
    const next = () => {
      if (!this.#stream) return;
      this.#frame = request(next);
      onframe(video);
    };
    this.#frame = request(next);
  }
}
