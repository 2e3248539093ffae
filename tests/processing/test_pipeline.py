"""What runs next, for every set of files that can be on hand."""

from itertools import chain, combinations

import pytest

from processing.pipeline import PUBLISHED_KINDS, next_stage, overall_pct
from processing.stages import FILENAMES, STAGES, WORK_KINDS

KINDS = sorted(FILENAMES)
SUBSETS = [
    frozenset(subset)
    for subset in chain.from_iterable(combinations(KINDS, n) for n in range(len(KINDS) + 1))
]


def test_every_set_of_files_leads_to_a_finished_clip() -> None:
    """Whatever was lost: what runs has its inputs, makes something new, and it ends."""
    for subset in SUBSETS:
        present = set(subset) | {"source"}
        for _ in range(len(STAGES) + 1):
            stage = next_stage(present)
            if stage is None:
                break
            assert set(stage.needs) <= present, (sorted(subset), stage.name)
            assert not set(stage.produces) <= present, (sorted(subset), stage.name)
            present |= set(stage.produces)
        assert present >= PUBLISHED_KINDS, sorted(subset)


def test_a_new_clip_runs_every_stage_once_in_order() -> None:
    present: set[str] = set()
    names = []
    while (stage := next_stage(present)) is not None:
        names.append(stage.name)
        present |= set(stage.produces)
    assert names == ["probe", "pose", "review", "render"]


def test_a_finished_clip_without_its_work_files_needs_nothing() -> None:
    assert next_stage(PUBLISHED_KINDS) is None
    assert not PUBLISHED_KINDS & WORK_KINDS


def test_finished_stages_are_not_redone_after_a_kill() -> None:
    stage = next_stage({"source", "probe", "detections", "masks", "surface", "filmstrip"})
    assert stage is not None
    assert stage.name == "review"


def test_every_kind_but_the_source_is_made_by_one_stage() -> None:
    made = [kind for stage in STAGES for kind in stage.produces]
    assert sorted(made) == KINDS
    needed = {kind for stage in STAGES for kind in stage.needs}
    assert needed <= set(KINDS) | {"source"}


def test_progress_rises_from_0_to_100() -> None:
    shown = [overall_pct(stage.name, done, 10) for stage in STAGES for done in range(11)]
    assert shown[0] == 0
    assert shown[-1] == pytest.approx(100)
    assert shown == sorted(shown)


def test_unknown_totals_count_as_nothing_done() -> None:
    assert overall_pct("pose", 500, 0) == overall_pct("pose", 0, 100)
    assert overall_pct("pose", 150, 100) == overall_pct("pose", 100, 100)


def test_unknown_stages_are_refused() -> None:
    with pytest.raises(ValueError, match="no stage"):
        overall_pct("bake", 1, 2)
