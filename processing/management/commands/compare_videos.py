"""Compare two videos of an exercise: the second person's movement against the first one's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import numpy as np
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from processing.errors import EngineError, InvalidClip
from processing.messages import error_sentence
from processing.motion.analysis import Analysis, Settings
from processing.motion.analysis.settings import TOLERANCE_DEG
from processing.motion.skeleton import FOCUS
from processing.motion.track import PoseTrack
from processing.stages import Options
from processing.stages.comparison import compare, watched

_MODELS: Final = ("lite", "full", "heavy")


class Command(BaseCommand):
    help = "Compare the movement in two videos: the trainer's, then the client's."
    requires_system_checks = ()  # no database is needed, and no running server

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("trainer", type=Path, help="video that shows how it is done")
        parser.add_argument("client", type=Path, help="video that is judged by it")
        parser.add_argument("--json", action="store_true", help="the whole analysis, for programs")
        parser.add_argument("--strictness", choices=tuple(TOLERANCE_DEG), default="normal")
        parser.add_argument(
            "--focus", action="append", choices=tuple(FOCUS), default=[], help="may be repeated"
        )
        parser.add_argument(
            "--mirror", choices=("yes", "no", "find"), default="find", help="as in a mirror"
        )
        parser.add_argument(
            "--follows",
            action="store_true",
            help="the client did it beside the trainer, so that a repetition can be late",
        )
        parser.add_argument(
            "--model", choices=_MODELS, default=settings.POSE_MODEL, help="size of the detector"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        trainer = self._watched(options["trainer"], options["model"])
        analysis = compare(
            trainer,
            self._watched(options["client"], options["model"], trainer),
            Settings(
                strictness=options["strictness"],
                focus=tuple(options["focus"]),
                follows=options["follows"],
                mirror={"yes": True, "no": False, "find": None}[options["mirror"]],
            ),
        )
        if options["json"]:
            self.stdout.write(json.dumps(analysis.to_json(), indent=1, allow_nan=False))
        else:
            self.stdout.write(_table(analysis))

    def _watched(self, path: Path, model: str, trainer: PoseTrack | None = None) -> PoseTrack:
        if not path.is_file():
            raise CommandError(f"{path}: there is no such file.")
        options = Options(models_dir=Path(settings.MODELS_DIR), pose_model=model)
        weights = options.models_dir / f"pose_landmarker_{model}.task"
        if not weights.is_file():
            raise CommandError(f"{weights} is missing: run `python manage.py fetch_models` first.")
        try:
            return watched(path, options, trainer).track
        except InvalidClip as error:
            raise CommandError(f"{path}: {error_sentence(error.code, error.params)}") from error
        except EngineError as error:
            raise CommandError(str(error)) from error


def _table(analysis: Analysis) -> str:
    """The analysis as a person in front of a terminal reads it."""
    found = analysis.alignment
    lines = [f"verdict    {analysis.verdict}"]
    if analysis.verdict != "judged":
        return "\n".join(lines)
    score = analysis.score
    lines += [
        f"score      {score.value:.0f} ({score.low:.0f} to {score.high:.0f})",
        *_graded(analysis),
        f"seen       from {found.view}, turned {found.yaw_deg:+.0f}° against the trainer"
        + (", mirrored" if found.mirror else ""),
        f"lag        {_number(found.lag_s, '.2f')} s, agreement {_number(found.agreement, '.2f')}",
        "",
        " rep     start       end  kind   score",
    ]
    lines += [
        f"{rep.n:4d}  {rep.start_s:7.2f} s {rep.end_s:7.2f} s  {rep.kind:5s} "
        f"{_number(rep.score.value, '4.0f')}"
        for rep in analysis.reps
    ]
    lines += ["", "part             score      difference (noise)"]
    lines += [
        f"{part.part:15s} {_number(part.score.value, '4.0f')} "
        f"({_number(part.score.low, '3.0f')} to {_number(part.score.high, '3.0f')}) "
        f"{_number(part.difference_deg, '5.0f')}° ({_number(part.noise_deg, '.0f')}°)"
        for part in analysis.parts
    ]
    lines += ["", "moments" if analysis.moments else "no moments"]
    for moment in analysis.moments:
        size = (
            f"{moment.difference_deg:+.0f}°"
            if np.isfinite(moment.difference_deg)
            else f"{moment.difference_s:+.2f} s"
        )
        reps = ", ".join(str(n) for n in moment.reps)
        lines.append(
            f"  {moment.start_s:6.1f} to {moment.end_s:5.1f} s  {moment.fault:13s} "
            f"{moment.angle or '':26s} {size:>7s}  costs {moment.cost:.1f}  reps {reps}"
        )
    return "\n".join(lines)


def _graded(analysis: Analysis) -> list[str]:
    grade = analysis.grade
    if grade is None:
        return []
    doubt = "" if grade.familiar else ", unlike what the grader knows"
    return [f"grade      {grade.value:.1f} ({grade.low:.1f} to {grade.high:.1f}){doubt}"]


def _number(value: float, how: str) -> str:
    return format(value, how) if np.isfinite(value) else "–"
