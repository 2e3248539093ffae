"""The tables of engines: complete, cheap to import, and honest about what is missing."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from processing.engines import availability
from processing.engines.availability import Needs, Package, WeightFile, check
from processing.engines.contract import EngineUnavailable, Shot, WrongWeights
from processing.engines.registry import (
    GRADE,
    LIFT,
    MATTING,
    POSE,
    UnknownEngine,
    all_engines,
    find,
)
from tests.engines import small_models
from tests.engines.pictures import gradient


def test_every_job_has_its_engines() -> None:
    assert list(MATTING) == ["mediapipe", "modnet", "birefnet", "rvm"]
    assert list(GRADE) == ["v11", "iclight"]
    assert list(POSE)[0] == "mediapipe"
    assert {"rtmpose", "movenet", "sam3d_body"} < set(POSE)
    assert list(LIFT) == ["poseformer_v2"]


def test_every_engine_says_where_it_comes_from_and_its_licences() -> None:
    for engine in all_engines():
        assert engine.title and engine.code_licence and engine.weights_licence, engine.name
        assert engine.project.startswith("https://") or engine.name == "v11"
        for weights in engine.needs.files:
            assert weights.names and weights.get.endswith("."), engine.name


def test_importing_the_registry_loads_no_inference_library() -> None:
    heavy = "onnxruntime", "torch", "diffusers", "transformers", "mediapipe", "ai_edge_litert"
    code = (
        "import sys, processing.engines.registry;"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_an_unknown_name_lists_the_known() -> None:
    with pytest.raises(UnknownEngine, match="no engine 'modnett'; there are: mediapipe, modnet"):
        find(MATTING, "modnett")


@pytest.mark.parametrize("name", ["modnet", "birefnet", "rvm"])
def test_without_weights_it_says_how_to_get_them(tmp_path: Path, name: str) -> None:
    engine = MATTING[name]
    found = engine.check(tmp_path)
    assert not found.can_run
    assert found.files == ()
    (sentence,) = found.missing
    assert str(tmp_path) in sentence and engine.needs.files[0].names[0] in sentence
    with pytest.raises(EngineUnavailable, match=f"{engine.title} cannot run here"):
        engine.open(tmp_path)


def test_with_weights_it_opens_and_runs(tmp_path: Path) -> None:
    small_models.modnet(tmp_path / "modnet.onnx")
    small_models.birefnet(tmp_path / "birefnet.onnx")
    small_models.rvm(tmp_path / "rvm_mobilenetv3_fp16.onnx", kind=small_models.HALF)
    shot = Shot(0, gradient(70, 90), None, True)
    for name in ("modnet", "birefnet", "rvm"):
        found = find(MATTING, name).check(tmp_path)
        assert found.can_run and found.missing == ()
        assert found.device in ("cpu", "cuda")
        engine = find(MATTING, name).open(tmp_path, threads=1)
        ((same, alpha),) = engine.mattes([shot])
        engine.close()
        assert same is shot and alpha.shape == (70, 90)


def test_weights_of_another_engine_are_told_apart(tmp_path: Path) -> None:
    small_models.modnet(tmp_path / "rvm.onnx")
    with pytest.raises(WrongWeights, match=r"rvm\.onnx: expected the inputs src"):
        find(MATTING, "rvm").open(tmp_path)


def test_the_built_in_grade_needs_nothing(tmp_path: Path) -> None:
    engine = find(GRADE, "v11").open(tmp_path)
    picture = gradient(8, 8)
    graded = engine.grade(picture, np.full((8, 8), 255, np.uint8))
    engine.close()
    assert graded.shape == picture.shape and graded.dtype == np.uint8
    assert (graded.astype(int).sum() - picture.astype(int).sum()) > 0  # V11 brightens


def test_says_which_package_is_missing(tmp_path: Path) -> None:
    needs = Needs(packages=(Package("no_such_package", "run `pip install it`"),))
    assert check(needs, tmp_path).missing == (
        "The Python package no_such_package is missing: run `pip install it`.",
    )
    assert not availability.is_installed("no_such_package.part")


def test_takes_the_first_file_that_is_there(tmp_path: Path) -> None:
    needs = Needs(files=(WeightFile(("best.onnx", "second.onnx", "third.onnx"), "Get it."),))
    (tmp_path / "third.onnx").touch()
    (tmp_path / "second.onnx").touch()
    assert check(needs, tmp_path).files == (tmp_path / "second.onnx",)


@pytest.mark.parametrize(("gpu", "said"), [(False, "there is none here"), (True, "cannot use it")])
def test_says_why_there_is_no_gpu(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gpu: bool, said: str
) -> None:
    # The machine that runs the tests may or may not have one.
    monkeypatch.setattr(availability, "has_nvidia_gpu", lambda: gpu)
    found = check(Needs(runtime="cpu", gpu=True), tmp_path)
    assert not found.can_run and found.device == "cuda"
    assert said in found.missing[0]


def test_the_page_for_operators_names_every_engine_and_file() -> None:
    page = (Path(__file__).parents[2] / "docs" / "engines.md").read_text()
    rows = [line for line in page.splitlines() if line.startswith("|")]
    for engine in all_engines():
        (row,) = [r for r in rows if r.startswith(f"| {engine.job} | `{engine.name}` |")]
        names = [name for weights in engine.needs.files for name in weights.names]
        assert "as above" in row or all(f"`{name}`" in row for name in names), engine.name
        assert engine.code_licence in row
        assert ("CUDA only" in row) == engine.needs.gpu
        assert ("CUDA" in row) == (engine.needs.runtime != "cpu")
