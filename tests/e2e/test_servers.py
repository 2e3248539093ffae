"""The same program on servers of its own: PostgreSQL, RabbitMQ or Redis, and S3.

Skipped where no such server answers; the embedded ones are in every other test.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from perscoach.embedded.process import free_port
from tests.e2e import studio
from tests.e2e.conftest import Films, Visit
from tests.perscoach.running import running

pytestmark = [pytest.mark.e2e, pytest.mark.models]

# Without a server of one's own the tests' PostgreSQL is one to the program all the same.
POSTGRES = os.environ.get("TEST_POSTGRES_URL") or os.environ["DATABASE_URL"]
BROKERS = {
    "RabbitMQ": os.environ.get("TEST_AMQP_URL", "amqp://guest:guest@127.0.0.1:5672"),
    "Redis": os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/9"),
}
BUCKET = "perscoach-media"


def _answers(url: str) -> bool:
    address = url.partition("@")[2] or url.partition("://")[2]
    host, _, port = address.split("/")[0].partition(":")
    try:
        socket.create_connection((host, int(port)), timeout=1).close()
    except OSError:
        return False
    return True


@pytest.fixture
def database() -> Iterator[str]:
    """A database of our own on the server, dropped afterwards."""
    try:
        connection = psycopg.connect(POSTGRES, autocommit=True, connect_timeout=2)
    except psycopg.OperationalError:
        pytest.skip("no PostgreSQL answers at TEST_POSTGRES_URL")
    name = f"perscoach_test_{uuid.uuid4().hex[:8]}"
    connection.execute(f'CREATE DATABASE "{name}" ENCODING UTF8 TEMPLATE template0')
    yield POSTGRES.rpartition("/")[0] + f"/{name}"
    connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    connection.close()


@pytest.fixture
def bucket() -> Iterator[dict[str, str]]:
    """An S3 server with an empty private bucket; gives the program's settings."""
    import boto3
    from moto.server import ThreadedMotoServer

    # "localhost", since to a browser a page there and media at 127.0.0.1 are further apart.
    server = ThreadedMotoServer("127.0.0.1", free_port(), verbose=False)
    server.start()
    endpoint = f"http://localhost:{server._server.server_port}"
    settings = {
        "S3_BUCKET": BUCKET,
        "S3_ENDPOINT_URL": endpoint,
        "S3_REGION": "us-east-1",
        "S3_ACCESS_KEY": "test-key",
        "S3_SECRET_KEY": "test-secret",
        "S3_ADDRESSING_STYLE": "path",
    }
    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="test-key",
        aws_secret_access_key="test-secret",
    )
    client.create_bucket(Bucket=BUCKET)
    client.put_bucket_cors(
        Bucket=BUCKET,
        CORSConfiguration={
            "CORSRules": [{"AllowedMethods": ["GET", "HEAD"], "AllowedOrigins": ["*"]}]
        },
    )
    yield settings
    server.stop()


@contextmanager
def _reachable(broker: str, folder: Path) -> Iterator[str]:
    """The address of a broker that answers; a Redis is started where its program is installed."""
    if _answers(BROKERS[broker]):
        yield BROKERS[broker]
        return
    command = shutil.which("redis-server") if broker == "Redis" else None
    if command is None:
        pytest.skip(f"no {broker} answers")
    port = free_port()
    arguments = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", ""]
    server = subprocess.Popen([command, *arguments], stdout=subprocess.DEVNULL)
    try:
        address = f"redis://127.0.0.1:{port}/0"
        deadline = time.monotonic() + 10
        while not _answers(address):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield address
    finally:
        server.terminate()
        server.wait()


@pytest.mark.parametrize("broker", BROKERS)
def test_a_clip_becomes_ready_on_real_servers(
    visit: Visit,
    films: Films,
    tmp_path: Path,
    database: str,
    bucket: dict[str, str],
    broker: str,
) -> None:
    with (
        _reachable(broker, tmp_path) as address,
        running(tmp_path / "var", DATABASE_URL=database, BROKER_URL=address, **bucket) as program,
    ):
        commands = " ".join(program.pids().values())
        assert "valkey-server" not in commands and "pginstall" not in commands
        trainer = visit(of=program)
        studio.sign_up(trainer, "yana")
        studio.upload(trainer, "yana", films.trainer_squat)
        clear, solid, _ = studio.transparency(trainer)
        assert clear > 0.6 and solid > 0.04
        # Every file is in the bucket, under the tenant's folder; none is on the disk.
        assert not (tmp_path / "var" / "media").exists()
        # Part by part everything is there: PostgreSQL, broker, bucket, worker, models.
        told = trainer.page.evaluate("fetch('/api/health').then(answer => answer.json())")
        names = ("database", "broker", "storage", "workers", "models")
        assert told["status"] == "ok", told
        assert [part["name"] for part in told["parts"]] == list(names)
