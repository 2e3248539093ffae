"""Pages for when something is not there, not allowed, or broken."""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string
from django.test import Client as HttpClient

from tests.conftest import Cast


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_missing_page_says_so_in_the_visitors_language(cast: Cast, language: str) -> None:
    for http in (cast.anna.browser(), HttpClient(headers={"host": "localhost"})):
        response = http.get("/no/such/page/", headers={"accept-language": language})
        assert response.status_code == 404
        words = "There is nothing here" if language == "en" else "Здесь ничего нет"
        assert words in response.content.decode()


def test_a_forgotten_form_is_explained(cast: Cast) -> None:
    http = HttpClient(enforce_csrf_checks=True, headers={"host": cast.anna.host})
    response = http.post("/accounts/login/", {"login": "a@example.com", "password": "x"})
    assert response.status_code == 403
    assert "Please try again" in response.content.decode()


def test_the_page_for_our_own_faults_needs_nothing_that_could_be_broken() -> None:
    page = render_to_string("500.html")
    assert "Nothing you did is lost" in page and "Ничего не потеряно" in page


def test_a_persons_language_is_spoken_until_the_browser_is_told_another(cast: Cast) -> None:
    with cast.anna.schema():
        cast.kate.language = "ru"
        cast.kate.save(update_fields=["language"])
    http = cast.anna.browser(cast.kate)
    assert 'lang="ru"' in http.get("/").content.decode()
    http.post("/i18n/setlang/", {"language": "en", "next": "/"})
    assert '<html lang="en"' in http.get("/").content.decode()


def test_nobody_changes_an_address_by_allauths_own_page(cast: Cast) -> None:
    response = cast.anna.browser(cast.kate).get("/accounts/email/")
    assert (response.status_code, response["Location"]) == (302, "/")
