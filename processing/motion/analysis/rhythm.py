"""When things happen: tempo and speed of repetitions, and whether the client keeps time."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from processing.motion.alignment import Array
from processing.motion.analysis.curves import PHASES
from processing.motion.analysis.repetitions import Rep, Way
from processing.motion.analysis.sampling import Motion

Bools = NDArray[np.bool_]
_NEAR, _FAR = 0.15, 0.9
_LEVELS: Final = (_FAR, 0.5, 0.3, _NEAR)
"""Shares of the way at which a repetition's times are taken."""
_FINE: Final = 4 * (PHASES - 1) + 1


@dataclass(frozen=True)
class Tempo:
    """Seconds of R repetitions: on the way out, at the far end, on the way back; peak speed.

    out_s, pause_s, back_s : (R,) float
    middle_s : (R,) float, the moment half-way between leaving and coming back
    speed : (R,) float, peak speed on the harder way, trainer's ways a second; NaN of holds
    beyond_s : (R, 3) float, how long it is further than half, three tenths and 0.15 of the way: one
        repetition's time thrice, since at one level alone a detector's wobble passes for tempo
    """

    out_s: Array
    pause_s: Array
    back_s: Array
    middle_s: Array
    speed: Array
    beyond_s: Array

    @property
    def moving_s(self) -> Array:
        """From leaving home to coming back (R,): rests between repetitions are left out."""
        return self.out_s + self.pause_s + self.back_s

    @property
    def moves(self) -> bool:
        """Whether there is a movement that has a tempo."""
        return bool(np.isfinite(self.speed).any())


def tempo_of(motion: Motion, reps: list[Rep], way: Way | None, lifts_first: bool) -> Tempo:
    """Measure the tempo of repetitions.

    lifts_first : whether the way out is the harder one, against gravity (concentric).
    """
    count = len(reps)
    starts = np.array([rep.start_s for rep in reps])
    lengths = np.array([rep.length_s for rep in reps])
    if way is None or count == 0:
        none = np.zeros(count)
        beyond = np.repeat(lengths[:, None], len(_LEVELS) - 1, axis=1)
        return Tempo(none, lengths, none, starts + 0.5 * lengths, np.full(count, np.nan), beyond)
    times = starts[:, None] + lengths[:, None] * np.linspace(0.0, 1.0, _FINE)
    place = np.interp(times, motion.body.times_s, way.share(motion.body.angles))
    low, high = place.min(axis=1), place.max(axis=1)
    share = (place - low[:, None]) / np.maximum(high - low, 1e-6)[:, None]
    top = share.argmax(axis=1)
    # Steps from the top, backwards and forwards, to where it is first below each level.
    out, back = (
        np.array(
            [
                [_first_below(way_, level) for level in _LEVELS]
                for way_ in (
                    row[: at + 1][::-1] if backwards else row[at:]
                    for row, at in zip(share, top, strict=True)
                )
            ]
        )
        for backwards in (True, False)
    )
    step = lengths / (_FINE - 1)
    speed = np.abs(np.gradient(place, axis=1)) / step[:, None]
    columns = np.arange(_FINE)
    harder = (columns <= top[:, None]) == lifts_first
    return Tempo(
        out_s=(out[:, -1] - out[:, 0]) * step,
        pause_s=(out[:, 0] + back[:, 0]) * step,
        back_s=(back[:, -1] - back[:, 0]) * step,
        middle_s=starts + (top + 0.5 * (back[:, 1] - out[:, 1])) * step,
        speed=np.where(harder, speed, 0.0).max(axis=1),
        beyond_s=(out + back)[:, 1:] * step[:, None],
    )


def _first_below(share: Array, level: float) -> float:
    """Where share (from 1 down) first falls below a level, between samples."""
    below = np.flatnonzero(share < level)
    if len(below) == 0:
        return float(len(share) - 1)
    i = int(below[0])
    if i == 0:
        return 0.0
    return float(i - 1 + (share[i - 1] - level) / max(share[i - 1] - share[i], 1e-9))


