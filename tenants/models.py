"""Trainers and the hosts they are reached at. These two tables live in the public schema,
beside that of living workers.

Nothing else does: people, clips and homework live in the trainer's own schema.
"""

from __future__ import annotations

import re
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_tenants.models import DomainMixin, TenantMixin

# Hosts that must never belong to a trainer.
RESERVED_SLUGS = frozenset(
    [
        "admin",
        "api",
        "app",
        "assets",
        "blog",
        "cdn",
        "docs",
        "ftp",
        "help",
        "imap",
        "localhost",
        "mail",
        "media",
        "ns1",
        "ns2",
        "pop",
        "postmaster",
        "public",
        "root",
        "s3",
        "smtp",
        "static",
        "status",
        "studio",
        "support",
        "test",
        "webmail",
        "www",
    ]
)
_SLUG = re.compile(r"[a-z](?:[a-z0-9-]{0,30}[a-z0-9])?")


def validate_slug(value: str) -> None:
    """Accept what is both a host label and, with its prefix, a schema name."""
    if not _SLUG.fullmatch(value) or "--" in value:
        raise ValidationError(
            _(
                "“%(value)s” cannot be an address. Use 1 to 32 Latin letters, digits and "
                "hyphens, beginning with a letter, for example “anna”."
            ),
            params={"value": value},
            code="invalid",
        )
    if value in RESERVED_SLUGS:
        raise ValidationError(
            _("“%(value)s” is kept for the service itself. Choose another address."),
            params={"value": value},
            code="reserved",
        )


def schema_name_of(slug: str) -> str:
    """The trainer's schema; the prefix keeps it apart from PostgreSQL's own."""
    return "t_" + slug.replace("-", "_")


class Trainer(TenantMixin):  # type: ignore[misc]
    """A trainer's minisite and the schema behind it."""

    slug = models.CharField(_("address"), max_length=32, unique=True, validators=[validate_slug])
    name = models.CharField(_("name"), max_length=120)
    about = models.TextField(_("about"), blank=True, max_length=2000)
    accent = models.CharField(
        _("accent colour"),
        max_length=7,
        default="#00ff88",
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$")],
    )
    created_at = models.DateTimeField(auto_now_add=True)

    auto_create_schema = True
    # Dropping a trainer's schema deletes people's videos: only the explicit
    # deletion service may do it.
    auto_drop_schema = False

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["schema_name"], name="trainer_schema_name_unique")
        ]

    def __str__(self) -> str:
        return self.name


class Domain(DomainMixin):  # type: ignore[misc]
    """A host name and the trainer it leads to."""

    def __str__(self) -> str:
        return str(self.domain)
