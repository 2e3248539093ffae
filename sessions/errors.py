"""What can come of storing something, and what can go wrong with it."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field


class Stored(enum.Enum):
    """What became of something that may be sent twice."""

    NEW = "new"
    SAME = "same"


class Conflict(Exception):
    """It contradicts what is stored already."""


class AlreadyFinished(Conflict):
    """A finished session takes nothing more."""


class NotTheirs(Exception):
    """The number belongs to somebody else."""


class NotShared(Exception):
    """The client chose to share less than this."""


class TooMuch(Exception):
    """A limit is reached.

    Parameters
    ----------
    code : str
        Which one, for programs.
    words : str
        What it is, and how large.
    """

    def __init__(self, code: str, words: str) -> None:
        self.code = code
        self.words = words
        super().__init__(words)


@dataclass
class Incomplete(Exception):
    """The session cannot be finished while these lack."""

    missing: list[int] = field(default_factory=list)
    """Numbers of chunks."""
    missing_parts: Mapping[int, list[int]] = field(default_factory=dict)
    """Numbers of parts, by recording."""


@dataclass
class Surplus(ValueError):
    """More is stored than the session is said to have."""

    of: str
    """``chunks`` or ``recordings``."""
