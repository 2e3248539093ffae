"""What a stranger sees after `make run`: a demo whose first exercise is real and ready."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from perscoach import settings
from tests.e2e.conftest import Visit
from tests.perscoach.running import running

pytestmark = [pytest.mark.e2e, pytest.mark.models]


def test_the_demo_has_homework_to_do(visit: Visit, tmp_path: Path) -> None:
    (trainer, trainer_password), (client, client_password) = settings.DEMO_LOGINS
    with running(tmp_path / "var", DEMO="1") as program:
        # The logins are printed before the films are made.
        for words in (trainer, trainer_password, client, client_password, "anna.localhost"):
            assert words in program.said()
        program.wait_for("Squat: ready", timeout_s=300)
        kate = visit(of=program)
        kate.log_in(settings.DEMO_SLUG, client, client_password)
        kate.page.get_by_role("link", name="Start").first.click()
        expect(kate.page.get_by_text("Sit back as if on a low chair")).to_be_visible()
        anna = visit(of=program)
        anna.log_in(settings.DEMO_SLUG, trainer, trainer_password)
        anna.page.wait_for_url("**/studio/")
        anna.go(settings.DEMO_SLUG, "/studio/processing/clip/")
        anna.page.get_by_role("link", name="Squat").first.click()
        expect(anna.page.locator("[data-preview] video")).to_be_visible()
