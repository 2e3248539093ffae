"""The Match Score in Chromium: the page's own camera, detector, score and counter before a webcam
that shows films of the synthetic athlete and of real people.

The trainers' poses come the way of an uploaded clip. What the webcam shows is judged against
several trainers and at several lags at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from processing.motion.score import GREEN_ABOVE, YELLOW_ABOVE
from processing.motion.skeleton import BONE_INDEX
from processing.synthetic.performance import FLOOR_EXERCISES, Exercise, Performance
from processing.synthetic.render import Shot, frame_times, render, shoot
from processing.synthetic.video import write_video
from tests.e2e.conftest import Visit
from tests.e2e.scores import (
    FPS,
    Film,
    Followed,
    Follower,
    Picture,
    Trainer,
    follow,
    published,
    write_film,
)
from tests.motion.films import CLIPS

pytestmark = [pytest.mark.e2e, pytest.mark.alone, pytest.mark.models]

needs_clips = pytest.mark.skipif(not CLIPS.is_dir(), reason="the clips of real people are not here")

# From where an exercise is filmed, degrees: bending is seen from aside, spreading from the front.
YAW: dict[Exercise, float] = {"squat": 38.0, "push_up": 50.0, "jumping_jack": 0.0}
PERFORMED: dict[str, Performance] = {
    "squat": Performance("squat", reps=2, idle_s=0.4, seed=1),
    "push_up": Performance("push_up", reps=2, idle_s=0.4, seed=1),
    "jumping_jack": Performance("jumping_jack", reps=3, idle_s=0.4, seed=1),
}
SHALLOW = replace(PERFORMED["squat"], depth=85 / 105)
# Of an arm that points at the camera, as a squatting person's does from half-way to the front, the
# lite model knows little: from here the depth of a squat is judged alone.
SHALLOW_YAW = 60.0
TRAINERS: dict[str, tuple[Performance, float]] = {
    **{name: (one, YAW[one.exercise]) for name, one in PERFORMED.items()},
    "squat_aside": (PERFORMED["squat"], SHALLOW_YAW),
}
CLIP_REPS = {"squat_w1_home_side": 3, "lunge_w3_park_front": 5, "pushup_m8_front": 2}

# Of trainer and webcam alike, or a loop of the one would be longer than one of the other.
SYNTHETIC_FPS = 15.0
LAGS_S = (0.0, 0.3, 1.0)
# By then lag and convention are found.
FOUND_S = 9.0
UNTIL_S = 16.0
KNEES = [BONE_INDEX[f"{side}_{part}"] for side in ("left", "right") for part in ("thigh", "shin")]
GREEN = GREEN_ABOVE / 100.0


def filmed(performance: Performance, yaw_deg: float, px: int, *, mirrored: bool = False) -> Shot:
    """The athlete in a picture whose longer side is ``px``."""
    short = px // 4 * 3
    size = (px, short) if performance.exercise in FLOOR_EXERCISES else (short, px)
    return shoot(performance, yaw_deg, size, mirrored=mirrored)


def athlete(path: Path, shot: Shot) -> Film:
    """The athlete before the webcam."""
    times = frame_times(shot, SYNTHETIC_FPS)
    return write_film(path, (render(shot, float(t)).rgb for t in times), round(FPS / SYNTHETIC_FPS))


def real_person(path: Path, name: str) -> Film:
    """A clip before the webcam: smaller, mirrored, at another rate."""

    def pictures() -> Iterator[Picture]:
        with av.open(str(CLIPS / f"{name}.mp4")) as container:
            shown = 0
            for frame in container.decode(video=0):
                until_s = float(((frame.pts or 0) + frame.duration) * (frame.time_base or 0))
                picture = frame.to_ndarray(format="rgb24")
                size = 320, 2 * round(picture.shape[0] * 160 / picture.shape[1])
                picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)[:, ::-1]
                for _ in range(shown, round(until_s * FPS)):
                    yield np.asarray(picture, np.uint8)
                shown = round(until_s * FPS)

    return write_film(path, pictures())


@dataclass(frozen=True)
class Showing:
    """What the webcam shows, whose movement that is, and whose it is not."""

    film: Callable[[Path], Film]
    same: str
    others: tuple[str, ...] = ()
    models: tuple[str, ...] = ("full", "lite")


def _aside(name: str) -> Showing:
    performance, yaw_deg = TRAINERS[name]
    shot = partial(filmed, performance, yaw_deg + 30.0, 352, mirrored=True)
    others = tuple(other for other in PERFORMED if other != name)
    return Showing(lambda path: athlete(path, shot()), name, others)


def _shallow() -> Showing:
    shot = partial(filmed, SHALLOW, SHALLOW_YAW, 352)
    # The lite model sees the far knee a third as far off as it is; docs/score.md says so.
    return Showing(lambda path: athlete(path, shot()), "squat_aside", models=("full",))


def _clip(name: str) -> Showing:
    others = tuple(other for other in CLIP_REPS if other != name)
    return Showing(partial(real_person, name=name), name, others)


SHOWINGS: dict[str, Showing] = {
    **{name: _aside(name) for name in PERFORMED},
    "shallow": _shallow(),
    **{name: _clip(name) for name in CLIP_REPS},
}

TrainerOf = Callable[[str], Trainer]
Show = Callable[[str], dict[str, Followed]]


@pytest.fixture(scope="module")
def trainer(tmp_path_factory: pytest.TempPathFactory) -> TrainerOf:
    """Trainers by exercise or clip, made when first asked for."""
    folder = tmp_path_factory.mktemp("trainers")

    @cache
    def known(name: str) -> Trainer:
        path = CLIPS / f"{name}.mp4"
        if name in TRAINERS:
            path = folder / f"{name}.mp4"
            write_video(path, filmed(*TRAINERS[name], 480), SYNTHETIC_FPS)
        return published(path, folder / name)

    return known


@pytest.fixture(scope="module")
def _shown() -> dict[str, dict[str, Followed]]:
    return {}


@pytest.fixture
def show(
    visit: Visit, trainer: TrainerOf, _shown: dict[str, dict[str, Followed]], tmp_path: Path
) -> Show:
    """Show something once; gives what it was worth by lag, and beside other trainers."""

    def shown(name: str) -> dict[str, Followed]:
        if name not in _shown:
            showing = SHOWINGS[name]
            film = showing.film(tmp_path / f"{name}.mjpeg")
            followers = {f"{lag_s}": Follower(trainer(showing.same), lag_s) for lag_s in LAGS_S}
            followers |= {other: Follower(trainer(other)) for other in showing.others}
            # A person's reps are counted in one go, for the cut between two loops is no movement.
            until_s = max(UNTIL_S, film.duration_s + 0.5)
            _shown[name] = follow(visit, film, followers, until_s, showing.models)
            tell(name, _shown[name])
        return _shown[name]

    return shown


def tell(name: str, found: dict[str, Followed]) -> None:
    """Print what was measured: pytest shows it where a test fails, and with ``-s``."""
    for what, one in found.items():
        late = one.after(FOUND_S)
        pace = (len(one.film_s) - 1) / (one.film_s[-1] - one.film_s[0])
        print(
            f"{name:20} {what:20} median {late.worth():5.1f}  10% below {late.worth(0.1):5.1f}"
            f"  lag off by {np.mean(late.lag_off_s) if len(late.lag_off_s) else np.nan:4.2f}"
            f"  reps {one.reps[-1]}  poses/s {pace:4.1f}"
        )


@pytest.mark.parametrize("name", PERFORMED)
def test_the_same_movement_scores_90_from_aside_mirrored_and_late(show: Show, name: str) -> None:
    followed = show(name)["0.3"].after(FOUND_S)

    assert followed.mirror.all()
    assert followed.worth() >= 90
    assert followed.worth(0.1) > GREEN_ABOVE


@pytest.mark.parametrize("name", PERFORMED)
def test_another_exercise_stays_under_40(show: Show, name: str) -> None:
    found = show(name)
    worth = {other: found[other].after(FOUND_S).worth() for other in SHOWINGS[name].others}

    assert len(worth) == len(PERFORMED) - 1
    assert max(worth.values()) < YELLOW_ABOVE, worth


@pytest.mark.parametrize("lag_s", LAGS_S)
@pytest.mark.parametrize("name", PERFORMED)
def test_the_lag_found_is_the_lag_put_in(show: Show, name: str, lag_s: float) -> None:
    followed = show(name)[f"{lag_s}"].after(FOUND_S)

    # A webcam that a busy machine plays too slowly puts more in: it is known for every picture.
    assert abs(np.median(followed.lag_put_in_s) - lag_s) < 0.6
    assert np.percentile(followed.lag_off_s, 90) < 0.1


@pytest.mark.parametrize("name", PERFORMED)
def test_reps_are_counted_loop_after_loop(show: Show, name: str) -> None:
    performance = PERFORMED[name]
    loop_s = loop_of(performance)
    loops = range(1, int(UNTIL_S / loop_s) + 1)

    for lag_s in LAGS_S:
        counted = [show(name)[f"{lag_s}"].reps_by(n * loop_s) for n in loops]
        assert counted == [n * performance.reps for n in loops]


def test_a_squat_20_degrees_shallower_is_off_in_the_knees_and_green_elsewhere(show: Show) -> None:
    """Knees at 92 degrees instead of 112, and with them all that goes with a shallower squat."""
    off = at_the_bottom(show("shallow")["0.3"], SHALLOW)
    right = at_the_bottom(show("squat")["0.3"], PERFORMED["squat"])

    assert (off[KNEES] <= GREEN).all(), off
    assert (np.delete(off, KNEES) > GREEN).all(), off
    assert (right > GREEN).all(), right


def loop_of(performance: Performance) -> float:
    """How long its film is, seconds."""
    return round(performance.duration_s * SYNTHETIC_FPS) / SYNTHETIC_FPS


def at_the_bottom(followed: Followed, performance: Performance) -> NDArray[np.float64]:
    """Marks (13,), medians over the last third of the stay there: they follow within a quarter
    second."""
    late = followed.after(FOUND_S)
    at = late.film_s % loop_of(performance)
    down = np.zeros(len(at), bool)
    for start, end in performance.reps_s:
        phase = (at - start) / (end - start)
        down |= (phase > 0.48) & (phase < 0.62)
    return np.asarray(np.nanmedian(late.marks[down], axis=0))


@needs_clips
@pytest.mark.parametrize("name", CLIP_REPS)
def test_real_people_filmed_anew(show: Show, name: str) -> None:
    found = show(name)

    for lag_s in LAGS_S:
        late = found[f"{lag_s}"].after(FOUND_S)
        assert late.mirror.all()
        assert late.worth() >= 90
        assert np.percentile(late.lag_off_s, 95) < 0.1


@needs_clips
@pytest.mark.parametrize("name", CLIP_REPS)
def test_real_people_are_counted(show: Show, name: str) -> None:
    found = show(name)
    with av.open(str(CLIPS / f"{name}.mp4")) as container:
        duration_s = float(container.duration or 0) / av.time_base

    for lag_s in LAGS_S:
        assert found[f"{lag_s}"].reps_by(duration_s) == CLIP_REPS[name]


@needs_clips
@pytest.mark.parametrize("name", CLIP_REPS)
def test_real_people_doing_something_else(show: Show, name: str) -> None:
    found = show(name)
    worth = {other: found[other].after(FOUND_S).worth() for other in SHOWINGS[name].others}

    assert len(worth) == len(CLIP_REPS) - 1
    # Of push-ups from the front, no legs are seen: to a squat's trainer nobody is visible.
    assert not any(value >= YELLOW_ABOVE for value in worth.values()), worth
