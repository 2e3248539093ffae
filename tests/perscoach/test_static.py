"""Static files as browsers get them."""

from __future__ import annotations

import gzip

import pytest

from tests.conftest import Cast

WASM = "/static/vendor/tasks-vision/wasm/vision_wasm_module_internal.wasm"


@pytest.mark.django_db
def test_webassembly_comes_gzipped_to_whom_can_read_it(cast: Cast) -> None:
    http = cast.anna.browser()

    plain = http.get(WASM)
    packed = http.get(WASM, headers={"accept-encoding": "br, gzip"})

    whole = b"".join(plain.streaming_content)  # type: ignore[attr-defined]
    sent = b"".join(packed.streaming_content)  # type: ignore[attr-defined]
    assert "Content-Encoding" not in plain
    assert packed["Content-Encoding"] == "gzip"
    assert plain["Content-Type"] == packed["Content-Type"] == "application/wasm"
    assert "Accept-Encoding" in packed["Vary"]
    assert gzip.decompress(sent) == whole
    assert len(sent) < 0.35 * len(whole)
