"""`kill -9` of the worker in the middle of a clip."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e import studio
from tests.e2e.conftest import Films, Visit
from tests.perscoach.running import Program

pytestmark = [pytest.mark.e2e, pytest.mark.models]


def _wait_for_file(folder: Path, pattern: str, timeout_s: float = 60.0) -> Path:
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        for path in folder.glob(pattern):
            return path
        time.sleep(0.02)
    raise AssertionError(f"{pattern} never appeared in {folder}")


def test_a_killed_workers_clip_finishes_without_redoing_stages(
    visit: Visit, films: Films, program: Program
) -> None:
    trainer = visit()
    studio.sign_up(trainer, "wanda")
    trainer.go("wanda", "/studio/processing/clip/add/")
    trainer.page.set_input_files("[data-upload] input[type=file]", films.trainer_squat)
    trainer.page.click("[data-submit]")
    media = program.var / "media" / "t_wanda"
    # The first stage is done, the second has begun to write.
    probe = _wait_for_file(media, "clips/*/*/probe.json")
    _wait_for_file(media, "work/*/out/.*")
    written = probe.stat().st_mtime_ns
    os.kill(program.pid_of("run_worker"), signal.SIGKILL)
    program.wait_for("worker ended")
    trainer.page.wait_for_url("**/change/**")
    expect(trainer.page.locator("[data-preview]")).to_be_visible(timeout=studio.READY_MS)
    assert list(media.glob("clips/*/*/probe.json")) == [probe]
    assert probe.stat().st_mtime_ns == written
    # What the dead worker had begun is neither served nor left behind.
    assert len(list(media.glob("clips/*/*/trainer_poses.bin"))) == 1
    assert list(media.glob("work/*")) == []


def test_nonsense_gets_a_sentence_and_the_next_clip_is_processed(
    visit: Visit, films: Films, tmp_path: Path
) -> None:
    trainer = visit()
    studio.sign_up(trainer, "xenia")
    nonsense = tmp_path / "holiday.mp4"
    nonsense.write_bytes(b"this is no video " * 1000)
    trainer.go("xenia", "/studio/processing/clip/add/")
    trainer.page.set_input_files("[data-upload] input[type=file]", nonsense)
    trainer.page.click("[data-submit]")
    expect(trainer.page.get_by_text("not a video that can be read")).to_be_visible()
    trainer.shot("clip-invalid")
    studio.upload(trainer, "xenia", films.trainer_squat)
