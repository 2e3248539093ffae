"""The demo's content: what the synthetic athlete shows, and the homework made of it."""

from __future__ import annotations

from dataclasses import dataclass

from processing.synthetic.performance import Performance
from processing.synthetic.render import Shot, shoot
from processing.synthetic.scene import Room

SIZE = (480, 640)
FPS = 20.0


@dataclass(frozen=True)
class DemoExercise:
    """One exercise of the demo."""

    slug: str
    name: str
    cues: str
    focus: str
    performance: Performance
    view: str
    reps: int | None = None
    seconds: int | None = None

    @property
    def file_name(self) -> str:
        """By this the demo recognises its own clips."""
        return f"demo-{self.slug}.mp4"

    def shot(self) -> Shot:
        return shoot(self.performance, self.view, SIZE, room=Room(1))


WORKOUT = "First steps"
NOTE = "Two sets of each are enough for the beginning. Watch your knees!"
EXERCISES = (
    DemoExercise(
        slug="squat",
        name="Squat",
        cues="Sit back as if on a low chair.\nKnees point where the toes point.\nChest stays up.",
        focus="legs",
        performance=Performance("squat", reps=2, idle_s=0.6, seed=3),
        view="three_quarter",
        reps=4,
    ),
    DemoExercise(
        slug="overhead-press",
        name="Overhead press",
        cues="Ribs down, no arch in the back.\nArms end beside the ears.",
        focus="arms",
        performance=Performance("overhead_press", reps=2, idle_s=0.4, seed=5),
        view="front",
        reps=4,
    ),
    DemoExercise(
        slug="jumping-jack",
        name="Jumping jacks",
        cues="Land softly.\nArms all the way up.",
        focus="whole",
        performance=Performance("jumping_jack", reps=4, idle_s=0.4, seed=7),
        view="front",
        seconds=20,
    ),
)
