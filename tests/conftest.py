"""The fixed cast and the doors they use.

Anna and Boris are trainers with a site each. Kate and Mila are Anna's clients,
Denis is Boris's. Whoever is not named in a test's happy path must be refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.test import Client as HttpClient
from django.utils import translation
from django_tenants.utils import tenant_context
from pytest_django.plugin import DjangoDbBlocker

from processing.synthetic.performance import Performance
from processing.synthetic.render import shoot
from processing.synthetic.video import write_video
from tenants.addresses import host_of
from tenants.models import Trainer
from tenants.people.models import User
from tenants.services import create_trainer, ensure_public

PASSWORD = "correct horse battery"

_SERVED = {"db", "transactional_db", "django_db_setup", "_cast", "program"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what only computes: it may stand back while others wait for servers and webcams."""
    for item in items:
        served = _SERVED & set(getattr(item, "fixturenames", ()))
        if "e2e" not in item.path.parts and any(map(item.get_closest_marker, ("live", "alone"))):
            raise pytest.UsageError(f"{item.nodeid}: tools/check.py looks for it in tests/e2e.")
        # These start the program themselves.
        starts = "perscoach" in item.path.parts[-2:] or item.get_closest_marker("e2e")
        if not served and not starts and item.get_closest_marker("django_db") is None:
            item.add_marker("pure")


@dataclass(frozen=True)
class Site:
    """A trainer's site and its people."""

    trainer: Trainer
    owner: User
    clients: tuple[User, ...]

    @property
    def host(self) -> str:
        return host_of(self.trainer.slug)

    @contextmanager
    def schema(self) -> Iterator[None]:
        """Work inside this trainer's schema."""
        with tenant_context(self.trainer):
            yield

    def browser(self, user: User | None = None) -> HttpClient:
        """A browser on this site, logged in as ``user`` or as nobody."""
        http = HttpClient(headers={"host": self.host})
        if user is not None:
            with self.schema():
                http.force_login(user)
        return http


@dataclass(frozen=True)
class Cast:
    anna: Site
    boris: Site

    @property
    def kate(self) -> User:
        return self.anna.clients[0]

    @property
    def mila(self) -> User:
        return self.anna.clients[1]

    @property
    def denis(self) -> User:
        return self.boris.clients[0]


def _site(slug: str, name: str, clients: list[str]) -> Site:
    trainer, owner = create_trainer(
        slug=slug, name=name, email=f"{slug}@example.com", password=PASSWORD
    )
    with tenant_context(trainer):
        people = tuple(
            User.objects.create_user(f"{client.lower()}@example.com", PASSWORD, name=client)
            for client in clients
        )
    return Site(trainer, owner, people)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """A request leaves its language behind on the thread: every test begins in English."""
    with translation.override("en"):
        yield


@pytest.fixture(scope="session")
def _cast(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Cast:
    # Made once and committed: a schema takes half a second to migrate.
    with django_db_blocker.unblock():
        ensure_public()
        return Cast(_site("anna", "Anna", ["Kate", "Mila"]), _site("boris", "Boris", ["Denis"]))


@pytest.fixture
def cast(_cast: Cast, db: None) -> Cast:
    """Everyone, in a transaction that is rolled back after the test."""
    for site in (_cast.anna, _cast.boris):
        with site.schema():
            for person in (site.owner, *site.clients):
                # What an earlier test did to them was rolled back, but not in memory.
                person.refresh_from_db()
    return _cast


@pytest.fixture
def anna(cast: Cast) -> Iterator[Site]:
    """Anna's site, with her schema current."""
    with cast.anna.schema():
        yield cast.anna


@pytest.fixture(scope="session")
def athlete_video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synthetic athlete doing one squat: 240x320, 12 frames/s, some four seconds."""
    path = tmp_path_factory.mktemp("athlete") / "squat.mp4"
    performance = Performance("squat", reps=1, idle_s=0.5, seed=1)
    write_video(path, shoot(performance, "three_quarter", (240, 320)), 12.0)
    return path
