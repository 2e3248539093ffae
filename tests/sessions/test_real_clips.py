"""Clips of real people through the API and the worker: a result, or a diagnosis that fits.

Skipped where the folder of clips is missing; nothing that shows a person is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from numpy.typing import NDArray

from tests.conftest import Site
from tests.motion.films import CLIPS
from tests.sessions.test_videos import URL, work

pytestmark = [
    pytest.mark.models,
    pytest.mark.skipif(not CLIPS.is_dir(), reason="the clips of real people are not here"),
]

SQUAT = CLIPS / "squat_w1_home_side.mp4"
FRONT_SQUAT = CLIPS / "squat_m3_red_white_bg.mp4"
LUNGE = CLIPS / "lunge_w3_park_front.mp4"
PUSH_UP = CLIPS / "pushup_m7_34.mp4"
JACKS = CLIPS / "jacks_w4_studio.mp4"
Picture = NDArray[np.uint8]


def pictures(path: Path, until_s: float = 1e9) -> Iterator[Picture]:
    with av.open(str(path)) as file:
        for frame in file.decode(video=0):
            if (frame.time or 0.0) >= until_s:
                return
            yield frame.to_ndarray(format="rgb24")


def written(shown: Iterator[Picture] | list[Picture], path: Path, fps: int = 25) -> Path:
    """Write an MP4."""
    with av.open(str(path), "w") as file:
        stream = None
        for picture in shown:
            height, width = (side - side % 2 for side in picture.shape[:2])
            if stream is None:
                stream = file.add_stream("libx264", rate=fps)
                stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
                stream.options = {"preset": "ultrafast", "crf": "23"}
            whole = np.ascontiguousarray(picture[:height, :width])
            file.mux(stream.encode(av.VideoFrame.from_ndarray(whole, format="rgb24")))
        assert stream is not None
        file.mux(stream.encode(None))
    return path


def compared(site: Site, video: Path, reference: Path) -> dict[str, Any]:
    """What comes of a video against another, as the trainer asks for it."""
    body = {
        "video": SimpleUploadedFile("me.mp4", video.read_bytes()),
        "reference": SimpleUploadedFile("reference.mp4", reference.read_bytes()),
    }
    posted = site.browser(site.owner).post(URL, body)
    assert posted.status_code == 202, posted.content
    return work(site, posted.json()["id"])


def judged(answer: dict[str, Any]) -> dict[str, Any]:
    assert (answer["status"], answer["problem"]) == ("ready", None)
    document: dict[str, Any] = answer["result"]["analysis"]
    assert document["verdict"] == "judged"
    return document


def hints(answer: dict[str, Any]) -> list[str]:
    return [hint["code"] for hint in answer["result"]["hints"]]


@pytest.mark.parametrize(
    ("clip", "reps"), [(SQUAT, 3), (LUNGE, 5), (JACKS, 19)], ids=lambda value: str(value)[-24:]
)
def test_a_clip_is_like_itself(anna: Site, clip: Path, reps: int) -> None:
    answer = compared(anna, clip, clip)
    document = judged(answer)
    assert document["score"]["value"] > 90
    assert len(document["reps"]) == reps
    assert hints(answer) == []


def test_another_person_s_squat_from_the_front_is_judged_and_the_view_is_told(anna: Site) -> None:
    answer = compared(anna, FRONT_SQUAT, SQUAT)
    document = judged(answer)
    assert 35 < document["score"]["value"] < 80
    # Nine by eye, at 2.9, 6.7, 11.2, 15.4, 19.7, 24.7, 28.9, 32.3 and 36.2 s.
    assert len(document["reps"]) == 9
    assert hints(answer) == ["other_side"]
    assert any(
        "cuts at 0:08" in told for told in answer["result"]["client"]["quality"]["sentences"]
    )


def test_another_exercise_has_no_score(anna: Site) -> None:
    answer = compared(anna, PUSH_UP, LUNGE)
    assert answer["result"]["analysis"]["verdict"] == "other_exercise"
    assert hints(answer) == []


def sideways(folder: Path) -> Path:
    return written((np.rot90(p) for p in pictures(SQUAT)), folder / "a.mp4")


def without_legs(folder: Path) -> Path:
    return written((p[: int(0.55 * len(p))] for p in pictures(LUNGE)), folder / "a.mp4")


def still(folder: Path) -> Path:
    return written([next(pictures(SQUAT))] * 100, folder / "a.mp4")


@pytest.mark.parametrize(
    ("made", "reference", "verdict", "hint"),
    [
        (sideways, SQUAT, "other_exercise", ["sideways"]),
        (without_legs, LUNGE, "not_visible", []),
        (still, SQUAT, "other_exercise", ["still"]),
    ],
)
def test_what_cannot_be_compared_is_told_why(
    anna: Site, tmp_path: Path, made: Callable[[Path], Path], reference: Path, verdict: str,
    hint: list[str],
) -> None:  # fmt: skip
    answer = compared(anna, made(tmp_path), reference)
    assert answer["status"] == "ready"
    assert answer["result"]["analysis"]["verdict"] == verdict
    assert hints(answer) == hint
    told = " ".join(answer["result"]["client"]["quality"]["sentences"])
    assert made is not without_legs or "feet are out of the picture" in told


def test_a_phone_s_turned_video_is_as_good_as_an_upright_one(anna: Site, tmp_path: Path) -> None:
    from tests.processing.test_source import set_matrix

    path = sideways(tmp_path)
    set_matrix(path, 90)
    document = judged(compared(anna, path, SQUAT))
    assert document["score"]["value"] > 95 and len(document["reps"]) == 3


def test_a_repetition_before_a_cut_is_not_idle_time(anna: Site, tmp_path: Path) -> None:
    shown = list(pictures(SQUAT))
    path = written(shown[:120] + shown[190:], tmp_path / "a.mp4")
    document = judged(compared(anna, path, SQUAT))
    # The cut falls into the beginning of the second: that one is seen half.
    assert [rep["kind"] for rep in document["reps"]] == ["full", "half", "full"]
    assert document["reps"][0]["start_s"] < 1.0


def test_nobody_and_darkness_are_told_apart(anna: Site, tmp_path: Path) -> None:
    room = list(pictures(JACKS, 1.5)) * 2
    answer = compared(anna, written(room, tmp_path / "room.mp4", 30), SQUAT)
    assert answer["status"] == "failed" and answer["problem"]["code"] == "no_person"
    assert "No person could be found" in answer["problem"]["sentence"]
    night = ((0.05 * p).astype(np.uint8) for p in pictures(SQUAT, 4.0))
    answer = compared(anna, written(night, tmp_path / "night.mp4"), SQUAT)
    assert "too dark" in answer["problem"]["sentence"]
