"""Every address of the program, tried by everyone it is not for.

The addresses come out of the URL configuration itself, so a new page is tried
without anybody remembering to. All that Anna has carries a word that must
never be read elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client as HttpClient
from django.urls import URLPattern, URLResolver, get_resolver

from exercises.models import Exercise
from processing.models import Clip
from sessions import services
from sessions.review.services import set_comment
from tenants.people.invitations import invitation_token
from tests.conftest import Cast, Site
from tests.sessions.build import (
    FILM,
    first_item,
    make_analysis,
    make_assignment,
    make_chunk,
    make_clip,
    make_note,
    make_recording,
)

SECRET = "Zanzibar"
# Addresses that are meant for visitors, whatever site they are on.
OPEN = ("accounts/", "i18n/", "enter/")


def _routes(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every route as a format string with its converters' names."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route, dict(pattern.pattern.converters)


@pytest.fixture
def treasure(cast: Cast, anna: Site) -> dict[str, Any]:
    """One of everything, all of it Kate's and Anna's."""
    clip = make_clip(f"{SECRET} squat")
    assignment = make_assignment(cast.kate, title=f"{SECRET} legs", clips=[clip])
    session = services.start_session(cast.kate, assignment)
    item = first_item(assignment)
    services.store_chunk(session, 0, make_chunk(item.pk, [80.0] * 10))
    make_recording(session)
    services.finish_session(session, 1)
    analysis = make_analysis(cast.kate, item.exercise, f"{SECRET} went well")
    note = make_note(session, f"{SECRET}: chin up.")
    set_comment(session, f"{SECRET}: lower, please.")
    make_clip(f"{SECRET} waiting", status=Clip.Status.QUEUED)
    return {
        "clip": clip.pk,
        "session": session.pk,
        "analysis": session.analyses.get().pk,
        "video_analysis": analysis.pk,
        "note": note.pk,
        "assignment": assignment.pk,
        "workout": assignment.workout_id,
        "exercise": Exercise.objects.get().pk,
        "client": cast.kate.pk,
        "token": invitation_token(cast.kate),
    }


def _object_of(route: str, treasure: dict[str, Any]) -> Any:
    """Anna's object that a studio route speaks of."""
    for word, key in {
        "processing/clip": "clip",
        "exercises/exercise": "exercise",
        "exercises/workout/": "workout",
        "exercises/assignment": "assignment",
        "workout_sessions/workoutsession": "session",
        "workout_sessions/videoanalysis": "video_analysis",
        "people/client": "client",
        "sessions/": "session",
        "api/analyze/": "video_analysis",
        "results/": "session",
        "homework/": "assignment",
        "media/clips/": "clip",
    }.items():
        if word in route:
            return treasure[key]
    return 1


def _addresses(treasure: dict[str, Any]) -> list[str]:
    found = []
    for route, converters in _routes(get_resolver("perscoach.urls").url_patterns):
        if route.startswith(OPEN) or "(?P" in route or "^" in route:
            continue
        address = route
        for name in converters:
            value = {
                "token": treasure["token"],
                "kind": "transparent",
                "n": 0,
                "analysis": treasure["analysis"],
                "note": treasure["note"],
                "client": treasure["client"],
                "angle": "left_knee_flexion",
                "seq": 0,
                "content_type_id": 1,
                "app_label": "exercises",
                "model_name": "exercise",
                "url": "x",
            }.get(name, _object_of(route, treasure))
            address = re.sub(rf"<(\w+:)?{name}>", str(value), address)
        assert "<" not in address, f"{route} needs a value in this test"
        found.append("/" + address)
    return found


def _strangers(cast: Cast) -> dict[str, HttpClient]:
    return {
        "a visitor": cast.anna.browser(),
        "another trainer": cast.boris.browser(cast.boris.owner),
        "another trainer's client": cast.boris.browser(cast.denis),
        "a visitor of another site": cast.boris.browser(),
        "another client": cast.anna.browser(cast.mila),
    }


