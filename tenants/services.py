"""Writing verbs on tenants: make the public site, provision a trainer."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django_tenants.utils import get_public_schema_name, tenant_context

from tenants.addresses import host_of
from tenants.models import Domain, Trainer, schema_name_of
from tenants.people.models import User


def ensure_public() -> Trainer:
    """Create the public site's row, and keep every address on the configured base domain."""
    public: Trainer
    public, _ = Trainer.objects.get_or_create(
        schema_name=get_public_schema_name(),
        defaults={"slug": "public", "name": "pers.coach"},
    )
    _set_domain(public, settings.BASE_DOMAIN)
    # What load balancers and people who cannot resolve names ask.
    Domain.objects.get_or_create(
        domain="127.0.0.1", defaults={"tenant": public, "is_primary": False}
    )
    for trainer in Trainer.objects.exclude(pk=public.pk):
        _set_domain(trainer, host_of(trainer.slug))
    return public


def _set_domain(trainer: Trainer, host: str) -> None:
    """Make ``host`` the trainer's primary address. Costs one or two queries."""
    Domain.objects.update_or_create(tenant=trainer, is_primary=True, defaults={"domain": host})


def create_trainer(
    *, slug: str, name: str, email: str, password: str | None, language: str = ""
) -> tuple[Trainer, User]:
    """Provision a minisite: row, schema with its tables, address, and the trainer's login.

    Raises
    ------
    django.db.IntegrityError
        Where the address is taken; nothing is left behind then.
    """
    with transaction.atomic():
        trainer = Trainer(slug=slug, name=name, schema_name=schema_name_of(slug))
        trainer.save(verbosity=0)
        Domain.objects.create(tenant=trainer, domain=host_of(slug), is_primary=True)
        with tenant_context(trainer):
            owner = User.objects.create_trainer(email, password, name=name, language=language)
    return trainer, owner
