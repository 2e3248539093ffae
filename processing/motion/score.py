"""Match Score: how well a client follows the trainer, frame by frame.

``step`` takes the state, the trainer's movement (``reference.prepare``), one pose of the client and
the clock, and gives the new state and a ``Match``. Nothing is hidden: the same inputs give the same
scores, here and in ``static/js/shadow/score.js``, the twin.

How it works. Over the last seconds decaying sums compare the client with the trainer at every lag
of a grid and in both conventions (as seen, mirrored). From the sums the best rotation about the
vertical has a closed form, so each (convention, lag) has its best mean cosine, and the best of them
says which convention holds and how late the client is. The frame is then scored bone by bone at
that lag. Last, sums over the pairs so matched tell whether the client *moved* as the trainer did
(Lin's concordance correlation): someone who stands still during a squat is right half of the time
and has done nothing. Where the trainer holds still they tell whether the client does.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from processing.motion.alignment import (
    Array,
    angles_deg,
    bone_visibility,
    mirror_bones,
    rotate_yaw,
    unit_bones,
    yaw_terms,
)
from processing.motion.marks import (
    Calm,
    Hinges,
    direction_marks,
    follow,
    learn,
    limb_marks,
    unknown,
    unseen,
)
from processing.motion.moments import Moments, add, agreement, nothing, spreads
from processing.motion.reference import VISIBLE, Reference, pose_at
from processing.motion.skeleton import BONE_MIRROR, BONES

# Above these a score is green, above that yellow, else red.
GREEN_ABOVE: Final = 70.0
YELLOW_ABOVE: Final = 40.0

# Less than this share seen of the weight that the trainer shows, of left and right the one that is:
# the body is not visible. Arms and trunk are 0.59 of a squat in which the arms are raised, which is
# no squat yet; of push-ups from the front no legs are seen, the trainer's neither.
SEEN_SHARE: Final = 0.65

WINDOW_S: Final = 4.0
# The first frame has none before it.
FIRST_STEP_S: Final = 0.1
# A frame after a pause counts for no more than this.
LONGEST_STEP_S: Final = 0.25

LAG_FIRST_S: Final = -0.2
LAG_STEP_S: Final = 0.1
LAG_COUNT: Final = 63
LAGS_S: Final = LAG_FIRST_S + LAG_STEP_S * np.arange(LAG_COUNT)
# One period later looks the same: of equals the smaller lag is the likelier.
LAG_PENALTY_PER_S: Final = 0.02
# Beyond a second nobody merely reacts slowly; only the order of equals is still decided.
LAG_PENALTY_FROM_S: Final = 1.0
LAG_PENALTY_BEYOND_PER_S: Final = 0.003
LAG_RATE: Final = 0.5
# Until so much has been seen in motion, the lag may jump and the convention change: they are being
# found, not followed.
FOUND_S: Final = 6.0
# A lag longer than the clip has played has nothing to say; it is heard once it has seen this share
# of what the others have.
LEAST_EVIDENCE: Final = 0.5
# A movement that repeats itself fits at several lags: the one followed is kept unless another fits
# better by this much, or the lag would wander through all that lies between.
LAG_NEAR_S: Final = 0.3
LAG_MARGIN: Final = 0.03
# A frame is forgiven this much unevenness around the lag.
LAG_SLACK_S: Final = (0.0, -0.05, 0.05, -0.1, 0.1)

MIRROR_MARGIN: Final = 0.01
# What is known beforehand is given up only for what fits clearly better.
MIRROR_PRIOR_MARGIN: Final = 0.03
MIRROR_LOCK_S: Final = 3.0

# Variance of bone directions (weighted mean of 1 - |mean|^2) from which the trainer is moving.
MOVING_FROM: Final = 0.01
MOVING_FULL: Final = 0.04
# Concordance at which the movement counts as done, and as not done; what is left then.
AGREED: Final = 0.75
NOT_AGREED: Final = 0.35
NOT_AGREED_FACTOR: Final = 0.25
# What depth counts for in it. The detector guesses depth: a forearm seen from the side and from
# half-way to the front goes through it in opposite directions. The same push-ups filmed 30 degrees
# apart had a concordance of 0.55 (full model) to 0.7 (lite) at 1.0, of 0.8 to 0.9 here; other
# exercises did not gain.
AGREED_DEPTH: Final = 0.5
# What the client's movement exceeds the trainer's by while the trainer holds still: up to the one
# it may be the detector's unrest, from the other on nothing is held.
RESTLESS_FROM: Final = 0.01
RESTLESS: Final = 0.03

_BONE_COUNT: Final = len(BONES)


@dataclass(frozen=True)
class State:
    """What the score remembers between frames.

    The grid of sums has the axes (convention, lag): convention 0 is the client as seen, 1 mirrored.
    """

    t_s: float  # time of the last frame; NaN before the first
    weight: Array  # (2, L) seconds x weight
    level: Array  # (2, L) sums of alignment.yaw_terms
    along: Array  # (2, L)
    across: Array  # (2, L)
    matched: Moments  # client against the trainer pose found for each frame
    clock: Moments  # trainer alone, by the clock: no lag can make a moving trainer look still
    mirror: int  # 0 or 1
    mirror_lead_s: float  # how long the present convention has led clearly
    lag_s: float
    moved_s: float  # seconds seen while the trainer moved
    penalty: Array  # (L,) what a lag must be better by, the further it is from what is expected
    mirror_margin: float  # by which the other convention must be better to be taken
    calm: Calm  # the client's own limbs
    hinges: Hinges


@dataclass(frozen=True)
class Match:
    """What one frame was worth."""

    score: float  # 0..100; NaN = not visible
    lag_s: float  # NaN = not visible
    errors_deg: Array  # (13,) by the client's own bones; NaN = not judged
    marks: Array  # (13,) 0..1 by the client's own bones, smoothed; NaN = not seen
    body: Array  # (13, 3) the client's bones, mirrored and turned into the trainer's view
    target: Array  # (13, 3) the trainer's at the moment they are compared with
    seen: Array  # (13,) visibility of `body`; 0 = not judged
    mirror: bool
    yaw_rad: float
    agreement: float  # concordance of the movements, -1..1; NaN = the trainer is holding still


def initial(mirror: bool | None = None, lag_s: float = 0.0) -> State:
    """Give the state at the start of a set.

    Parameters
    ----------
    mirror : the convention, where it is known beforehand
    lag_s : how late the client is expected to be
    """
    grid = np.zeros((2, LAG_COUNT))
    return State(
        t_s=float("nan"),
        weight=grid,
        level=grid,
        along=grid,
        across=grid,
        matched=nothing(),
        clock=nothing(),
        mirror=int(mirror is not False),
        mirror_lead_s=0.0,
        lag_s=lag_s,
        moved_s=0.0,
        penalty=_penalty(lag_s),
        mirror_margin=MIRROR_MARGIN if mirror is None else MIRROR_PRIOR_MARGIN,
        calm=unseen(),
        hinges=unknown(),
    )


def _penalty(expected_s: float) -> Array:
    """Of equals the lag nearest to the expected one is the likeliest."""
    off = np.abs(LAGS_S - expected_s)
    near = LAG_PENALTY_PER_S * np.minimum(off, LAG_PENALTY_FROM_S)
    beyond = LAG_PENALTY_BEYOND_PER_S * np.maximum(off - LAG_PENALTY_FROM_S, 0.0)
    return np.asarray(near + beyond)


def _sight(client: Array, trainer: Array, client_seen: Array, trainer_seen: Array) -> Array:
    """Give each bone's part in the comparison: 0 where either body does not show it."""
    seen = np.minimum(client_seen, trainer_seen)
    known = np.isfinite(client).all(axis=-1) & np.isfinite(trainer).all(axis=-1)
    return np.where(known & (seen >= VISIBLE), np.minimum(seen, 1.0), 0.0)


