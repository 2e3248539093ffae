"""``manage.py compare_videos`` needs two files and no database."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from processing.synthetic.performance import Performance
from processing.synthetic.render import shoot
from processing.synthetic.video import write_video


def said(*arguments: object) -> str:
    out = io.StringIO()
    call_command("compare_videos", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"nowhere\.mp4.*no such file"):
        said(tmp_path / "nowhere.mp4", tmp_path / "nowhere.mp4")


@pytest.mark.models
@pytest.mark.parametrize(("content", "why"), [(b"", "empty"), (b"hello " * 99, "not a video")])
def test_a_file_that_is_no_video_is_refused_in_words(
    tmp_path: Path, content: bytes, why: str
) -> None:
    path = tmp_path / "broken.mp4"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=rf"broken\.mp4.*{why}"):
        said(path, path)


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("films") / "squat.mp4"
    shot = shoot(Performance("squat", reps=2, rep_s=2.0, seed=1, idle_s=2.5), 38.0, (240, 320))
    write_video(path, shot, fps=12.5)
    return path


@pytest.mark.models
def test_a_video_against_itself(video: Path) -> None:
    document = json.loads(said(video, video, "--json", "--model", "lite"))

    assert document["verdict"] == "judged"
    assert document["score"]["value"] > 95
    assert document["alignment"]["lag_s"] == pytest.approx(0.0, abs=0.02)
    assert not document["alignment"]["mirror"]
    starts = [rep["start_s"] for rep in document["reps"]]
    assert starts == pytest.approx([2.5, 4.5], abs=0.4)
    assert document["moments"] == []
    grade = document["grade"]
    assert 0 <= grade["low"] <= grade["value"] <= grade["high"] <= 4


@pytest.mark.models
def test_the_table_says_the_same_in_words(video: Path) -> None:
    lines = said(video, video, "--model", "lite", "--strictness", "strict")

    assert "verdict    judged" in lines
    assert "no moments" in lines
    assert sum("full" in line for line in lines.splitlines()) == 2
