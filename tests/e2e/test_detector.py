"""The detector and the camera in a real browser, on a bare page of the running program."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Route

from tests.e2e.conftest import Films, Visit, Visitor

pytestmark = [pytest.mark.e2e, pytest.mark.live, pytest.mark.models]

# What every test of this file has at hand in its page.
_PAGE = """<!doctype html><meta charset="utf-8"><title>Detector</title><script type="module">
import { Camera } from "/static/js/shadow/camera.js";
import { Detector } from "/static/js/shadow/detector.js";

const at = (path) => new URL(path, location.href).href;
const addresses = (models, delegates) => ({
  tasksVision: at("/static/vendor/tasks-vision/vision_bundle.mjs"),
  wasm: at("/static/vendor/tasks-vision/wasm"),
  models: models.map((model) => at(`/static/models/pose_landmarker_${model}.task`)),
  delegates,
});

/** How a silhouette lies in its frame: opacity at every landmark, its box, its softness. */
function looked({ silhouette, width, height, image }) {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d");
  context.drawImage(silhouette, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  const alpha = (x, y) => data[4 * (Math.min(height - 1, Math.max(0, y | 0)) * width
    + Math.min(width - 1, Math.max(0, x | 0))) + 3];
  let [left, right, top, bottom, solid] = [width, 0, height, 0, 0];
  const between = new Set();
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const value = alpha(x, y);
      if (value > 100) {
        solid += 1;
        left = Math.min(left, x);
        right = Math.max(right, x);
        top = Math.min(top, y);
        bottom = Math.max(bottom, y);
      }
      if (value > 8 && value < 150) between.add(value);
    }
  }
  return {
    alpha, at: Array.from({ length: 33 }, (_, i) => alpha(image[2 * i], image[2 * i + 1])),
    box: [left / width, top / height, right / width, bottom / height],
    solid: solid / (width * height), shades: between.size,
    corners: [alpha(0, 0), alpha(width, 0)],
  };
}

window.watch = async ({ models, delegates, poses, maskEvery = 1, silhouette = true }) => {
  const camera = new Camera();
  const seen = [];
  let count = 0;
  const changes = [];
  const masks = [];
  await new Promise((resolve, reject) => {
    const detector = new Detector(addresses(models, delegates), {
      onpose: (pose) => {
        if (seen.length >= poses) return;
        const { alpha, ...look } = pose.silhouette ? looked(pose) : {};
        masks.push(alpha);
        // The same landmarks in a mask that is too old by three frames.
        const old = masks.length > 3 && masks.shift();
        const stale = old
          ? Array.from({ length: 33 }, (_, i) => old(pose.image[2 * i], pose.image[2 * i + 1]))
          : null;
        seen.push({
          found: pose.found, masked: pose.masked, stamp: pose.stamp, capturedMs: pose.capturedMs,
          width: pose.width, height: pose.height, light: pose.light,
          image: Array.from(pose.image), world: Array.from(pose.world),
          visibility: Array.from(pose.visibility),
          look, stale,
        });
        pose.silhouette?.close();
        if (seen.length < poses) return;
        detector.stop();
        camera.stop();
        resolve();
      },
      onchange: (delegate) => changes.push(delegate),
    }, { gpuWarmupMs: 90_000 });
    detector.setCadence({ maskEvery });
    detector.start()
      .then(() => camera.start((video) => detector.feed(video, silhouette, count += 1), reject))
      .catch(reject);
  });
  return { seen, changes };
};