def _ramp(value: float, low: float, high: float) -> float:
    return float(min(1.0, max(0.0, (value - low) / (high - low))))


def _remember(
    state: State,
    reference: Reference,
    t_s: float,
    position_s: float,
    bodies: tuple[Array, Array],
    seen: tuple[Array, Array],
) -> State:
    """Let the sums decay and add this frame at every lag and in both conventions."""
    dt = _step_s(state, t_s)
    keep = float(np.exp(-dt / WINDOW_S))
    weight, terms = np.zeros((2, LAG_COUNT)), np.zeros((3, 2, LAG_COUNT))
    for k, lag in enumerate(LAGS_S):
        if position_s < lag:
            continue
        target, target_seen = pose_at(reference, position_s - lag)
        for m in (0, 1):
            w = dt * reference.weights * _sight(bodies[m], target, seen[m], target_seen)
            weight[m, k] = w.sum()
            for i, term in enumerate(yaw_terms(bodies[m], target)):
                terms[i, m, k] = (np.where(w > 0, term, 0.0) * w).sum()
    level, along, across = terms
    now, now_seen = pose_at(reference, position_s)
    return replace(
        state,
        t_s=t_s,
        weight=state.weight * keep + weight,
        level=state.level * keep + level,
        along=state.along * keep + along,
        across=state.across * keep + across,
        clock=add(
            state.clock,
            keep,
            dt * reference.weights * _sight(now, now, now_seen, now_seen),
            now,
            now,
        ),
    )


