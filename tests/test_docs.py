"""What the documents say about files, settings and commands is what the code does."""

from __future__ import annotations

import ast
import base64
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
import pytest

from processing.errors import INVALID_CLIP_CODES
from processing.motion.packing import unpack
from processing.motion.score import GREEN_ABOVE, YELLOW_ABOVE
from processing.motion.skeleton import BONES
from processing.stages import FILENAMES, STAGES, WORK_KINDS
from processing.stages.facts import Facts
from sessions.timeline import COLUMNS

ROOT: Final = Path(__file__).resolve().parent.parent
DOCS: Final = ROOT / "docs"
_NOT_OURS: Final = frozenset({"node_modules", "var", "__pycache__"})
_HIDDEN_OURS: Final = frozenset({".ci", ".github"})


def _files() -> Iterator[Path]:
    """Every file that is ours: what is installed, cached or made by running is not."""
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [
            name
            for name in folders
            if name not in _NOT_OURS and (not name.startswith(".") or name in _HIDDEN_OURS)
        ]
        yield from (Path(folder) / name for name in names if name != ".env")


PAGES: Final = sorted(path for path in _files() if path.suffix == ".md")


def _formats() -> str:
    return (DOCS / "formats.md").read_text()


def _section(text: str, heading: str) -> str:
    """What stands below a heading, up to the next one of any level."""
    _, found, rest = f"\n{text}".partition(f"\n{heading}\n")
    assert found, f"there is no {heading!r}"
    return re.split(r"\n#+ ", rest)[0]


def _rows(text: str) -> list[list[str]]:
    """The cells of every table row, headings and rules left out."""
    lines = text.splitlines()
    is_rule = [line.startswith("|---") for line in lines]
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line, rule, heading in zip(lines, is_rule, [*is_rule[1:], False], strict=True)
        if line.startswith("|") and not rule and not heading
    ]


def _words(cell: str) -> list[str]:
    """What stands in `backquotes`."""
    return re.findall(r"`([^`]+)`", cell)


# --- Formats -------------------------------------------------------------------------------


def test_every_kind_has_its_file_its_maker_and_its_fate() -> None:
    rows = {row[0].strip("`"): row for row in _rows(_section(_formats(), "## Files of a clip"))}
    makers = {kind: stage.name for stage in STAGES for kind in stage.produces}
    files = {kind: _words(rows[kind][1]) for kind in rows if kind != "source"}
    assert files == {kind: [name] for kind, name in FILENAMES.items()}
    assert {kind: rows[kind][2] for kind in FILENAMES} == makers
    gone = {kind for kind, row in rows.items() if "deleted" in row[4]}
    assert gone == WORK_KINDS


def test_every_reading_stage_is_named() -> None:
    rows = {row[0].strip("`"): row for row in _rows(_section(_formats(), "## Files of a clip"))}
    for stage in STAGES:
        for kind in set(stage.needs) - {"source", "probe"}:
            assert stage.name in rows[kind][3], f"{stage.name} reads {kind}"


def test_probe_json_has_these_fields() -> None:
    told = [
        name for row in _rows(_section(_formats(), "### probe.json")) for name in _words(row[0])
    ]
    assert sorted(told) == sorted(Facts.__dataclass_fields__)


def test_every_code_of_an_invalid_clip_is_told() -> None:
    rows = _rows(_section(_formats(), "## A clip's row"))
    told = [name for row in rows if row[-1] == "invalid" for name in _words(row[0])]
    assert sorted(told) == sorted(INVALID_CLIP_CODES)


def test_the_bones_stand_in_the_order_of_the_errors() -> None:
    rows = _rows(_section(_formats(), "### Bones"))
    assert [name for row in rows for name in _words(row[1])] == [bone.name for bone in BONES]
    numbers = [int(number) for row in rows for number in row[0].split(",")]
    assert numbers == list(range(len(BONES)))


def test_a_chunk_has_these_columns() -> None:
    rows = _rows(_section(_formats(), "### Timeline chunk"))
    assert [row[0].strip("`") for row in rows] == ["version", "item", "set", *COLUMNS]


