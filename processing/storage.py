"""Where files live: a folder for each tenant, on disk or in a bucket, never public."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django_tenants.utils import get_public_schema_name
from storages.backends.s3 import S3Storage

from tenants.schema import current_schema


class NoTenant(RuntimeError):
    """A file was asked for outside every tenant."""


def tenant_folder() -> str:
    """Name of the current tenant's folder.

    Raises
    ------
    NoTenant
        In the public schema, which owns no media.
    """
    schema = current_schema()
    if not schema or schema == get_public_schema_name():
        raise NoTenant("media belong to a tenant: enter tenant_context(trainer) first")
    return schema


class TenantLocalStorage(FileSystemStorage):
    """Files under ``MEDIA_ROOT/<schema>``; they have no URL, a view hands them out."""

    # Plain properties, not the parent's cached ones: the tenant changes with every request.
    @property
    def base_location(self) -> str:
        return str(Path(settings.MEDIA_ROOT) / tenant_folder())

    @property
    def location(self) -> str:
        return str(Path(settings.MEDIA_ROOT).resolve() / tenant_folder())

    def url(self, name: str | None) -> str:
        raise ValueError("media have no public address: link to the media view")


class TenantS3Storage(S3Storage):  # type: ignore[misc]
    """Objects under ``<schema>/`` of one private bucket; read through presigned addresses."""

    @property
    def location(self) -> str:
        return tenant_folder()

    @location.setter
    def location(self, value: str) -> None:
        """Ignored: the folder is always the tenant's."""


def is_local() -> bool:
    """Whether files lie on this machine's disk."""
    return isinstance(default_storage, FileSystemStorage)


def work_root() -> Path:
    """Where the current tenant's scratch folders lie.

    With local storage beside the media, so that publishing is a rename; else where files are
    brought to and sent from.
    """
    return Path(settings.MEDIA_ROOT if is_local() else settings.VAR_DIR / "work") / current_schema()


def put_bytes(name: str, content: bytes) -> str:
    """Write a small file, whole or not at all, over whatever had this name.

    When this returns the file outlives a power cut: its sender may forget it.

    Returns
    -------
    str
        The name it has.
    """
    if not is_local():
        return default_storage.save(name, ContentFile(content))
    target = Path(default_storage.path(name))
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
    try:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, target)
    finally:
        beside.unlink(missing_ok=True)
    return name


def put_file(path: Path, name: str) -> str:
    """Move a finished local file into the storage. It may take long where that is far away.

    Returns
    -------
    str
        The name it has.
    """
    if not is_local():
        with path.open("rb") as file:
            return default_storage.save(name, File(file))
    target = Path(default_storage.path(name))
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(path, target)
    return name
