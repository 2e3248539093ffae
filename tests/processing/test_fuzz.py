"""Harmed uploads: each becomes a clip, or a sentence for the trainer, and nothing is left behind.

Some sixty are taken through the stages by default. `MUTANTS=300 MUTANTS_SEED=1 .venv/bin/python
-m pytest tests/processing/test_fuzz.py -s` takes as many as told, through the whole program too,
and prints what became of them.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from processing import running
from processing.errors import InvalidClip
from processing.isolation.host import StageProcess
from processing.messages import clip_sentence
from processing.models import Clip
from processing.pipeline import PUBLISHED_KINDS
from processing.services import delete_clip, upload_clip
from processing.stages import FILENAMES, STAGES
from tests.conftest import Site
from tests.processing.clips import no_progress, options
from tests.processing.mutations import Mutant, Seeds, mutants, sow

pytestmark = pytest.mark.models

NUMBER = int(os.environ.get("MUTANTS", "60"))
SEED = int(os.environ.get("MUTANTS_SEED", "0"))
FROM = int(os.environ.get("MUTANTS_FROM", "0"))
LONGEST_S = 60.0
MEMORY_BYTES = 2 * 1024**3
LARGEST_BYTES = 8 * 1024**2
"""Of all that a mutant of some two seconds may leave."""


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory, athlete_video: Path) -> Seeds:
    return sow(tmp_path_factory.mktemp("seeds"), athlete_video)


@pytest.fixture(scope="module")
def process() -> Iterator[StageProcess]:
    process = StageProcess(MEMORY_BYTES)
    yield process
    process.close()


def outcome(process: StageProcess, mutant: Mutant, folder: Path) -> str:
    """Take an upload through all stages: `ready`, or the code of what is wrong with it."""
    source = folder / "upload" / mutant.name
    source.parent.mkdir()
    source.write_bytes(mutant.content)
    paths = {"source": source} | {kind: folder / name for kind, name in FILENAMES.items()}
    chosen = options(Path(settings.MODELS_DIR), pose_model="lite")
    kept: set[str] = set()
    for stage in STAGES:
        try:
            process.run(
                stage,
                {kind: paths[kind] for kind in stage.needs},
                {kind: paths[kind] for kind in stage.produces},
                chosen,
                watch=no_progress,
                silence_s=LONGEST_S,
            )
        except InvalidClip as problem:
            assert _names(folder) == kept, "the stage that refused left something behind"
            return f"{stage.name}: {problem.code}"
        kept |= {FILENAMES[kind] for kind in stage.produces}
        assert _names(folder) == kept
    assert sum(path.stat().st_size for path in folder.iterdir()) < LARGEST_BYTES
    return "ready"


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.name != "upload"}


def test_every_mutant_becomes_a_clip_or_a_sentence(
    seeds: Seeds, process: StageProcess, tmp_path: Path
) -> None:
    """None brings even the stage process to an end, or the worker would hear "crashed"."""
    seen: Counter[str] = Counter()
    odd: list[str] = []
    for mutant in mutants(seeds, NUMBER, SEED):
        if mutant.number < FROM:
            continue
        folder = tmp_path / str(mutant.number)
        folder.mkdir()
        began = time.monotonic()
        try:
            result = outcome(process, mutant, folder)
        except Exception as error:
            result = f"BROKEN {type(error).__name__}"
            odd.append(f"{mutant.number} {mutant.kind}: {error}")
        took_s = time.monotonic() - began
        if NUMBER > 60:
            print(f"{mutant.number:4} {mutant.kind:40} {mutant.name:10} {result} {took_s:.1f}s")
        if took_s > LONGEST_S:
            odd.append(f"{mutant.number} {mutant.kind}: took {took_s:.0f} s")
        seen[result] += 1
    for result, times in seen.most_common():
        print(f"{times:4}  {result}")
    assert not odd, "\n".join(odd)
    assert seen["ready"] >= NUMBER // 10, "mutants that survive are wanted, too"


@pytest.mark.skipif(NUMBER <= 60, reason="takes minutes; set MUTANTS")
def test_every_upload_ends_well(seeds: Seeds, anna: Site) -> None:
    """Through the doors of the program; a trainer sees READY, or a sentence."""
    running.stopping.clear()
    seen: Counter[str] = Counter()
    odd: list[str] = []
    for mutant in mutants(seeds, NUMBER, SEED):
        clip = upload_clip(
            title=f"mutant {mutant.number}",
            uploaded=SimpleUploadedFile(mutant.name, mutant.content),
            settings={"pose_model": "lite"},
        )
        while run_next(clip):
            pass
        clip.refresh_from_db()
        seen[f"{clip.status} {clip.error_code}"] += 1
        named = {Path(one.file.name or "").name for one in clip.artifacts.all()}
        kinds = set(clip.artifacts.values_list("kind", flat=True))
        if clip.status == Clip.Status.READY:
            fine = kinds == PUBLISHED_KINDS
        else:
            fine = clip.status == Clip.Status.INVALID and bool(str(clip_sentence(clip)))
        if not fine:
            odd.append(f"{mutant.number} {mutant.kind}: {clip.status} {clip.error_code} {kinds}")
        if _stored(clip) - named - {Path(clip.source.name or "").name}:
            odd.append(f"{mutant.number} {mutant.kind}: left {_stored(clip) - named}")
        delete_clip(clip)
        if _stored(clip):
            odd.append(f"{mutant.number} {mutant.kind}: still has {_stored(clip)}")
    for result, times in seen.most_common():
        print(f"{times:4}  {result}")
    work = Path(default_storage.path("work"))
    assert not work.exists() or not any(work.iterdir())
    assert not odd, "\n".join(odd)


def run_next(clip: Clip) -> bool:
    return running.run_next_stage(clip.pk)


def _stored(clip: Clip) -> set[str]:
    folder = Path(default_storage.path(f"clips/{clip.pk}"))
    return {path.name for path in folder.rglob("*") if path.is_file()} if folder.exists() else set()
