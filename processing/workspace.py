"""Local files for a stage: inputs out of the storage, outputs into it, whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.core.files.storage import FileSystemStorage, default_storage
from django.db.models.fields.files import FieldFile

from processing.digest import sha256_of
from processing.files import version_folder
from processing.models import Clip
from processing.stages import FILENAMES
from tenants.schema import current_schema

_BLOCK = 1024 * 1024


@dataclass(frozen=True)
class Published:
    """A complete file in the storage."""

    name: str
    sha256: str
    size_bytes: int


class Workspace:
    """A scratch folder for one stage of one clip under one claim.

    On local disk it lies beside the media, so that publishing is a rename; with
    remote storage it is where files are brought to and sent from.
    """

    def __init__(self, clip: Clip, fence: int) -> None:
        self._clip = clip
        self._fence = fence
        self._local = isinstance(default_storage._wrapped, FileSystemStorage)  # type: ignore[attr-defined]
        root = Path(settings.MEDIA_ROOT if self._local else settings.VAR_DIR / "work")
        self.folder = root / current_schema() / "work" / f"{clip.pk}-{fence:06d}"

    def _local_copy(self, kind: str, file: FieldFile) -> Path:
        if self._local:
            return Path(file.path)
        target = self.folder / "in" / kind
        target.parent.mkdir(parents=True, exist_ok=True)
        with file.open("rb") as source, target.open("wb") as copy:
            shutil.copyfileobj(source, copy, _BLOCK)
        return target

    def inputs(self, kinds: Iterable[str]) -> dict[str, Path]:
        """Local paths of ``kinds``; ``source`` is the upload. Costs one query."""
        wanted = set(kinds)
        files = {
            artifact.kind: artifact.file
            for artifact in self._clip.artifacts.filter(kind__in=wanted, run=self._clip.run)
        }
        if "source" in wanted:
            files["source"] = self._clip.source
        return {kind: self._local_copy(kind, file) for kind, file in files.items()}

    def outputs(self, kinds: Iterable[str]) -> dict[str, Path]:
        """Where the stage shall write ``kinds``."""
        folder = self.folder / "out"
        folder.mkdir(parents=True, exist_ok=True)
        return {kind: folder / FILENAMES[kind] for kind in kinds}

    def publish(self, path: Path) -> Published:
        """Move a finished file into the storage, under a name no other claim uses."""
        name = f"{version_folder(self._clip.pk, self._fence)}/{path.name}"
        digest, size = sha256_of(path), path.stat().st_size
        if self._local:
            target = Path(default_storage.path(name))
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(path, target)
        else:
            with path.open("rb") as file:
                name = default_storage.save(name, File(file))
        return Published(name, digest, size)


@contextmanager
def workspace(clip: Clip, fence: int) -> Iterator[Workspace]:
    """A workspace whose folder is gone afterwards, whatever happens."""
    space = Workspace(clip, fence)
    # A killed worker cannot clean up after itself; its claim is over, so its folder is nobody's.
    for old in space.folder.parent.glob(f"{clip.pk}-*"):
        shutil.rmtree(old, ignore_errors=True)
    try:
        yield space
    finally:
        shutil.rmtree(space.folder, ignore_errors=True)
