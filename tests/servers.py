"""Real PostgreSQL and Valkey for a test run, started before Django reads its settings.

``DATABASE_URL`` and ``BROKER_URL`` in the environment take their place, so the
same suite runs against any servers.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import pytest

from perscoach.embedded.postgres import Postgres
from perscoach.embedded.valkey import Valkey
from tools.setup import compile_translations


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    os.environ["HTTPS"] = "0"
    scratch = Path(tempfile.mkdtemp(prefix="perscoach-tests-"))
    # PostgreSQL drops root, so it must be able to walk here.
    scratch.chmod(0o755)
    atexit.register(shutil.rmtree, scratch, ignore_errors=True)
    compile_translations()
    repository = Path(__file__).resolve().parent.parent
    # Models are the one thing shared with the program: read, never written, by tests.
    os.environ.setdefault("MODELS_DIR", str(repository / "var" / "models"))
    os.environ["VAR_DIR"] = str(scratch / "var")
    if not os.environ.get("DATABASE_URL"):
        postgres = Postgres(scratch / "postgres", durable=False)
        postgres.start()
        atexit.register(postgres.stop)
        os.environ["DATABASE_URL"] = postgres.url
    if not os.environ.get("BROKER_URL"):
        valkey = Valkey(scratch / "valkey")
        valkey.start()
        atexit.register(valkey.stop)
        os.environ["BROKER_URL"] = valkey.url
