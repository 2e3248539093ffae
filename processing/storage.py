"""Where files live: a folder for each tenant, on disk or in a bucket, never public."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage
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
