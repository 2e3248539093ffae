"""Upload a clip, watch it, preview it, be told what is wrong with it."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as HttpClient
from pytest_django import Settings

from exercises.models import Exercise
from processing import waiting
from processing.models import Clip
from tests.conftest import Cast, Site
from tests.studio.build import make_clip, text

LIST = "/studio/processing/clip/"
ADD = "/studio/processing/clip/add/"
SCRIPT = {"X-Requested-With": "XMLHttpRequest"}


def change(clip: Clip) -> str:
    return f"{LIST}{clip.pk}/change/"


def progress(clip: Clip) -> str:
    return f"{LIST}{clip.pk}/progress/"


def video(content: bytes = b"not really", name: str = "squat_side-view.MP4") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="video/mp4")


@pytest.fixture
def studio(anna: Site) -> HttpClient:
    return anna.browser(anna.owner)


def test_an_upload_is_kept_and_queued(studio: HttpClient) -> None:
    response = studio.post(ADD, {"title": "", "source": video()})
    clip = Clip.objects.get()
    assert response.status_code == 302
    assert response["Location"] == change(clip)
    assert clip.status == Clip.Status.QUEUED
    assert clip.title == "Squat side view"
    assert clip.original_name == "squat_side-view.MP4"
    with clip.source.open() as kept:
        assert kept.read() == b"not really"


def test_a_given_title_wins_over_the_file_name(studio: HttpClient) -> None:
    studio.post(ADD, {"title": "Deep squat", "source": video()})
    assert Clip.objects.get().title == "Deep squat"


def test_an_upload_by_script_answers_where_to_go(studio: HttpClient) -> None:
    response = studio.post(ADD, {"title": "", "source": video()}, headers=SCRIPT)
    assert response.status_code == 201
    assert response.json() == {"url": change(Clip.objects.get())}


@pytest.mark.parametrize("headers", [{}, SCRIPT])
def test_an_empty_file_is_refused_with_words(studio: HttpClient, headers: dict[str, str]) -> None:
    response = studio.post(ADD, {"title": "", "source": video(b"")}, headers=headers)
    assert response.status_code == (400 if headers else 200)
    assert "is empty" in text(response)
    assert not Clip.objects.exists()


def test_a_file_above_the_limit_is_refused_with_words(
    studio: HttpClient, settings: Settings
) -> None:
    settings.MAX_UPLOAD_MB = 1
    response = studio.post(ADD, {"title": "", "source": video(b"x" * (1024 * 1024 + 1))})
    assert "at most 1.0" in text(response)
    assert not Clip.objects.exists()


def test_no_file_is_refused_with_words(studio: HttpClient) -> None:
    assert "Choose a video file." in text(studio.post(ADD, {"title": "Squat"}))


def test_the_list_tells_each_clip_s_state(studio: HttpClient) -> None:
    ready = make_clip("Squat")
    make_clip("Lunge", Clip.Status.QUEUED)
    make_clip("Push-up", Clip.Status.PROCESSING, stage="matte", progress_pct=52.3)
    make_clip("Cat", Clip.Status.INVALID, error_code="no_person")
    page = text(studio.get(LIST))
    assert f"/media/clips/{ready.pk}/poster/" in page
    assert "0:14" in page
    assert "waiting" in page
    assert 'aria-valuenow="52"' in page
    assert "No person could be found" in page


def test_progress_is_told_in_words_and_asks_again(studio: HttpClient) -> None:
    clip = make_clip(
        status=Clip.Status.PROCESSING,
        stage="pose",
        progress_pct=37.5,
        frames_done=120,
        frames_total=345,
        frames_per_second=41.7,
        seconds_left=125.0,
    )
    page = text(studio.get(progress(clip)))
    assert "Reading the movement" in page
    assert 'aria-valuenow="38"' in page
    assert "frame 120 of 345 · 42 frames/s · about 2 minutes left" in page
    assert f'hx-get="{progress(clip)}"' in page
    assert "<html" not in page


def test_a_waiting_clip_knows_its_place(studio: HttpClient) -> None:
    make_clip("First", Clip.Status.PROCESSING)
    make_clip("Second", Clip.Status.QUEUED)
    third = make_clip("Third", Clip.Status.QUEUED)
    make_clip("Fourth", Clip.Status.QUEUED)
    waiting.forget()
    assert "2 clips go first" in text(studio.get(progress(third)))


def test_a_clip_that_got_ready_brings_its_picture_into_the_list(studio: HttpClient) -> None:
    clip = make_clip(status=Clip.Status.PROCESSING)
    assert f'id="thumb-{clip.pk}"' in text(studio.get(LIST))
    assert "hx-swap-oob" not in text(studio.get(progress(clip) + "?as=state"))
    Clip.objects.filter(pk=clip.pk).update(status=Clip.Status.READY, published_run=1)
    assert f'id="thumb-{clip.pk}" hx-swap-oob="true"' in text(
        studio.get(progress(clip) + "?as=state")
    )


@pytest.mark.parametrize("status", [Clip.Status.READY, Clip.Status.INVALID, Clip.Status.FAILED])
def test_a_finished_clip_is_not_asked_for_again(studio: HttpClient, status: str) -> None:
    clip = make_clip(status=status)
    for url in (progress(clip), change(clip), progress(clip) + "?as=state"):
        response = studio.get(url)
        assert response.status_code == 200
        assert f'hx-get="{progress(clip)}' not in text(response)


def test_a_ready_clip_is_previewed_and_leads_to_an_exercise(studio: HttpClient) -> None:
    clip = make_clip("Wall squat & reach")
    page = text(studio.get(change(clip)))
    for kind in ("transparent", "poses_packed", "poster"):
        assert f"/media/clips/{clip.pk}/{kind}/" in page
    assert f"/studio/exercises/exercise/add/?clip={clip.pk}&amp;name=Wall%20squat" in page


def test_an_invalid_clip_says_why_and_offers_another_upload(studio: HttpClient) -> None:
    clip = make_clip(
        status=Clip.Status.INVALID,
        error_code="too_long",
        error_params={"duration_s": 2400, "limit_s": 1800},
    )
    page = text(studio.get(change(clip)))
    assert "40:00" in page and "30:00" in page
    assert ADD in page
    assert "/retry/" not in page


def test_a_failed_clip_can_be_sent_again(studio: HttpClient) -> None:
    clip = make_clip(status=Clip.Status.FAILED, error_code="internal")
    retry = f"{LIST}{clip.pk}/retry/"
    assert retry in text(studio.get(change(clip)))
    assert studio.get(retry).status_code == 405
    assert studio.post(retry).status_code == 302
    clip.refresh_from_db()
    assert clip.status == Clip.Status.QUEUED


def test_only_a_failed_clip_is_sent_again(studio: HttpClient) -> None:
    clip = make_clip()
    studio.post(f"{LIST}{clip.pk}/retry/")
    clip.refresh_from_db()
    assert clip.status == Clip.Status.READY


def test_work_can_be_stopped_and_gone_on_with(studio: HttpClient) -> None:
    clip = make_clip(status=Clip.Status.PROCESSING, stage="pose")
    cancel = f"{LIST}{clip.pk}/cancel/"
    assert cancel in text(studio.get(progress(clip)))
    assert studio.get(cancel).status_code == 405
    page = text(studio.post(cancel, follow=True))
    assert "Stopped by you" in page and "nothing is lost" in page
    assert f"{LIST}{clip.pk}/retry/" in page
    clip.refresh_from_db()
    assert clip.status == Clip.Status.CANCELLED
    assert "stopped" in text(studio.get(LIST))
    studio.post(f"{LIST}{clip.pk}/retry/")
    clip.refresh_from_db()
    assert clip.status == Clip.Status.QUEUED


def again(http: HttpClient, clip: Clip, **choices: str) -> str:
    return text(http.post(f"{LIST}{clip.pk}/again/", choices, follow=True))


def models(settings: Settings, folder: Path, *names: str) -> None:
    """As if only these sizes of the detector had been fetched."""
    for name in names:
        (folder / f"pose_landmarker_{name}.task").write_bytes(b"")
    settings.MODELS_DIR = folder


def test_a_clip_is_made_again_while_the_version_before_stays(
    studio: HttpClient, settings: Settings, tmp_path: Path
) -> None:
    models(settings, tmp_path, "lite", "full", "heavy")
    clip = make_clip(settings={"pose_model": "lite", "trim": False})
    page = text(studio.get(change(clip)))
    assert "Make it again with other settings" in page
    assert "Exact, takes longer" in page
    page = again(studio, clip, pose_model="heavy", trim="on")
    clip.refresh_from_db()
    assert (clip.status, clip.run, clip.published_run) == (Clip.Status.QUEUED, 2, 1)
    assert clip.settings == {"pose_model": "heavy", "trim": True}
    assert "stays in use until the new one is ready" in page
    assert "The version in use" in page
    assert f"/media/clips/{clip.pk}/transparent/" in page
    assert "/again/" not in page


def test_stopping_a_further_run_brings_the_version_before_back(
    studio: HttpClient, settings: Settings, tmp_path: Path
) -> None:
    models(settings, tmp_path, "lite", "full")
    clip = make_clip()
    again(studio, clip, pose_model="lite")
    assert "The version before stays in use." in text(
        studio.post(f"{LIST}{clip.pk}/cancel/", follow=True)
    )
    clip.refresh_from_db()
    assert (clip.status, clip.run) == (Clip.Status.READY, 1)


def test_only_what_can_run_here_is_offered_and_taken(
    studio: HttpClient, settings: Settings, tmp_path: Path
) -> None:
    models(settings, tmp_path, "full")
    clip = make_clip()
    page = text(studio.get(change(clip)))
    assert "Cut off standing around" in page
    for word in ("pose_model", "RTMPose", "BiRefNet", "New light"):
        assert word not in page
    again(studio, clip, trim="on", matting="birefnet", nonsense="1")
    clip.refresh_from_db()
    assert clip.settings == {"trim": True}


def test_a_choice_that_went_away_is_refused_with_words(
    studio: HttpClient, settings: Settings, tmp_path: Path
) -> None:
    models(settings, tmp_path, "lite", "full")
    clip = make_clip()
    assert "not to be had here any more" in again(studio, clip, pose_model="heavy")
    clip.refresh_from_db()
    assert clip.run == 1


def test_a_part_can_be_given_up_for_the_whole_again(studio: HttpClient) -> None:
    clip = make_clip(window_start_s=2.0, window_end_s=8.0)
    assert "Take the whole video again" in text(studio.get(change(clip)))
    again(studio, clip, pose_model="full", whole="on")
    clip.refresh_from_db()
    assert clip.window_s is None


def test_a_further_run_that_failed_leaves_a_choice(studio: HttpClient) -> None:
    clip = make_clip(run=2, error_code="internal")
    Clip.objects.filter(pk=clip.pk).update(status=Clip.Status.FAILED, published_run=1)
    clip.artifacts.update(run=1)
    page = text(studio.get(change(clip)))
    assert "Retry" in page and "Keep the version before" in page
    assert f"/media/clips/{clip.pk}/transparent/" in page


def test_renaming_touches_nothing_a_worker_writes(studio: HttpClient) -> None:
    clip = make_clip(status=Clip.Status.PROCESSING)
    page = studio.get(change(clip))
    assert page.status_code == 200
    Clip.objects.filter(pk=clip.pk).update(progress_pct=80.0)
    assert studio.post(change(clip), {"title": "Renamed"}).status_code == 302
    clip.refresh_from_db()
    assert (clip.title, clip.progress_pct) == ("Renamed", 80.0)


def test_deleting_asks_first_and_takes_the_row(studio: HttpClient) -> None:
    clip = make_clip()
    delete = f"{LIST}{clip.pk}/delete/"
    assert "Delete “Squat”?" in text(studio.get(delete))
    assert studio.post(delete, {"post": "yes"}).status_code == 302
    assert not Clip.objects.exists()


def test_a_clip_in_use_is_not_deleted_and_says_by_what(studio: HttpClient) -> None:
    clip = make_clip()
    Exercise.objects.create(name="Goblet squat", clip=clip)
    delete = f"{LIST}{clip.pk}/delete/"
    for response in (studio.get(delete), studio.post(delete, {"post": "yes"})):
        page = text(response)
        assert "is in use" in page
        assert "Goblet squat" in page
    assert Clip.objects.filter(pk=clip.pk).exists()


def test_nobody_else_comes_near(cast: Cast, anna: Site) -> None:
    clip = make_clip(status=Clip.Status.FAILED)
    urls = [LIST, ADD, change(clip), progress(clip), f"{LIST}{clip.pk}/delete/"]
    for http in (anna.browser(), anna.browser(cast.kate)):
        for url in urls:
            response = http.get(url)
            assert response.status_code in {302, 403}, url
            assert "Squat" not in text(response)
        for verb in ("retry", "cancel", "again"):
            assert http.post(f"{LIST}{clip.pk}/{verb}/").status_code in {302, 403}
        assert http.post(ADD, {"source": video()}).status_code in {302, 403}
    assert Clip.objects.get().status == Clip.Status.FAILED


def test_another_trainer_finds_nothing(cast: Cast, anna: Site) -> None:
    clip = make_clip(status=Clip.Status.FAILED)
    boris = cast.boris.browser(cast.boris.owner)
    assert "Squat" not in text(boris.get(LIST))
    assert boris.get(progress(clip)).status_code == 404
    for verb in ("retry", "cancel", "again"):
        assert boris.post(f"{LIST}{clip.pk}/{verb}/").status_code == 404
    # The admin sends who looks for what is not there to the front page.
    for url in (change(clip), f"{LIST}{clip.pk}/delete/"):
        response = boris.get(url)
        assert (response.status_code, response["Location"]) == (302, "/studio/")


def test_a_clip_nobody_has_is_not_found(studio: HttpClient) -> None:
    assert studio.get(f"{LIST}{uuid4()}/progress/").status_code == 404


def test_the_page_loads_nothing_from_elsewhere(studio: HttpClient) -> None:
    for url in ("/studio/", LIST, ADD, change(make_clip())):
        policy = studio.get(url)["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "http" not in policy


def test_scripts_the_pages_name_exist(studio: HttpClient) -> None:
    for page in (studio.get(ADD), studio.get("/studio/exercises/workout/add/")):
        names = [part.split('"')[0] for part in text(page).split('src="/static/js/studio/')[1:]]
        assert names
        for name in names:
            assert (Path(settings.BASE_DIR) / "static/js/studio" / name).is_file()
