/**
 * The page to compare with: the camera, the pose model with its mask, and nothing else.
 *
 * It feeds the model as well as one can: pictures are shrunk in the worker, the newest one waits
 * while the model is busy. Masks come as often as on our page (with every picture: to switch the
 * output off is no gain), and nobody looks at them.
 */

const WORKER = `
let landmarker, canvas, context;
async function start({ tasksVision, wasm, model, delegate, width, height }) {
  const { FilesetResolver, PoseLandmarker } = await import(tasksVision);
  landmarker = await PoseLandmarker.createFromOptions(
    await FilesetResolver.forVisionTasks(wasm, true),
    {
      baseOptions: { modelAssetPath: model, delegate },
      runningMode: "VIDEO", numPoses: 1, outputSegmentationMasks: true,
    });
  canvas = new OffscreenCanvas(width, height);
  context = canvas.getContext("2d", { willReadFrequently: delegate === "CPU" });
  postMessage({ ready: true });
}
onmessage = async ({ data }) => {
  if (!data.frame) return start(data);
  context.drawImage(data.frame, 0, 0, canvas.width, canvas.height);
  data.frame.close();
  let found = false;
  landmarker.detectForVideo(canvas, data.atMs, ({ landmarks }) => { found = landmarks.length > 0; });
  postMessage({ found });
};`;

const PAGE = `
const stream = await navigator.mediaDevices.getUserMedia(
  { video: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } } });
const video = document.createElement("video");
video.muted = true;
video.srcObject = stream;
await video.play();
const scale = Math.min(1, 480 / Math.max(video.videoWidth, video.videoHeight));
const worker = new Worker(
  URL.createObjectURL(new Blob([WORKER], { type: "text/javascript" })), { type: "module" });
window.bare = { poses: 0, found: 0 };
let busy = true, waiting = false;
const feed = () => {
  busy = true;
  waiting = false;
  const frame = new VideoFrame(video, { timestamp: 0 });
  worker.postMessage({ frame, atMs: performance.now() }, [frame]);
};
worker.onmessage = ({ data }) => {
  if (!data.ready) {
    window.bare.poses += 1;
    window.bare.found += data.found;
  }
  busy = false;
  if (waiting) feed();
};
worker.onerror = (event) => { window.bare.error = event.message; };
worker.postMessage({
  ...ADDRESSES,
  width: Math.round(video.videoWidth * scale), height: Math.round(video.videoHeight * scale),
});
const next = () => {
  video.requestVideoFrameCallback(next);
  if (busy) waiting = true;
  else feed();
};
video.requestVideoFrameCallback(next);`;

/**
 * @param {{tasksVision: string, wasm: string, model: string, delegate: string}} addresses absolute
 * @returns {string} HTML
 */
export function barePage(addresses) {
  const given = `const ADDRESSES = ${JSON.stringify(addresses)}; const WORKER = ${
    JSON.stringify(WORKER)};`;
  return `<!doctype html><meta charset="utf-8"><title>Bare</title><script type="module">${
    `${given}\n${PAGE}`.replaceAll("</", "<\\/")}</script>`;
}
