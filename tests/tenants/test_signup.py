"""A stranger becomes a trainer."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.test import Client as HttpClient

from tests.conftest import PASSWORD, Cast

FORM = {"name": "Vera", "slug": "vera", "email": "vera@example.com", "password": PASSWORD}


@pytest.fixture
def public(cast: Cast) -> HttpClient:
    return HttpClient(headers={"host": "localhost"})


def test_landing_page_invites_to_sign_up(public: HttpClient) -> None:
    response = public.get("/")
    assert response.status_code == 200
    assert "/signup/" in response.content.decode()


def test_sign_up_makes_a_site_and_enters_it(public: HttpClient) -> None:
    response = public.post("/signup/", FORM)
    assert response.status_code == 302
    target = urlsplit(response["Location"])
    assert target.hostname == "vera.localhost"
    site = HttpClient(headers={"host": "vera.localhost"})
    entered = site.get(target.path)
    assert entered.status_code == 302
    assert site.get("/studio/").status_code == 200


def test_an_entry_link_works_once(public: HttpClient) -> None:
    path = urlsplit(public.post("/signup/", FORM)["Location"]).path
    HttpClient(headers={"host": "vera.localhost"}).get(path)
    second = HttpClient(headers={"host": "vera.localhost"})
    second.get(path)
    assert second.get("/studio/").status_code == 302


def test_an_entry_link_is_worthless_on_another_site(public: HttpClient, cast: Cast) -> None:
    path = urlsplit(public.post("/signup/", FORM)["Location"]).path
    thief = cast.boris.browser()
    thief.get(path)
    assert thief.get("/studio/").status_code == 302


@pytest.mark.parametrize("slug", ["www", "Ann_a", "anna", "-x", "a--b", "", "x" * 40, "пётр"])
def test_a_bad_or_taken_address_is_refused_with_words(public: HttpClient, slug: str) -> None:
    response = public.post("/signup/", {**FORM, "slug": slug})
    assert response.status_code == 200
    assert response.context["form"].errors["slug"]


def test_a_weak_password_is_refused(public: HttpClient) -> None:
    response = public.post("/signup/", {**FORM, "password": "12345"})
    assert response.context["form"].errors["password"]


def test_an_address_nobody_has_is_not_found(public: HttpClient) -> None:
    response = HttpClient(headers={"host": "nobody.localhost"}).get("/")
    assert response.status_code == 404
    assert "nobody.localhost" in response.content.decode()


def test_nobody_signs_up_on_a_trainers_site(cast: Cast) -> None:
    response = cast.anna.browser().post(
        "/accounts/signup/", {"email": "x@example.com", "password1": PASSWORD}
    )
    assert "closed" in response.content.decode().lower()
