"""A video in Firefox, where there is one: a page plays it and tells what it saw."""

from __future__ import annotations

import json
import queue
import shutil
import subprocess
from pathlib import Path
from typing import Any

from tests.e2e.serving import serving

FIREFOX = shutil.which("firefox") or shutil.which("firefox-esr")
_ANSWER_S = 90.0

# Firefox first says how long a video is, then plays it from three places and to its end.
_PAGE = """<!doctype html><meta charset="utf-8"><title>Playing</title><script type="module">
const video = document.createElement("video");
video.muted = true;
document.body.append(video);
const when = (name) => new Promise((resolve, reject) => {
  video.addEventListener(name, resolve, { once: true });
  video.addEventListener("error", () => reject(new Error(video.error.message)), { once: true });
});
const tell = (said) => fetch("/said", { method: "POST", body: JSON.stringify(said) });
const canvas = document.createElement("canvas");
function picture() {
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  return data.reduce((sum, value, i) => sum + (i % 4 < 3 ? value : 0), 0) / (0.75 * data.length);
}
try {
  const loaded = when("loadeddata");
  video.src = "/video";
  await loaded;
  const seen = { duration: video.duration, width: video.videoWidth, places: [], shades: [] };
  for (const part of [0.8, 0.2, 0.5]) {
    const seeked = when("seeked");
    video.currentTime = part * video.duration;
    await seeked;
    seen.places.push([part, video.currentTime / video.duration]);
    seen.shades.push(picture());
  }
  const ended = when("ended");
  video.currentTime = video.duration - 1;
  await video.play();
  await ended;
  await tell({ ...seen, ended: true });
} catch (error) {
  await tell({ error: String(error) });
}
</script>"""


def play(video: bytes, kind: str, profile: Path) -> dict[str, Any]:
    """Have Firefox play a video; gives `duration`, `width`, `places`, `shades`, `ended`."""
    assert FIREFOX is not None
    told: queue.Queue[bytes] = queue.Queue()
    files = {"/": (_PAGE.encode(), "text/html"), "/video": (video, kind)}
    with serving(files.get, told.put) as address:
        # Root's home is not Firefox's to write: the profile is its home as well.
        browser = subprocess.Popen(
            [FIREFOX, "--headless", "--no-remote", "--profile", str(profile), address],
            env={"HOME": str(profile), "PATH": "/usr/bin:/bin"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            seen: dict[str, Any] = json.loads(told.get(timeout=_ANSWER_S))
        finally:
            browser.terminate()
            browser.wait()
    return seen
