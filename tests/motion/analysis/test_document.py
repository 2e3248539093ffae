"""What ``docs/formats.md`` says of an analysis is what the code writes."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import get_args

from processing.motion.analysis.angles import ANGLES, PART_OF, PARTS, bare
from processing.motion.analysis.document import Analysis, Fault, Moment, Phase, Verdict

FORMATS = (Path(__file__).resolve().parents[3] / "docs" / "formats.md").read_text()


def table(heading: str, number: int = 0) -> list[list[str]]:
    """Cells of the rows of a section's table, without its heading."""
    _, found, rest = FORMATS.partition(f"\n{heading}\n")
    assert found, heading
    section = re.split(r"\n#+ ", rest)[0]
    tables = re.findall(r"(?:^\|.*\n)+", section, re.MULTILINE)
    rows = tables[number].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def words(cell: str) -> list[str]:
    return re.findall(r"`([a-z_]+)(?:\[\])?`", cell)


def test_the_document_has_the_fields_that_are_told() -> None:
    told = [name for row in table("## Analysis") for name in words(row[0])]

    assert set(told) == {"version", "algorithm", *(field.name for field in fields(Analysis))}
    assert len(told) == len(set(told))


def test_every_verdict_is_told() -> None:
    (row,) = (row for row in table("## Analysis") if words(row[0]) == ["verdict"])
    assert set(words(row[1])) == set(get_args(Verdict))


def test_a_moment_has_the_fields_that_are_told() -> None:
    told = {name for row in table("### Moments") for name in words(row[0])}
    assert told == {field.name for field in fields(Moment)}


def test_every_fault_and_phase_is_told() -> None:
    faults = {name for row in table("### Moments", 1) for name in words(row[0])}
    (phases,) = (row[1] for row in table("### Moments") if words(row[0]) == ["phase"])

    assert faults == set(get_args(Fault))
    assert set(words(phases)) == set(get_args(Phase))


def test_every_part_has_the_angles_that_are_told() -> None:
    told = {
        part: set(words(row[1])) for row in table("### Parts and angles") for part in words(row[0])
    }
    assert told == {
        part: {bare(name) for name, own in zip(ANGLES, PART_OF, strict=True) if own == part}
        for part in PARTS
    }
