"""The stage process: whatever happens in it, the worker hears of it and goes on."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from processing.errors import Cancelled, InvalidClip, StageFailed
from processing.isolation import host
from processing.isolation.host import StageProcess
from processing.stages import Options
from tests.processing import rough

MEGABYTE = 1024 * 1024
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def shared() -> Iterator[StageProcess]:
    """One process for all that leave it alive, as in a worker."""
    process = StageProcess()
    yield process
    process.close()


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def run(shared: StageProcess, tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Run the second rough stage with a script."""

    def _run(
        script: str,
        *,
        process: StageProcess = shared,
        folder: Path = tmp_path,
        watch: host.Watch = lambda done, total: None,
        silence_s: float = 30.0,
    ) -> dict[str, Any]:
        source = tmp_path / "source"
        source.write_text(script)
        return process.run(
            rough.WORK,
            {"source": source, "probe": source},
            {"masks": folder / "masks.mkv", "poster": folder / "poster.webp"},
            Options(models_dir=tmp_path),
            watch=watch,
            silence_s=silence_s,
        )

    return _run


Run = Callable[..., dict[str, Any]]


def test_a_stages_facts_files_and_progress_arrive(run: Run, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    facts = run("last 0.8", watch=lambda done, total: seen.append((done, total)))
    assert facts["pose_model"] == "full"
    assert (tmp_path / "masks.mkv").exists() and (tmp_path / "poster.webp").exists()
    assert seen == sorted(seen) and 1 < seen[-1][0] <= 100


def test_the_process_stays_warm(run: Run, shared: StageProcess) -> None:
    run("write")
    pid = shared.pid
    run("write")
    with pytest.raises(InvalidClip):
        run("refuse")
    with pytest.raises(StageFailed):
        run("broken")
    run("write")
    assert shared.pid == pid


def test_what_is_wrong_with_a_clip_arrives_with_its_facts(run: Run) -> None:
    with pytest.raises(InvalidClip) as caught:
        run("refuse")
    assert caught.value.code == "quality"
    assert caught.value.params == {"findings": [{"code": "too_dark", "spans": [[0.0, 1.5]]}]}


def test_an_error_arrives_with_its_traceback(run: Run) -> None:
    with pytest.raises(StageFailed, match="something nobody thought of") as caught:
        run("broken")
    assert caught.value.code == "internal" and "rough.py" in caught.value.detail


@pytest.mark.parametrize(
    ("script", "word"),
    [("segfault", "SIGSEGV"), ("abort", "SIGABRT"), ("killed", "SIGKILL"), ("leave", "status 3")],
)
def test_a_crash_is_told_and_the_next_clip_is_worked_on(run: Run, script: str, word: str) -> None:
    with pytest.raises(StageFailed, match=word) as caught:
        run(script)
    assert caught.value.code == "crashed"
    run("write")


def test_a_death_that_the_kernel_counts_as_its_own_is_for_want_of_memory(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = iter([7, 8])
    monkeypatch.setattr(host, "_memory_deaths", lambda: next(counts))
    with pytest.raises(StageFailed) as caught:
        run("killed")
    assert caught.value.code == "out_of_memory"


def test_memory_has_a_limit_where_one_is_set(run: Run) -> None:
    process = StageProcess(memory_bytes=1024 * MEGABYTE)
    try:
        run("hog 50", process=process)
        with pytest.raises(StageFailed) as caught:
            run("hog 1500", process=process)
        assert caught.value.code == "out_of_memory"
        # What that process held went with it.
        assert process.pid is None
        run("hog 50", process=process)
    finally:
        process.close()


def test_a_clip_called_damaged_for_want_of_memory_is_not_damaged(run: Run) -> None:
    with pytest.raises(StageFailed) as caught:
        run("misread")
    assert caught.value.code == "out_of_memory"


def test_a_hang_in_native_code_is_ended(run: Run, shared: StageProcess) -> None:
    run("write")
    pid = shared.pid
    begun = time.monotonic()
    with pytest.raises(StageFailed) as caught:
        run("hang", silence_s=0.5)
    assert caught.value.code == "timed_out"
    assert time.monotonic() - begun < 3.0
    assert pid is not None and not _alive(pid)
    run("write")


def _stop_at_once(done: int, total: int) -> None:
    if done:
        raise Cancelled("the trainer stopped it")


def test_a_stage_that_reports_is_stopped_and_cleans_up(
    run: Run, shared: StageProcess, tmp_path: Path
) -> None:
    run("write")
    pid = shared.pid
    for path in tmp_path.iterdir():
        path.unlink()
    with pytest.raises(Cancelled, match="the trainer"):
        run("last 30", watch=_stop_at_once)
    assert [path.name for path in tmp_path.iterdir()] == ["source"]
    # Asked, it stopped: no reason to start another.
    assert shared.pid == pid
    run("write")


def test_a_stage_that_hears_nothing_is_stopped_within_two_seconds(run: Run) -> None:
    run("write")
    begun = time.monotonic()
    with pytest.raises(Cancelled):
        run("hang", watch=_stop_at_once)
    assert time.monotonic() - begun < 2.5
    run("write")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small disk takes root")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_told_and_nothing_half_written_stays(run: Run, small_disk: Path) -> None:
    with pytest.raises(StageFailed) as caught:
        run("fill", folder=small_disk)
    assert caught.value.code == "disk_full"
    assert list(small_disk.iterdir()) == []


def test_a_file_that_may_not_grow_is_a_full_disk(run: Run, tmp_path: Path) -> None:
    process = StageProcess()
    try:
        run("write", process=process)
        assert process.pid is not None
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (MEGABYTE, MEGABYTE))
        with pytest.raises(StageFailed) as caught:
            run("fill", process=process)
        assert caught.value.code == "disk_full"
    finally:
        process.close()


def test_it_knows_neither_django_nor_secrets_and_steps_back(
    run: Run, shared: StageProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY_FILE", "/run/secrets/key")
    shared.close()
    run("write")
    own = Path(f"/proc/{shared.pid}")
    names = {entry.partition("=")[0] for entry in (own / "environ").read_text().split("\0")}
    assert not {name for name in names if name.startswith(("DATABASE_", "BROKER_", "SECRET_"))}
    assert (own / "oom_score_adj").read_text().strip() == "1000"
    assert "psycopg" not in (own / "maps").read_text()


_PARENT = """
import sys, threading, time
from pathlib import Path
from processing.isolation.host import StageProcess
process = StageProcess()
def start():
    process._start()
    # The last thing it does before it takes orders.
    while Path(f"/proc/{{process.pid}}/oom_score_adj").read_text().strip() != "1000":
        time.sleep(0.01)
    print(process.pid, flush=True)
    {hold}
thread = threading.Thread(target=start)
thread.start()
thread.join()
time.sleep(60)
"""


@pytest.mark.parametrize(
    ("hold", "kill"), [("time.sleep(60)", True), ("", False)], ids=["its process", "its thread"]
)
def test_it_does_not_outlive_what_started_it(hold: str, kill: bool) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", _PARENT.format(hold=hold)], stdout=subprocess.PIPE, cwd=ROOT
    )
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    try:
        if kill:
            parent.send_signal(signal.SIGKILL)
        deadline = time.monotonic() + 5
        while _alive(pid) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert not _alive(pid)
    finally:
        parent.kill()
        parent.wait()
        parent.stdout.close()
