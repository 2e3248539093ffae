"""Cut the studio's icon font down to the icons that its pages name.

    pip install fonttools brotli
    python -m tools.make_symbols

Unfold brings all 3,800 Material Symbols (Apache License 2.0) in one file of 290 kB, of which a page
shows thirty. The cut one lies at the same place of our own static files, which are found first. An
icon is named by any word of a template or a program, so whatever could be a name is kept: a few
hundred icons of some 80 bytes each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
NAME: Final = "unfold/fonts/material-symbols/Material-Symbols-Outlined.woff2"
TARGET: Final = ROOT / "static" / NAME
LIST: Final = TARGET.with_suffix(".txt")
_FOLDERS: Final = (
    "templates", "static/js/studio", "static/js/report", "perscoach", "tenants", "processing",
    "exercises", "sessions",
)  # fmt: skip
_WORD: Final = re.compile(r"[a-z][a-z0-9_]+")
_LIGATURES: Final = 4


def unfold_folder() -> Path:
    """Where the installed unfold lies."""
    spec = find_spec("unfold")
    assert spec is not None and spec.origin is not None
    return Path(spec.origin).parent


def _sources() -> Iterator[Path]:
    for folder in (*(ROOT / name for name in _FOLDERS), unfold_folder()):
        for path in sorted(folder.rglob("*")):
            if path.suffix in {".html", ".py"} or (path.suffix == ".js" and ROOT in path.parents):
                yield path


def words() -> set[str]:
    """Every word that could name an icon."""
    found: set[str] = set()
    for path in _sources():
        found.update(_WORD.findall(path.read_text(encoding="utf-8")))
    return found


def main() -> None:
    # Not among the program's own packages: this is run where unfold or an icon is new.
    from fontTools.subset import Options, Subsetter  # type: ignore[import-untyped, unused-ignore]
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped, unused-ignore]

    font = TTFont(unfold_folder() / "static" / NAME)
    kept = sorted(_keep(font, words()))
    options = Options()
    options.flavor = "woff2"
    options.layout_features = ["*"]
    subsetter = Subsetter(options)
    subsetter.populate(text="abcdefghijklmnopqrstuvwxyz0123456789_")
    subsetter.subset(font)
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    font.flavor = "woff2"
    font.save(TARGET)
    LIST.write_text("\n".join(kept) + "\n", encoding="utf-8")
    print(f"{len(kept)} icons, {TARGET.stat().st_size} bytes")


def _keep(font: Any, wanted: set[str]) -> set[str]:
    """Leave out ligatures that spell no word; gives those that are left."""
    spelled = {glyph: chr(code) for code, glyph in font.getBestCmap().items()}
    kept: set[str] = set()
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            table = getattr(table, "ExtSubTable", table)
            if table.LookupType != _LIGATURES:
                continue
            for first, ligatures in table.ligatures.items():
                names = {
                    id(ligature): "".join(
                        spelled.get(glyph, "?") for glyph in (first, *ligature.Component)
                    )
                    for ligature in ligatures
                }
                table.ligatures[first] = [
                    ligature for ligature in ligatures if names[id(ligature)] in wanted
                ]
                kept.update(names[id(ligature)] for ligature in table.ligatures[first])
    return kept


if __name__ == "__main__":
    main()
