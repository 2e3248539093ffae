"""Add a client, hand over the link, see the client come in."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urlsplit

import pytest
from django.test import Client as HttpClient

from tenants.people.models import User
from tests.conftest import PASSWORD, Cast, Site
from tests.studio.build import text

LIST = "/studio/people/client/"
ADD = "/studio/people/client/add/"
VERA = {"name": "Vera Lind", "email": "Vera@Example.com", "language": "ru"}


@pytest.fixture
def studio(anna: Site) -> HttpClient:
    return anna.browser(anna.owner)


def link_on(page: str) -> str:
    found = re.search(r'id="invitation-link"[^>]*value="([^"]+)"', page)
    assert found is not None
    return unescape(found[1])


def test_a_new_client_is_invited_and_comes_in(studio: HttpClient, anna: Site) -> None:
    response = studio.post(ADD, VERA)
    vera = User.objects.get(email="vera@example.com")
    assert response["Location"] == f"{LIST}{vera.pk}/change/"
    assert not vera.has_usable_password()
    assert not vera.is_staff
    assert vera.language == "ru"

    link = urlsplit(link_on(text(studio.get(response["Location"]))))
    assert link.hostname == "anna.localhost"
    door = anna.browser()
    assert "Vera" in text(door.get(link.path))
    chosen = {"new_password1": PASSWORD, "new_password2": PASSWORD}
    assert door.post(link.path, chosen)["Location"] == "/"
    vera.refresh_from_db()
    assert vera.check_password(PASSWORD)
    # The link has done its work, and the studio shows none any more.
    assert anna.browser().get(link.path).status_code == 410
    assert "invitation-link" not in text(studio.get(response["Location"]))
    # A client is nobody in the studio.
    assert door.get("/studio/").status_code in {302, 403}


def test_a_forgotten_password_gets_a_new_link_on_request(
    studio: HttpClient, anna: Site, cast: Cast
) -> None:
    page = f"{LIST}{cast.kate.pk}/change/"
    assert f'href="{page}?link=1"' in text(studio.get(page))
    path = urlsplit(link_on(text(studio.get(f"{page}?link=1")))).path
    new = {"new_password1": "another horse battery", "new_password2": "another horse battery"}
    assert anna.browser().post(path, new).status_code == 302
    kate = User.objects.get(pk=cast.kate.pk)
    assert kate.check_password("another horse battery")


def test_a_locked_out_client_gets_no_link(studio: HttpClient, cast: Cast) -> None:
    User.objects.filter(pk=cast.kate.pk).update(is_active=False)
    page = text(studio.get(f"{LIST}{cast.kate.pk}/change/?link=1"))
    assert "invitation-link" not in page
    assert "locked out" in text(studio.get(LIST))


@pytest.mark.parametrize(
    ("email", "words"),
    [("KATE@example.com", "Kate already has"), ("anna@example.com", "your own address")],
)
def test_an_address_in_use_is_refused_with_words(
    studio: HttpClient, email: str, words: str
) -> None:
    before = User.objects.count()
    assert words in text(studio.post(ADD, {**VERA, "email": email}))
    assert User.objects.count() == before


def test_nobody_becomes_a_trainer_through_the_form(studio: HttpClient) -> None:
    studio.post(ADD, {**VERA, "is_staff": "on", "is_superuser": "on", "password": "x"})
    vera = User.objects.get(email="vera@example.com")
    assert not (vera.is_staff or vera.is_superuser or vera.has_usable_password())


def test_the_trainer_is_no_client(studio: HttpClient, anna: Site) -> None:
    assert "anna@example.com" not in text(studio.get(LIST)).partition('id="result_list"')[2]
    assert studio.get(f"{LIST}{anna.owner.pk}/change/").status_code == 302


@pytest.mark.parametrize("path", ["auth/group/", "people/user/", "account/emailaddress/"])
def test_what_a_trainer_needs_not_is_not_there(studio: HttpClient, path: str) -> None:
    assert studio.get(f"/studio/{path}").status_code == 404


def test_nobody_else_comes_near(cast: Cast, anna: Site) -> None:
    page = f"{LIST}{cast.kate.pk}/change/?link=1"
    for http in (anna.browser(), anna.browser(cast.kate), anna.browser(cast.mila)):
        for url in (LIST, ADD, page):
            response = http.get(url)
            assert response.status_code in {302, 403}
            assert "/join/" not in text(response)
        assert http.post(ADD, VERA).status_code in {302, 403}
    assert not User.objects.filter(email="vera@example.com").exists()


def test_another_trainer_sees_only_their_own(cast: Cast, anna: Site) -> None:
    boris = cast.boris.browser(cast.boris.owner)
    page = text(boris.get(LIST))
    assert "denis@example.com" in page
    assert "kate@example.com" not in page


def test_an_invitation_opens_no_other_site(studio: HttpClient, cast: Cast) -> None:
    target = studio.post(ADD, VERA)["Location"]
    path = urlsplit(link_on(text(studio.get(target)))).path
    assert cast.boris.browser().get(path).status_code == 410
