"""Collect every translatable string and bring the .po files up to date.

Babel does the work, so that GNU gettext need not be installed; templates go
through Django's own ``templatize`` first. Running it again changes nothing.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from babel.messages import pofile
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.plurals import get_plural

from tools.borrowed import BORROWED

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES: Final = {"ru": "Russian"}
PYTHON = ("exercises", "perscoach", "processing", "sessions", "tenants")
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# Without dates, tool versions and people: what is not a translation does not change the file.
HEADER = """\
# {name} translation of pers.coach.
# Distributed under the licence of pers.coach (MIT).
msgid ""
msgstr ""
"Project-Id-Version: pers.coach\\n"
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural_forms}\\n"

"""

Found = tuple[str, str | tuple[str, ...], str | None]


def _python() -> Iterator[Found]:
    for package in PYTHON:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" in path.parts:
                continue
            with path.open("rb") as file:
                for _line, message, _comments, context in extract("python", file, KEYWORDS):
                    yield str(path.relative_to(ROOT)), message, context


def _templates() -> Iterator[Found]:
    from django.utils.translation.template import templatize

    for path in sorted((ROOT / "templates").rglob("*.html")):
        # What comes out is not Python but a stream of calls between filler; Babel's
        # JavaScript lexer skips filler where its Python one gives up.
        calls = templatize(path.read_text(encoding="utf-8"), origin=str(path))
        file = io.BytesIO(calls.encode())
        for _line, message, _comments, context in extract("javascript", file, KEYWORDS):
            yield str(path.relative_to(ROOT)), message, context


def _borrowed() -> Iterator[Found]:
    for place, messages in BORROWED.items():
        for message in messages:
            yield place, message, None


def collect() -> Catalog:
    """Every message of the program, with the places it stands in."""
    catalog = Catalog(charset="utf-8")
    for place, message, context in (*_python(), *_templates(), *_borrowed()):
        flags = ["python-format"] if "%(" in str(message) else []
        catalog.add(message, locations=[(place, 0)], flags=flags, context=context)
    return catalog


def po_path(language: str) -> Path:
    return ROOT / "locale" / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> Catalog:
    path = po_path(language)
    if not path.exists():
        return Catalog(locale=language, charset="utf-8")
    with path.open("rb") as file:
        return pofile.read_po(file, locale=language)


def updated(language: str) -> tuple[Catalog, bytes]:
    """The catalogue with what the program says now, and the file that holds it."""
    catalog = read(language)
    catalog.update(collect(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    header = HEADER.format(
        name=LANGUAGES[language], language=language, plural_forms=get_plural(language).plural_forms
    )
    body = io.BytesIO()
    pofile.write_po(
        body, catalog, width=96, sort_by_file=True, include_lineno=False, omit_header=True
    )
    return catalog, header.encode() + body.getvalue().lstrip(b"\n")


def translations(message: Message) -> list[str]:
    """Give a message's translation, or its plural forms; empty where there is none."""
    if not message.string:
        return [""]
    return [message.string] if isinstance(message.string, str) else list(message.string)


def untranslated(catalog: Catalog) -> list[str]:
    """Give the messages that lack a translation, or one of its plural forms."""
    return [str(message.id) for message in catalog if message.id and not all(translations(message))]


def main() -> None:
    for language in LANGUAGES:
        catalog, content = updated(language)
        path = po_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        missing = len(untranslated(catalog))
        sys.stdout.write(f"{language}: {len(catalog)} messages, {missing} without translation\n")


if __name__ == "__main__":
    main()
