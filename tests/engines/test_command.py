"""`manage.py engines`: what can run here, and what the rest lacks."""

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from pytest_django import Settings

from tests.engines import small_models

_NINE = {
    "mediapipe", "modnet", "birefnet", "rvm", "rtmpose", "movenet", "poseformer_v2",
    "sam3d_body", "iclight",
}  # fmt: skip


@pytest.fixture
def models_dir(settings: Settings, tmp_path: Path) -> Path:
    settings.MODELS_DIR = tmp_path
    return tmp_path


def _listed(*arguments: str) -> list[dict[str, Any]]:
    out = StringIO()
    call_command("engines", "--json", *arguments, stdout=out)
    facts: list[dict[str, Any]] = json.loads(out.getvalue())
    return facts


def _one(name: str, *arguments: str, job: str = "matting") -> dict[str, Any]:
    (fact,) = [f for f in _listed(*arguments) if f["name"] == name and f["job"] == job]
    return fact


def test_lists_all_engines_with_all_there_is_to_say(models_dir: Path) -> None:
    facts = _listed()
    assert {fact["name"] for fact in facts} == _NINE | {"v11"}
    for fact in facts:
        assert fact["can_run"] == (not fact["missing"])
        assert fact["device"] in ("cpu", "cuda")
        assert fact["code_licence"] and fact["weights_licence"]
    assert [fact["name"] for fact in facts if fact["can_run"]] == ["v11"]


def test_an_engine_can_run_once_its_file_is_there(models_dir: Path) -> None:
    assert not _one("rvm")["can_run"]
    path = small_models.rvm(models_dir / "rvm_mobilenetv3_fp32.onnx")
    fact = _one("rvm")
    assert fact["can_run"] and fact["files"] == [str(path)]


def test_loading_shows_a_damaged_file(models_dir: Path) -> None:
    (models_dir / "modnet.onnx").write_bytes(b"no model")
    assert _one("modnet")["can_run"]
    fact = _one("modnet", "--load")
    assert not fact["can_run"]
    assert "Get the file again" in fact["missing"][0]


def test_marks_what_the_settings_choose(models_dir: Path, settings: Settings) -> None:
    settings.MATTING_ENGINE = "rvm"
    assert _one("rvm")["chosen"]
    assert not _one("mediapipe")["chosen"]
    assert _one("v11", job="grade")["chosen"]


def test_reads_well(models_dir: Path) -> None:
    out = StringIO()
    call_command("engines", stdout=out)
    text = out.getvalue()
    assert "* v11 " in text and "runs on cpu" in text
    assert "Robust Video Matting: code GPL-3.0, weights GPL-3.0" in text
    assert "https://github.com/PeterL1n/RobustVideoMatting/releases" in text
    assert all(len(line) <= 160 for line in text.splitlines())


def test_works_without_a_database(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    environment = os.environ | {
        "DATABASE_URL": "postgres://nobody:x@127.0.0.1:1/none",
        "BROKER_URL": "redis://127.0.0.1:1/0",
        "MODELS_DIR": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "manage.py", "engines", "--json"],
        cwd=root, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert {fact["name"] for fact in json.loads(done.stdout)} == _NINE | {"v11"}