def _step_s(state: State, t_s: float) -> float:
    if not np.isfinite(state.t_s):
        return FIRST_STEP_S
    return min(LONGEST_STEP_S, max(0.0, t_s - state.t_s))


def _likeness(state: State) -> Array:
    """Give the best mean cosine of every (convention, lag): (2, L); -1 without evidence."""
    likeness: Array = np.full(state.weight.shape, -1.0)
    np.divide(
        state.level + np.hypot(state.along, state.across),
        state.weight,
        out=likeness,
        where=(state.weight > 0) & (state.weight >= LEAST_EVIDENCE * state.weight.max()),
    )
    return likeness


def _nearest(lag_s: float) -> int:
    return int(min(LAG_COUNT - 1, max(0, np.floor((lag_s - LAG_FIRST_S) / LAG_STEP_S + 0.5))))


def _yaw(state: State, k: int) -> float:
    return float(np.arctan2(state.across[state.mirror, k], state.along[state.mirror, k]))


def _decide(state: State, dt: float) -> State:
    """Settle the convention (once it has led clearly, for good) and let the lag move."""
    likeness = _likeness(state)
    valued = likeness - state.penalty
    best = valued.max(axis=-1)
    mirror, lead_s = state.mirror, state.mirror_lead_s
    if lead_s < MIRROR_LOCK_S:
        ahead = float(best[mirror] - best[1 - mirror])
        if ahead < -state.mirror_margin:
            mirror, lead_s = 1 - mirror, 0.0
        elif ahead > MIRROR_MARGIN and state.moved_s >= FOUND_S:
            lead_s += dt
    k = int(valued[mirror].argmax())
    astray = False
    if state.moved_s >= FOUND_S:
        first = _nearest(state.lag_s - LAG_NEAR_S)
        last = _nearest(state.lag_s + LAG_NEAR_S)
        near = first + int(valued[mirror, first : last + 1].argmax())
        astray = bool(valued[mirror, k] - valued[mirror, near] >= LAG_MARGIN)
        if not astray:
            k = near
    target = float(LAGS_S[k])
    if 0 < k < LAG_COUNT - 1:
        left, mid, right = likeness[mirror, k - 1 : k + 2]
        bend = left - 2.0 * mid + right
        if bend < -1e-12:
            target += LAG_STEP_S * float(0.5 * (left - right) / bend)
    if mirror != state.mirror:
        # Another convention is another body: what was matched before says nothing of it.
        state = replace(state, matched=nothing(), calm=unseen(), hinges=unknown())
    state = replace(state, mirror=mirror, mirror_lead_s=lead_s)
    if spreads(state.clock)[1] < MOVING_FROM:
        return state
    reach = LAG_RATE * dt if state.moved_s >= FOUND_S and not astray else np.inf
    lag = state.lag_s + float(np.clip(target - state.lag_s, -reach, reach))
    # A client who paused or began anew is found afresh: what was matched before was a coincidence.
    matched = nothing() if astray else state.matched
    return replace(state, lag_s=lag, moved_s=state.moved_s + dt, matched=matched)


