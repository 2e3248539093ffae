"""Lies, slips and tricks in both languages; and true sentences that must pass."""

from __future__ import annotations

import json

import pytest

from sessions.coach.checking.check import check, check_answer, fits
from sessions.coach.facts import Facts
from sessions.coach.measured import facts_of
from sessions.coach.plan import plan_of
from tests.sessions.coach.build import document, interval, moment, tempo

# Left knee 21° less bent (noise 6°) in repetitions 2 to 4, right knee 12.4° inwards; trunk red.
MOMENTS = [
    moment("depth", "left_knee_flexion", size=21, cost=9),
    moment("valgus", "right_knee_valgus", direction="more", size=12.4, cost=5, reps=[5]),
]
PARTS = {
    "left_knee": interval(52.0),
    "right_knee": interval(61.0),
    "left_elbow": interval(93.0),
    "right_elbow": interval(72.0),
    "trunk": interval(35.0),
    "left_ankle": None,
}


@pytest.fixture(scope="module")
def facts() -> Facts:
    return facts_of(document(66.0, moments=MOMENTS, parts=PARTS), [document(64.0)])


TRUE = [
    ("en", "The score is 66%, between 62% and 70%."),
    ("en", "Go deeper: the left knee bends 21° less than the trainer’s in reps 2–4."),
    ("en", "Keep the right knee from caving inwards; it was 12° off."),
    ("en", "Keep the right knee from caving inwards; it was 12.4 degrees off."),
    ("en", "Your left elbow is excellent: 93 of 100."),
    ("en", "8 reps are done, and the next session will be calmer."),
    ("en", "A rep takes 3.0 seconds, the trainer’s 3.1 s."),
    ("en", "The left ankle could not be seen."),
    ("en", "Bend the left knee a little more."),
    ("en", "Last time it was 64%."),
    ("ru", "Оценка 66%, от 62% до 70%."),
    ("ru", "Глубже: левое колено сгибается на 21° меньше, чем у тренера, повторы 2–4."),
    ("ru", "Правое колено уходит внутрь на 12 градусов сильнее, чем у тренера."),
    ("ru", "Левый локоть: 93 из 100, отлично."),
    ("ru", "Восемь повторов сделано, впереди следующая тренировка."),
    ("ru", "Повтор занимает 3,0 с, у тренера 3,1 с."),
    ("ru", "Левый голеностоп не видно."),
    ("ru", "В прошлый раз было 64%."),
]
FALSE = [
    # Numbers
    ("en", "The score is 67%.", "number"),
    ("en", "The left knee bends 25° less than the trainer’s.", "number"),
    ("en", "The left knee bends 21.4° less than the trainer’s.", "number"),
    ("en", "The right knee is 21° further inwards than the trainer’s.", "number"),
    ("en", "The left knee matches by 66%.", "number"),
    ("en", "You did 9 reps.", "number"),
    ("en", "You did nine reps.", "number"),
    ("en", "Twice the depth of the trainer.", "number"),
    ("en", "Half the trainer’s depth.", "number"),
    ("en", "Twenty-one degrees to go.", "number"),
    ("en", "In rep 7 the left knee bends less than the trainer’s.", "number"),
    ("en", "Hold for 21 seconds.", "number"),
    ("en", "That burned 66 calories.", "unit"),
    ("en", "Add 8 kg.", "unit"),
    ("en", "Do 3 sets next time.", "unit"),
    ("en", "Score: 6 6%.", "number"),
    ("en", "The score is ６６%.", "character"),
    ("en", "The score is 66½%.", "character"),
    ("en", "The score is 1,066%.", "number"),
    ("ru", "Оценка 67%.", "number"),
    ("ru", "Левое колено сгибается на 25° меньше, чем у тренера.", "number"),
    ("ru", "Сделано девять повторов.", "number"),
    ("ru", "Вдвое глубже тренера.", "number"),
    ("ru", "Половина глубины тренера.", "number"),
    ("ru", "Правое колено: 66%.", "number"),
    ("ru", "Сожжено 66 ккал.", "unit"),
    ("ru", "Добавьте 8 кг.", "unit"),
    # Faults that nobody measured, or of somebody else's joint
    ("en", "The right elbow is bent too much.", "fault"),
    ("en", "Keep the left knee from caving in.", "fault"),
    ("en", "Your shoulders need work.", "fault"),
    ("en", "Slow down, you are rushing.", "fault"),
    ("en", "Your sides are uneven.", "fault"),
    ("en", "Straighten up at the top.", "fault"),
    ("en", "Stop leaning forward.", "fault"),
    ("en", "Your left hip drops.", "fault"),
    ("en", "You sway too much.", "fault"),
    ("en", "You get tired, and it fades.", "fault"),
    ("en", "Your left ankle is wrong.", "fault"),
    ("en", "You round your back.", "fault"),
    ("en", "Lift your heels less.", "body"),
    ("en", "Mind your neck.", "body"),
    ("en", "Tuck your pelvis.", "body"),
    ("en", "Too deep, stay out of there.", "fault"),
    ("en", "You improved a lot since last time.", "fault"),
    ("ru", "Правый локоть согнут слишком сильно.", "fault"),
    ("ru", "Медленнее, вы торопитесь.", "fault"),
    ("ru", "Стороны работают неравномерно.", "fault"),
    ("ru", "Выпрямляйтесь до конца.", "fault"),
    ("ru", "Не наклоняйтесь вперёд.", "fault"),
    ("ru", "Следите за плечами: проблема там.", "fault"),
    ("ru", "Держите голову выше.", "body"),
    ("ru", "Подкручивайте таз.", "body"),
    ("ru", "Слишком глубоко.", "fault"),
    ("ru", "Это большой прогресс.", "fault"),
    # The wrong way round
    ("en", "The left knee bends 21° more than the trainer’s.", "direction"),
    ("en", "Bend the left knee less.", "direction"),
    ("en", "The right knee is 12° further outwards than the trainer’s.", "fault"),
    ("ru", "Левое колено сгибается на 21° больше, чем у тренера.", "direction"),
    ("ru", "Правое колено на 12° дальше наружу, чем у тренера.", "fault"),
    # Praise of what is not good
    ("en", "Perfect!", "praise"),
    ("en", "Your trunk is rock solid.", "praise"),
    ("en", "Great left knee!", "praise"),
    ("en", "Excellent elbows.", "praise"),
    ("en", "Your left ankle looks great.", "praise"),
    ("en", "A great session, no mistakes.", "praise"),
    ("en", "Left elbow: 93%. What a great session overall!", "praise"),
    ("ru", "Идеально!", "praise"),
    ("ru", "Корпус просто отличный.", "praise"),
    ("ru", "Левое колено работает прекрасно.", "praise"),
    ("ru", "Оба локтя безупречны.", "praise"),
    ("ru", "Отличная тренировка без ошибок.", "praise"),
    # What a coach does not say
    ("en", "This may cause knee pain.", "never"),
    ("en", "See a doctor about the left knee.", "never"),
    ("ru", "Возможна травма колена.", "never"),
    ("ru", "Колено будет болеть, сходите к врачу.", "never"),
    # More than words
    ("en", "Watch https://example.com for more.", "link"),
    ("en", "Visit evil.example now.", "link"),
    ("en", "<script>alert(1)</script>", "character"),
    ("en", "**Go deeper**", "character"),
    ("en", "Go deeper 💪", "character"),
    ("en", "Go\u200bdeeper", "character"),
    ("en", "Go deeper\u202e", "character"),
    ("ru", "Пишите на me@example.ru.", "link"),
    ("en", "", "empty"),
    ("en", "Go deeper. " * 200, "too_long"),
    # Another language, or letters that only look right
    ("en", "Глубже, левое колено!", "language"),
    ("ru", "Go deeper with the left knee.", "language"),
    ("ru", "Глубже, let’s go!", "language"),
    ("ru", "Глубжe.", "language"),
    ("en", "Gо deeper.", "language"),
    ("ru", "Хълбокът е по-ниско от този на треньора.", "language"),
    ("ru", "Ліве коліно згинається менше, ніж у тренера.", "language"),
    ("en", "La rodilla izquierda se dobla menos que la del entrenador, baja hoy.", "language"),
    ("en", "Das linke Knie beugt sich weniger als das vom Trainer, geh etwas tiefer.", "language"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text"), TRUE)
def test_true_sentences_pass(facts: Facts, language: str, text: str) -> None:
    assert check(text, facts, language) == ()


@pytest.mark.parametrize(("language", "text", "code"), FALSE)
def test_false_sentences_do_not(facts: Facts, language: str, text: str, code: str) -> None:
    assert code in {objection.code for objection in check(text, facts, language)}


@pytest.mark.parametrize("value", [10.5, 11.0, 11.49, 11.5])
def test_rounding_is_no_lie_and_halves_may_go_either_way(value: float) -> None:
    doc = document(66.0, moments=[moment("depth", size=value, noise=4)])
    text = "The left knee bends 11° less than the trainer’s."
    assert check(text, facts_of(doc), "en") == ()
    assert check(text.replace("11", "13"), facts_of(doc), "en") != ()


def test_both_sides_must_be_at_fault_for_both_to_be_named() -> None:
    left = facts_of(document(66.0, moments=[moment("depth", "left_knee_flexion")]))
    text = "Both knees bend 21° less than the trainer’s."
    assert check(text, left, "en") != ()
    right = moment("depth", "right_knee_flexion")
    both = facts_of(document(66.0, moments=[moment("depth", "left_knee_flexion"), right]))
    assert check(text, both, "en") == ()


def test_nothing_is_perfect_that_has_a_fault() -> None:
    assert check("Perfect!", facts_of(document(95.0)), "en") == ()
    assert check("Perfect!", facts_of(document(95.0, moments=MOMENTS)), "en") != ()
    assert check("Great!", facts_of(document(95.0, spread=14)), "en") != (), "too uncertain"


def test_the_other_way_of_address_and_presumed_genders_are_refused(facts: Facts) -> None:
    assert check("Опускайтесь глубже.", facts, "ru", formal=True) == ()
    assert check("Опускайтесь глубже.", facts, "ru", formal=False) != ()
    assert check("Твоё левое колено: глубже.", facts, "ru", formal=True) != ()
    for text in ("Ты сделала всё глубже.", "Глубже, справился ли?", "Ты готов на большее."):
        codes = {objection.code for objection in check(text, facts, "ru", formal=False)}
        assert "gender" in codes, text


def test_a_trainers_phrase_is_read_in_both_languages(facts: Facts) -> None:
    assert fits("Погнали!", facts)
    assert fits("¡Vamos!", facts)
    assert not fits("Идеально!", facts)
    assert not fits("Perfect!", facts)


# --- Answers of language models ------------------------------------------------------------

GOOD = {
    "headline": "66% on this one, and there is more in there!",
    "well": ["Your left elbow matches at 93%, love it!", "Your tempo is on point at 3.0 s a rep!"],
    "change": ["Get deeper with the left knee!", "Drive the right knee outwards, over the toes!"],
    "next": "Next time, take the lowest point slowly and stay there for a moment.",
    "closing": "See you at the next session!",
}


def answered(**changed: object) -> tuple[str, ...]:
    doc = document(66.0, moments=MOMENTS, parts=PARTS, stability=None, client=tempo(1.5, 0.3, 1.2))
    for rep in doc["reps"]:
        rep["range_deg"]["left_elbow_flexion"] = [10.0, 90.0]
    plan = plan_of(facts_of(doc))
    answer = json.dumps(GOOD | changed) if "raw" not in changed else str(changed["raw"])
    parts, objections = check_answer(answer, plan, "en", formal=True)
    assert bool(parts) == (not objections)
    return tuple(objection.code for objection in objections)


def test_a_good_answer_holds_also_in_a_fence() -> None:
    assert answered() == ()
    assert answered(raw=f"```json\n{json.dumps(GOOD)}\n```") == ()


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"raw": "Sure! Here is your feedback."}, "form"),
        ({"raw": "[" * 100_000}, "form"),
        ({"raw": '["headline"]'}, "form"),
        ({"extra": "x"}, "form"),
        ({"headline": 66}, "form"),
        ({"well": GOOD["well"][0]}, "form"),
        ({"change": GOOD["change"][:1]}, "form"),
        ({"closing": "Line\nbreak and more of the same."}, "form"),
        ({"closing": GOOD["headline"]}, "form"),
        ({"headline": "Look at 99%, and there is more in there!"}, "number"),
        ({"headline": "A perfect set!"}, "praise"),
        # The right facts in each other's places.
        ({"change": [*reversed(GOOD["change"])]}, "fault"),
        ({"well": ["Get deeper with the left knee!", GOOD["well"][1]]}, "fault"),
        ({"next": "Next time, keep your shoulders from creeping more and more."}, "fault"),
        ({"closing": "See you, " + "and keep at it with the trainer " * 5}, "too_long"),
        ({"closing": "До встречи на следующей тренировке!"}, "language"),
    ],
)
def test_a_bad_answer_does_not(changed: dict[str, object], code: str) -> None:
    assert code in answered(**changed)
