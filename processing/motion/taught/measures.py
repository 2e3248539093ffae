"""How each repetition of a client differs from the trainer's, window by window.

To the 18 angles of the analysis come five measures that no joint angle has: how far either heel is
off the floor, how far the head is pushed forward, how far the hips stand aside, how wide the stance
is. All are by the client's own left and right, whichever way they were filmed, so that what was
taught of the left heel is looked for at the left heel.

| measure | unit | 0 is | positive |
|---|---|---|---|
| ``left_foot_pitch``, ``right_foot_pitch`` | degrees | foot level | heel above the toes |
| ``head_lean`` | degrees | in line with the trunk | pushed forward |
| ``hip_shift`` | per cent of a leg's length | hips between the ankles | to the body's left |
| ``stance`` | per cent of a leg's length | ankles together | apart |
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from processing.motion.alignment import Array
from processing.motion.analysis.angles import (
    ANGLE_MIRROR,
    ANGLE_MIRROR_SIGN,
    ANGLES,
    body_axes,
    mirrored,
)
from processing.motion.analysis.curves import sampled
from processing.motion.analysis.hits import HELD, WINDOWS, drivers, windowed
from processing.motion.analysis.laid import Laid, laid_over
from processing.motion.analysis.noise import RANDOM_DEG, noise_of
from processing.motion.analysis.robust import median
from processing.motion.analysis.sampling import VISIBLE, evened, view_of
from processing.motion.analysis.scoring import binned
from processing.motion.analysis.settings import TOLERANCE_DEG, Settings
from processing.motion.skeleton import INDEX
from processing.motion.track import PoseTrack

VERSION: Final = 1
OTHERS: Final = ("left_foot_pitch", "right_foot_pitch", "head_lean", "hip_shift", "stance")
MEASURES: Final[tuple[str, ...]] = (*ANGLES, *OTHERS)
_OTHERS_MIRROR: Final = (1, 0, 2, 3, 4)
_OTHERS_SIGN: Final = (1.0, 1.0, 1.0, -1.0, 1.0)
_OTHERS_NOISE: Final = (12.0, 12.0, 12.0, 6.0, 10.0)
"""Of what the films of ``analysis.noise`` did not measure, assumed: as the worst ankle's for the
feet, three times the trunk's for the head, and what the hips' usual sway and the hips' sideways
angles come to."""
MIRROR: Final = np.array([*ANGLE_MIRROR, *(len(ANGLES) + i for i in _OTHERS_MIRROR)], np.intp)
MIRROR_SIGN: Final = np.array([*ANGLE_MIRROR_SIGN, *_OTHERS_SIGN])


@dataclass(frozen=True)
class Measures:
    """R repetitions in W windows (home, out, far, back; of a hold one) by C measures.

    Attributes
    ----------
    differences : (R, W, C) float, client less trainer, degrees or per cent; NaN = not seen
    sides : (R,) int, 0 or 1: which side does it, where left and right take turns; else 0
    tempo_pct : (R,) float, how much longer each takes than the trainer's, per cent of theirs
    one, both, apart : (C,) float, standard deviation of what two people who move alike seem to
        differ by: in a measure, in both sides' mean, in the difference between the sides
    random : (C,) float, the same of one person's repetitions
    extent : (W, C) float, how the whole movement goes, 1 where it goes farthest
    extent_noise : float, how far it goes that two people seem to differ by, degrees
    """

    differences: Array
    sides: NDArray[np.intp]
    tempo_pct: Array
    one: Array
    both: Array
    apart: Array
    random: Array
    extent: Array
    extent_noise: float

    @property
    def held(self) -> bool:
        return int(self.differences.shape[1]) == 1

    def to_json(self) -> dict[str, Any]:
        """Write it down, in whole tenths."""
        return {
            "version": VERSION,
            "measures": list(MEASURES),
            "differences": _tenths(self.differences),
            "sides": self.sides.tolist(),
            "tempo_pct": _tenths(self.tempo_pct),
            "one": _tenths(self.one),
            "both": _tenths(self.both),
            "apart": _tenths(self.apart),
            "random": _tenths(self.random),
            "extent": _tenths(10 * self.extent),
            "extent_noise": round(10 * self.extent_noise),
        }

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Measures:
        """Read what ``to_json`` wrote.

        Raises
        ------
        ValueError
            It is of another version.
        """
        if content.get("version") != VERSION or content.get("measures") != list(MEASURES):
            raise ValueError(f"measures of version {content.get('version')!r} can't be read")
        return cls(
            differences=_read(content["differences"]),
            sides=np.array(content["sides"], np.intp),
            tempo_pct=_read(content["tempo_pct"]),
            one=_read(content["one"]),
            both=_read(content["both"]),
            apart=_read(content["apart"]),
            random=_read(content["random"]),
            extent=_read(content["extent"]) / 10,
            extent_noise=content["extent_noise"] / 10,
        )


def _tenths(values: Array) -> list[Any]:
    whole = np.where(np.isfinite(values), np.round(10 * values), np.nan)

    def plain(item: Any) -> Any:
        if isinstance(item, list):
            return [plain(one) for one in item]
        return None if item != item else int(item)

    found: list[Any] = plain(whole.tolist())
    return found


def _read(values: list[Any]) -> Array:
    return np.asarray(np.array(values, dtype=object).astype(np.float64) / 10)


def measure(trainer: PoseTrack, client: PoseTrack, settings: Settings) -> Measures:
    """Measure a client whose analysis, of the same tracks and settings, was ``judged``.

    Its repetitions are the analysis's, in the same order.
    """
    laid = laid_over(trainer, client, settings)
    others, theirs = _others(trainer, client, laid)
    angles = laid.curves.angles - _typical(laid)[laid.kinds]
    differences = binned(np.concatenate([angles, others - theirs[laid.kinds]], axis=-1))
    noise = noise_of(
        differences[..., : len(ANGLES)],
        laid.reference.spread,
        view_of(laid.own.view_deg),
        laid.own.view_deg > 0,
        _apart_deg(laid),
        TOLERANCE_DEG[settings.strictness],
    )
    windows = HELD if laid.way is None else WINDOWS
    by_window = np.stack(list(windowed(differences, windows).values()), axis=1)
    alone = np.array(_OTHERS_NOISE)
    return Measures(
        differences=by_window,
        sides=_sides(laid),
        tempo_pct=_tempo(laid),
        one=np.concatenate([noise.one, alone]),
        both=np.concatenate([noise.both, alone]),
        apart=np.concatenate([noise.apart, np.sqrt(2.0) * alone]),
        random=_random(by_window, _sides(laid)),
        extent=_extent(laid),
        extent_noise=max(noise.extent_of_legs, noise.extent_of_arms),
    )


def _typical(laid: Laid) -> Array:
    """The trainer's typical angles (K, P, 18) by the client's own left and right."""
    medians = laid.reference.medians
    return mirrored(medians) if laid.mirror else medians


def _apart_deg(laid: Laid) -> float:
    view = -laid.own.view_deg if laid.mirror else laid.own.view_deg
    turn = laid.lead.view_deg - view
    return 0.0 if np.isnan(turn) else abs((turn + 180.0) % 360.0 - 180.0)


def _others(trainer: PoseTrack, client: PoseTrack, laid: Laid) -> tuple[Array, Array]:
    """The client's (R, P, 5) and the trainer's typical ones (K, P, 5), by the client's sides."""
    own = sampled(
        laid.own.times_s,
        evened(client, others_of(client), laid.own.times_s),
        laid.curves.times_s,
    )
    reference = laid.reference
    lead = sampled(
        laid.lead.times_s,
        evened(trainer, others_of(trainer), laid.lead.times_s),
        reference.curves.times_s,
    )
    kinds = range(len(reference.medians))
    medians = np.stack([median(lead[reference.kinds == kind], least=0.5) for kind in kinds])
    if laid.mirror:
        medians = medians[..., list(_OTHERS_MIRROR)] * np.array(_OTHERS_SIGN)
    return own, medians