def test_levels_and_colours_are_the_pages_own() -> None:
    rows = {row[0].strip("`"): row for row in _rows(_section(_formats(), "### Levels"))}
    assert rows["green"][1] == f"above {GREEN_ABOVE:.0f}"
    assert rows["yellow"][1] == f"above {YELLOW_ABOVE:.0f}"
    css = (ROOT / "static" / "css" / "base.css").read_text()
    for level, variable in (
        ("green", "green"),
        ("yellow", "yellow"),
        ("red", "red"),
        ("unseen", "grey"),
    ):
        (colour,) = _words(rows[level][2])
        assert f"--{variable}: {colour};" in css


def test_the_packed_example_decodes_to_what_is_said_of_it() -> None:
    block = re.search(r"```packed-poses\n(.+?)```", _formats(), re.DOTALL)
    assert block is not None
    track = unpack(base64.b64decode(block.group(1)))
    assert (len(track), track.fps, track.width, track.height) == (2, 25.0, 320, 240)
    np.testing.assert_array_equal(track.times_s, [0, 0.04])
    np.testing.assert_allclose(track.world[:, 0, 0], 0.5)
    np.testing.assert_allclose(track.world[:, 0, 1], [-0.25, -2130 / 8192])
    np.testing.assert_array_equal(track.image[:, 0], [[100, 50], [100.5, 50]])
    np.testing.assert_array_equal(track.world[:, 32, 2], [0, np.nan])
    np.testing.assert_allclose(track.visibility[:, 32], [1, np.nan])


# --- Configuration -------------------------------------------------------------------------


def _read_names(path: Path) -> set[str]:
    """Names of the environment variables a module reads, however it does."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            reader, key = ast.unparse(node.func), node.args[0] if node.args else None
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            reader, key = ast.unparse(node.value), node.slice
        else:
            continue
        env = re.fullmatch(r"(env|os\.environ)(\.(?!db_url_config|setdefault)\w+)?", reader)
        if env and isinstance(key, ast.Constant) and isinstance(key.value, str):
            names.add(key.value)
    return names


def _told_names() -> set[str]:
    table = _section((DOCS / "configuration.md").read_text(), "# Configuration")
    return {name for row in _rows(table) for name in _words(row[0])}


def test_every_variable_is_described_and_none_is_made_up() -> None:
    read = _read_names(ROOT / "perscoach" / "settings.py") | _read_names(
        ROOT / "perscoach" / "up.py"
    )
    # NAME_FILE stands for the content of a file, for every NAME: said once above the table.
    files = {name for name in read if name.removesuffix("_FILE") in read - {name}}
    assert "`NAME_FILE`" in (DOCS / "configuration.md").read_text()
    assert _told_names() == read - files
    assert {"HOST", "DATABASE_URL", "SECRET_KEY"} <= read, "the reader has lost its way"


# --- Links, commands, paths ----------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    prose = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", prose):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        aim = (page.parent / path) if path else page
        assert aim.exists(), f"{target} leads nowhere"
        if anchor:
            headings = re.findall(r"^#+ (.+)$", aim.read_text(), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", h).lower().replace(" ", "-") for h in headings}


def test_every_decision_is_listed_in_order() -> None:
    listed = re.findall(r"^\d+\. \[.+\]\((.+)\)$", (DOCS / "decisions/README.md").read_text(), re.M)
    records = sorted(path.name for path in (DOCS / "decisions").glob("[0-9]*.md"))
    assert records
    assert listed == records


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_make_knows_what_it_is_asked_for(name: str) -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    asked = set(re.findall(r"(?:`|^)make ([a-z-]+)", (ROOT / name).read_text(), re.MULTILINE))
    assert asked
    assert asked <= targets


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    own = re.compile(rb"(?<![\w>})*\]])/(?:work|root|home|Users)/")
    found = [str(path.relative_to(ROOT)) for path in _files() if own.search(path.read_bytes())]
    assert not found
