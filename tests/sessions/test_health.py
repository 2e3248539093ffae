"""What /api/health says, and to whom."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client as HttpClient
from django.utils import timezone

from perscoach.embedded.process import free_port
from perscoach.embedded.valkey import Valkey
from processing import health
from processing.presence.beats import Presence, queues_served
from processing.presence.models import Worker
from tests.conftest import Cast

URL = "/api/health"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def asked_anew() -> Iterator[None]:
    health.forget()
    yield
    health.forget()


@pytest.fixture
def no_worker(cast: Cast) -> None:
    """Real workers that other tests killed are taken to be alive for a while."""
    Worker.objects.all().delete()


@pytest.fixture
def worker(no_worker: None) -> Presence:
    presence = Presence(["gpu", "default"])
    presence.beat()
    return presence


def parts(cast: Cast) -> dict[str, Any]:
    """What the trainer is told is wrong."""
    answer = cast.anna.browser(cast.anna.owner).get(URL)
    told = answer.json()
    wrong = {part["name"]: part["wrong"] for part in told["parts"] if not part["ok"]}
    assert answer.status_code == (503 if wrong else 200)
    assert told["status"] == ("failing" if wrong else "ok")
    return wrong


@pytest.mark.models
def test_all_is_well(cast: Cast, worker: Presence) -> None:
    assert parts(cast) == {}
    for http in (cast.anna.browser(), cast.anna.browser(cast.kate), cast.boris.browser()):
        for url in (URL, f"{URL}/"):
            answer = http.get(url)
            assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
            assert "no-cache" in answer["Cache-Control"]


@pytest.mark.models
def test_it_answers_on_every_host(cast: Cast, worker: Presence) -> None:
    for host in (cast.anna.host, "localhost", "127.0.0.1"):
        http = HttpClient(headers={"host": host})
        # A cookie of some other time means nothing where there are no people.
        http.cookies["sessionid"] = "x" * 32
        assert http.get(URL).status_code == 200, host
        assert http.head(URL).status_code == 200, host
        assert http.post(URL).status_code == 405, host


def test_strangers_are_told_that_it_fails_and_not_what(cast: Cast, no_worker: None) -> None:
    for http in (cast.anna.browser(), cast.anna.browser(cast.kate), cast.boris.browser(cast.denis)):
        answer = http.get(URL)
        assert (answer.status_code, answer.json()) == (503, {"status": "failing"})


def test_workers_are_missed_when_they_fall_silent_or_go(cast: Cast, no_worker: None) -> None:
    assert parts(cast)["workers"] == "No worker was heard of for 60 s."
    presence = Presence(["default"])
    presence.beat()
    health.forget()
    assert parts(cast)["workers"] == "No worker works off the queue gpu."
    Worker.objects.update(seen_at=timezone.now() - timedelta(seconds=61))
    assert queues_served() == set()
    presence.beat()
    assert (queues_served(), Worker.objects.count()) == ({"default"}, 1)
    presence.end()
    assert queues_served() == set()


def _until(done: Callable[[], bool], timeout_s: float = 60.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_running_worker_is_there_until_it_ends(
    cast: Cast, no_worker: None, tmp_path: Path
) -> None:
    """A process of its own, on this database and a queue of its own."""
    tmp_path.chmod(0o755)
    valkey = Valkey(tmp_path / "valkey")
    valkey.start()
    address = os.environ["DATABASE_URL"].rpartition("/")[0]
    environment = os.environ | {
        "DATABASE_URL": f"{address}/{connection.settings_dict['NAME']}",
        "BROKER_URL": valkey.url,
    }
    process = subprocess.Popen(
        [sys.executable, "manage.py", "run_worker", "--queues", "gpu"], cwd=ROOT, env=environment
    )
    try:
        _until(lambda: Worker.objects.exists())
        row = Worker.objects.get()
        assert row.queues == "gpu" and f"-{process.pid}-" in row.name
        assert parts(cast)["workers"] == "No worker works off the queue default."
        # It goes on saying so.
        _until(lambda: Worker.objects.get().seen_at > row.seen_at)
        process.terminate()
        assert process.wait(30) == 0
        assert not Worker.objects.exists()
        health.forget()
        assert parts(cast)["workers"] == "No worker was heard of for 60 s."
    finally:
        process.kill()
        process.wait()
        valkey.stop()


def test_workers_that_died_long_ago_are_forgotten(cast: Cast, worker: Presence) -> None:
    Worker.objects.update(seen_at=timezone.now() - timedelta(days=2))
    Presence(["gpu"]).beat()
    assert [row.queues for row in Worker.objects.all()] == ["gpu"]


def test_what_is_gone_is_named_without_an_address(
    cast: Cast, worker: Presence, settings: Any, tmp_path: Path
) -> None:
    port = free_port()
    settings.BROKER_URL = f"redis://somebody:secret@127.0.0.1:{port}/0"
    settings.MODELS_DIR = tmp_path
    wrong = parts(cast)
    assert wrong["broker"] == "The queue's broker does not answer."
    assert wrong["models"].startswith("Model files are missing: pose_landmarker_")
    assert "secret" not in str(wrong) and str(tmp_path) not in str(wrong)
    for url in (f"amqp://somebody:secret@127.0.0.1:{port}/", ""):
        settings.BROKER_URL = url
        health.forget()
        assert "secret" not in parts(cast)["broker"]


def test_an_engine_that_cannot_run_is_told(cast: Cast, worker: Presence, settings: Any) -> None:
    settings.POSE_ENGINE = "rtmpose"
    assert parts(cast)["models"] == "The engine rtmpose was chosen, and cannot run here."


def test_without_its_database_the_site_says_so_at_once(
    cast: Cast, worker: Presence, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(connection.settings_dict, "PORT", str(free_port()))
    began = time.monotonic()
    for http in (cast.anna.browser(cast.anna.owner), HttpClient(headers={"host": "nobody.test"})):
        answer = http.get(URL)
        assert (answer.status_code, answer.json()) == (503, {"status": "failing"})
    assert time.monotonic() - began < 2


def test_a_process_that_never_had_a_database_answers() -> None:
    """The way of a real request, middleware and all, and the command for who runs the server."""
    environment = os.environ | {"DATABASE_URL": f"postgres://a:b@127.0.0.1:{free_port()}/c"}
    script = (
        "import django; django.setup()\n"
        "from django.test import Client\n"
        "answer = Client(headers={'host': 'anna.localhost'}).get('/api/health')\n"
        "print(answer.status_code, answer.json())\n"
        "from django.core.management import call_command\n"
        "call_command('health')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environment | {"DJANGO_SETTINGS_MODULE": "perscoach.settings"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "503 {'status': 'failing'}" in done.stdout
    assert "database   The database does not answer." in done.stdout
    assert "workers    Not known" in done.stdout
    assert done.returncode == 1, done.stderr
