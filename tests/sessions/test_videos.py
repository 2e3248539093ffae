"""A video is sent, judged by the real worker code, looked up, stopped and deleted."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import av
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from exercises.models import Exercise
from processing.claims import MAX_ATTEMPTS
from processing.models import Clip
from processing.motion.joints import KINECT13
from processing.motion.skeleton import LANDMARKS
from processing.services import upload_clip
from processing.sweep import sweep
from processing.tasks import run_stage
from sessions.videos import running
from sessions.videos.models import VideoAnalysis
from sessions.videos.tasks import analyse_video
from tests.conftest import Cast, Site
from tests.sessions.build import make_assignment

URL = "/api/analyze"


def video_of(path: Path, name: str = "me.mp4") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, path.read_bytes(), "video/mp4")


def noise(name: str = "me.mp4") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"this is no video at all" * 99)


def work(site: Site, analysis_id: str) -> dict[str, Any]:
    """Let a worker take the message, and ask what came of it."""
    analyse_video(site.trainer.schema_name, analysis_id)
    return fetched(site, analysis_id)


def fetched(site: Site, analysis_id: str) -> dict[str, Any]:
    answer: dict[str, Any] = site.browser(site.owner).get(f"{URL}/{analysis_id}").json()
    return answer


def folder(site: Site, settings: Any, analysis_id: str) -> Path:
    return Path(settings.MEDIA_ROOT, site.trainer.schema_name, "analyses", analysis_id)


@pytest.fixture
def squat(cast: Cast, anna: Site) -> Exercise:
    """Kate's homework, as far as its rows go."""
    make_assignment(cast.kate)
    return Exercise.objects.get()


@pytest.fixture
def asked(cast: Cast, anna: Site, squat: Exercise) -> str:
    """What Kate sent waits."""
    posted = cast.anna.browser(cast.kate).post(URL, {"video": noise(), "exercise": squat.pk})
    assert posted.status_code == 202
    return str(posted.json()["id"])


# --- The whole way -------------------------------------------------------------------------


@pytest.mark.models
def test_a_clients_video_is_judged_by_the_published_exercise(
    cast: Cast, anna: Site, athlete_video: Path
) -> None:
    clip = upload_clip(title="Squat", uploaded=video_of(athlete_video))
    run_stage(anna.trainer.schema_name, str(clip.pk))
    clip.refresh_from_db()
    assert clip.is_usable
    assignment = make_assignment(cast.kate, clips=[clip])
    exercise = assignment.workout.items.get().exercise
    kate = anna.browser(cast.kate)

    posted = kate.post(
        URL,
        {"video": video_of(athlete_video), "exercise": exercise.pk, "persona": "data_scientist"},
    )
    assert posted.status_code == 202
    assert posted["Location"] == posted.json()["url"]
    waiting = kate.get(posted.json()["url"]).json()
    assert (waiting["status"], waiting["stage_words"]) == ("queued", "Waiting")
    assert waiting["queue_position"] >= 1 and waiting["result"] is None

    analyse_video(anna.trainer.schema_name, posted.json()["id"])
    answer = kate.get(posted.json()["url"]).json()
    assert (answer["status"], answer["problem"]) == ("ready", None)
    assert answer["progress_pct"] == 100.0 and answer["queue_position"] is None
    result = answer["result"]
    document = result["analysis"]
    assert document["verdict"] == "judged"
    # The published picture is a part of the whole one, and its poses are packed: nearly the same.
    assert document["score"]["value"] > 85
    assert 0 <= document["grade"]["value"] <= 4
    assert len(document["reps"]) == 1
    assert result["engines"]["client"] == result["engines"]["trainer"]
    assert result["trainer"] is None and result["client"]["poses"] > 20
    assert set(result["client"]["quality"]) == {"verdict", "findings", "sentences"}
    assert result["coach"]["persona"] == "data_scientist"
    assert "Kate" in result["coach"]["greeting"]

    _check_video(kate.get(answer["files"]["side_by_side"]))
    _check_poses(kate, answer["files"])


