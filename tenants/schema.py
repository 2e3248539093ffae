"""Which trainer's schema the current thread works in."""

from __future__ import annotations

from django.db import connection


def current_schema() -> str:
    """Name of the schema that queries go to now; ``public`` outside every tenant.

    django-tenants keeps it on the connection, an attribute that no type knows of.
    """
    name: str = connection.schema_name  # type: ignore[attr-defined]
    return name
