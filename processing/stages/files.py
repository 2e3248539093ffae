"""Files appear whole or not at all."""

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

_SUFFIX = ".part"


@contextlib.contextmanager
def replacing(*targets: Path) -> Iterator[tuple[Path, ...]]:
    """Give temporary paths beside the targets; put them in place when the block ends well.

    On any exception the temporary files are deleted and the targets are as before. What a killed
    process left of the same targets is cleared away first; should another worker still be
    writing it, that worker fails, and this one's files are the ones that stay.

    Yields
    ------
    tuple of Path
        One dot-prefixed path for each target, in the same folder.
    """
    token = secrets.token_hex(4)
    temporary = tuple(target.with_name(f".{target.name}.{token}{_SUFFIX}") for target in targets)
    for target in targets:
        for stale in target.parent.glob(f".{target.name}.*{_SUFFIX}"):
            stale.unlink(missing_ok=True)
    try:
        yield temporary
        for path, target in zip(temporary, targets, strict=True):
            os.replace(path, target)
    finally:
        for path in temporary:
            path.unlink(missing_ok=True)