/** A worker spoken to directly: gives a function that sends and waits for the answer. */
window.speak = () => {
  const worker = new Worker("/static/js/shadow/detector_worker.js", { type: "module" });
  return (message, transfer = []) => new Promise((resolve) => {
    worker.onmessage = ({ data }) => { if (data.type !== "loading") resolve(data); };
    worker.postMessage(message, transfer);
  });
};
window.addresses = addresses;
window.Camera = Camera;
window.ready = true;
</script>"""


@pytest.fixture
def page(visit: Visit, films: Films) -> Visitor:
    return _open(visit, films.webcam_jack)


def _open(visit: Visit, film: Path | None, *flags: str) -> Visitor:
    client = visit(film, *flags)

    def answer(route: Route) -> None:
        route.fulfill(content_type="text/html", body=_PAGE)

    client.context.route("**/detector-test", answer)
    client.go("", "/detector-test")
    client.page.wait_for_function("window.ready")
    return client


def _still(film: Path, folder: Path) -> Path:
    """The film's first picture, again and again."""
    jpeg = b"\xff\xd8\xff" + film.read_bytes().split(b"\xff\xd8\xff")[1]
    path = folder / "still.mjpeg"
    path.write_bytes(jpeg * 30)
    return path


def _watch(client: Visitor, **options: Any) -> dict[str, Any]:
    found: dict[str, Any] = client.page.evaluate("options => window.watch(options)", options)
    return found


def _points(pose: dict[str, Any], i: int) -> tuple[float, float]:
    return pose["image"][2 * i] / pose["width"], pose["image"][2 * i + 1] / pose["height"]


def test_mask_and_landmarks_are_of_the_same_frame(page: Visitor) -> None:
    seen = _watch(page, models=["lite"], poses=60)["seen"][3:]
    assert all(pose["found"] and pose["masked"] for pose in seen)
    # Elbows and wrists fly in jumping jacks: an older mask has no arms where they are now.
    arms = (13, 14, 15, 16)
    missed = sum(pose["look"]["at"][i] < 80 for pose in seen for i in arms)
    stale = sum(pose["stale"][i] < 80 for pose in seen for i in arms)
    assert missed < 0.25 * len(arms) * len(seen)
    assert missed < 0.6 * stale
    # What hardly moves lies well within.
    assert all(pose["look"]["at"][i] > 80 for pose in seen for i in (23, 24))


def test_a_frame_comes_back_with_its_own_stamp_once(page: Visitor) -> None:
    seen = _watch(page, models=["lite"], poses=40)["seen"]
    stamps = [pose["stamp"] for pose in seen]
    assert stamps == sorted(set(stamps))
    times = [pose["capturedMs"] for pose in seen]
    assert times == sorted(set(times))


def test_every_third_frame_has_its_mask(page: Visitor) -> None:
    seen = _watch(page, models=["lite"], poses=30, maskEvery=3)["seen"]
    masked = [i for i, pose in enumerate(seen) if pose["masked"]]
    assert [b - a for a, b in zip(masked, masked[1:], strict=False)] == [3] * (len(masked) - 1)
    assert len(masked) in (9, 10)
    assert all(pose["found"] for pose in seen)


def test_without_silhouette_none_is_made(page: Visitor) -> None:
    seen = _watch(page, models=["lite"], poses=10, silhouette=False)["seen"]
    assert not any(pose["masked"] for pose in seen)


def test_light_is_told(page: Visitor) -> None:
    *_, last = _watch(page, models=["lite"], poses=20)["seen"]
    light = last["light"]
    assert 20 < light["mean"] < 235
    assert 20 < light["contrast"] <= 255
    assert 5 < light["body"] < 250


def test_the_gpu_cuts_out_what_the_processor_does(
    visit: Visit, films: Films, tmp_path: Path
) -> None:
    client = _open(visit, _still(films.webcam_squat, tmp_path))
    processor = _watch(client, models=["lite"], delegates=["CPU"], poses=12)
    # SwiftShader plays the graphics card: its first picture takes seconds.
    card = _watch(client, models=["lite"], delegates=["GPU"], poses=12)
    assert processor["changes"][0] == "CPU lite" and card["changes"][0] == "GPU lite"
    # What is drawn in the task's own context does not confuse the task: it goes on seeing.
    assert all(pose["found"] and pose["masked"] for pose in card["seen"])
    ours, other = card["seen"][-1], processor["seen"][-1]
    for i in range(11, 33):
        if other["visibility"][i] > 0.6:
            assert _points(ours, i) == pytest.approx(_points(other, i), abs=0.03)
    assert ours["look"]["solid"] == pytest.approx(other["look"]["solid"], rel=0.1)
    # The same way up, and the same way round.
    assert ours["look"]["box"] == pytest.approx(other["look"]["box"], abs=0.03)
    for pose in (ours, other):
        assert pose["look"]["corners"] == [0, 0]
        assert pose["look"]["shades"] > 20, "edges are soft"


