"""What the pose bench films: several exercises, people, clothes, rooms, lights and cameras."""

from dataclasses import dataclass
from typing import Final

from processing.synthetic.body import MAN, Body
from processing.synthetic.clothing import LOOKS
from processing.synthetic.performance import Exercise, Performance
from processing.synthetic.render import Shot, shoot
from processing.synthetic.scene import Light, Room

_DAYLIGHT: Final = Light()
_WINDOW: Final = Light(position=(3.0, 2.2, 1.2), key=(1.5, 1.5, 1.55), softness=0.15)
_EVENING: Final = Light(
    position=(0.6, 2.6, 2.0),
    key=(0.62, 0.48, 0.30),
    sky=(0.10, 0.10, 0.13),
    fill=(0.05, 0.05, 0.07),
)


@dataclass(frozen=True)
class Scene:
    """One take; `view` is degrees from the front, `size` width and height in pixels."""

    exercise: Exercise
    view: float
    look: str
    room: int
    light: Light
    rep_s: float
    size: tuple[int, int] = (360, 480)

    def shoot(self) -> Shot:
        performance = Performance(
            self.exercise, reps=1, rep_s=self.rep_s, idle_s=0.4, seed=self.room
        )
        return shoot(
            performance,
            self.view,
            self.size,
            body=MAN if self.look == "boris" else Body(),
            appearance=LOOKS[self.look],
            room=Room(self.room),
            light=self.light,
        )


SCENES: Final = (
    Scene("squat", 0.0, "anna", 0, _DAYLIGHT, 2.4),
    Scene("jumping_jack", 0.0, "boris", 1, _WINDOW, 0.9),
    Scene("lunge", 38.0, "clara", 2, _EVENING, 2.4),
    Scene("overhead_press", 20.0, "boris", 3, _DAYLIGHT, 2.0),
    Scene("push_up", 90.0, "anna", 4, _WINDOW, 2.0, (480, 360)),
    Scene("squat", 90.0, "clara", 5, _EVENING, 2.4),
    Scene("jumping_jack", 38.0, "anna", 6, _DAYLIGHT, 1.1),
)
