"""One method of the scoring bench on all films: what it finds, what it calls wrongly, and when."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import permutations
from typing import Final

import numpy as np

from benchmarks.scoring_films import Film
from benchmarks.scoring_methods import CODES, Answer, Method
from benchmarks.scoring_metrics import (
    alarm_level,
    alarms,
    auc,
    mean_spearman,
    per_minute,
    share_within,
    stratified_auc,
)
from benchmarks.scoring_scenes import CONTEXTS, Scene
from processing.motion.track import PoseTrack

LARGE: Final = 20.0
SMALL: Final = 15.0
_DELAYED: Final = 30.0
_STEP_S: Final = 0.5
_SAME_PERSON: Final = {"right0", "right1"}

REAL: Final = {
    "squat_w1_home_side.mp4": ("squat", 3),
    "squat_m3_red_white_bg.mp4": ("squat", 10),
    "cg_squat_xbot.mp4": ("squat", None),
    "pushup_m7_34.mp4": ("push_up", None),
    "pushup_m8_front.mp4": ("push_up", 2),
    "lunge_w3_park_front.mp4": ("lunge", 5),
    "jacks_w4_studio.mp4": ("jumping_jack", 19),
}
"""Real clips: exercise and whole repetitions (None: begun or ended half-way, or not told)."""

Filmed = dict[str, tuple[Scene, Film]]


class Bench:
    """One method on all films."""

    def __init__(self, method: Method, made: Filmed, real: dict[str, PoseTrack]) -> None:
        self._method = method
        self._made = made
        self._real = real
        self._answers: dict[tuple[str, str], Answer] = {}
        self.contexts = [c for c in CONTEXTS if f"{c.name}.trainer" in made]

    def answer(self, trainer: str, client: str) -> Answer:
        """What the method says of a film, by the films' names."""
        key = trainer, client
        if key not in self._answers:
            lead, own = (self._made[name][1].track for name in key)
            # Clients of one trainer did not follow one another.
            self._answers[key] = self._method(lead, own, trainer.endswith(".trainer"))
        return self._answers[key]

    def chosen(self, role: str, context: str | None = None) -> list[Scene]:
        """Scenes of a role that were filmed."""
        return [
            scene
            for scene, _ in self._made.values()
            if scene.role == role
            and context in (None, scene.context)
            and f"{scene.context}.trainer" in self._made
        ]

    def of(self, scene: Scene) -> Answer:
        """What it says of a client of the context's trainer."""
        return self.answer(f"{scene.context}.trainer", scene.name)

    # -- Faults

    def auc_of(self, fault: str, is_counted: Callable[[float], bool]) -> float:
        """Telling films with a fault from right ones."""
        return stratified_auc(
            (
                [
                    self.of(s).evidence[fault]
                    for s in self.chosen("fault", context.name)
                    if s.fault == fault and is_counted(s.severity)
                ],
                [self.of(s).evidence[fault] for s in self.chosen("right", context.name)],
            )
            for context in self.contexts
            if fault in context.faults
        )

    def spearman_of(self, fault: str) -> float:
        """Rank correlation of a fault's evidence with its severity.

        Right films are one severity, 0, with the mean of their evidence: many of one true rank
        could not be ranked by anybody, and four of nine would leave 0.957 to be reached at most.
        """
        strata = []
        for context in self.contexts:
            if fault in context.faults:
                faulty = [s for s in self.chosen("fault", context.name) if s.fault == fault]
                right = [self.of(s).evidence[fault] for s in self.chosen("right", context.name)]
                found = [(self.of(s).evidence[fault], s.severity) for s in faulty]
                found += [(float(np.mean(right)), 0.0)] if right else []
                strata.append(([e for e, _ in found], [s for _, s in found]))
        return mean_spearman(strata)

    def _large(self) -> list[Scene]:
        return [s for s in self.chosen("fault") if s.severity >= LARGE and s.fault in CODES]

    def sensitivity(self, level: float | None) -> float:
        """Share of the films with large faults in which it gives an alarm of the right kind."""
        large = self._large()
        found = [bool(self._alarms(s, self.of(s), level)) for s in large]
        return float(np.mean(found)) if found else float("nan")

    def level_for(self, share: float) -> float:
        """The drop that as many of the films with large faults come to."""
        return alarm_level([float(np.nanmax(self.of(s).drop)) for s in self._large()], share)

    @staticmethod
    def _alarms(scene: Scene, answer: Answer, level: float | None) -> list[float]:
        if level is None:
            return [told.start_s for told in answer.told if told.code in CODES[scene.fault]]
        return alarms(answer.times_s, answer.drop, level)

    # -- What must not be called

    def false_alarms(self, level: float | None) -> tuple[float, float]:
        """Alarms a minute in right movement, and how many minutes that was.

        Everyone who does it right is compared with the trainer and with everyone else in the
        context but themselves.
        """
        count, seconds = 0, 0.0
        for context in self.contexts:
            names = [s.name for s in self.chosen("right", context.name)]
            pairs = [(f"{context.name}.trainer", name) for name in names]
            pairs += [
                pair
                for pair in permutations(names, 2)
                if {name.rpartition(".")[2] for name in pair} != _SAME_PERSON
            ]
            for pair in pairs:
                answer = self.answer(*pair)
                told = len(answer.told)
                count += told if level is None else len(alarms(answer.times_s, answer.drop, level))
                times = self._made[pair[1]][1].track.times_s
                seconds += float(times[-1] - times[0])
        return per_minute(count, seconds), seconds / 60

    def delays(self, level: float | None) -> list[float]:
        """Seconds from the beginning of a fault to its being called; inf = never."""
        found = []
        for scene in self.chosen("fault"):
            if scene.severity != _DELAYED or scene.fault not in CODES:
                continue
            made = self._made[scene.name][1]
            first = (scene.performance.faulty or (0,))[0]
            onset = float(made.reps_s[first, 0])
            if level is not None:
                late = [t for t in self._alarms(scene, self.of(scene), level) if t >= onset]
                found.append(late[0] - onset if late else math.inf)
                continue
            found.append(math.inf)
            trainer = self._made[f"{scene.context}.trainer"][1].track
            for until in np.arange(onset + _STEP_S, made.track.times_s[-1] + _STEP_S, _STEP_S):
                seen = before(made.track, float(until))
                if self._alarms(scene, self._method(trainer, seen, True), None):
                    found[-1] = float(until) - onset
                    break
        return found

    # -- Exercises, people, repetitions

    def same_exercise_auc(self) -> float:
        """Telling pairs of one exercise, by different people, from pairs of two."""
        same: list[float] = []
        other: list[float] = []
        for context in self.contexts:
            for scene in self.chosen("right"):
                if scene.name.rpartition(".")[2] in _SAME_PERSON:
                    continue
                score = _known(self.answer(f"{context.name}.trainer", scene.name).score)
                is_same = scene.performance.exercise == context.exercise
                (same if is_same else other).append(score)
        return auc(same, other)

    def real_auc(self) -> float:
        """The same of real clips."""
        same: list[float] = []
        other: list[float] = []
        for one, client in permutations(self._real, 2):
            score = _known(self._method(self._real[one], self._real[client], False).score)
            (same if REAL[one][0] == REAL[client][0] else other).append(score)
        return auc(same, other)

    def retest(self) -> tuple[float, float | None]:
        """Typical difference of one person's scores in two takes, and the share of differences
        between one person's repetitions that are within the error bars of both."""
        apart, differences, bars = [], [], []
        for context in self.contexts:
            pair = [s for s in self.chosen("right", context.name) if s.name[-1] in "01"]
            scores = [self.of(s).score for s in pair]
            if len(scores) == 2:
                apart.append(abs(scores[0] - scores[1]))
            reps: list[float] = []
            spans: list[float] = []
            for scene in pair:
                answer = self.of(scene)
                if answer.reps is None:
                    return float(np.median(apart)), None
                reps += answer.reps
                spans += [0.5 * (high - low) for low, high in answer.bars]
            for i in range(len(reps)):
                for j in range(i):
                    differences.append(reps[i] - reps[j])
                    bars.append(math.hypot(spans[i], spans[j]))
        return float(np.median(apart)), share_within(differences, bars)

    def reps_exact(self) -> tuple[float | None, list[str]]:
        """Share of sets whose whole and half repetitions are exactly right; which are not."""
        wrong, total = [], 0
        for scene in (*self.chosen("set"), *self.chosen("right")):
            answer = self.of(scene)
            if answer.reps is None:
                return None, []
            halves = len(scene.half)
            whole = scene.performance.reps - halves
            total += 1
            if (len(answer.reps), answer.halves) != (whole, halves):
                found = f"{len(answer.reps)}+{answer.halves}"
                wrong.append(f"{scene.name}: {found} of {whole}+{halves}")
        return (1 - len(wrong) / total if total else None), wrong

    def real_reps_wrong(self) -> list[str] | None:
        """Real clips whose repetitions are not counted right."""
        wrong = []
        for name, track in self._real.items():
            answer, wanted = self._method(track, track, False), REAL[name][1]
            if answer.reps is None:
                return None
            if wanted is not None and len(answer.reps) != wanted:
                wrong.append(f"{name}: {len(answer.reps)} of {wanted}")
        return wrong


def before(track: PoseTrack, until_s: float) -> PoseTrack:
    """What is there of a track at a moment."""
    kept = track.times_s <= until_s
    arrays = {
        name: getattr(track, name)[kept]
        for name in ("times_s", "world", "image", "visibility", "filled")
    }
    return replace(track, **arrays)


def _known(score: float) -> float:
    """A score that can't be said is the worst: nothing speaks for the same exercise."""
    return 0.0 if math.isnan(score) else score
