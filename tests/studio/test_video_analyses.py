"""A trainer has a client's video judged: the form, the list, the page; nobody else may."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as HttpClient

from exercises.models import Exercise
from processing import waiting
from sessions.models import ItemAnalysis
from sessions.videos.models import VideoAnalysis
from sessions.videos.tasks import analyse_video
from tests.conftest import Cast, Site
from tests.sessions.build import make_analysis, make_assignment
from tests.studio.build import text

LIST = "/studio/workout_sessions/videoanalysis/"
ADD = f"{LIST}add/"
SCRIPT = {"X-Requested-With": "XMLHttpRequest"}


def video(content: bytes = b"this is no video", name: str = "kate squats.mp4") -> Any:
    return SimpleUploadedFile(name, content, "video/mp4")


def change(analysis: VideoAnalysis) -> str:
    return f"{LIST}{analysis.pk}/change/"


@pytest.fixture
def studio(anna: Site) -> HttpClient:
    return anna.browser(anna.owner)


@pytest.fixture
def squat(cast: Cast, anna: Site) -> Exercise:
    make_assignment(cast.kate)
    return Exercise.objects.get()


def form(squat: Exercise, **changes: Any) -> dict[str, Any]:
    chosen = {
        "video": video(),
        "against": "exercise",
        "exercise": squat.pk,
        "strictness": "strict",
        "persona": "mindful_aligner",
    }
    return chosen | changes


@pytest.fixture
def asked(studio: HttpClient, squat: Exercise) -> VideoAnalysis:
    """Sent, and waiting."""
    waiting.forget()
    assert studio.post(ADD, form(squat)).status_code == 302
    return VideoAnalysis.objects.get()


# --- Asking --------------------------------------------------------------------------------


def test_a_plain_form_keeps_the_video_and_leads_to_its_page(
    studio: HttpClient, asked: VideoAnalysis, squat: Exercise
) -> None:
    assert asked.exercise == squat and asked.original_name == "kate squats.mp4"
    assert (asked.strictness, asked.persona, asked.engine) == (
        "strict", "mindful_aligner", "mediapipe",
    )  # fmt: skip
    page = text(studio.get(change(asked)))
    assert "Waiting in the queue" in page and "kate squats.mp4" in page
    assert f'data-pending="{LIST}{asked.pk}/standing/"' in page


def test_a_script_is_told_where_to_go(studio: HttpClient, squat: Exercise) -> None:
    answer = studio.post(ADD, form(squat), headers=SCRIPT)
    assert answer.status_code == 201
    assert answer.json() == {"url": change(VideoAnalysis.objects.get())}


@pytest.mark.parametrize("headers", [{}, SCRIPT])
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"video": ""}, "Choose your client’s video."),
        ({"video": b""}, "is empty"),
        ({"exercise": ""}, "Choose the exercise to compare with."),
        ({"against": "reference"}, "Choose the video to compare with."),
        ({"strictness": "cruel"}, "cruel is not one of the available choices."),
        ({"engine": "crystal ball"}, "crystal ball is not one of the available choices."),
    ],
)
def test_what_is_missing_is_told(
    studio: HttpClient, squat: Exercise, changes: dict[str, Any], words: str,
    headers: dict[str, str],
) -> None:  # fmt: skip
    given = {
        name: video(value) if isinstance(value, bytes) else value for name, value in changes.items()
    }
    answer = studio.post(ADD, form(squat, **given), headers=headers)
    assert answer.status_code == (400 if headers else 200)
    assert words in (str(answer.json()) if headers else text(answer))
    assert not VideoAnalysis.objects.exists()


def test_two_videos_are_compared_without_the_exercise(studio: HttpClient, squat: Exercise) -> None:
    studio.post(ADD, form(squat, against="reference", reference=video()))
    analysis = VideoAnalysis.objects.get()
    assert analysis.exercise is None and analysis.reference
    assert "Two videos" in text(studio.get(LIST))


def test_the_sixth_has_to_wait(studio: HttpClient, squat: Exercise) -> None:
    for _ in range(5):
        assert studio.post(ADD, form(squat), headers=SCRIPT).status_code == 201
    answer = studio.post(ADD, form(squat), headers=SCRIPT)
    assert answer.status_code == 400 and "5 of your videos wait already" in text(answer)


# --- Looking -------------------------------------------------------------------------------


def test_an_empty_list_says_what_to_do(studio: HttpClient) -> None:
    page = text(studio.get(LIST))
    assert "Analyse the video here" in page and ADD in page


def test_the_list_tells_state_and_place(studio: HttpClient, asked: VideoAnalysis) -> None:
    page = text(studio.get(LIST))
    assert "waiting" in page and "It is next." in page and "kate squats.mp4" in page
    VideoAnalysis.objects.update(status="running", stage="pose", progress_pct=42.0)
    page = text(studio.get(LIST))
    assert "Reading the movement" in page and 'aria-valuenow="42"' in page


def test_the_standing_is_told_until_it_is_over(
    anna: Site, studio: HttpClient, asked: VideoAnalysis
) -> None:
    where = f"{LIST}{asked.pk}/standing/"
    assert studio.get(where).json() == {
        "pending": True, "headline": "Waiting in the queue", "detail": "It is next.", "pct": 0.0,
    }  # fmt: skip
    analyse_video(anna.trainer.schema_name, str(asked.pk))
    told = studio.get(where).json()
    assert not told["pending"] and "not a video that can be read" in told["detail"]
    page = text(studio.get(change(asked)))
    assert "The video could not be analysed" in page and "not a video that can be read" in page
    assert "data-pending=" not in page


def test_a_failed_one_is_tried_again(anna: Site, studio: HttpClient, asked: VideoAnalysis) -> None:
    assert studio.post(f"{LIST}{asked.pk}/cancel/").status_code == 302
    assert "You stopped this analysis" in text(studio.get(change(asked)))
    assert studio.post(f"{LIST}{asked.pk}/retry/").status_code == 302
    asked.refresh_from_db()
    assert (asked.status, asked.finished_at, asked.attempts) == ("queued", None, 0)
    # A worker takes it as any other.
    analyse_video(anna.trainer.schema_name, str(asked.pk))
    asked.refresh_from_db()
    assert asked.problem == "not_a_video"
    for verb in ("cancel", "retry"):
        assert studio.get(f"{LIST}{asked.pk}/{verb}/").status_code == 405


def test_a_deleted_one_is_gone_with_its_files(
    anna: Site, studio: HttpClient, asked: VideoAnalysis, settings: Any,
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    there = Path(settings.MEDIA_ROOT, anna.trainer.schema_name, "analyses", str(asked.pk))
    assert there.is_dir()
    assert "kate squats.mp4" in text(studio.get(f"{LIST}{asked.pk}/delete/"))
    with django_capture_on_commit_callbacks(execute=True):
        assert studio.post(f"{LIST}{asked.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not there.exists() and not VideoAnalysis.objects.exists()
    assert studio.get(change(asked)).status_code == 404
    assert studio.get(f"{LIST}nonsense/change/").status_code == 404


@pytest.mark.models
def test_a_result_has_everything_on_its_page(
    anna: Site, studio: HttpClient, athlete_video: Path
) -> None:
    content = athlete_video.read_bytes()
    posted = studio.post(
        ADD,
        {
            "video": video(content),
            "against": "reference",
            "reference": video(content),
            "strictness": "normal",
            "persona": "no_nonsense_pro",
        },
        headers=SCRIPT,
    )
    assert posted.status_code == 201, posted.content
    analysis = VideoAnalysis.objects.get()
    analyse_video(anna.trainer.schema_name, str(analysis.pk))
    page = text(studio.get(change(analysis)))
    score = VideoAnalysis.objects.get().result["analysis"]["score"]["value"]  # type: ignore[index]
    assert f'<strong class="text-green">{int(score + 0.5)}</strong>' in page
    assert "1 rep" in page and "Parts of the body" in page
    for path in (
        "",
        "/poses.json",
        "/poses.csv",
        "/side_by_side.mp4",
        "/poses.csv?layout=kinect13",
    ):
        address = f"/api/analyze/{analysis.pk}{path}"
        assert f'"{address}"' in page
        answer: Any = studio.get(address)
        assert answer.status_code == 200
        assert b"".join(answer.streaming_content) if answer.streaming else answer.content
    # Another voice says the same in other words.
    loud = text(studio.get(change(analysis) + "?persona=hype_beast"))
    mine = text(studio.get(change(analysis) + "?persona=nobody"))
    assert loud != page and 'value="hype_beast" selected' in loud
    assert 'value="no_nonsense_pro" selected' in mine


# --- Who may -------------------------------------------------------------------------------


def test_nobody_but_the_trainer_sees_or_touches_it(cast: Cast, anna: Site, squat: Exercise) -> None:
    analysis = make_analysis(cast.kate, squat, "Zanzibar")
    for http in (
        anna.browser(),
        anna.browser(cast.kate),
        anna.browser(cast.mila),
        cast.boris.browser(cast.boris.owner),
        cast.boris.browser(cast.denis),
    ):
        for address in (LIST, ADD, change(analysis), f"{LIST}{analysis.pk}/standing/"):
            answer = http.get(address)
            assert answer.status_code in (200, 302, 403, 404)
            assert "Zanzibar" not in text(answer) and str(squat.name) not in text(answer)
            if str(analysis.pk) in address:
                assert answer.status_code != 200
        for verb in ("cancel", "retry", "delete"):
            answer = http.post(f"{LIST}{analysis.pk}/{verb}/", {"post": "yes"})
            assert answer.status_code in (302, 403, 404)
    with anna.schema():
        assert VideoAnalysis.objects.get().status == "ready"


def test_boris_compares_with_his_own_exercises_only(cast: Cast, squat: Exercise) -> None:
    answer = cast.boris.browser(cast.boris.owner).post(ADD, form(squat), headers=SCRIPT)
    assert answer.status_code == 400 and "exercise" in answer.json()["errors"]


# --- Results of sessions ---------------------------------------------------------------------


def test_report_and_results_know_whether_more_comes(cast: Cast, anna: Site) -> None:
    from sessions import services
    from tests.sessions.build import first_item, make_chunk

    assignment = make_assignment(cast.kate)
    session = services.start_session(cast.kate, assignment)
    services.store_chunk(session, 0, make_chunk(first_item(assignment).pk, [80.0] * 10))
    services.finish_session(session, 1)
    report = f"/studio/workout_sessions/workoutsession/{session.pk}/report/"
    results = f"/results/{session.pk}/"
    trainer, kate = anna.browser(anna.owner), anna.browser(cast.kate)
    for http, page in ((trainer, report), (kate, results)):
        assert http.get(f"{page}standing/").json() == {"pending": True}
        assert f'data-pending="{page}standing/"' in text(http.get(page))
    ItemAnalysis.objects.update(status=ItemAnalysis.Status.FAILED, problem="nobody")
    for http, page in ((trainer, report), (kate, results)):
        assert http.get(f"{page}standing/").json() == {"pending": False}
        assert "data-pending=" not in text(http.get(page))
    assert anna.browser(cast.mila).get(f"{results}standing/").status_code == 404
    assert anna.browser().get(f"{results}standing/").status_code == 302
    assert kate.get(f"{report}standing/").status_code in (302, 403)
    assert cast.boris.browser(cast.boris.owner).get(f"{report}standing/").status_code == 404
    assert (
        trainer.get(f"{report.replace(str(session.pk), str(uuid4()))}standing/").status_code == 404
    )
