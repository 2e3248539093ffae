"""The whole check of a text, and of a language model's answer. It refuses rather than guesses."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from sessions.coach.checking.claims import claims
from sessions.coach.checking.plain import (
    LEXICONS,
    LIMIT,
    Objection,
    addressed_as,
    normalised,
    plain,
    spoken_in,
)
from sessions.coach.facts import Facts
from sessions.coach.plan import Plan

LIMITS: Final = {"headline": 200, "well": 240, "change": 240, "next": 240, "closing": 120}
"""Longest parts of an answer, in characters. The built-in sentences have up to 130."""


def check(
    text: str, facts: Facts, language: str, *, limit: int = LIMIT, formal: bool | None = None
) -> tuple[Objection, ...]:
    """Why a text must not be shown; nothing where it may.

    Parameters
    ----------
    text : str
        Without the client's and the exercise's names.
    facts : tuple of Fact
        All that may be said.
    language : str
        ``en`` or ``ru``.
    formal : bool, optional
        Where given, the other way of addressing a person is refused as well.
    """
    found = plain(text, limit)
    # What is no plain text can't be read well enough to go on.
    if found:
        return tuple(found)
    found += spoken_in(text, language)
    if formal is not None:
        found += addressed_as(text, language, formal=formal)
    found += claims(text, facts, LEXICONS[language])
    return tuple(dict.fromkeys(found))


def fits(phrase: str, facts: Facts) -> bool:
    """Whether a trainer's own phrase, in whatever language, contradicts none of the facts."""
    return not any(claims(phrase, facts, lexicon) for lexicon in LEXICONS.values())


def check_answer(
    answer: str, plan: Plan, language: str, *, formal: bool
) -> tuple[Mapping[str, Any], tuple[Objection, ...]]:
    """A language model's answer, part by part, each against the facts it was asked to word.

    Returns
    -------
    parts, objections
        ``headline``, ``well``, ``change``, ``next``, ``closing``; empty with objections.
    """
    try:
        parts = json.loads(_unfenced(answer))
    except (ValueError, RecursionError):
        return {}, (Objection("form", "no JSON"),)
    if not isinstance(parts, dict) or set(parts) != set(LIMITS):
        return {}, (Objection("form", "other fields"),)
    # What each sentence may speak of: its own fact, and how the whole went.
    asked = {"well": [(fact,) for fact in plan.well], "change": [(fact,) for fact in plan.change]}
    told: list[str] = []
    found: list[Objection] = []
    for name, limit in LIMITS.items():
        expected = asked.get(name)
        texts = parts[name] if expected is not None else [parts[name]]
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            return {}, (Objection("form", name),)
        if len(texts) != (1 if expected is None else len(expected)):
            return {}, (Objection("form", f"{len(texts)} in {name}"),)
        for i, text in enumerate(texts):
            own = plan.facts if expected is None else (*expected[i], *plan.overall)
            found += _of_part(text, own, language, limit, formal)
            told.append(text)
    whole = "\n".join(told)
    found += spoken_in(whole, language) if not found else []
    if len({normalised(text) for text in told}) < len(told):
        found.append(Objection("form", "says the same twice"))
    return (parts, ()) if not found else ({}, tuple(dict.fromkeys(found)))


def _of_part(
    text: str, facts: Facts, language: str, limit: int, formal: bool
) -> tuple[Objection, ...]:
    if "\n" in text:
        return (Objection("form", "a line break"),)
    return check(text, facts, language, limit=limit, formal=formal)


def _unfenced(answer: str) -> str:
    """Without the fence that some models put round JSON."""
    told = answer.strip()
    if told.startswith("```") and told.endswith("```"):
        told = told[3:-3].removeprefix("json")
    return told
