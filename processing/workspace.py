"""Local files for a stage: inputs out of the storage, outputs into it, whole or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from django.db import connection
from django.db.models.fields.files import FieldFile
from django_tenants.utils import tenant_context

from processing.digest import sha256_of
from processing.files import version_folder
from processing.models import Clip
from processing.stages import FILENAMES
from processing.storage import is_local, put_file, work_root

_BLOCK = 1024 * 1024
_BEAT_EVERY_S = 1.0

T = TypeVar("T")


@dataclass(frozen=True)
class Published:
    """A complete file in the storage."""

    name: str
    sha256: str
    size_bytes: int


def _work_root() -> Path:
    """Where this tenant's scratch folders lie."""
    return work_root() / "work"


class Workspace:
    """A scratch folder for one stage of one clip under one claim.

    On local disk it lies beside the media, so that publishing is a rename; with
    remote storage it is where files are brought to and sent from.
    """

    def __init__(self, clip: Clip, fence: int) -> None:
        self._clip = clip
        self._fence = fence
        self._local = is_local()
        self.folder = _work_root() / f"{clip.pk}-{fence:06d}"

    def inputs(self, kinds: Iterable[str], beat: Callable[[], None]) -> dict[str, Path]:
        """Local paths of ``kinds``; ``source`` is the upload. Costs one query.

        ``beat`` is called now and then while files are brought from afar.
        """
        wanted = set(kinds)
        files = {
            artifact.kind: artifact.file
            for artifact in self._clip.artifacts.filter(kind__in=wanted, run=self._clip.run)
        }
        if "source" in wanted:
            files["source"] = self._clip.source
        return {kind: near(file, self.folder / "in" / kind, beat) for kind, file in files.items()}

    def outputs(self, kinds: Iterable[str]) -> dict[str, Path]:
        """Where the stage shall write ``kinds``."""
        folder = self.folder / "out"
        folder.mkdir(parents=True, exist_ok=True)
        return {kind: folder / FILENAMES[kind] for kind in kinds}

    def publish(self, path: Path, beat: Callable[[], None]) -> Published:
        """Move a finished file into the storage, under a name no other claim uses."""
        name = f"{version_folder(self._clip.pk, self._fence)}/{path.name}"
        digest, size = sha256_of(path), path.stat().st_size
        if self._local:
            put_file(path, name)
        else:
            name = beside(beat, partial(put_file, path, name))
        return Published(name, digest, size)


def near(file: FieldFile, target: Path, beat: Callable[[], None]) -> Path:
    """Give the local path of a stored file; brought to ``target`` where the storage is far away.

    ``beat`` is called now and then meanwhile.
    """
    if is_local():
        return Path(file.path)

    def bring() -> Path:
        target.parent.mkdir(parents=True, exist_ok=True)
        with file.open("rb") as source, target.open("wb") as copy:
            shutil.copyfileobj(source, copy, _BLOCK)
        return target

    return beside(beat, bring)


def beside(beat: Callable[[], None], transfer: Callable[[], T]) -> T:
    """Do a transfer that may take longer than a lease in a thread, and beat meanwhile.

    An exception of ``beat`` comes out when the transfer, which cannot be
    interrupted, has ended.
    """
    tenant = connection.tenant  # type: ignore[attr-defined]

    def within_tenant() -> T:
        with tenant_context(tenant):
            return transfer()

    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(within_tenant)
        while not wait([future], timeout=_BEAT_EVERY_S).done:
            beat()
    return future.result()


def claim_of(folder: Path) -> tuple[UUID, int]:
    """The clip and the fence a scratch folder is named after."""
    clip_id, _, fence = folder.name.rpartition("-")
    return UUID(clip_id), int(fence)


def clear_abandoned() -> int:
    """Delete the scratch folders of this tenant whose claims are over. Returns how many.

    Killed workers leave them behind, and their clips may never be worked on
    again. Costs one query where there are folders.
    """
    folders = {folder: claim_of(folder) for folder in _work_root().glob("*-*")}
    if not folders:
        return 0
    working = Clip.objects.filter(
        pk__in=[clip_id for clip_id, _ in folders.values()], status=Clip.Status.PROCESSING
    )
    # Looked at before the rows: a claim made in between has a folder that is not in the list.
    standing = set(working.values_list("pk", "fence"))
    over = [folder for folder, claim in folders.items() if claim not in standing]
    for folder in over:
        shutil.rmtree(folder, ignore_errors=True)
    return len(over)


@contextmanager
def workspace(clip: Clip, fence: int) -> Iterator[Workspace]:
    """A workspace whose folder is gone afterwards, whatever happens."""
    space = Workspace(clip, fence)
    # A killed worker cannot clean up after itself; its claim is over, so its folder is nobody's.
    for other in space.folder.parent.glob(f"{clip.pk}-*"):
        if claim_of(other)[1] < fence:
            shutil.rmtree(other, ignore_errors=True)
    try:
        yield space
    finally:
        shutil.rmtree(space.folder, ignore_errors=True)


@contextmanager
def scratch(kind: str, key: object, fence: int) -> Iterator[Path]:
    """A folder for one claim on something that is no clip; gone afterwards, whatever happens.

    A killed worker's is cleared by whoever comes next.

    Parameters
    ----------
    kind : str
        Name of the folder they all lie in.
    key : object
        Which row, told without a hyphen at its end.
    fence : int
    """
    root = work_root() / kind
    for other in root.glob(f"{key}-*"):
        shutil.rmtree(other, ignore_errors=True)
    folder = root / f"{key}-{fence}"
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def clear_scratch(kind: str, standing: Callable[[], Iterable[str]]) -> None:
    """Delete folders of `scratch` whose claims are over; killed workers leave them behind.

    Parameters
    ----------
    kind : str
    standing : callable
        Names (``key-fence``) of claims that stand. Asked only where there are folders, and after
        they were looked at: one that is made in between is not in the list.
    """
    folders = list((work_root() / kind).glob("*-*"))
    if not folders:
        return
    kept = set(standing())
    for folder in folders:
        if folder.name not in kept:
            shutil.rmtree(folder, ignore_errors=True)