def step(
    state: State,
    reference: Reference,
    t_s: float,
    position_s: float,
    world: Array | None,
    visibility: Array | None,
) -> tuple[State, Match]:
    """Score one frame.

    Parameters
    ----------
    t_s : the frame's time on any clock that only goes forward
    position_s : how much of the reference has been played since the set began, over all loops
    world : (33, 3) float, metres, not mirrored; None where nobody was found
    visibility : (33,) float, 0..1
    """
    if world is None or visibility is None:
        return _nobody(state, t_s)
    as_seen, sight = unit_bones(world), bone_visibility(visibility)
    bodies = as_seen, mirror_bones(as_seen)
    seen = sight, sight[BONE_MIRROR]
    if not _enough_seen(reference, as_seen, sight):
        return _nobody(state, t_s)

    dt = _step_s(state, t_s)
    state = _decide(_remember(state, reference, t_s, position_s, bodies, seen), dt)
    yaw = _yaw(state, _nearest(state.lag_s))
    body = rotate_yaw(bodies[state.mirror], yaw)

    best: _Comparison | None = None
    for slack in LAG_SLACK_S:
        found = _compare(reference, position_s - state.lag_s - slack, body, seen[state.mirror])
        # The first of equals: the clock itself.
        if found is not None and (best is None or found.mean > best.mean + 1e-9):
            best = found
    if best is None:
        return _nobody(state, t_s)

    keep = float(np.exp(-dt / WINDOW_S))
    matched = add(state.matched, keep, dt * best.weight, body, best.target, AGREED_DEPTH)
    # Back to the client's own names of the limbs.
    own = BONE_MIRROR if state.mirror else np.arange(_BONE_COUNT)
    hinges = learn(state.hinges, dt, body, best.target, best.errors_deg, reference.straight_deg)
    marks = limb_marks(best.errors_deg, best.target, hinges, yaw)
    calm = follow(state.calm, t_s, marks[own])
    state = replace(state, matched=matched, calm=calm, hinges=hinges)
    agreed = agreement(matched)
    moving = _ramp(spreads(state.clock)[1], MOVING_FROM, MOVING_FULL)
    return state, Match(
        score=100.0 * best.mean * _done(matched, agreed, moving),
        lag_s=state.lag_s,
        errors_deg=best.errors_deg[own],
        marks=state.calm.marks,
        body=body,
        target=best.target,
        seen=np.where(best.weight > 0, seen[state.mirror], 0.0),
        mirror=bool(state.mirror),
        yaw_rad=yaw,
        agreement=agreed if moving > 0 else float("nan"),
    )


@dataclass(frozen=True)
class _Comparison:
    """The client at one moment of the reference."""

    mean: float  # 0..1
    errors_deg: Array  # (13,)
    weight: Array  # (13,)
    target: Array  # (13, 3)


def _compare(
    reference: Reference, position_s: float, body: Array, seen: Array
) -> _Comparison | None:
    target, target_seen = pose_at(reference, position_s)
    weight = reference.weights * _sight(body, target, seen, target_seen)
    if weight.sum() <= 0:
        return None
    errors = np.where(weight > 0, angles_deg(body, target), np.nan)
    marks = np.where(weight > 0, direction_marks(errors), 0.0)
    return _Comparison(float((marks * weight).sum() / weight.sum()), errors, weight, target)


def _done(matched: Moments, agreed: float, moving: float) -> float:
    """Give the factor for having done what the trainer does: moved alike, or held still."""
    subject, target, _ = spreads(matched)
    alike = _ramp(agreed, NOT_AGREED, AGREED)
    held = 1.0 - _ramp(subject - target, RESTLESS_FROM, RESTLESS)
    return NOT_AGREED_FACTOR + (1.0 - NOT_AGREED_FACTOR) * (moving * alike + (1.0 - moving) * held)


def _nobody(state: State, t_s: float) -> tuple[State, Match]:
    nothing_seen = np.full(_BONE_COUNT, np.nan)
    state = replace(state, calm=follow(state.calm, t_s, nothing_seen))
    return state, Match(
        score=float("nan"),
        lag_s=float("nan"),
        errors_deg=nothing_seen,
        marks=state.calm.marks,
        body=np.full((_BONE_COUNT, 3), np.nan),
        target=np.full((_BONE_COUNT, 3), np.nan),
        seen=np.zeros(_BONE_COUNT),
        mirror=bool(state.mirror),
        yaw_rad=_yaw(state, _nearest(state.lag_s)),
        agreement=float("nan"),
    )


def _enough_seen(reference: Reference, bones: Array, sight: Array) -> bool:
    """Say whether enough of the body shows to judge it: from aside, one of left and right will."""
    known = np.isfinite(bones).all(axis=-1) & (sight >= VISIBLE)
    known |= known[BONE_MIRROR]
    return bool(reference.shown[known].sum() >= SEEN_SHARE * reference.shown.sum())
