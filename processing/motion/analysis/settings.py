"""What the trainer decides about an analysis."""

from dataclasses import dataclass
from typing import Final, Literal

from processing.motion.skeleton import FOCUS

Strictness = Literal["strict", "normal", "kind"]

TOLERANCE_DEG: Final[dict[Strictness, float]] = {"strict": 7.0, "normal": 10.0, "kind": 15.0}
"""A smaller difference is never called a fault."""
HALF_MARKS_DEG: Final[dict[Strictness, float]] = {"strict": 18.0, "normal": 25.0, "kind": 35.0}
"""The difference that costs half of the marks."""
TEMPO_TOLERANCE: Final[dict[Strictness, float]] = {"strict": 0.10, "normal": 0.15, "kind": 0.22}
"""Share of a repetition's time by which it may be shorter or longer."""


@dataclass(frozen=True)
class Settings:
    """How to judge.

    strictness : how much may differ.
    focus : keys of ``skeleton.FOCUS``: parts of the body that count more.
    mirror : whether the client does it as in a mirror; None = find out.
    follows : whether the client moves beside the trainer, on one clock. Who does not can't be late.
    loop_s : seconds after which the trainer's clip begins anew for a client who follows it on one
        clock; None = it is played once.
    """

    strictness: Strictness = "normal"
    focus: tuple[str, ...] = ()
    mirror: bool | None = None
    follows: bool = False
    loop_s: float | None = None

    def __post_init__(self) -> None:
        if self.strictness not in TOLERANCE_DEG:
            raise ValueError(
                f"strictness is {self.strictness!r}; choose from {tuple(TOLERANCE_DEG)}."
            )
        if self.loop_s is not None and self.loop_s <= 0:
            raise ValueError(f"loop_s is {self.loop_s}; it must be positive.")
        unknown = set(self.focus) - set(FOCUS)
        if unknown:
            raise ValueError(f"focus has {sorted(unknown)}; choose from {tuple(FOCUS)}.")
