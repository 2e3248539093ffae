"""Files appear whole or not at all; errors keep their facts."""

import errno
import pickle
from pathlib import Path

import pytest

from processing.errors import InvalidClip
from processing.stages.files import replacing


def test_files_appear_when_the_block_ends(tmp_path: Path) -> None:
    one, two = tmp_path / "one.json", tmp_path / "two.json"
    with replacing(one, two) as (first, second):
        first.write_text("1")
        second.write_text("2")
        assert not one.exists()
        assert first.parent == tmp_path
        assert first.name.startswith(".")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.json", "two.json"]
    assert one.read_text() == "1"


def test_an_exception_leaves_things_as_they_were(tmp_path: Path) -> None:
    target = tmp_path / "one.json"
    target.write_text("before")
    with pytest.raises(OSError, match="No space"), replacing(target) as (path,):
        path.write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device")
    assert [path.name for path in tmp_path.iterdir()] == ["one.json"]
    assert target.read_text() == "before"


def test_a_stage_that_forgot_a_file_fails(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), replacing(tmp_path / "one.json"):
        pass
    assert not list(tmp_path.iterdir())


def test_what_a_killed_worker_left_is_cleared_away(tmp_path: Path) -> None:
    (tmp_path / ".one.json.0badcafe.part").write_text("half")
    (tmp_path / ".other.json.0badcafe.part").write_text("half")
    with replacing(tmp_path / "one.json") as (path,):
        path.write_text("1")
    assert sorted(p.name for p in tmp_path.iterdir()) == [".other.json.0badcafe.part", "one.json"]


def test_invalid_clips_keep_their_facts() -> None:
    error = InvalidClip("too_long", limit_s=10.0, duration_s=12.5)
    again = pickle.loads(pickle.dumps(error))
    assert (again.code, again.params) == ("too_long", {"limit_s": 10.0, "duration_s": 12.5})
    assert str(error) == "too_long (limit_s=10.0, duration_s=12.5)"


def test_codes_without_a_sentence_are_refused() -> None:
    with pytest.raises(ValueError, match="unknown code"):
        InvalidClip("nobody_knows")
