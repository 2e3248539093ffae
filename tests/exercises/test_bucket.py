"""Files in a bucket: the browser is sent there with an address that expires."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.base import ContentFile
from django.db.models.fields.files import FieldFile
from django.test import RequestFactory
from moto.server import ThreadedMotoServer

from processing.media import serve
from processing.models import Clip, source_path
from processing.storage import TenantS3Storage
from tests.conftest import Cast, Site

CONTENT = bytes(range(256))


def bucket(endpoint: str) -> TenantS3Storage:
    return TenantS3Storage(
        bucket_name="media",
        endpoint_url=endpoint,
        region_name="us-east-1",
        access_key="key",
        secret_key="secret",
        addressing_style="path",
        signature_version="s3v4",
    )


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    yield url
    server.stop()


@pytest.fixture
def file(cast: Cast, anna: Site, endpoint: str) -> FieldFile:
    clip = Clip(title="Squat")
    file = clip.source
    file.storage = bucket(endpoint)
    file.storage.connection.create_bucket(Bucket="media")
    file.name = file.storage.save(source_path(clip, "a.webm"), ContentFile(CONTENT))
    return file


def test_a_bucket_serves_the_file_itself(file: FieldFile) -> None:
    answer = serve(RequestFactory().get("/"), file, "video/webm", etag="x", download_name="a.webm")
    assert answer.status_code == 302
    url = answer["Location"]
    query = parse_qs(urlsplit(url).query)
    assert urlsplit(url).path.startswith("/media/t_anna/clips/")
    assert query["X-Amz-Expires"] == ["3600"]
    assert answer["Cache-Control"] == "private, max-age=1800"
    with urllib.request.urlopen(url) as response:
        assert response.read() == CONTENT
        assert response.headers["Content-Type"] == "video/webm"
    part = urllib.request.Request(url, headers={"Range": "bytes=-6"})
    with urllib.request.urlopen(part) as response:
        assert (response.status, response.read()) == (206, CONTENT[-6:])
