/** Small copies of a video's frames, away from the page's own thread: see shrunk.js. */

const canvas = new OffscreenCanvas(2, 2);
const context = canvas.getContext("2d", { willReadFrequently: true });

onmessage = ({ data: { frame, width, height } }) => {
  try {
    // Taking the picture out leaves the canvas clear.
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    context.drawImage(frame, 0, 0, width, height);
  } finally {
    frame.close();
  }
  const bitmap = canvas.transferToImageBitmap();
  postMessage(bitmap, [bitmap]);
};
