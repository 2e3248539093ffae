"""The pose library must not call home: whoever films themselves is nobody else's business."""

from __future__ import annotations

import importlib.util
from pathlib import Path


def test_the_native_library_cannot_look_up_a_host() -> None:
    """0.10.33 and later link curl and a resolver to send usage logs; a release without cannot."""
    spec = importlib.util.find_spec("mediapipe")
    assert spec is not None and spec.origin is not None
    libraries = [
        *Path(spec.origin).parent.rglob("*.so"),
        *Path(spec.origin).parent.rglob("*.dylib"),
    ]
    assert libraries
    for library in libraries:
        code = library.read_bytes()
        assert b"getaddrinfo" not in code
        assert b"curl_easy" not in code


def test_the_browsers_library_is_the_release_that_posts_nothing() -> None:
    root = Path(__file__).resolve().parents[2]
    package = (root / "package.json").read_text()
    assert '"@mediapipe/tasks-vision": "0.10.35"' in package