def others_of(track: PoseTrack) -> Array:
    """Measure a track's poses (T, 5); NaN = not seen."""
    points = np.asarray(track.world, np.float64)
    seen = np.nan_to_num(np.asarray(track.visibility, np.float64), nan=0.0) >= VISIBLE
    left, up, ahead = body_axes(points)

    def at(*names: str) -> Array:
        return np.asarray(np.mean([points[:, INDEX[name]] for name in names], axis=0))

    def where(values: Array, *names: str) -> Array:
        known = seen[:, [INDEX[name] for name in names]].all(axis=1)
        return np.where(known, values, np.nan)

    columns = []
    for side in ("left", "right"):
        foot = at(f"{side}_foot_index") - at(f"{side}_heel")
        length = np.maximum(np.linalg.norm(foot, axis=1), 1e-3)
        pitch = np.degrees(np.arcsin(np.clip(foot[:, 1] / length, -1.0, 1.0)))
        columns.append(where(pitch, f"{side}_heel", f"{side}_foot_index"))
    neck = at("left_ear", "right_ear") - at("left_shoulder", "right_shoulder")
    lean = np.degrees(np.arctan2((neck * ahead).sum(axis=1), (neck * up).sum(axis=1)))
    columns.append(where(lean, "nose", "left_shoulder", "right_shoulder"))
    sides = ("left", "right")
    legs = np.median(
        [
            np.linalg.norm(at(f"{side}_hip") - at(f"{side}_knee"), axis=1)
            + np.linalg.norm(at(f"{side}_knee") - at(f"{side}_ankle"), axis=1)
            for side in sides
        ],
        axis=0,
    )
    leg = max(float(np.nan_to_num(np.nanmedian(legs), nan=1.0)), 1e-3) if len(legs) else 1.0
    hips, ankles = at("left_hip", "right_hip"), at("left_ankle", "right_ankle")
    feet = ("left_ankle", "right_ankle", "left_hip", "right_hip")
    columns.append(where(100 * ((hips - ankles) * left).sum(axis=1) / leg, *feet))
    apart = ((at("left_ankle") - at("right_ankle")) * left).sum(axis=1)
    columns.append(where(100 * apart / leg, *feet))
    return np.stack(columns, axis=-1)


