"""What the scoring bench films: trainers, clients who do it right, and clients with one fault.

A context is an exercise and a side from which its faults can be seen. In each, one trainer is
filmed, and clients of another build, dressed otherwise, in another room, by a camera a little
elsewhere. Clients follow the trainer, after a time to react. One fault a film, in five severities.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from processing.synthetic.body import MAN, Body
from processing.synthetic.clothing import LOOKS
from processing.synthetic.performance import FLOOR_EXERCISES, REP_S, Exercise, Performance
from processing.synthetic.render import Shot, shoot
from processing.synthetic.scene import Light, Room
from processing.synthetic.severity import Fault, flawed

SEVERITIES: Final = (8.0, 15.0, 20.0, 30.0, 40.0)
"""Degrees; per cent of time (too fast) and of the body's height (occlusion)."""
Model = Literal["full", "lite"]
FAULTS: Final = (
    "depth",
    "valgus",
    "trunk_lean",
    "asymmetry",
    "half_range",
    "too_fast",
    "wrong_lag",
    "occlusion",
)
LONGER_SIDE_PX: Final = 384
_REPS: Final = 3
_IDLE_S: Final = 0.6

PEOPLE: Final[tuple[tuple[Body, str], ...]] = (
    (Body(), "anna"),
    (MAN, "boris"),
    (Body().scaled(0.92), "clara"),
    (replace(MAN.scaled(1.04), torso_girth=1.18, leg_girth=1.15), "boris"),
    (replace(Body(), thigh_m=0.39, shin_m=0.385, torso_m=0.505, leg_girth=1.12), "anna"),
)
"""Five builds, and who of ``LOOKS`` they are dressed as."""

_LIGHTS: Final = (
    Light(),
    Light(position=(3.0, 2.2, 1.2), key=(1.5, 1.5, 1.55), softness=0.15),
    Light(
        position=(0.6, 2.6, 2.0),
        key=(0.62, 0.48, 0.30),
        sky=(0.10, 0.10, 0.13),
        fill=(0.05, 0.05, 0.07),
    ),
)


@dataclass(frozen=True)
class Context:
    """An exercise, the trainer's view (degrees from the front), and the faults seen from there."""

    exercise: Exercise
    view: float
    faults: tuple[str, ...]
    takes: int = 1

    @property
    def name(self) -> str:
        return f"{self.exercise}-{self.view:.0f}"


CONTEXTS: Final[tuple[Context, ...]] = (
    Context(
        "squat",
        80,
        ("depth", "trunk_lean", "half_range", "too_fast", "wrong_lag", "occlusion"),
    ),
    Context("squat", 8, ("valgus",), takes=2),
    Context("push_up", 75, ("depth", "half_range", "too_fast", "occlusion")),
    Context("overhead_press", 10, ("asymmetry", "wrong_lag", "too_fast", "occlusion")),
    Context("lunge", 65, ("depth", "trunk_lean", "half_range", "wrong_lag")),
    Context("lunge", 12, ("valgus",)),
    Context("jumping_jack", 12, ("asymmetry",), takes=2),
    Context("squat", 45, ("depth", "trunk_lean")),
)
_RIGHT: Final = 4
"""Clients a context who do it right; the first two are one person, filmed twice from one place."""


@dataclass(frozen=True)
class Scene:
    """One take.

    role : "trainer", "right", "fault" or "set" (for counting). fault, severity : of "fault".
    person : number in ``PEOPLE``. room : also of the camera's place. hidden : share of the
    picture's height behind furniture, from below. half : numbers of half repetitions.
    """

    name: str
    context: str
    role: str
    performance: Performance
    person: int
    view: float
    room: int
    fault: str = ""
    severity: float = 0.0
    hidden: float = 0.0
    half: tuple[int, ...] = ()
    client_model: Model = "full"

    @property
    def body(self) -> Body:
        return PEOPLE[self.person][0]

    @property
    def fps(self) -> float:
        """Pictures a second: what a browser looks at; more where one beat is short."""
        return 15.0 if self.performance.exercise == "jumping_jack" else 12.5

    @property
    def model(self) -> Model:
        """The pose model: a trainer's clip is always looked at with the better one."""
        return "full" if self.role == "trainer" else self.client_model

    def shoot(self) -> Shot:
        low = self.performance.exercise in FLOOR_EXERCISES
        size = (LONGER_SIDE_PX, round(0.75 * LONGER_SIDE_PX))
        shot = shoot(
            self.performance,
            self.view,
            size if low else (size[1], size[0]),
            body=self.body,
            appearance=LOOKS[PEOPLE[self.person][1]],
            room=Room(self.room),
            light=_LIGHTS[self.room % len(_LIGHTS)],
        )
        rng = np.random.default_rng(self.room)
        camera = replace(
            shot.camera,
            distance_m=shot.camera.distance_m * float(rng.uniform(1.0, 1.12)),
            x_m=shot.camera.x_m + float(rng.uniform(-0.06, 0.06)),
        )
        return replace(shot, camera=camera)


