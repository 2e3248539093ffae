"""Nothing a client does is lost: no network, a killed tab, a restarted server, no login any more.

Each time the rows that were made are compared with those the server has.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress

import pytest

from tests.e2e import homework
from tests.e2e.conftest import Films, Visit
from tests.e2e.homework import PASSWORD, Homework, email
from tests.e2e.outbox import Exercising
from tests.perscoach.running import Program

pytestmark = [pytest.mark.e2e, pytest.mark.models]

KILLED_LOSES_S = 0.5
"""What the page says a killed tab loses; a timer may be late by a tenth."""
LATE_S = 0.2

Exercise = Callable[..., Exercising]


@pytest.fixture(scope="module")
def squats(program: Program, films: Films) -> Homework:
    return homework.make(program, films.trainer_squat, "olga", seconds=40, sets=2, asks_for="video")


@pytest.fixture
def exercise(visit: Visit, squats: Homework) -> Exercise:
    """Somebody who is logged in and has their homework open."""

    def begin(client: str = "nina") -> Exercising:
        somebody = Exercising(visit(), squats, client)
        somebody.log_in()
        somebody.open()
        return somebody

    return begin


def _without_doubles(rows: list[float]) -> list[float]:
    assert rows == sorted(set(rows)), "a frame is there twice, or out of order"
    return rows


def test_sixty_seconds_without_network(exercise: Exercise) -> None:
    nina = exercise()
    session = nina.start()
    nina.begin_set()
    nina.wait_for("s.acked >= 1")
    nina.visitor.context.set_offline(True)
    nina.page.wait_for_timeout(60_000)
    found = nina.saving()
    assert found["saving"] == "offline"
    assert found["made"] - found["acked"] >= 10
    assert found["lasting"]
    nina.visitor.context.set_offline(False)
    nina.wait_for("s.saving !== 'offline' && s.acked >= 12", timeout_ms=10_000)
    nina.end_set()
    answer = nina.finish()

    assert answer["status"] == 200
    assert answer["score"] == pytest.approx(50, abs=10)
    stored = _without_doubles(nina.stored(session))
    assert stored == nina.rows
    # A row every 50 ms, with no hole where the network was away.
    assert max(b - a for a, b in zip(stored, stored[1:], strict=False)) < 1.5
    assert nina.saving()["problems"] == []


def test_a_tab_killed_in_the_middle_of_a_set(exercise: Exercise) -> None:
    nina = exercise()
    session = nina.start()
    nina.begin_set()
    nina.wait_for("s.acked >= 1")
    nina.page.wait_for_timeout(2300)
    nina.kill_tab()
    before = list(nina.rows)
    nina.open()
    left = nina.page.evaluate("id => logbook.resume(id)", nina.homework.assignments["nina"])
    assert left["id"] == session
    assert left["at"] == {"item": nina.homework.item, "set": 0}
    assert left["elapsedS"] >= before[-1] - KILLED_LOSES_S - LATE_S
    assert nina.page.evaluate("left => logbook.goOn(left)", left)
    # The clock has gone on meanwhile: nothing that comes looks as if it had been before.
    assert nina.page.evaluate("logbook.elapsedS") > before[-1]
    nina.begin_set()
    nina.page.wait_for_timeout(6000)
    nina.end_set()
    answer = nina.finish()

    assert answer["status"] == 200
    stored = _without_doubles(nina.stored(session))
    lost = set(nina.rows) - set(stored)
    assert set(stored) <= set(nina.rows)
    # Only what was made since the last save before the tab was killed.
    assert all(before[-1] - KILLED_LOSES_S - LATE_S < t <= before[-1] for t in lost)
    assert len(stored) > len(before)


def test_a_killed_tabs_workout_is_sent_by_any_page(exercise: Exercise) -> None:
    nina = exercise()
    # Of this tab alone: the whole context's network is also that of the service worker, which may
    # die with the tab, and Playwright would wait for its answer.
    nina.page.route("**/api/sessions/**", lambda route: route.abort())
    session = nina.start()
    nina.begin_set()
    nina.page.wait_for_timeout(3000)
    assert nina.saving()["acked"] == 0
    nina.kill_tab()
    nina.visitor.go(nina.homework.site)
    nina.wait_until(lambda: bool(nina.chunks(session)))
    stored = _without_doubles(nina.stored(session))
    assert stored == nina.rows[: len(stored)]
    assert stored[-1] >= nina.rows[-1] - KILLED_LOSES_S - LATE_S


def test_a_page_that_is_left_hands_over_all_it_has(exercise: Exercise) -> None:
    nina = exercise()
    session = nina.start()
    nina.begin_set()
    nina.wait_for("s.acked >= 1")
    nina.page.wait_for_timeout(1200)
    nina.visitor.go(nina.homework.site)
    nina.wait_until(lambda: any(nina.rows[-1] in chunk["t"] for chunk in nina.chunks(session)))
    assert _without_doubles(nina.stored(session)) == nina.rows


def test_a_server_restarted_in_the_middle_of_a_set(exercise: Exercise, program: Program) -> None:
    nina = exercise()
    session = nina.start()
    nina.begin_set()
    nina.wait_for("s.acked >= 1")

    def noticed() -> bool:
        # It is up again within seconds: down it goes until the page has met it down.
        with suppress(StopIteration, ProcessLookupError):
            os.kill(program.pid_of("gunicorn"), signal.SIGKILL)
        return bool(nina.saving()["saving"] == "offline")

    nina.wait_until(noticed)
    nina.wait_for("s.saving === 'saved' && s.acked >= 3", timeout_ms=60_000)
    nina.end_set()

    assert nina.finish()["status"] == 200
    assert _without_doubles(nina.stored(session)) == nina.rows


def test_a_login_that_ran_out_is_asked_for_and_nothing_lost(exercise: Exercise) -> None:
    nina = exercise()
    session = nina.start()
    nina.begin_set()
    nina.wait_for("s.acked >= 1")
    nina.visitor.context.clear_cookies()
    nina.wait_for("s.saving === 'login'")
    exercising, other = nina.page, nina.visitor.context.new_page()
    nina.visitor.page = other
    nina.log_in()
    other.close()
    nina.visitor.page = exercising
    exercising.bring_to_front()
    nina.wait_for("s.saving === 'saved' && s.acked >= 2", timeout_ms=40_000)
    nina.end_set()

    assert nina.finish()["status"] == 200
    assert _without_doubles(nina.stored(session)) == nina.rows


def test_two_clients_on_one_device_never_mix(exercise: Exercise) -> None:
    nina = exercise()
    nina.visitor.context.route("**/api/sessions/**", lambda route: route.abort())
    session = nina.start()
    nina.begin_set()
    nina.wait_for("s.made >= 1")
    nina.end_set()
    nina.page.wait_for_timeout(500)
    rows = list(nina.rows)
    nina.visitor.context.clear_cookies()

    mila = Exercising.__new__(Exercising)
    mila.__dict__.update(nina.__dict__, client="mila")
    nina.visitor.context.unroute("**/api/sessions/**")
    mila.log_in()
    seen: list[str] = []
    nina.page.on("request", lambda request: seen.append(request.url))
    mila.open()
    assert mila.page.evaluate("logbook.resume()") is None
    mila.page.wait_for_timeout(2000)
    assert not [url for url in seen if session in url]

    nina.visitor.context.clear_cookies()
    nina.log_in()
    nina.open()
    nina.wait_until(lambda: any(rows[-1] in chunk["t"] for chunk in nina.chunks(session)))
    assert _without_doubles(nina.stored(session)) == rows


def test_begun_without_network_and_finished_at_home(exercise: Exercise) -> None:
    nina = exercise()
    nina.visitor.context.set_offline(True)
    started = time.time()
    session = nina.start(level="numbers")
    assert time.time() - started < 2.0, "beginning waited for the network"
    nina.begin_set()
    nina.page.wait_for_timeout(6000)
    nina.end_set()
    nina.page.evaluate("() => { window.answer = logbook.finish(); }")
    nina.visitor.context.set_offline(False)
    answer = nina.page.evaluate("() => answer")

    assert answer["status"] == 200
    assert _without_doubles(nina.stored(session)) == nina.rows
    chunk = nina.get(f"/api/sessions/{session}/timeline/0")
    assert set(map(str, chunk["landmarks"])) == {"None"}
    assert nina.get(f"/api/sessions/{session}/")["level"] == "numbers"


def test_the_wrong_person_logged_in_takes_nothing(exercise: Exercise) -> None:
    nina = exercise()
    session = nina.start()
    nina.begin_set()
    nina.wait_for("s.acked >= 1")
    nina.visitor.context.clear_cookies()
    exercising, other = nina.page, nina.visitor.context.new_page()
    nina.visitor.page = other
    nina.visitor.log_in(nina.homework.site, email("mila"), PASSWORD)
    exercising.bring_to_front()
    nina.visitor.page = exercising
    nina.wait_for("s.saving === 'login'")
    assert nina.saving()["refused"] == 0
    nina.end_set()
    nina.visitor.context.clear_cookies()
    nina.visitor.page = other
    nina.log_in()
    nina.visitor.page = exercising
    exercising.bring_to_front()
    nina.wait_for("s.saving === 'saved' && s.acked === s.made", timeout_ms=40_000)

    assert nina.finish()["status"] == 200
    assert _without_doubles(nina.stored(session)) == nina.rows