def _tempo(laid: Laid) -> Array:
    """Per cent (R,) by which each takes longer than the trainer's usual one; of holds, nothing."""
    lengths = np.ptp(laid.curves.times_s, axis=1)
    if laid.way is None:
        return np.zeros(len(lengths))
    usual = float(np.median(np.ptp(laid.reference.curves.times_s, axis=1)))
    return np.asarray(100.0 * (lengths / max(usual, 1e-3) - 1.0))


def _sides(laid: Laid) -> NDArray[np.intp]:
    """Which side does each repetition (R,), of the client's own: the same in every session."""
    if not laid.reference.alternates:
        return np.zeros(len(laid.kinds), np.intp)
    return np.asarray(laid.kinds ^ int(laid.mirror), np.intp)


def _random(differences: Array, sides: NDArray[np.intp]) -> Array:
    """What one person's repetitions differ by (C,), between the least and the most there is."""
    rest = differences.copy()
    for side in set(sides.tolist()):
        rest[sides == side] -= median(rest[sides == side])
    between = 1.4826 * median(np.abs(rest), least=0.5)
    typical = median(between)
    return np.asarray(np.clip(np.nan_to_num(typical, nan=RANDOM_DEG[0]), *RANDOM_DEG))


def _extent(laid: Laid) -> Array:
    """How every measure (W, C) goes with the movement, done with side 0; 0 for a hold."""
    found = np.zeros((1 if laid.way is None else len(WINDOWS), len(MEASURES)))
    if laid.way is None:
        return found
    kinds = _typical(laid)
    if laid.reference.alternates:
        kinds = np.stack([kinds[int(laid.mirror)], mirrored(kinds[1 - int(laid.mirror)])])
    typical = kinds.mean(axis=0)
    there = np.stack([row[0] for row in windowed(binned(typical)[None], WINDOWS).values()])
    going = np.nan_to_num(there - there[0])
    driving = drivers(laid.reference.range_deg)
    # Whichever side does it.
    driving = driving | driving[ANGLE_MIRROR]
    most = float(np.abs(going[:, driving]).max(initial=0.0)) if driving.any() else 0.0
    if most > 0:
        found[:, : len(ANGLES)] = going / most
    return found
