"""What each sentence claims, and whether a fact bears it out.

The reader is strict: it does not understand irony, negation or hints. What looks like a fault needs
that fault among the facts, and what looks like praise needs something good.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from sessions.coach.checking.body import Named, named_in
from sessions.coach.checking.lexicon import Lexicon
from sessions.coach.checking.numbers import said_in, unsupported
from sessions.coach.checking.plain import Objection, normalised
from sessions.coach.facts import Facts

_END: Final = re.compile(r"(?<=[.!?…;])\s+|\n+")
_SHORT: Final = 2
"""A cry of so few words belongs to the sentence before it: "Love it!"."""
_HARMLESS: Final = re.compile(r"measurement (?:error|noise)|погрешност\w* измерени\w*")


def claims(text: str, facts: Facts, lexicon: Lexicon) -> list[Objection]:
    """Object to every sentence for which the facts do not vouch."""
    found: list[Objection] = []
    for sentence in _sentences(text, lexicon):
        found += _doubts(sentence, facts, lexicon)
    return found


def _sentences(text: str, lexicon: Lexicon) -> list[str]:
    sentences: list[str] = []
    for part in _END.split(normalised(text)):
        if not part.strip():
            continue
        words = len(part.split())
        named, _ = named_in(part, lexicon)
        is_cry = words <= _SHORT and lexicon.praise.search(part) and not named
        if is_cry and sentences and not re.search(r"\d", part):
            sentences[-1] = f"{sentences[-1]} {part}"
        else:
            sentences.append(part)
    return sentences


def _doubts(sentence: str, facts: Facts, lexicon: Lexicon) -> list[Objection]:
    plain = _HARMLESS.sub("", sentence)
    named, loose_side = named_in(sentence, lexicon)
    about = frozenset[str]().union(*(one.parts for one in named))
    said, found = said_in(sentence, lexicon)
    found += unsupported(said, facts, about, lexicon)
    for code, words in (("never", lexicon.never), ("body", lexicon.elsewhere)):
        if match := words.search(plain):
            found.append(Objection(code, match.group()))
    if (match := lexicon.feet.search(plain)) and not _joints(about) & {"knee", "ankle"}:
        found.append(Objection("body", match.group()))
    found += _unknown_parts(named, loose_side, facts)
    praise = lexicon.praise.search(plain)
    if praise:
        found += _praise(praise.group(), plain, named, facts, lexicon)
    if (match := lexicon.absolute.search(plain)) and not _spotless(facts):
        found.append(Objection("praise", match.group()))
    found += _blame(plain, named, facts, lexicon)
    found += _directions(plain, named, facts, lexicon)
    return found


# --- The body ------------------------------------------------------------------------------


def _joints(parts: Iterable[str]) -> set[str]:
    return {part.split("_")[-1] for part in parts}


def _unknown_parts(named: Sequence[Named], loose_side: bool, facts: Facts) -> list[Objection]:
    known = {part for fact in facts for part in fact.parts}
    found = [
        Objection("part", ", ".join(sorted(one.parts)))
        for one in named
        if not (one.parts <= known if one.every else one.parts & known)
    ]
    # "Your left side": only where left and right were compared.
    if loose_side and not any(
        fact.kind == "symmetry" or fact.topic == "asymmetry" for fact in facts
    ):
        found.append(Objection("part", "a side without a part"))
    return found


# --- Praise --------------------------------------------------------------------------------


def _praise(
    word: str, sentence: str, named: Sequence[Named], facts: Facts, lexicon: Lexicon
) -> list[Objection]:
    if named:
        good = {
            part
            for fact in facts
            if fact.kind == "part" and fact.standing == "good"
            for part in fact.parts
        }
        seen = {part for fact in facts if fact.kind in ("part", "unseen") for part in fact.parts}
        # All that may be meant must be good; of a side that was not looked at nothing is claimed.
        bad = [one for one in named if not (one.parts & seen and one.parts & seen <= good)]
        return [Objection("praise", word)] if bad else []
    kinds = {kind for kind, words in lexicon.topics.items() if words.search(sentence)}
    good_kinds = {fact.kind for fact in facts if fact.standing == "good"}
    if kinds:
        return [] if kinds & good_kinds and not kinds - good_kinds else [Objection("praise", word)]
    return [] if "score" in good_kinds else [Objection("praise", word)]


def _spotless(facts: Facts) -> bool:
    return any(fact.kind == "score" and fact.level == "green" for fact in facts) and not any(
        fact.standing == "fault" for fact in facts
    )


# --- Faults --------------------------------------------------------------------------------


def _blame(
    sentence: str, named: Sequence[Named], facts: Facts, lexicon: Lexicon
) -> list[Objection]:
    found = []
    corrections = False
    about = frozenset[str]().union(*(one.parts for one in named))
    # A fault of another part of the body bears out nothing that is said of this one.
    own = tuple(
        fact
        for fact in facts
        if fact.kind != "fault" or not fact.parts or not about or about & {*fact.parts}
    )
    for words, supports in lexicon.corrections:
        if match := words.search(sentence):
            corrections = True
            negated = bool(lexicon.negation.search(sentence))
            if not any(supported(support, own, negated=negated) for support in supports):
                found.append(Objection("fault", match.group()))
    blame = lexicon.blame.search(sentence)
    demand = blame or lexicon.markers.search(sentence)
    faulty = {part for fact in facts if fact.standing == "fault" for part in fact.parts}
    unseen = {part for fact in facts if fact.kind == "unseen" for part in fact.parts}
    if demand and named and not found:
        if not blame and lexicon.unseen.search(sentence) and not corrections:
            named = [one for one in named if not one.parts & unseen]
        if any(not (one.parts <= faulty if one.every else one.parts & faulty) for one in named):
            found.append(Objection("fault", demand.group()))
    if blame and not named and not _may_blame(facts):
        found.append(Objection("fault", blame.group()))
    return found


def _may_blame(facts: Facts) -> bool:
    return any(
        fact.standing == "fault" or (fact.kind == "score" and fact.level == "red") for fact in facts
    )


def supported(support: str, facts: Facts, *, negated: bool) -> bool:
    """Whether the facts have what a word needs.

    Parameters
    ----------
    support : str
        ``depth``: a fault with this topic; ``depth:less``: in this direction too.
        ``angle:knee_valgus:more``: a fault whose angle contains this. ``trend:up``: a fact of this
        kind with this topic. ``+reps``: a good fact of this kind; ``-reps``: the same, where the
        sentence negates. ``~trend``: any fact of this kind.
    """
    mark, rest = support[0], support[1:]
    if mark == "+" or mark == "-":
        return (mark == "+" or negated) and any(
            fact.kind == rest and fact.standing == "good" for fact in facts
        )
    if mark == "~":
        return any(fact.kind == rest for fact in facts)
    head, _, tail = support.partition(":")
    if head == "angle":
        angle, _, direction = tail.partition(":")
        return any(
            fact.kind == "fault" and angle in fact.angle and direction in ("", fact.direction)
            for fact in facts
        )
    return any(
        (fact.kind == "fault" and fact.topic == head and tail in ("", fact.direction))
        or (fact.kind == head and fact.topic == tail)
        for fact in facts
    )


def _directions(
    sentence: str, named: Sequence[Named], facts: Facts, lexicon: Lexicon
) -> list[Objection]:
    """``Less than the trainer`` is the fault's own direction, ``a little more`` is its opposite."""
    if not named:
        return []
    less, more = lexicon.less.search(sentence), lexicon.more.search(sentence)
    word = less or more
    if word is None:
        return []
    if less and more:
        return [Objection("direction", f"{less.group()} and {more.group()}")]
    told = "less" if less else "more"
    if not lexicon.than.search(sentence):
        told = "more" if less else "less"
    about = frozenset[str]().union(*(one.parts for one in named))
    faults = [fact for fact in facts if fact.standing == "fault" and about & {*fact.parts}]
    if any(fact.direction == told for fact in faults):
        return []
    return [Objection("direction", word.group())]
