"""Films for the webcam that tell which of their pictures is shown, and what the page makes of them.

How late a client is behind the trainer must be known to tell whether the lag found is right. So
every picture carries its number, in black and white blocks below it; score_page.html reads it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from django.conf import settings
from numpy.typing import NDArray
from playwright.sync_api import Route

from processing.stages import FILENAMES, STAGES, Options
from tests.e2e.conftest import Visit

Picture = NDArray[np.uint8]
Array = NDArray[np.float64]

PAGE = Path(__file__).with_name("score_page.html")
# Chromium takes a stream of JPEG pictures to be 30 frames/s.
FPS = 30.0
# As large as a block of a JPEG's colour: no number is smeared by its neighbours.
_BLOCK_PX = 16
_BITS = 11
# One white, one black, the number, and what makes the number of white ones among them odd.
_BLOCKS = 2 + _BITS + 1
_QUALITY = 90
# A browser that shows nothing must not keep the tests waiting.
_LONGEST_S = 180.0


@dataclass(frozen=True)
class Film:
    """A film for the webcam, and what the page must know to read its numbers."""

    path: Path
    frames: int
    width: int
    height: int

    @property
    def duration_s(self) -> float:
        return self.frames / FPS


@dataclass(frozen=True)
class Trainer:
    """What the browser gets of a trainer's clip: ``trainer_poses.bin`` and how long it is."""

    poses: bytes
    duration_s: float


_A_BLINK = 0.05
"""Limbs beyond the picture's edge are guessed now and then in such a share of the frames: what is
left is still "not visible", and no score."""


@dataclass(frozen=True)
class Follower:
    """A trainer who is followed, how late, and during which seconds of the webcam's film."""

    trainer: Trainer
    lag_s: float = 0.3
    from_s: float = 0.0
    to_s: float = 1e6


@dataclass(frozen=True)
class Followed:
    """What the page said, pose by pose; NaN = not visible."""

    film_s: Array  # (N,) of the picture, over all loops of the film
    lag_put_in_s: Array  # (N,)
    score: Array  # (N,)
    lag_s: Array  # (N,)
    mirror: NDArray[np.bool_]  # (N,)
    reps: NDArray[np.int_]  # (N,)
    marks: Array  # (N, 13)

    def after(self, t_s: float) -> Followed:
        """All from a moment on: before it the lag and the convention are being found."""
        late = self.film_s >= t_s
        return Followed(**{name: values[late] for name, values in vars(self).items()})

    def worth(self, share: float = 0.5) -> float:
        """The score that so many of the frames stay below, the median at first: of those in which
        enough of somebody was seen to judge; NaN = in hardly any."""
        seen = self.score[np.isfinite(self.score)]
        if len(seen) < _A_BLINK * len(self.score):
            return float("nan")
        return float(np.quantile(seen, share))

    @property
    def lag_off_s(self) -> Array:
        """How far the lag found is from the one put in, where one was found."""
        off_s = np.abs(self.lag_s - self.lag_put_in_s)
        return off_s[np.isfinite(off_s)]

    def reps_by(self, t_s: float) -> int:
        """Reps counted when the film had come so far."""
        return int(self.reps[self.film_s < t_s][-1])


def write_film(path: Path, pictures: Iterable[Picture], each: int = 1) -> Film:
    """Write pictures (H, W, 3) RGB for the webcam, which shows each of them so many times."""
    frames = height = width = 0
    with path.open("wb") as file:
        for picture in pictures:
            numbered = np.concatenate([picture, _number(frames, picture.shape[1])])
            height, width = numbered.shape[:2]
            bgr = np.ascontiguousarray(numbered[..., ::-1])
            _, jpeg = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
            file.write(each * jpeg.tobytes())
            frames += each
    return Film(path, frames, width, height)


def _number(number: int, width: int) -> Picture:
    bits = [number >> bit & 1 for bit in reversed(range(_BITS))]
    blocks = np.array([1, 0, *bits, 1 - sum(bits) % 2], np.uint8) * np.uint8(255)
    band = np.zeros((_BLOCK_PX, width, 3), np.uint8)
    band[:, : _BLOCK_PX * _BLOCKS] = np.repeat(blocks, _BLOCK_PX)[None, :, None]
    return band


def published(source: Path, folder: Path) -> Trainer:
    """Send a trainer's video on a clip's way, in a new folder, as far as its poses."""
    folder.mkdir()
    paths = {kind: folder / name for kind, name in FILENAMES.items()} | {"source": source}
    # Trimmed, it would begin elsewhere than the webcam's film.
    options = Options(models_dir=Path(settings.MODELS_DIR), trim=False)
    facts: dict[str, Any] = {}
    for stage in STAGES[:3]:
        inputs = {kind: paths[kind] for kind in stage.needs}
        outputs = {kind: paths[kind] for kind in stage.produces}
        facts |= stage.run(inputs, outputs, options, lambda done, total: None)
    return Trainer(paths["poses_packed"].read_bytes(), float(facts["duration_s"]))


def follow(
    visit: Visit,
    film: Film,
    followers: dict[str, Follower],
    until_s: float,
    models: tuple[str, ...] = ("full", "lite"),
) -> dict[str, Followed]:
    """Show the film to the page until it has come so far, and let it follow all at once.

    Of several models the page chooses by how quick the machine is.
    """
    client = visit(film.path)
    body = PAGE.read_text()
    names = list(followers)

    def answer(route: Route) -> None:
        name = route.request.url.rpartition("/")[2]
        if name == "":
            route.fulfill(content_type="text/html", body=body)
        else:
            route.fulfill(
                content_type="application/octet-stream",
                body=followers[names[int(name)]].trainer.poses,
            )

    client.context.route("**/score-test/*", answer)
    client.go("", "/score-test/")
    client.page.wait_for_function("window.ready")
    wanted = {
        "film": {**asdict(film), "path": None, "fps": FPS, "block_px": _BLOCK_PX}
        | {"blocks": _BLOCKS},
        "models": models,
        "untilS": until_s,
        "longestS": _LONGEST_S,
        "followers": [
            {
                "poses": f"/score-test/{i}",
                "duration_s": followers[name].trainer.duration_s,
                "lagS": followers[name].lag_s,
                "fromS": followers[name].from_s,
                "toS": followers[name].to_s,
            }
            for i, name in enumerate(names)
        ],
    }
    found = client.page.evaluate("wanted => window.follow(wanted)", wanted)
    return {
        name: _followed(rows, followers[name])
        for name, rows in zip(names, found["rows"], strict=True)
    }


def _followed(rows: list[list[float]], follower: Follower) -> Followed:
    table = np.array(rows, dtype=np.float64)
    film_s, trainer_s, score, lag_s, mirror, reps = table[:, :6].T
    return Followed(
        film_s=film_s,
        lag_put_in_s=trainer_s - film_s + follower.lag_s,
        score=score,
        lag_s=lag_s,
        mirror=mirror > 0.5,
        reps=reps.astype(int),
        marks=table[:, 6:],
    )