def scenes(client_model: Model = "full") -> tuple[Scene, ...]:
    """All films, those first without which nothing can be compared.

    client_model : what clients are looked at with. Uploaded videos are with "full", and a browser
        is where it is quick enough; else with "lite".
    """
    contexts = list(enumerate(CONTEXTS))
    found = [_trainer(i, context) for i, context in contexts]
    found += [_right(i, context, n) for n in range(_RIGHT) for i, context in contexts]
    # The severities that must be told first: what there is then is a smaller bench.
    for severity in (20.0, 30.0, 15.0, 40.0, 8.0):
        for i, context in contexts:
            found += _faulty(i, context, severity)
    found += _sets()
    return tuple(
        scene if scene.role == "trainer" else replace(scene, client_model=client_model)
        for scene in found
    )


def _trainer(i: int, context: Context) -> Scene:
    performance = Performance(context.exercise, reps=_REPS, idle_s=_IDLE_S, seed=10 + i)
    name = f"{context.name}.trainer"
    return Scene(name, context.name, "trainer", performance, i % 2, context.view, room=i)


def _client(i: int, context: Context, seed: int) -> tuple[Performance, float, int]:
    """A right performance, the view it is filmed from, and who it is: never the trainer."""
    rng = np.random.default_rng([seed, i])
    performance = Performance(
        context.exercise,
        reps=_REPS,
        idle_s=_IDLE_S + float(rng.uniform(0.2, 0.5)),
        follows=10 + i,
        seed=seed,
    )
    others = [n for n in range(len(PEOPLE)) if n != i % 2]
    view = context.view + float(rng.uniform(-8.0, 8.0))
    return performance, view, others[int(rng.integers(len(others)))]


def _right(i: int, context: Context, n: int) -> Scene:
    performance, view, person = _client(i, context, 100 + max(n, 1))
    performance = replace(performance, seed=100 + n)
    name = f"{context.name}.right{n}"
    return Scene(name, context.name, "right", performance, person, view, room=100 + max(n, 1) + i)


def _faulty(i: int, context: Context, severity: float) -> Iterator[Scene]:
    for j, fault in enumerate(context.faults):
        for take in range(context.takes):
            seed = 1000 * (j + 1) + 100 * take + round(severity)
            performance, view, person = _client(i, context, seed)
            name = f"{context.name}.{fault}{'' if take == 0 else take}.{severity:.0f}"
            hidden = 0.0
            if fault == "occlusion":
                hidden = severity / 100
            else:
                performance = flawed(performance, PEOPLE[person][0], _known(fault), severity)
            yield Scene(
                name,
                context.name,
                "fault",
                performance,
                person,
                view,
                room=seed,
                fault=fault,
                severity=severity,
                hidden=hidden,
                half=performance.faulty or () if fault == "half_range" else (),
            )


def _known(fault: str) -> Fault:
    return fault  # type: ignore[return-value]


_SPEEDS: Final = (0.75, 1.0, 1.5)
_SET_CONTEXTS: Final = (0, 2, 3, 4, 6)
_SET_VIEWS: Final = (-30.0, 0.0, 25.0)


def _sets() -> list[Scene]:
    """Sets for counting: five bodies by three speeds, three views; pauses, half repetitions."""
    found = []
    for person in range(len(PEOPLE)):
        for k, speed in enumerate(_SPEEDS):
            i = _SET_CONTEXTS[(person + k) % len(_SET_CONTEXTS)]
            context = CONTEXTS[i]
            kind = (person + 2 * k) % 3
            performance = Performance(
                context.exercise,
                reps=4,
                rep_s=REP_S[context.exercise] / speed,
                idle_s=_IDLE_S,
                pause_s=1.5 if kind == 1 else 0.0,
                pauses=(1,) if kind == 1 else (),
                short=0.5 if kind == 2 else 0.0,
                faulty=(2,) if kind == 2 else None,
                seed=300 + 10 * person + k,
            )
            view = context.view + _SET_VIEWS[(person + k) % len(_SET_VIEWS)]
            found.append(
                Scene(
                    f"set{person}{k}.{context.exercise}",
                    context.name,
                    "set",
                    performance,
                    person,
                    view,
                    room=400 + 3 * person + k,
                    half=(2,) if kind == 2 else (),
                )
            )
    return found