def _body(response: Any) -> bytes:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return bytes(content)


def test_the_addresses_are_the_programs_own(cast: Cast, treasure: dict[str, Any]) -> None:
    addresses = _addresses(treasure)
    assert len(addresses) > 40
    for known in (
        "/studio/processing/clip/",
        "/api/sessions/",
        "/api/analyze",
        f"/api/analyze/{treasure['video_analysis']}/side_by_side.mp4",
        f"/homework/{treasure['assignment']}/",
    ):
        assert known in addresses


def test_no_stranger_reads_a_word_of_annas(cast: Cast, treasure: dict[str, Any]) -> None:
    addresses = _addresses(treasure)
    for who, http in _strangers(cast).items():
        for address in addresses:
            response = http.get(address, follow=False)
            assert response.status_code in {200, 301, 302, 403, 404, 405, 410}, (who, address)
            body = _body(response)
            assert SECRET.encode() not in body and FILM not in body, (who, address)
            if address.startswith("/studio/") and who != "another trainer":
                assert response.status_code in {301, 302, 403, 404, 405}, (who, address)
            if _names_an_object(address, treasure) and "/join/" not in address:
                assert response.status_code != 200, (who, address)


def test_no_stranger_changes_anything(cast: Cast, treasure: dict[str, Any]) -> None:
    def everything() -> dict[str, Any]:
        """Number of rows and a digest of every table of Anna's."""
        with cast.anna.schema(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = %s",
                [cast.anna.trainer.schema_name],
            )
            found = {}
            for (table,) in cursor.fetchall():
                rows = "string_agg(t::text, chr(10) ORDER BY t::text)"
                cursor.execute(f'SELECT count(*), md5({rows}) FROM "{table}" t')
                found[table] = cursor.fetchone()
            return found

    strangers = _strangers(cast)
    before = everything()
    for who, http in strangers.items():
        if who == "another client":
            continue  # may start sessions of her own; tests/sessions tries her at each door
        for address in _addresses(treasure):
            for method in ("post", "put", "patch", "delete"):
                response = getattr(http, method)(address, content_type="application/json")
                assert response.status_code < 500, (who, method, address)
    assert everything() == before


def _names_an_object(address: str, treasure: dict[str, Any]) -> bool:
    return any(str(value) in address for value in treasure.values() if isinstance(value, UUID))


def test_an_invitation_of_one_site_opens_nothing_on_another(
    cast: Cast, treasure: dict[str, Any]
) -> None:
    path = f"/join/{treasure['token']}/"
    assert cast.anna.browser().get(path).status_code == 200
    assert cast.boris.browser().get(path).status_code == 410
    posted = cast.boris.browser().post(
        path, {"new_password1": "a new password 1", "new_password2": "a new password 1"}
    )
    assert posted.status_code == 410


def test_a_session_cookie_of_one_site_is_worthless_on_another(cast: Cast) -> None:
    for user in (cast.anna.owner, cast.kate):
        here = cast.anna.browser(user)
        there = cast.boris.browser()
        there.cookies = here.cookies
        assert there.get("/studio/").status_code == 302
        assert SECRET.encode() not in there.get("/").content


def test_the_public_schema_has_no_table_for_people_or_media(cast: Cast) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = {name for (name,) in cursor.fetchall()}
    assert tables == {
        "django_content_type",
        "django_migrations",
        "presence_worker",
        "tenants_domain",
        "tenants_trainer",
    }


def test_media_lie_in_the_tenants_own_folder(
    cast: Cast, treasure: dict[str, Any], settings: Any
) -> None:
    with cast.anna.schema():
        clip = Clip.objects.get(pk=treasure["clip"])
        assert clip.source.path.startswith(
            f"{settings.MEDIA_ROOT}/{cast.anna.trainer.schema_name}/"
        )
    with cast.boris.schema():
        assert not Clip.objects.filter(pk=treasure["clip"]).exists()
        # The same name leads into Boris's folder, where there is no such file.
        assert not clip.source.storage.exists(str(clip.source.name))
