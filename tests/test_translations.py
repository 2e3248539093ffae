"""Russian: every message has its translation, the translations are sound, the pages are Russian."""

from __future__ import annotations

import ast
import datetime
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo
from django.test import Client as HttpClient
from django.utils import timezone, translation
from django.utils.translation import gettext, ngettext, pgettext

from processing.models import Clip
from sessions import services
from sessions.homework import due_of
from sessions.models import WorkoutSession
from tenants.people.models import User
from tests.conftest import Cast, Site
from tests.sessions.build import first_item, make_assignment, make_chunk, make_clip
from tests.studio.build import finding, make_take
from tools import messages

CALLS = {"gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "_"}
CONTEXT_CALLS = {"pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy"}

# A noun that would have to be inflected is left out: "Добавить", not "Добавить: клиент".
LEFT_OUT = {
    "Add %(name)s": {"name"},
    "Are you sure you want to delete the selected %(objects_name)s? All of the following "
    "objects and their related items will be deleted:": {"objects_name"},
    "Delete selected %(verbose_name_plural)s": {"verbose_name_plural"},
    "Deleting the selected %(objects_name)s would require deleting the following protected "
    "related objects:": {"objects_name"},
    "Successfully deleted %(count)d %(items)s.": {"items"},
}

# Latin words that Russian pages may show: names, what people typed in, file formats.
LATIN = {
    *("pers", "coach", "localhost", "anna", "kate", "mila", "example", "com", "http"),
    *("english", "legs", "slowly", "squat", "knees", "out", "back", "straight"),
    *("mov", "img", "webm", "vid", "fps", "javascript", "esc", "shift", "ctrl"),
}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return messages.read("ru")


def ids(message: Message) -> list[str]:
    """A message in English: one form, or singular and plural."""
    return [message.id] if isinstance(message.id, str) else list(message.id)


def real(catalog: Catalog) -> list[Message]:
    """Every message but the header."""
    return [message for message in catalog if message.id]


# --- The catalogue -------------------------------------------------------------------------


def test_make_messages_would_change_nothing() -> None:
    _catalog, content = messages.updated("ru")
    assert content.decode() == messages.po_path("ru").read_text(encoding="utf-8")


def python_messages() -> Iterator[tuple[str | None, str]]:
    """Context and text of every call that translates, read by Python's own parser."""
    for package in messages.PYTHON:
        for path in (messages.ROOT / package).rglob("*.py"):
            if "migrations" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                    continue
                name = node.func.id
                if name not in CALLS | CONTEXT_CALLS:
                    continue
                texts = []
                for argument in node.args[: 2 if name in CONTEXT_CALLS else 1]:
                    # An f-string or a variable could never be found in a catalogue.
                    assert isinstance(argument, ast.Constant), f"{path}:{node.lineno}"
                    texts.append(str(argument.value))
                yield (texts[0] if len(texts) == 2 else None), texts[-1]


TAG = re.compile(
    r"""\{%\s*(?:translate|trans)\s+(?P<q>["'])(?P<text>.*?)(?P=q)"""
    r"""(?:\s+context\s+["'](?P<context>.*?)["'])?[^%]*%\}"""
)
BLOCK = re.compile(
    r"\{%\s*blocktranslate\b[^%]*%\}(?P<text>.*?)\{%\s*(?:plural|endblocktranslate)", re.S
)


def template_messages() -> Iterator[tuple[str | None, str]]:
    """Context and text of every tag that translates, read by expressions of our own."""
    for path in (messages.ROOT / "templates").rglob("*.html"):
        page = path.read_text(encoding="utf-8")
        for tag in TAG.finditer(page):
            yield tag["context"], tag["text"]
        for block in BLOCK.finditer(page):
            yield None, re.sub(r"\{\{\s*(\w+)\s*\}\}", r"%(\1)s", block["text"])


def test_no_string_escapes_the_collection(catalog: Catalog) -> None:
    known = {(message.context, ids(message)[0]) for message in real(catalog)}
    used = {*python_messages(), *template_messages()}
    assert len(used) > 300
    assert used - known == set()


def test_every_message_is_translated_in_every_form(catalog: Catalog) -> None:
    assert messages.untranslated(catalog) == []
    for message in real(catalog):
        forms = messages.translations(message)
        assert len(forms) == (3 if message.pluralizable else 1), message.id
        assert not message.fuzzy, message.id


PLACEHOLDER = re.compile(r"%\((\w+)\)|\{(\w+)\}|(%s)")


def placeholders(text: str) -> set[str]:
    return {"".join(groups) for groups in PLACEHOLDER.findall(text)}


def test_placeholders_agree(catalog: Catalog) -> None:
    for message in real(catalog):
        given = set[str]().union(*map(placeholders, ids(message)))
        for form in messages.translations(message):
            assert placeholders(form) == given - LEFT_OUT.get(ids(message)[0], set()), form
            # A bare % would be taken for the beginning of a placeholder, or the other way round.
            assert form.count("%%") == ids(message)[0].count("%%"), form


def test_mark_up_is_kept(catalog: Catalog) -> None:
    for message in real(catalog):
        tags = sorted(re.findall(r"</?\w+>", ids(message)[0]))
        for form in messages.translations(message):
            assert sorted(re.findall(r"</?\w+>", form)) == tags, form


def test_typography(catalog: Catalog) -> None:
    for message in real(catalog):
        for form in messages.translations(message):
            assert not re.search(r"""[“”"']|\s-\s|\.\.\.|^\s|\s$|[^\S\u00a0]—""", form), form


# --- What Django makes of it ---------------------------------------------------------------


@pytest.fixture
def _russian() -> Iterator[None]:
    with translation.override("ru"):
        yield


def test_the_compiled_catalogue_holds_every_message(catalog: Catalog) -> None:
    """tests/servers.py has it compiled, as ``make`` does."""
    with messages.po_path("ru").with_suffix(".mo").open("rb") as file:
        compiled = read_mo(file)
    assert len(real(compiled)) == len(real(catalog))


@pytest.mark.usefixtures("_russian")
@pytest.mark.parametrize(
    ("count", "words"), [(1, "1 раз"), (2, "2 раза"), (5, "5 раз"), (11, "11 раз"), (22, "22 раза")]
)
def test_numbers_and_nouns_agree(count: int, words: str) -> None:
    said = ngettext("done %(times)d time", "done %(times)d times", count) % {"times": count}
    assert said.replace("\u00a0", " ") == f"выполнено {words}"


@pytest.mark.usefixtures("_russian")
def test_one_english_word_may_be_two_russian_ones() -> None:
    assert gettext("name") == "имя"
    assert pgettext("exercise", "name") == "название"
    assert gettext("Close") == "Закрыть"
    assert pgettext("match", "Close") == "Почти"


@pytest.mark.usefixtures("_russian")
def test_ours_wins_over_djangos_own() -> None:
    assert gettext("Delete selected %(verbose_name_plural)s") == "Удалить выбранное"
    # And what is not ours is theirs.
    assert gettext("This field is required.") == "Обязательное поле."


@pytest.mark.usefixtures("_russian")
def test_a_day_stands_before_its_month_in_the_genitive() -> None:
    today = datetime.date(2026, 11, 20)
    due = due_of(datetime.date(2026, 12, 5), today)
    assert due is not None
    assert due.words.endswith("5 декабря")


# --- Pages ---------------------------------------------------------------------------------


class Words(HTMLParser):
    """What a reader sees and a screen reader says."""

    SILENT = ("script", "style")
    SPOKEN = ("aria-label", "title", "placeholder", "alt", "data-copied", "data-moved")

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self._silent = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        # Icons are a font whose ligatures are English words.
        if tag in self.SILENT or "material-symbols-outlined" in (given.get("class") or ""):
            self._silent = self._silent or tag
        self.said += [value for name in self.SPOKEN if (value := given.get(name))]

    def handle_endtag(self, tag: str) -> None:
        if tag == self._silent:
            self._silent = ""

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.said.append(data.strip())


def english(said: list[str]) -> list[str]:
    """Texts with a Latin word that has no business on a Russian page."""
    return [
        text
        for text in said
        if any(word.lower() not in LATIN for word in re.findall(r"[A-Za-z]{3,}", text))
    ]


def assert_russian(answer: Any, status: int = 200) -> None:
    assert answer.status_code == status
    said = Words(answer.content.decode()).said
    assert english(said) == []
    assert sum(bool(re.search("[а-яё]", text)) for text in said) >= 5


def in_russian(http: HttpClient) -> HttpClient:
    http.defaults["HTTP_ACCEPT_LANGUAGE"] = "ru"
    return http


def test_a_page_is_searched_for_english(cast: Cast) -> None:
    """The instrument itself: it finds English where there is some."""
    http = cast.anna.browser()
    http.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    said = Words(http.get("/accounts/login/").content.decode()).said
    assert "Log in" in english(said)
    assert "Skip to content" in english(said)


@pytest.mark.parametrize("path", ["/", "/signup/"])
def test_the_public_site_is_russian(cast: Cast, path: str) -> None:
    assert_russian(in_russian(HttpClient(headers={"host": "localhost"})).get(path))


def test_the_sign_ups_complaints_are_russian(cast: Cast) -> None:
    http = in_russian(HttpClient(headers={"host": "localhost"}))
    form = {"name": "Anna", "slug": "legs", "email": "no", "password": "123"}
    assert_russian(http.post("/signup/", form))


@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/accounts/password/reset/"])
def test_a_visitors_pages_are_russian(cast: Cast, path: str) -> None:
    assert_russian(in_russian(cast.anna.browser()).get(path))


def finished(client: User) -> WorkoutSession:
    assignment = make_assignment(client, due_on=timezone.localdate())
    session = services.start_session(client, assignment)
    chunk = make_chunk(first_item(assignment).pk, [30.0] * 20, errors={4: 45.0})
    services.store_chunk(session, 0, chunk)
    return services.finish_session(session, 1)


def test_a_clients_pages_are_russian(cast: Cast, anna: Site) -> None:
    session = finished(cast.kate)
    homework = f"/homework/{session.assignment_id}/"
    kate = in_russian(anna.browser(cast.kate))
    for path in ("/", homework, f"/results/{session.pk}/", f"{homework}shadow/"):
        assert_russian(kate.get(path))


def test_shadow_modes_words_are_russian(cast: Cast, anna: Site) -> None:
    from sessions.shadow_messages import shadow_messages

    with translation.override("ru"):
        said = shadow_messages()
    # Names of browsers and of the protocol stay as they are.
    names = {"chrome", "edge", "firefox", "safari", "https"}
    for key, text in said.items():
        placeholderless = re.sub(r"\{\w+\}", "", text)
        words = {word.lower() for word in re.findall(r"[A-Za-z]{3,}", placeholderless)}
        assert words <= names, key


STUDIO = (
    "",
    "processing/clip/",
    "processing/clip/add/",
    "exercises/exercise/",
    "exercises/exercise/add/",
    "exercises/workout/",
    "exercises/workout/add/",
    "exercises/assignment/",
    "exercises/assignment/add/",
    "people/client/",
    "people/client/add/",
    "workout_sessions/workoutsession/",
    "password_change/",
)


def test_the_studio_is_russian(cast: Cast, anna: Site) -> None:
    session = finished(cast.kate)
    make_clip(status=Clip.Status.QUEUED)
    failed = make_clip(status=Clip.Status.FAILED)
    take = make_take("Squat", findings=[finding("feet_out", (5.0, 9.0))])
    stopped = make_clip(status=Clip.Status.CANCELLED)
    owner = in_russian(anna.browser(anna.owner))
    workout = session.assignment.workout_id
    paths = (
        *STUDIO,
        f"processing/clip/{failed.pk}/change/",
        f"processing/clip/{take.pk}/change/",
        f"processing/clip/{stopped.pk}/change/",
        f"exercises/workout/{workout}/change/",
        f"exercises/workout/{workout}/delete/",
        f"people/client/{cast.kate.pk}/change/",
        f"workout_sessions/workoutsession/{session.pk}/report/",
    )
    for path in paths:
        assert_russian(owner.get(f"/studio/{path}"))
