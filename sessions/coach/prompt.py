"""What a language model is asked: facts, without anybody's name, and the form of the answer."""

from __future__ import annotations

import json
from typing import Final

from sessions.coach.checking.check import LIMITS
from sessions.coach.facts import Fact
from sessions.coach.plan import Plan

_CHARACTER: Final = {
    "hype_beast": "loud, warm and full of energy; exclamation marks, but no emoji",
    "data_scientist": "sober and exact; numbers first, no cheering",
    "no_nonsense_pro": "short, direct and fair; sentences of few words",
    "mindful_aligner": "calm and gentle; attention and breath, no judgement",
}
_LANGUAGE: Final = {"en": "English", "ru": "Russian"}
_RULES: Final = """\
You word a fitness coach's feedback. You are given facts that were measured, and which of them to
tell. You choose words, never content.

Rules:
- Write {language} only. Your manner: {character}.
- {address}
- Tell only the given facts. Write numbers as digits, with their unit, exactly as given.
- Name a body part or a side only as its fact does. Do not mention others.
- Claim no fault and praise nothing beyond the fact you word. Give no medical advice.
- No names, links, markup, emoji or line breaks.
- Answer with one JSON object and nothing else:
  {{"headline": text, "well": [text, …], "change": [text, …], "next": text, "closing": text}}
  "well" and "change" have one text for each fact you are asked for, in the same order.
  Longest texts, in characters: {limits}."""
_ADDRESS: Final = {
    ("en", True): "Address the client as you.",
    ("en", False): "Address the client as you.",
    ("ru", True): "Address the client as «вы». Use no past tense about the client.",
    ("ru", False): "Address the client as «ты». Use no past tense about the client.",
}


def request_for(plan: Plan, persona: str, language: str, *, formal: bool) -> tuple[str, str]:
    """Instructions, and the question: what is to be told, as JSON."""
    instructions = _RULES.format(
        language=_LANGUAGE[language],
        character=_CHARACTER[persona],
        address=_ADDRESS[language, formal],
        limits=", ".join(f"{name} {limit}" for name, limit in LIMITS.items()),
    )
    question = {
        "headline": [_told(fact) for fact in plan.overall],
        "well": [_told(fact) for fact in plan.well],
        "change": [_told(fact) for fact in plan.change],
        "next": "What to try next time: "
        + (f"work on {plan.change[0].topic}." if plan.change else "keep this up.").replace(
            "_", " "
        ),
        "closing": "A short goodbye.",
    }
    return instructions, json.dumps(question, ensure_ascii=False, indent=1)


def _told(fact: Fact) -> str:
    return fact.meaning
