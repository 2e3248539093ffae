"""What can go wrong with a clip, as types.

This module knows no framework and no language: a code and its facts go up, and the web layer
turns them into a sentence for the trainer.
"""

from typing import Final

JsonScalar = str | int | float | bool | None

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
    }
)
"""Every code that `InvalidClip` may carry; each has a sentence in the trainer's language."""


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

    def __init__(self, code: str, **params: JsonScalar) -> None:
        if code not in INVALID_CLIP_CODES:
            raise ValueError(f"unknown code {code!r}: add it to INVALID_CLIP_CODES")
        self.code = code
        self.params: dict[str, JsonScalar] = dict(params)
        facts = ", ".join(f"{name}={value}" for name, value in params.items())
        super().__init__(f"{code} ({facts})" if facts else code)

    def __reduce__(self) -> tuple[object, ...]:
        # Exception's own pickling calls cls(*args) with the message, which is not a code.
        return _rebuild, (self.code, self.params)


class Cancelled(ProcessingError):
    """Whoever asked for the work no longer wants it; raised by a progress callback."""


def _rebuild(code: str, params: dict[str, JsonScalar]) -> InvalidClip:
    return InvalidClip(code, **params)
