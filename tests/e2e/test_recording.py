"""What is filmed of a workout: it plays, it seeks, it is whole; and it is filmed only if chosen."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import av
import pytest
from playwright.sync_api import Request

from tests.e2e import firefox, homework
from tests.e2e.conftest import Films, Visit
from tests.e2e.homework import Homework
from tests.e2e.outbox import Exercising
from tests.perscoach.running import Program

pytestmark = [pytest.mark.e2e, pytest.mark.live, pytest.mark.models]

# Which stream is filmed: the camera, or a canvas that is drawn on or stands still.
_FILM = """async ([of, content, item]) => {
  const { Recorder } = await import("/static/js/shadow/recorder.js");
  window.states = [];
  window.recorder ??= new Recorder(logbook, { slow: true, onstate: (s) => states.push(s) });
  let stream;
  if (of === "camera") {
    stream = await navigator.mediaDevices.getUserMedia({ video: true });
  } else {
    const canvas = document.createElement("canvas");
    canvas.width = 320; canvas.height = 240;
    const pen = canvas.getContext("2d");
    let shade = 0;
    if (of === "drawn") setInterval(() => {
      shade = (shade + 9) % 256;
      pen.fillStyle = `rgb(${shade} 80 80)`;
      pen.fillRect(0, 0, 320, 240);
    }, 40);
    stream = canvas.captureStream(25);
  }
  await recorder.start({ stream, content, item, set: 0 });
}"""

_PLAY = """async url => {
  const video = document.createElement("video");
  video.muted = true;
  const when = (name) => new Promise((resolve, reject) => {
    video.addEventListener(name, resolve, { once: true });
    video.addEventListener("error", () => reject(new Error(video.error.message)), { once: true });
  });
  const loaded = when("loadeddata");
  video.src = url;
  await loaded;
  const seen = { duration: video.duration, width: video.videoWidth, places: [] };
  for (const part of [0.8, 0.2, 0.5]) {
    const seeked = when("seeked");
    video.currentTime = part * video.duration;
    await seeked;
    // A busy browser says so before it has the picture.
    while (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const frame = new VideoFrame(video);
    seen.places.push([part, frame.timestamp / 1e6 / video.duration]);
    frame.close();
  }
  const ended = when("ended");
  video.currentTime = video.duration - 1;
  await video.play();
  await ended;
  return seen;
}"""

Exercise = Callable[..., Exercising]


@pytest.fixture(scope="module")
def squats(program: Program, films: Films) -> Homework:
    return homework.make(program, films.trainer_squat, "rita", seconds=40, sets=1, asks_for="video")


def _permit_camera(somebody: Exercising) -> None:
    """Only Shadow Mode may use it; here its recorder works on a page without all the rest."""
    key = somebody.page.evaluate(
        """async () => {
          // It would fetch the real page.
          const workers = await navigator.serviceWorker.getRegistrations();
          await Promise.all(workers.map((worker) => worker.unregister()));
          return document.querySelector('meta[name="user-key"]').content;
        }"""
    )
    somebody.visitor.context.route(
        f"**{somebody.homework.path(somebody.client)}",
        lambda route: route.fulfill(
            content_type="text/html",
            headers={"permissions-policy": "camera=(self), microphone=()"},
            body=f'<!doctype html><meta name="user-key" content="{key}"><title>Film</title>',
        ),
    )


@pytest.fixture
def exercise(visit: Visit, films: Films, squats: Homework) -> Exercise:
    def begin(level: str) -> Exercising:
        somebody = Exercising(visit(films.webcam_squat), squats)
        somebody.log_in()
        somebody.open()
        _permit_camera(somebody)
        somebody.open()
        somebody.start(level)
        return somebody

    return begin


def _film(nina: Exercising, of: str, content: str) -> str:
    """Start filming; gives the recorder's state."""
    nina.page.evaluate(_FILM, [of, content, nina.homework.item])
    return str(nina.page.evaluate("recorder.state"))


def _recordings(nina: Exercising, session: str) -> list[dict[str, Any]]:
    """The finished session's recordings, once they are joined."""
    path = f"/api/sessions/{session}/recordings/"

    def joined() -> bool:
        return all(one["status"] in ("ready", "failed") for one in nina.get(path)["recordings"])

    nina.wait_until(joined, 60.0)
    listed = nina.get(path)["recordings"]
    return cast(list[dict[str, Any]], listed)


def _bytes(nina: Exercising, url: str) -> bytes:
    encoded = nina.page.evaluate(
        """async url => {
          const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
          let text = "";
          for (let i = 0; i < bytes.length; i += 8192) {
            text += String.fromCharCode(...bytes.subarray(i, i + 8192));
          }
          return btoa(text);
        }""",
        url,
    )
    return base64.b64decode(encoded)


def _times(nina: Exercising, url: str) -> list[float]:
    """When each picture of a recording is shown, read from the file itself."""
    with av.open(io.BytesIO(_bytes(nina, url))) as file:
        return [frame.time for frame in file.decode(video=0) if frame.time is not None]


def test_a_recording_plays_and_seeks_and_knows_how_long_it_is(
    exercise: Exercise, tmp_path: Path
) -> None:
    nina = exercise("video")
    session = nina.page.evaluate("logbook.id")
    nina.begin_set()
    assert _film(nina, "camera", "video") == "recording"
    nina.page.wait_for_timeout(6000)
    # Parts leave while the set goes on.
    nina.visitor.context.set_offline(True)
    nina.page.wait_for_timeout(3000)
    nina.visitor.context.set_offline(False)
    filmed_s = nina.page.evaluate("logbook.elapsedS")
    nina.page.evaluate("() => recorder.stop()")
    nina.end_set()
    assert nina.finish()["status"] == 200

    (recording,) = _recordings(nina, session)
    assert (recording["status"], recording["content"]) == ("ready", "video")
    assert recording["started_s"] + recording["duration_s"] == pytest.approx(filmed_s, abs=1.0)
    times = _times(nina, recording["url"])
    assert len(times) > 20
    assert all(a < b for a, b in zip(times, times[1:], strict=False)), "a picture is there twice"
    assert max(b - a for a, b in zip(times, times[1:], strict=False)) < 1.0, "there is a hole"
    seen = nina.page.evaluate(_PLAY, recording["url"])
    assert seen["duration"] == pytest.approx(recording["duration_s"], abs=0.1)
    for wanted, found in seen["places"]:
        assert found == pytest.approx(wanted, abs=0.08)
    if firefox.FIREFOX is None:
        return
    seen = firefox.play(_bytes(nina, recording["url"]), "video/webm", tmp_path)
    assert seen.get("ended"), seen
    assert seen["duration"] == pytest.approx(recording["duration_s"], abs=0.1)
    for wanted, found in seen["places"]:
        assert found == pytest.approx(wanted, abs=0.01)
    assert min(seen["shades"]) > 5, "a place that was sought is black"


def test_a_killed_tab_leaves_a_film_that_plays_and_goes_on_in_another(
    exercise: Exercise,
) -> None:
    nina = exercise("video")
    session = nina.page.evaluate("logbook.id")
    nina.begin_set()
    assert _film(nina, "camera", "video") == "recording"
    nina.page.wait_for_timeout(5000)
    nina.kill_tab()
    killed_s = nina.rows[-1]
    nina.open()
    left = nina.page.evaluate("() => logbook.resume()")
    assert nina.page.evaluate("left => logbook.goOn(left)", left)
    nina.begin_set()
    assert _film(nina, "camera", "video") == "recording"
    nina.page.wait_for_timeout(4000)
    nina.page.evaluate("() => recorder.stop()")
    nina.end_set()
    assert nina.finish()["status"] == 200

    before, after = _recordings(nina, session)
    assert (before["n"], after["n"]) == (0, 1)
    assert before["status"] == after["status"] == "ready"
    # A part is a second: that much may have been in the tab's hands, and the encoder's delay.
    assert before["started_s"] + before["duration_s"] > killed_s - 2.5
    assert after["started_s"] > killed_s
    for recording in (before, after):
        times = _times(nina, recording["url"])
        assert all(a < b for a, b in zip(times, times[1:], strict=False))
        assert nina.page.evaluate(_PLAY, recording["url"])["duration"] == pytest.approx(
            recording["duration_s"], abs=0.1
        )


def test_a_picture_that_stands_still_makes_no_film(exercise: Exercise) -> None:
    nina = exercise("video")
    session = nina.page.evaluate("logbook.id")
    nina.begin_set()
    # Starting waits for pictures, so it is not waited for.
    nina.page.evaluate(f"item => {{ ({_FILM})(['idle', 'stage', item]); }}", nina.homework.item)
    nina.page.wait_for_timeout(3000)
    assert nina.page.evaluate("recorder.state") == "waiting"
    nina.page.evaluate("() => recorder.stop()")
    assert _film(nina, "drawn", "stage") == "recording"
    nina.page.wait_for_timeout(3000)
    nina.page.evaluate("() => recorder.stop()")
    nina.end_set()
    assert nina.finish()["status"] == 200

    (recording,) = _recordings(nina, session)
    assert (recording["n"], recording["status"], recording["content"]) == (0, "ready", "stage")
    assert nina.page.evaluate(_PLAY, recording["url"])["width"] == 320


@pytest.mark.parametrize(
    ("level", "of", "content"),
    [
        ("numbers", "camera", "video"),
        ("skeleton", "camera", "video"),
        ("skeleton", "drawn", "silhouette"),
        ("silhouette", "camera", "video"),
    ],
)
def test_no_picture_leaves_the_device_that_was_not_chosen(
    exercise: Exercise, level: str, of: str, content: str
) -> None:
    nina = exercise(level)
    sent: list[Request] = []
    nina.visitor.context.on("request", lambda request: sent.append(request))
    session = nina.page.evaluate("logbook.id")
    nina.begin_set()
    assert _film(nina, of, content) == "not_allowed"
    nina.page.wait_for_timeout(6000)
    nina.end_set()
    assert nina.finish()["status"] == 200

    written = [request for request in sent if request.method != "GET"]
    assert written
    for request in written:
        assert request.headers["content-type"] == "application/json"
        assert "/recordings/" not in request.url
    assert nina.get(f"/api/sessions/{session}/recordings/")["recordings"] == []
