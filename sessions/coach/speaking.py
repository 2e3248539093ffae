"""From the analysis document to feedback in a voice."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, Literal, get_args

from django.utils import translation

from sessions.coach import words
from sessions.coach.checking.check import check_answer, fits
from sessions.coach.document import Document
from sessions.coach.facts import Fact
from sessions.coach.feedback import Change, Feedback
from sessions.coach.llm import LanguageModel, LanguageModelError
from sessions.coach.measured import facts_of
from sessions.coach.plan import Plan, plan_of
from sessions.coach.prompt import request_for
from sessions.coach.tone import Tone, addressed, pick
from sessions.coach.voices import data, hype, mindful, pro
from sessions.coach.voices.voice import Voice

logger = logging.getLogger(__name__)

Persona = Literal["hype_beast", "data_scientist", "no_nonsense_pro", "mindful_aligner"]
PERSONAS: Final[tuple[Persona, ...]] = get_args(Persona)
VOICES: Final[dict[Persona, Callable[[], Voice]]] = {
    "hype_beast": hype.voice,
    "data_scientist": data.voice,
    "no_nonsense_pro": pro.voice,
    "mindful_aligner": mindful.voice,
}
LANGUAGES: Final = ("en", "ru")


def speak(
    document: Document,
    *,
    persona: Persona,
    language: str,
    name: str,
    exercise: str,
    seed: str,
    tone: Tone | None = None,
    llm: LanguageModel | None = None,
    earlier: Sequence[Mapping[str, Any]] = (),
) -> Feedback:
    """Say what an analysis found.

    The same arguments give the same words, unless a language model is asked. Its words are used
    only where every part of them holds against the facts.

    Parameters
    ----------
    document : mapping
        ``Analysis.to_json()``.
    persona : Persona
    language : str
        ``en`` or ``ru``.
    name : str
        The client's first name; may be empty. It never leaves this process.
    exercise : str
        Its name. Nor does it.
    seed : str
        The session's id: it chooses among a voice's sentences.
    tone : Tone, optional
        The trainer's own.
    llm : LanguageModel, optional
        ``llm.configured()``.
    earlier : sequence of mapping
        Documents of the same exercise, the latest last.

    Raises
    ------
    DocumentError
        Where the document can't be read.
    ValueError
        For a language there is none of.
    """
    if language not in LANGUAGES:
        raise ValueError(f"the coach speaks {', '.join(LANGUAGES)}, not {language!r}")
    tone = tone or Tone()
    plan = plan_of(facts_of(document, earlier))
    with translation.override(language):
        voice = VOICES[persona]()
        formal = voice.formal if tone.formal is None else tone.formal
        said = _built_in(plan, voice, persona, language, exercise, seed, formal)
        said = _in_tone(said, plan, voice, tone, name.strip(), seed, formal)
    # Without a score there is nothing to word: the built-in texts say so best.
    if llm is None or plan.score is None:
        return said
    return _reworded(said, plan, llm, formal)


def _built_in(
    plan: Plan,
    voice: Voice,
    persona: Persona,
    language: str,
    exercise: str,
    seed: str,
    formal: bool,
) -> Feedback:
    def say(template: str, **values: str | int) -> str:
        # The way of address first: a name may hold brackets of its own.
        return addressed(template, formal=formal) % values

    values = {"exercise": exercise, **_numbers(plan.score)}
    headline = say(pick(voice.headline[plan.headline], seed, "headline"), **values)
    lead = pick(voice.leads, seed, "lead")
    if plan.score is None:
        after = words.remedy(plan.verdict)
    else:
        green = plan.score.level == "green"
        after = words.drill(plan.change[0] if plan.change else None, green=green)
    return Feedback(
        persona=persona,
        language=language,
        verdict=plan.verdict,
        greeting="",
        headline=headline,
        well=tuple(_praise(fact, voice, seed, say) for fact in plan.well),
        change=tuple(_change(fact, voice, say) for fact in plan.change),
        next=f"{say(lead)} {say(after)}",
        closing=say(pick(voice.closing, seed, "closing")),
        sign_off="",
        notes=tuple(say(note) for note in _notes(plan, voice)),
    )


def _numbers(score: Fact | None) -> dict[str, str]:
    if score is None:
        return {}
    return {
        "score": words.percent(score["value"]),
        "low": words.percent(score["low"]),
        "high": words.percent(score["high"]),
    }


def _praise(fact: Fact, voice: Voice, seed: str, say: Callable[..., str]) -> str:
    match fact.kind:
        case "part":
            template = pick(voice.part, seed, fact.id)
            return say(template, part=words.part_label(fact.parts), **_numbers(fact))
        case "reps" if fact.standing == "good":
            return say(voice.full(int(fact["full"])), count=int(fact["full"]))
        case "reps":
            return say(voice.count(int(fact["value"])), count=int(fact["value"]))
        case "tempo":
            seconds = {role: words.decimal(fact[role]) for role in ("value", "trainer")}
            return say(voice.tempo, client=seconds["value"], trainer=seconds["trainer"])
        case "trend":
            before, now = words.percent(fact["before"]), words.percent(fact["value"])
            return say(voice.better, before=before, now=now)
        case "symmetry":
            return say(voice.symmetry)
        case "stability":
            return say(voice.stability)
        case "fatigue":
            return say(voice.fatigue)
        case _:
            return say(voice.seen)


def _change(fault: Fact, voice: Voice, say: Callable[..., str]) -> Change:
    way = "side" if fault.angle == "trunk_side_lean" else fault.direction
    cue = voice.cues.get(f"{fault.topic} {way}") or voice.cues.get(fault.topic)
    # A fault that has two ways, told without one: the cue that goes with the usual way.
    cue = cue or next(text for key, text in voice.cues.items() if key.startswith(fault.topic))
    text = " ".join(filter(None, (say(cue), say(words.position_cue(fault)))))
    return Change(text, words.basis(fault, with_noise=voice.tells_noise), fault.id)


def _notes(plan: Plan, voice: Voice) -> list[str]:
    told = []
    unseen = [part for fact in plan.notes if fact.kind == "unseen" for part in fact.parts]
    for fact in plan.notes:
        match fact.kind:
            # Who tells every interval has told this one.
            case "score" if not voice.tells_noise:
                told.append(words.uncertain(fact))
            case "trend":
                told.append(words.compared(fact))
            case "fatigue":
                told.append(words.fading(fact))
            case "stability":
                told.append(words.swaying(fact))
            case "grade" if voice.tells_noise:
                told.append(words.graded(fact))
            case "sight":
                told.append(words.hard_to_see())
            case _:
                pass
    if unseen:
        told.append(words.unseen(unseen))
    if plan.score is not None and not plan.change:
        told.append(words.nothing_stands_out())
    # What is said already has its own per cent signs; `say` is not to read them again.
    return [note.replace("%", "%%") for note in told]


def _in_tone(
    said: Feedback, plan: Plan, voice: Voice, tone: Tone, name: str, seed: str, formal: bool
) -> Feedback:
    def own(phrase: str) -> str:
        """A trainer's phrase, or nothing where it contradicts a fact or lacks its name."""
        if not phrase or ("{name}" in phrase and not name) or not fits(phrase, plan.facts):
            return ""
        return phrase.replace("{name}", name)

    greeting = addressed(voice.greeting, formal=formal) % {"name": name} if name else ""
    liked = list(filter(None, map(own, tone.words)))
    cheer = pick(liked, seed, "words") if liked else ""
    return replace(
        said,
        greeting=own(tone.greeting) or greeting,
        sign_off=" ".join(filter(None, (cheer, own(tone.sign_off)))),
    )


def _reworded(said: Feedback, plan: Plan, llm: LanguageModel, formal: bool) -> Feedback:
    """The model's words where they hold, else what was said, with the reason."""
    request = request_for(plan, said.persona, said.language, formal=formal)
    try:
        answer = llm.ask(*request)
    except LanguageModelError as error:
        logger.warning("The language model gave no answer (%s): %s", error.code, error)
        return replace(said, reason=error.code)
    parts, objections = check_answer(answer, plan, said.language, formal=formal)
    if objections:
        # Codes only: the words themselves are not for a log.
        codes = ", ".join(sorted({objection.code for objection in objections}))
        logger.warning("The language model's answer does not hold: %s", codes)
        return replace(said, reason="refused")
    changes = zip(parts["change"], said.change, strict=True)
    return replace(
        said,
        headline=parts["headline"],
        well=tuple(parts["well"]),
        change=tuple(replace(change, text=text) for text, change in changes),
        next=parts["next"],
        closing=parts["closing"],
        source=llm.source,
    )
