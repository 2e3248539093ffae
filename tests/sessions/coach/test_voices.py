"""Four voices in two languages: complete, deterministic, and true to the facts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from sessions.coach import PERSONAS, Feedback, Persona, Tone, ToneError, speak
from sessions.coach.checking.check import check, check_answer
from sessions.coach.measured import facts_of
from sessions.coach.plan import plan_of
from tests.sessions.coach.build import Document, document, interval, moment, tempo, without_score

FAULTS = {
    "depth": "left_knee_flexion",
    "valgus": "right_knee_valgus",
    "trunk_lean": "trunk_lean",
    "asymmetry": "left_knee_flexion",
    "half_range": "right_hip_flexion",
    "too_fast": "left_knee_flexion",
    "too_slow": "left_knee_flexion",
    "wrong_phase": "left_knee_flexion",
    "not_extended": "right_knee_flexion",
    "arm_position": "left_elbow_flexion",
    "leg_position": "right_hip_abduction",
}
ANGLES = [
    *("knee_flexion", "hip_flexion", "hip_abduction", "knee_valgus", "elbow_flexion"),
    *("shoulder_flexion", "shoulder_abduction", "ankle_flexion"),
]
TEMPI = {"too_fast": tempo(0.6, 0.2, 0.7), "too_slow": tempo(3.0, 0.4, 3.0)}
WAYS = [("en", None), ("ru", True), ("ru", False)]


def cases() -> Iterator[tuple[str, Document]]:
    """Every fault in both directions, every angle, every level, every verdict and caveat."""
    for score in (84.0, 55.0, 30.0):
        yield f"{score} plain", document(score)
        yield f"{score} wide", document(score, spread=14)
    for fault, angle in FAULTS.items():
        for direction in ("less", "more"):
            told = [moment(fault, angle, direction=direction)]
            yield f"{fault} {direction}", document(55, moments=told, client=TEMPI.get(fault))
    for angle in ANGLES:
        for direction in ("less", "more"):
            fault = "arm_position" if angle.startswith(("elbow", "shoulder")) else "leg_position"
            told = [moment(fault, f"{side}_{angle}", direction=direction) for side in SIDES]
            yield f"{angle} {direction}", document(66, moments=told)
    side = moment("trunk_lean", "trunk_side_lean", direction="more")
    yield "side lean", document(66, moments=[side])
    yield (
        "caveats",
        document(
            55,
            spread=8,
            parts={"left_ankle": None, "right_ankle": None, "left_hip": None},
            quality=[{"code": "dark"}],
            sets=[{"reps": 8, "fatigue": {"change_per_rep": -2.14, "significant": True}}],
            stability={"sway_m": 0.05, "trainer_sway_m": 0.02, "significant": True},
            grade={**interval(1.2, 0.3), "familiar": True},
        ),
    )
    strange = {**interval(1.2, 0.3), "familiar": False}
    yield "strange", document(30, grade=strange, reps=1, parts={"left_knee": interval(20)})
    for verdict in ("other_exercise", "not_visible", "too_short"):
        yield verdict, without_score(verdict)


SIDES = ("left", "right")
CASES = dict(cases())


def said(doc: Document, persona: Persona, language: str, **more: Any) -> Feedback:
    given: dict[str, Any] = {"name": "", "exercise": "", "seed": "a"} | more
    return speak(doc, persona=persona, language=language, **given)


def bare(text: str) -> str:
    """Without the empty quotes round an exercise that has no name here."""
    return text.replace("“”", "it").replace("«»", "оно")


@pytest.mark.parametrize("case", CASES)
def test_what_the_voices_say_passes_the_check_that_language_models_must_pass(case: str) -> None:
    doc = CASES[case]
    for language, formal in WAYS:
        for persona in PERSONAS:
            for seed, before in (("a", None), ("b", 20.0), ("c", 60.0), ("d", 95.0)):
                earlier = [] if before is None else [document(before)]
                facts = facts_of(doc, earlier)
                feedback = said(
                    doc, persona, language, seed=seed, earlier=earlier, tone=Tone(formal=formal)
                )
                text = bare(feedback.text())
                assert check(text, facts, language, formal=formal) == (), text
                assert not re.search(r"[\[\]{}|]|%\(|%%", text), text
                answer = {
                    "headline": bare(feedback.headline),
                    "well": feedback.well,
                    "change": [change.text for change in feedback.change],
                    "next": feedback.next,
                    "closing": feedback.closing,
                }
                plan = plan_of(facts)
                if plan.score is not None:
                    form = formal is not False
                    held = check_answer(json.dumps(answer), plan, language, formal=form)[1]
                    assert held == (), answer


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("persona", PERSONAS)
def test_a_judged_set_has_every_part(persona: Persona, language: str) -> None:
    moments = [moment(fault, angle) for fault, angle in FAULTS.items()]
    feedback = said(document(66, moments=moments), persona, language, name="Kate", exercise="Squat")
    assert 1 <= len(feedback.well) <= 2
    assert len(feedback.change) == 3
    assert all(re.search(r"\d", change.basis) for change in feedback.change)
    assert "Kate" in feedback.greeting
    assert "Squat" in feedback.headline
    assert feedback.next
    assert feedback.closing
    assert feedback.source == "built_in"
    json.dumps(feedback.to_json(), allow_nan=False)


def test_the_same_session_hears_the_same_and_sessions_differ() -> None:
    doc = document(84)
    first = said(doc, "no_nonsense_pro", "en", seed="session 1")
    assert first == said(doc, "no_nonsense_pro", "en", seed="session 1")
    many = {said(doc, "no_nonsense_pro", "en", seed=str(i)).text() for i in range(40)}
    assert len(many) > 8


def test_personas_say_different_things_about_the_same_numbers() -> None:
    doc = document(66, moments=[moment("depth")])
    every = [said(doc, persona, "en") for persona in PERSONAS]
    assert len({feedback.headline for feedback in every}) == len(PERSONAS)
    assert len({feedback.change[0].text for feedback in every}) == len(PERSONAS)
    assert all("21°" in feedback.change[0].basis for feedback in every)
    assert all("66%" in feedback.headline for feedback in every)


@pytest.mark.parametrize("persona", PERSONAS)
def test_low_confidence_is_said_instead_of_a_verdict(persona: Persona) -> None:
    headline = said(document(84, spread=12), persona, "en").headline
    assert "72%" in headline
    assert "96%" in headline
    assert "84%" not in headline


def test_not_visible_is_never_wrong() -> None:
    feedback = said(document(parts={"left_ankle": None, "right_ankle": None}), "hype_beast", "en")
    (note,) = [note for note in feedback.notes if "ankles" in note]
    assert note.startswith("Not seen well enough to be judged: both ankles.")
    assert not feedback.change
    for verdict in ("other_exercise", "not_visible", "too_short"):
        refused = said(without_score(verdict), "hype_beast", "en", exercise="Squat")
        assert not refused.well
        assert not refused.change
        assert not re.search(r"\d", refused.text())


@pytest.mark.parametrize(
    ("count", "words"),
    [(1, "Сделан 1 повтор."), (2, "Сделано 2 повтора."), (5, "Сделано 5 повторов."),
     (11, "Сделано 11 повторов."), (21, "Сделан 21 повтор."), (22, "Сделано 22 повтора.")],
)  # fmt: skip
def test_numerals_and_nouns_agree(count: int, words: str) -> None:
    doc = document(
        30,
        reps=count,
        half=1,
        parts=dict.fromkeys(("left_knee", "right_knee"), interval(30)),
        symmetry=[],
        sets=[],
        stability=None,
        client=tempo(9, 9, 9),
    )
    feedback = said(doc, "no_nonsense_pro", "ru")
    assert [text.replace("\u00a0", " ") for text in feedback.well] == [words]


def test_decimals_and_repetitions_are_written_as_the_language_does() -> None:
    moments = [moment("too_fast", cost=9), moment("depth", reps=[1, 2, 3, 5, 6, 8])]
    doc = document(66, moments=moments, client=TEMPI["too_fast"])
    english = [change.basis for change in said(doc, "no_nonsense_pro", "en").change]
    assert english[0] == "A rep takes 1.5 s, the trainer’s 3.1 s."
    assert english[1].endswith("in 6 of 8 reps.")
    russian = [change.basis for change in said(doc, "no_nonsense_pro", "ru").change]
    assert russian[0].replace("\u00a0", " ") == "Повтор занимает 1,5 с, у тренера 3,1 с."
    assert russian[1].replace("\u00a0", " ").endswith("в 6 из 8 повторов.")


def test_russian_addresses_as_the_trainer_wants() -> None:
    doc = document(66, moments=[moment("too_fast")], client=TEMPI["too_fast"])
    formal = said(doc, "mindful_aligner", "ru", name="Катя", tone=Tone(formal=True)).text()
    assert "Здравствуйте, Катя. Сделайте" in formal
    assert "Дайте каждому" in formal
    informal = said(doc, "mindful_aligner", "ru", name="Катя", tone=Tone(formal=False)).text()
    assert "Здравствуй, Катя. Сделай " in informal
    assert "Дай каждому" in informal
    # Without a wish of the trainer's, the loud one says ты.
    assert said(doc, "hype_beast", "ru").change[0].text.startswith("Медленнее, почувствуй ")


def test_names_are_left_as_they_are() -> None:
    feedback = said(
        document(84), "hype_beast", "ru", name="100% [Ка|тя]", exercise="A %(score)s [b]"
    )
    assert "100% [Ка|тя]" in feedback.greeting
    assert "A %(score)s [b]" in feedback.headline


def test_the_trainers_own_tone() -> None:
    tone = Tone("Привет, {name}, это Анна!", "Обнимаю, Анна", ("Погнали!", "Работаем!"), True)
    feedback = said(document(84), "no_nonsense_pro", "ru", name="Катя", tone=tone)
    assert feedback.greeting == "Привет, Катя, это Анна!"
    assert re.fullmatch(r"(Погнали|Работаем)! Обнимаю, Анна", feedback.sign_off)
    nameless = said(document(84), "no_nonsense_pro", "ru", name=" ", tone=tone)
    assert nameless.greeting == ""


def test_a_trainers_phrase_that_contradicts_the_result_is_left_out() -> None:
    tone = Tone(words=("Perfect, as always!",), sign_off="You are amazing!", greeting="Great job!")
    red = said(document(30), "no_nonsense_pro", "en", name="Kate", tone=tone)
    assert red.sign_off == ""
    assert red.greeting == "Kate, here is your result."
    green = said(document(90), "no_nonsense_pro", "en", name="Kate", tone=tone)
    assert green.sign_off == "Perfect, as always! You are amazing!"
    assert green.greeting == "Great job!"
    faulty = said(document(84, moments=[moment("depth")]), "no_nonsense_pro", "en", tone=tone)
    assert faulty.sign_off == "You are amazing!", "nothing is perfect that has a fault"


@pytest.mark.parametrize(
    ("phrase", "code"),
    [
        ("Look at anna.example.com", "link"),
        ("<b>Go</b>", "character"),
        ("Do 50 more", "number"),
        ("Go" * 61, "too_long"),
        ("  ", "empty"),
    ],
)
def test_a_tone_is_plain_words(phrase: str, code: str) -> None:
    with pytest.raises(ToneError) as refused:
        Tone(words=(phrase,))
    assert refused.value.code == code


def test_other_languages_are_refused() -> None:
    with pytest.raises(ValueError, match="'de'"):
        said(document(), "hype_beast", "de")
