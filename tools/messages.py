"""Collect every translatable string and bring the .po files up to date.

Babel does the work, so that GNU gettext need not be installed; templates go
through Django's own ``templatize`` first.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages import pofile
from babel.messages.catalog import Catalog
from babel.messages.extract import extract

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("ru",)
PYTHON = ("exercises", "perscoach", "processing", "sessions", "tenants")
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
}

Found = tuple[str, int, str | tuple[str, ...]]


def _python() -> Iterator[Found]:
    for package in PYTHON:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" in path.parts:
                continue
            with path.open("rb") as file:
                for line, message, _comments, _context in extract("python", file, KEYWORDS):
                    yield str(path.relative_to(ROOT)), line, message


def _templates() -> Iterator[Found]:
    from django.utils.translation.template import templatize

    for path in sorted((ROOT / "templates").rglob("*.html")):
        # What comes out is not Python but a stream of calls between filler; Babel's
        # JavaScript lexer skips filler where its Python one gives up.
        calls = templatize(path.read_text(encoding="utf-8"), origin=str(path))
        file = io.BytesIO(calls.encode())
        for line, message, _comments, _context in extract("javascript", file, KEYWORDS):
            yield str(path.relative_to(ROOT)), line, message


def collect() -> Catalog:
    """Every message of the program, with the places it stands in."""
    catalog = Catalog(project="pers.coach", charset="utf-8")
    for place, line, message in (*_python(), *_templates()):
        flags = ["python-format"] if "%(" in str(message) else []
        catalog.add(message, locations=[(place, line)], flags=flags)
    return catalog


def po_path(language: str) -> Path:
    return ROOT / "locale" / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> Catalog:
    path = po_path(language)
    if not path.exists():
        return Catalog(locale=language, project="pers.coach", charset="utf-8")
    with path.open("rb") as file:
        return pofile.read_po(file, locale=language)


def main() -> None:
    found = collect()
    for language in LANGUAGES:
        catalog = read(language)
        catalog.update(found, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        path = po_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            pofile.write_po(file, catalog, width=96, sort_by_file=True, include_lineno=False)
        missing = sum(1 for message in catalog if message.id and not message.string)
        sys.stdout.write(f"{language}: {len(catalog)} messages, {missing} without translation\n")


if __name__ == "__main__":
    main()