def test_the_model_changes_while_the_task_lives_on(page: Visitor) -> None:
    answers = page.page.evaluate("""async () => {
      const stream = await navigator.mediaDevices.getUserMedia({ video: true });
      const video = document.createElement("video");
      video.muted = true;
      video.srcObject = stream;
      await video.play();
      const ask = window.speak();
      const { models: [lite, full], ...rest } = window.addresses(["lite", "full"]);
      const answers = [await ask({ type: "start", ...rest, model: lite, delegate: "CPU" })];
      let id = 0;
      const frame = async (timestampMs) => {
        await new Promise((resolve) => { video.requestVideoFrameCallback(resolve); });
        const picture = new VideoFrame(video, { timestamp: 0 });
        const { type, found, numbers } = await ask({
          type: "frame", id: id += 1, picture, width: 320, height: 240, timestampMs,
          silhouette: false,
        }, [picture]);
        return { type, found, id, count: numbers?.length };
      };
      // Timestamps that stand still or go back do not hurt.
      for (const ms of [1000, 1000, 500]) answers.push(await frame(ms));
      answers.push(await ask({ type: "change", model: full }));
      for (const ms of [2000, 100]) answers.push(await frame(ms));
      answers.push(await ask({ type: "change", model: full.replace("full", "none") }));
      answers.push(await frame(3000));
      answers.push(await ask({ type: "frame", id: 0, picture: { close() {} } }).catch(String));
      stream.getTracks().forEach((track) => track.stop());
      return answers;
    }""")
    kinds = [answer["type"] if isinstance(answer, dict) else answer for answer in answers[:-1]]
    assert kinds == [
        "ready", "pose", "pose", "pose", "changed", "pose", "pose", "unchanged", "pose",
    ]  # fmt: skip
    poses = [answer for answer in answers[:-1] if answer["type"] == "pose"]
    assert all(pose["found"] and pose["count"] == 198 for pose in poses)


def test_a_model_that_cannot_be_had_is_said(page: Visitor) -> None:
    words = page.page.evaluate(
        """() => window.watch({ models: ["none"], poses: 1 }).catch((error) => error.message)"""
    )
    assert "no pose model" in words


def test_the_camera_is_changed_and_remembered(visit: Visit) -> None:
    client = _open(
        visit,
        None,
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream=device-count=2",
    )
    found = client.page.evaluate("""async () => {
      const camera = new window.Camera();
      let frames = 0;
      const ended = [];
      const start = () => camera.start(() => { frames += 1; }, (error) => ended.push(error.reason));
      const framesCome = async () => {
        const from = frames;
        while (frames < from + 3) await new Promise((resolve) => { setTimeout(resolve, 20); });
      };
      await start();
      await framesCome();
      const first = camera.deviceId;
      const cameras = await camera.list();
      const changed = await camera.flip();
      await framesCome();
      const second = camera.deviceId;
      camera.stop();
      const again = new window.Camera();
      await again.start(() => {}, () => {});
      const third = again.deviceId;
      again.stop();
      return { first, second, third, changed, ended, cameras: cameras.length,
        running: camera.running };
    }""")
    assert found["cameras"] == 2
    assert found["changed"] is True
    assert found["second"] != found["first"]
    assert found["third"] == found["second"]
    assert found["ended"] == [] and found["running"] is False
