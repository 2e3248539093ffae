"""What was found in a take: in words, with its times and a picture of the worst of it."""

from __future__ import annotations

from contextlib import closing

import pytest
from django.test import Client as HttpClient

from processing.models import Clip
from tests.conftest import Cast, Site
from tests.studio.build import finding, make_clip, make_take, text

LIST = "/studio/processing/clip/"
FEET = finding("feet_out", (5.0, 9.0), (11.0, 11.5))
DARK = finding("too_dark", (0.0, 13.8), severity="stop")


@pytest.fixture
def studio(anna: Site) -> HttpClient:
    return anna.browser(anna.owner)


def page_of(http: HttpClient, clip: Clip) -> str:
    return text(http.get(f"{LIST}{clip.pk}/change/"))


def test_a_finding_is_a_sentence_with_times_to_jump_to(studio: HttpClient) -> None:
    page = page_of(studio, make_take(findings=[FEET]))
    assert "What could be better" in page
    assert "Your feet are out of the picture from 0:05 to 0:09, at 0:11: step back" in page
    assert 'data-jump="5.0"' in page and "0:05–0:09" in page  # noqa: RUF001
    assert 'data-jump="11.0"' in page
    # The middle of the worst, and the tile that shows it: half a second each.
    assert 'data-jump="7.0" data-tile="14"' in page


def test_a_good_take_is_praised(studio: HttpClient) -> None:
    page = page_of(studio, make_take())
    assert "A good take" in page
    assert "Light, camera and picture are fine" in page


def test_the_list_marks_takes_with_remarks(studio: HttpClient) -> None:
    make_take("Good")
    assert "with remarks" not in text(studio.get(LIST))
    make_take("So so", findings=[FEET])
    assert "with remarks" in text(studio.get(LIST))


def test_a_refused_clip_shows_where_it_went_wrong(studio: HttpClient) -> None:
    clip = make_take(
        status=Clip.Status.INVALID,
        judged=False,
        error_code="quality",
        error_params={"findings": [DARK, FEET]},
    )
    page = page_of(studio, clip)
    assert "Why it cannot be used" in page
    assert "finding-grave" in page
    assert "It is too dark all the time" in page
    assert f"/media/clips/{clip.pk}/filmstrip/" in page
    with closing(studio.get(f"/media/clips/{clip.pk}/filmstrip/")) as picture:
        assert picture.status_code == 200
    # A part of it may be good enough.
    assert "data-filmstrip" in page


def test_a_lost_file_is_no_error(studio: HttpClient) -> None:
    clip = make_take(findings=[FEET])
    quality = clip.artifacts.get(kind="quality")
    quality.file.storage.delete(str(quality.file.name))
    assert "What could be better" not in page_of(studio, clip)


def test_words_are_russian_where_the_trainer_is(studio: HttpClient) -> None:
    studio.defaults["HTTP_ACCEPT_LANGUAGE"] = "ru"
    page = page_of(studio, make_take(findings=[FEET]))
    assert "Ступни не помещаются в кадр с 0:05 до 0:09" in page


def test_times_are_numbers_for_scripts_in_any_language(studio: HttpClient) -> None:
    studio.defaults["HTTP_ACCEPT_LANGUAGE"] = "ru"
    page = page_of(studio, make_take(findings=[finding("feet_out", (5.25, 9.0))]))
    assert 'data-jump="5.25"' in page


def test_the_panel_arrives_by_itself(studio: HttpClient) -> None:
    clip = make_take(status=Clip.Status.PROCESSING, stage="render", findings=[FEET])
    assert studio.get(f"{LIST}{clip.pk}/progress/")["HX-Trigger"] == "clipReviewed"
    assert "Your feet are out" in text(studio.get(f"{LIST}{clip.pk}/review/"))
    other = make_clip(status=Clip.Status.PROCESSING, stage="pose")
    assert "HX-Trigger" not in studio.get(f"{LIST}{other.pk}/progress/")


def test_nobody_else_reads_it(cast: Cast, anna: Site) -> None:
    clip = make_take(findings=[FEET])
    for http in (anna.browser(), anna.browser(cast.kate)):
        response = http.get(f"{LIST}{clip.pk}/review/")
        assert response.status_code in {302, 403}
        assert "feet" not in text(response)
    assert cast.boris.browser(cast.boris.owner).get(f"{LIST}{clip.pk}/review/").status_code == 404
    assert anna.browser(cast.kate).get(f"/media/clips/{clip.pk}/filmstrip/").status_code == 404