@dataclass(frozen=True)
class Timing:
    """How late the client is.

    lag_s : float, typical lag behind the trainer's clock; NaN where it can't be said
    late_s : (R,) how much later than at the usual lag each repetition comes; NaN = not judged
    trainer_rep : (R,) the trainer's repetition of the same number, by the clock; −1 = none
    """

    lag_s: float
    late_s: Array
    trainer_rep: NDArray[np.intp]


_USUAL: Final = 0.1
"""Percentile of the lags that is the usual one: who comes late once, and makes up for it in the
repetition after, is late in both."""


def timing_of(
    trainer_middle_s: Array,
    client_middle_s: Array,
    period_s: float,
    follows: bool = False,
    loop_s: float | None = None,
) -> Timing:
    """Compare when repetitions come.

    Where the trainer plays once they are paired by their order; where one side has more at the
    beginning, with the shortest and steadiest lag. Where the trainer plays in a loop they are
    paired by the clock, each with what was playing: who rests between sets has missed some.

    Parameters
    ----------
    trainer_middle_s, client_middle_s : (T,), (R,) float, seconds
    period_s : a repetition's usual time
    follows : whether the client keeps the trainer's time, so that a repetition can be late
    loop_s : after this time the trainer begins anew; None = plays once
    """
    count, own = len(client_middle_s), len(trainer_middle_s)
    best: tuple[float, Timing] | None = None
    played = trainer_middle_s
    if loop_s is not None and count and own:
        # One loop before and one after: somebody may be early, or late.
        first = int(np.floor(client_middle_s[0] / loop_s)) - 1
        last = int(np.ceil(client_middle_s[-1] / loop_s)) + 1
        played = (np.arange(first, last + 1)[:, None] * loop_s + trainer_middle_s).ravel()
    for shift in range(-min(2, count - 1), min(2, len(played) - 1) + 1):
        if loop_s is None:
            number = np.arange(count) + shift
            paired = (number >= 0) & (number < len(played))
            enough = paired.sum() >= max(1, 0.6 * min(count, len(played)))
        else:
            number, paired = _by_the_clock(client_middle_s, played, shift)
            enough = bool(paired.any())
        if not enough:
            continue
        lags = np.full(count, np.nan)
        lags[paired] = client_middle_s[paired] - played[number[paired]]
        lag = float(np.median(lags[paired]))
        usual = float(np.quantile(lags[paired], _USUAL))
        late = lags - usual if follows else np.full(count, np.nan)
        timing = Timing(lag, late, np.where(paired, number % max(own, 1), -1))
        unsteady = float(np.median(np.abs(lags[paired] - lag)))
        cost = unsteady + 0.1 * abs(lag) + 0.3 * period_s * (1 - float(paired.mean()))
        if best is None or cost < best[0]:
            best = cost, timing
    if best is None:
        none = np.full(count, -1, dtype=np.intp)
        return Timing(np.nan, np.full(count, np.nan), none)
    return best[1]


def _by_the_clock(client: Array, played: Array, shift: int) -> tuple[NDArray[np.intp], Bools]:
    """What was playing (R,) at each of the client's repetitions, and whether it is theirs.

    ``shift`` says which of the neighbours to begin with: the lag is not known beforehand. Of two
    repetitions beside one of the trainer's only the nearer is paired with it.
    """
    number = np.clip(_nearest(client, played) + shift, 0, len(played) - 1)
    for _ in range(3):
        lag = float(np.median(client - played[number]))
        number = _nearest(client - lag, played)
    away = np.abs(client - lag - played[number])
    order = np.lexsort((away, number))
    paired = np.zeros(len(client), np.bool_)
    paired[order[np.unique(number[order], return_index=True)[1]]] = True
    return number, paired


def _nearest(times: Array, among: Array) -> NDArray[np.intp]:
    after = np.clip(np.searchsorted(among, times), 1, max(len(among) - 1, 1))
    after = np.minimum(after, len(among) - 1)
    before = np.maximum(after - 1, 0)
    return np.where(times - among[before] <= among[after] - times, before, after)
