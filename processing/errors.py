"""What can go wrong with a clip, as types.

This module knows no framework and no language: a code and its facts go up, and the web layer
turns them into a sentence for the trainer.
"""

import errno
from collections.abc import Iterator
from typing import Final

JsonScalar = str | int | float | bool | None
Json = JsonScalar | list["Json"] | dict[str, "Json"]

INVALID_CLIP_CODES: Final = frozenset(
    {
        "empty",
        "not_a_video",
        "no_video_stream",
        "truncated",
        "damaged",
        "too_short",
        "too_long",
        "too_large",
        "no_person",
        "unsupported",
        "quality",
    }
)
"""Every code that `InvalidClip` may carry; each has a sentence in the trainer's language."""

FAILURE_CODES: Final = frozenset(
    {"engine", "disk_full", "out_of_memory", "timed_out", "crashed", "internal"}
)
"""Why a stage can fail without the clip being at fault; each has a sentence as well."""

_NO_SPACE: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NO_MEMORY_WORDS: Final = ("bad_alloc", "out of memory", "Failed to allocate", "Insufficient mem")
"""How native libraries word it in errors of their own (C++, CUDA, ONNX Runtime, OpenCV)."""


class ProcessingError(Exception):
    """Any failure of processing that has a meaning of its own."""


class InvalidClip(ProcessingError):
    """The clip itself is at fault: trying again can't help, the trainer must act.

    Parameters
    ----------
    code : str
        One of `INVALID_CLIP_CODES`.
    **params
        Facts for the sentence, JSON-able; units are in the names (`limit_s`, `width`).
    """

    def __init__(self, code: str, **params: Json) -> None:
        if code not in INVALID_CLIP_CODES:
            raise ValueError(f"unknown code {code!r}: add it to INVALID_CLIP_CODES")
        self.code = code
        self.params: dict[str, Json] = dict(params)
        facts = ", ".join(f"{name}={value}" for name, value in params.items())
        super().__init__(f"{code} ({facts})" if facts else code)

    def __reduce__(self) -> tuple[object, ...]:
        # Exception's own pickling calls cls(*args) with the message, which is not a code.
        return _rebuild, (self.code, self.params)


class Cancelled(ProcessingError):
    """Whoever asked for the work no longer wants it; raised by a progress callback."""


class StageFailed(ProcessingError):
    """A stage ended without a result, and the clip is not at fault.

    Parameters
    ----------
    code : str
        One of `FAILURE_CODES`.
    detail : str
        For the log: a traceback, a signal's name.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        if code not in FAILURE_CODES:
            raise ValueError(f"unknown code {code!r}: add it to FAILURE_CODES")
        self.code = code
        self.detail = detail
        super().__init__(f"{code}: {detail}" if detail else code)


class EngineError(ProcessingError):
    """An engine that was asked for cannot be used: a file or a package is not as it must be."""


def failure_code(error: BaseException) -> str:
    """Say which of `FAILURE_CODES` an error of any library amounts to.

    What an error was raised from counts as well: a decoder that found no memory may well call
    the video damaged.
    """
    for one in _chain(error):
        if isinstance(one, StageFailed):
            return one.code
        if isinstance(one, EngineError):
            return "engine"
        if getattr(one, "errno", None) in _NO_SPACE:
            return "disk_full"
        if isinstance(one, MemoryError) or getattr(one, "errno", None) == errno.ENOMEM:
            return "out_of_memory"
        if any(words in str(one) for words in _NO_MEMORY_WORDS):
            return "out_of_memory"
    return "internal"


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and all it came from."""
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        yield one
        one = one.__cause__ or one.__context__


def _rebuild(code: str, params: dict[str, Json]) -> InvalidClip:
    return InvalidClip(code, **params)
