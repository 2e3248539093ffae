"""The same program on servers of its own: PostgreSQL, RabbitMQ or Redis, and S3.

Skipped where no such server answers; the embedded ones are in every other test.
"""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from perscoach.embedded.process import free_port
from tests.e2e import studio
from tests.e2e.conftest import Films, Visit
from tests.perscoach.running import running

pytestmark = [pytest.mark.e2e, pytest.mark.models]

POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres")
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


@pytest.mark.parametrize("broker", BROKERS)
def test_a_clip_becomes_ready_on_real_servers(
    visit: Visit,
    films: Films,
    tmp_path: Path,
    database: str,
    bucket: dict[str, str],
    broker: str,
) -> None:
    if not _answers(BROKERS[broker]):
        pytest.skip(f"no {broker} answers")
    servers = {"DATABASE_URL": database, "BROKER_URL": BROKERS[broker], **bucket}
    with running(tmp_path / "var", **servers) as program:
        commands = " ".join(program.pids().values())
        assert "valkey-server" not in commands and "pginstall" not in commands
        trainer = visit(of=program)
        studio.sign_up(trainer, "yana")
        studio.upload(trainer, "yana", films.trainer_squat)
        clear, solid, _ = studio.transparency(trainer)
        assert clear > 0.6 and solid > 0.04
        # Every file is in the bucket, under the tenant's folder; none is on the disk.
        assert not (tmp_path / "var" / "media").exists()
