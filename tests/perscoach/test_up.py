"""`make run`, seen from the shell: it comes up, it stops whole, it keeps the data."""

from __future__ import annotations

import os
import signal
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.perscoach.running import Program, running, start


def _get(program: Program, path: str = "/") -> int:
    request = urllib.request.Request(
        f"http://127.0.0.1:{program.port}{path}", headers={"Host": "localhost"}
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        return int(response.status)


def _interrupt_make(program: Program) -> None:
    program.process.send_signal(signal.SIGINT)


def _terminate_make(program: Program) -> None:
    program.process.send_signal(signal.SIGTERM)


def _interrupt_terminal(program: Program) -> None:
    os.killpg(program.process.pid, signal.SIGINT)


def _kill_supervisor(program: Program) -> None:
    os.kill(program.pid_of("perscoach.up"), signal.SIGKILL)


@pytest.fixture
def var(tmp_path: Path) -> Path:
    return tmp_path / "var"


@pytest.mark.parametrize(
    "end", [_interrupt_make, _terminate_make, _interrupt_terminal, _kill_supervisor]
)
def test_no_process_outlives_make_run(var: Path, end: Callable[[Program], None]) -> None:
    with running(var) as program:
        assert _get(program) == 200
        commands = " ".join(program.pids().values())
        for part in ("gunicorn", "run_worker", "postgres", "valkey-server"):
            assert part in commands
        end(program)
        assert program.wait_until_gone() == {}
    assert not (var / "embedded.json").exists() or end is _kill_supervisor


def test_a_dead_worker_and_a_dead_web_server_are_started_again(var: Path) -> None:
    with running(var) as program:
        for words in ("run_worker", "gunicorn"):
            os.kill(program.pid_of(words), signal.SIGKILL)
        program.wait_for("worker ended")
        program.wait_for("web ended")
        program.wait_for("starting it again")
        for _ in range(100):
            try:
                assert _get(program) == 200
                break
            except OSError:
                signal.sigtimedwait([], 0.1)
        else:
            pytest.fail("the web server did not come back")


def test_a_second_run_keeps_the_data_and_refuses_a_third(var: Path) -> None:
    with running(var) as program:
        key = (var / "secret_key").read_text()
        other = start(var / "other", VAR_DIR=str(var))
        assert other.process.wait(60) != 0
        assert "already running" in other.said()
        assert _get(program) == 200
    with running(var) as program:
        assert (var / "secret_key").read_text() == key
        assert _get(program) == 200


def test_a_busy_port_is_said_at_once(var: Path, tmp_path: Path) -> None:
    with running(var) as program:
        other = start(tmp_path / "other", PORT=str(program.port))
        assert other.process.wait(60) != 0
        assert "in use by another program" in other.said()