def _check_video(answer: Any) -> None:
    assert (answer.status_code, answer["Content-Type"]) == (200, "video/mp4")
    content = b"".join(answer.streaming_content)
    with av.open(io.BytesIO(content)) as container:
        stream = container.streams.video[0]
        shown = list(container.decode(stream))
    # Both panels stand beside each other, upright ones.
    assert shown[0].width > shown[0].height
    assert len(shown) > 20
    assert shown[0].time == 0.0
    # Something of the green with which a limb is drawn that is as the trainer's.
    picture = shown[len(shown) // 2].to_ndarray(format="rgb24").astype(int)
    mine = picture[:, picture.shape[1] // 2 :]
    green = (mine[..., 1] - mine[..., 0] > 90) & (mine[..., 1] - mine[..., 2] > 60)
    assert green.sum() > 100


def _check_poses(http: Any, files: dict[str, str]) -> None:
    told = json.loads(b"".join(http.get(files["poses_json"]).streaming_content))
    assert (told["version"], told["joints"]) == (1, list(LANDMARKS))
    for side in ("trainer", "client"):
        poses = told[side]["poses"]
        assert len(poses) == len(told[side]["times_s"]) > 20
        assert {len(pose) for pose in poses} == {33}
        assert {len(joint) for joint in poses[0]} == {6}
    lines = b"".join(http.get(files["poses_csv"] + "?layout=kinect13").streaming_content)
    rows = list(csv.DictReader(io.StringIO(lines.decode())))
    assert [row["joint"] for row in rows[:13]] == list(KINECT13)
    own = [row for row in rows if row["side"] == "client"]
    assert len(own) == 13 * len(told["client"]["poses"])
    # The same nose in both: Kinect's head is the nearest there is.
    assert float(own[0]["x_px"]) == pytest.approx(told["client"]["poses"][0][0][3], abs=0.01)
    assert http.get(files["poses_json"] + "?layout=coco").status_code == 400


@pytest.mark.models
def test_the_trainer_compares_two_videos(
    cast: Cast, anna: Site, athlete_video: Path, settings: Any,
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    http = anna.browser(anna.owner)
    body = {
        "video": video_of(athlete_video),
        "reference": video_of(athlete_video),
        "strictness": "strict",
        "language": "ru",
    }
    posted = http.post(URL, body).json()
    answer = work(anna, posted["id"])
    assert answer["status"] == "ready" and answer["exercise"] is None
    result = answer["result"]
    assert result["analysis"]["score"]["value"] > 95
    assert result["analysis"]["moments"] == []
    assert result["trainer"]["trim"] == result["client"]["trim"]
    # The trainer is not greeted with anybody's name; the words are in the language asked for.
    assert result["coach"]["greeting"] == "" and result["coach"]["language"] == "ru"
    shown: Any = http.get(answer["files"]["side_by_side"])
    assert b"".join(shown.streaming_content)

    there = folder(anna, settings, posted["id"])
    assert sum(path.is_file() for path in there.rglob("*")) == 5
    with django_capture_on_commit_callbacks(execute=True):
        assert http.delete(posted["url"]).status_code == 204
    assert not there.exists()
    assert http.get(posted["url"]).status_code == 404
    assert not list((there.parents[1] / "analysing").iterdir())


@pytest.mark.models
def test_the_video_at_fault_is_named(anna: Site, athlete_video: Path) -> None:
    http = anna.browser(anna.owner)
    posted = http.post(URL, {"video": video_of(athlete_video), "reference": noise()}).json()
    problem = work(anna, posted["id"])["problem"]
    assert problem["code"] == "not_a_video"
    assert problem["sentence"].startswith("The reference video: This file is not a video")


# --- Problems ------------------------------------------------------------------------------


def test_what_is_no_video_ends_in_a_sentence(anna: Site, asked: str) -> None:
    answer = work(anna, asked)
    assert answer["status"] == "failed" and answer["result"] is None
    assert answer["problem"]["code"] == "not_a_video"
    assert "not a video that can be read" in answer["problem"]["sentence"]
    assert anna.browser(anna.owner).get(f"{URL}/{asked}/poses.json").status_code == 409


def test_an_exercise_that_is_gone_is_told(anna: Site, asked: str) -> None:
    VideoAnalysis.objects.filter(pk=asked).update(exercise=None)
    problem = work(anna, asked)["problem"]
    assert problem["code"] == "exercise_gone" and "Choose another exercise" in problem["sentence"]


def test_a_video_that_kills_its_workers_is_given_up(anna: Site, asked: str) -> None:
    VideoAnalysis.objects.filter(pk=asked).update(attempts=MAX_ATTEMPTS)
    assert work(anna, asked)["problem"]["code"] == "crashed"


def test_our_own_faults_are_tried_again_and_then_told(
    anna: Site, asked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any) -> None:
        raise ValueError("of our own")

    monkeypatch.setattr(running, "_inputs", broken)
    for _ in range(MAX_ATTEMPTS):
        assert VideoAnalysis.objects.get(pk=asked).is_active
        VideoAnalysis.objects.filter(pk=asked).update(lease_until=timezone.now())
        analyse_video(anna.trainer.schema_name, asked)
    assert fetched(anna, asked)["problem"]["code"] == "internal"


def test_a_message_that_comes_twice_does_nothing(
    anna: Site, asked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = []
    monkeypatch.setattr(running, "_run", lambda beat: ran.append(beat.fence))
    analyse_video(anna.trainer.schema_name, asked)
    analyse_video(anna.trainer.schema_name, asked)
    analyse_video(anna.trainer.schema_name, str(uuid4()))
    analyse_video("nobody", asked)
    assert ran == [1]


# --- Stopping and keeping ------------------------------------------------------------------


def test_a_waiting_one_is_stopped_and_no_worker_takes_it(
    cast: Cast, anna: Site, asked: str
) -> None:
    kate = anna.browser(cast.kate)
    stopped = kate.post(f"{URL}/{asked}/cancel")
    assert (stopped.status_code, stopped.json()["status"]) == (200, "cancelled")
    assert work(anna, asked)["status"] == "cancelled"
    assert kate.post(f"{URL}/{asked}/cancel").status_code == 409


def test_a_worker_notices_that_it_was_stopped(
    cast: Cast, anna: Site, asked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped_meanwhile(analysis: VideoAnalysis, *args: Any) -> dict[str, Path]:
        assert anna.browser(cast.kate).post(f"{URL}/{asked}/cancel").status_code == 200
        return {}

    monkeypatch.setattr(running, "_inputs", stopped_meanwhile)
    assert work(anna, asked)["status"] == "cancelled"


def test_the_sweep_sends_again_and_deletes_what_was_kept_for_long_enough(
    anna: Site, asked: str, settings: Any, django_capture_on_commit_callbacks: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    sent: list[UUID] = []
    monkeypatch.setattr("sessions.videos.tasks.remind", lambda schema, pk: sent.append(pk))
    long_ago = timezone.now() - timedelta(days=1)
    VideoAnalysis.objects.filter(pk=asked).update(sent_at=long_ago)
    sweep()
    assert sent == [UUID(asked)]
    there = folder(anna, settings, asked)
    killed = there.parents[1] / "analysing" / f"{asked}-1"
    killed.mkdir(parents=True)
    found = VideoAnalysis.objects.get()
    days = (found.kept_until - found.created_at).total_seconds() / 86400
    assert days == pytest.approx(settings.ANALYSIS_KEEP_DAYS, abs=0.01)
    assert there.is_dir()
    with django_capture_on_commit_callbacks(execute=True):
        VideoAnalysis.objects.update(kept_until=long_ago)
        sweep()
    assert not VideoAnalysis.objects.exists()
    assert not there.exists() and not killed.exists()


# --- Who may ---------------------------------------------------------------------------------


def test_a_client_may_only_use_exercises_of_their_homework(
    cast: Cast, anna: Site, squat: Exercise
) -> None:
    def answer(site: Site, user: Any) -> int:
        return site.browser(user).post(URL, {"video": noise(), "exercise": squat.pk}).status_code

    assert answer(anna, cast.kate) == answer(anna, anna.owner) == 202
    assert answer(anna, cast.mila) == 404
    assert answer(anna, None) == 403
    assert answer(cast.boris, cast.boris.owner) == answer(cast.boris, cast.denis) == 404


def test_a_client_compares_no_two_videos(cast: Cast, anna: Site) -> None:
    posted = anna.browser(cast.kate).post(URL, {"video": noise(), "reference": noise()})
    assert (posted.status_code, posted.json()["code"]) == (403, "trainer_only")
    assert not VideoAnalysis.objects.exists()


def test_only_who_asked_and_the_trainer_may_see_stop_and_delete_it(
    cast: Cast, anna: Site, asked: str
) -> None:
    strangers = (
        anna.browser(cast.mila),
        cast.boris.browser(cast.boris.owner),
        cast.boris.browser(cast.denis),
    )
    for http in strangers:
        for path in ("", "/poses.json", "/poses.csv", "/side_by_side.mp4"):
            assert http.get(f"{URL}/{asked}{path}").status_code == 404
        assert http.delete(f"{URL}/{asked}").status_code == 404
        assert http.post(f"{URL}/{asked}/cancel").status_code == 404
    assert anna.browser().get(f"{URL}/{asked}").status_code == 403
    assert VideoAnalysis.objects.get().status == "queued"
    for user in (cast.kate, anna.owner):
        assert anna.browser(user).get(f"{URL}/{asked}").status_code == 200
        assert anna.browser(user).get(f"{URL}/{asked}/side_by_side.mp4").status_code == 409


# --- What is refused at the door -------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "video"),
        ({"video": "a word"}, "video"),
        ({"video": b""}, "video"),
        ({"exercise": "x"}, "exercise"),
        ({"exercise": 10**30}, "exercise"),
        ({"engine": "crystal ball"}, "engine"),
        ({"engine": "rtmpose"}, "engine"),
        ({"lifter": "poseformer_v2"}, "lifter"),
        ({"strictness": "cruel"}, "strictness"),
        ({"persona": "drill_sergeant"}, "persona"),
        ({"language": "de"}, "language"),
        ({"reference": b"two at once"}, "exercise"),
    ],
)
def test_faults_are_told_field_by_field(
    anna: Site, squat: Exercise, body: dict[str, Any], field: str, settings: Any, tmp_path: Path
) -> None:
    settings.MODELS_DIR = tmp_path  # no weights but the embedded ones are ever here
    whole: dict[str, Any] = {"video": noise(), "exercise": squat.pk} | body
    if not body:
        del whole["video"]
    whole = {
        name: SimpleUploadedFile("a.mp4", value) if isinstance(value, bytes) else value
        for name, value in whole.items()
    }
    posted = anna.browser(anna.owner).post(URL, whole)
    assert posted.status_code == 400 and list(posted.json()) == [field], posted.json()


def test_an_engine_that_is_not_here_is_told_with_what_is_missing(
    anna: Site, squat: Exercise, settings: Any, tmp_path: Path
) -> None:
    settings.MODELS_DIR = tmp_path
    body = {"video": noise(), "exercise": squat.pk, "lifter": "poseformer_v2"}
    told = " ".join(anna.browser(anna.owner).post(URL, body).json()["lifter"])
    assert "27_243_45.2.bin" in told and str(tmp_path) in told


def test_what_is_too_large_is_refused(anna: Site, squat: Exercise, settings: Any) -> None:
    settings.MAX_UPLOAD_MB = 0
    body = {"video": noise(), "exercise": squat.pk}
    told = anna.browser(anna.owner).post(URL, body)
    assert told.status_code == 400 and "at most" in told.json()["video"][0]
    huge = SimpleUploadedFile("me.mp4", b"x" * 1_100_000)
    refused = anna.browser(anna.owner).post(URL, {**body, "video": huge})
    assert (refused.status_code, refused.json()["code"]) == (413, "too_large")
    assert not VideoAnalysis.objects.exists()


def test_a_person_has_so_many_in_the_queue_and_no_more(
    cast: Cast, anna: Site, squat: Exercise
) -> None:
    kate = anna.browser(cast.kate)
    answers = [
        kate.post(URL, {"video": noise(), "exercise": squat.pk}).status_code for _ in range(6)
    ]
    assert answers == [202] * 5 + [429]


def test_an_exercise_whose_clip_is_not_ready_is_refused(anna: Site, squat: Exercise) -> None:
    Clip.objects.update(status=Clip.Status.QUEUED, published_run=None)
    posted = anna.browser(anna.owner).post(URL, {"video": noise(), "exercise": squat.pk})
    assert (posted.status_code, posted.json()["code"]) == (409, "not_ready")
