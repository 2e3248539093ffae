"""A language model may reword the coach; what it says is shown only where it holds."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from sessions.coach import Feedback, Tone, speak
from sessions.coach.endpoint import Endpoint
from sessions.coach.llm import LanguageModelError, configured
from sessions.coach.local import Local, missing
from tests.sessions.coach.build import Document, document, interval, moment, without_score

DOCUMENT = document(
    66.0,
    moments=[moment("depth", "left_knee_flexion", size=21, cost=9)],
    parts={"left_knee": interval(52.0), "right_knee": interval(91.0)},
)
ENGLISH = {
    "headline": "66% on this one, and there is more in there!",
    "well": ["Your right knee matches at 91%, love it!", "Your tempo is on point at 3.0 s a rep!"],
    "change": ["Get deeper with the left knee!"],
    "next": "Next time, take the lowest point slowly and stay there for a moment.",
    "closing": "See you at the next session!",
}
RUSSIAN = {
    "headline": "66%, и это только начало!",
    "well": ["Правое колено: 91%, класс!", "Темп как у тренера: повтор 3,0 с, супер!"],
    "change": ["Левое колено: ещё глубже!"],
    "next": "В следующий раз на мгновение останься в самой нижней точке.",
    "closing": "До встречи на тренировке!",
}


def completion(content: object) -> bytes:
    return json.dumps({"choices": [{"message": {"content": content}}]}).encode()


@dataclass
class Server:
    """A real HTTP server that answers as it is told, and keeps what it was asked."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    trickle: bool = False
    asked: list[dict[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)
    hangs: bool = False
    port: int = 0

    def endpoint(self, timeout_s: float = 5.0) -> Endpoint:
        return Endpoint(f"http://127.0.0.1:{self.port}/v1/", "tiny", "s3cret", timeout_s)


@pytest.fixture
def server() -> Iterator[Server]:
    told = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            told.asked.append(json.loads(self.rfile.read(length)))
            told.paths.append(self.path)
            told.keys.append(self.headers["Authorization"])
            if told.hangs:
                told.released.wait(20)
                return
            self.send_response(told.status)
            for name, value in told.headers.items():
                self.send_header(name, value)
            self.end_headers()
            if not told.trickle:
                self.wfile.write(told.body)
                return
            try:
                while not told.released.wait(0.05):
                    self.wfile.write(b" ")
                    self.wfile.flush()
            except OSError:
                return

        def log_message(self, *args: object) -> None:
            """Quiet."""

    http_server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http_server.daemon_threads = False
    told.port = http_server.server_port
    thread = threading.Thread(target=http_server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield told
    finally:
        told.released.set()
        http_server.shutdown()
        http_server.server_close()
        thread.join()


def said(llm: Any, language: str = "en", doc: Document = DOCUMENT, **more: Any) -> Feedback:
    return speak(
        doc,
        persona="hype_beast",
        language=language,
        name="Kateryna",
        exercise="Goblet squat",
        seed="1",
        llm=llm,
        **more,
    )


# --- An endpoint ---------------------------------------------------------------------------


def test_a_good_answer_is_used(server: Server) -> None:
    server.body = completion(json.dumps(ENGLISH))
    feedback = said(server.endpoint())
    assert (feedback.source, feedback.reason) == ("endpoint", "")
    assert feedback.headline == ENGLISH["headline"]
    assert [change.text for change in feedback.change] == ENGLISH["change"]
    # The number a change rests on, the greeting and the caveats stay ours.
    assert feedback.change[0].basis.startswith("Left knee: 21° less bend")
    assert feedback.greeting == "Hey Kateryna!"
    assert server.paths == ["/v1/chat/completions"]
    assert server.keys == ["Bearer s3cret"]


def test_a_good_russian_answer_is_used(server: Server) -> None:
    server.body = completion(json.dumps(RUSSIAN))
    feedback = said(server.endpoint(), "ru")
    assert (feedback.source, feedback.reason) == ("endpoint", "")
    assert feedback.closing == RUSSIAN["closing"]


def test_only_facts_leave(server: Server) -> None:
    server.body = completion(json.dumps(ENGLISH))
    tone = Tone(greeting="Hi {name}, Anna here!", sign_off="Yours, Anna")
    said(server.endpoint(), tone=tone)
    (asked,) = server.asked
    assert set(asked) == {"model", "messages", "temperature", "max_tokens"}
    sent = json.dumps(asked)
    for private in ("Kateryna", "Goblet", "Anna", "s3cret", "at_s", "landmark"):
        assert private not in sent
    question = json.loads(asked["messages"][1]["content"])
    assert question["change"] == [
        "depth: at the left knee, knee flexion is 21 degrees less than the trainer's."
    ]


LIES: list[tuple[str, str, dict[str, Any]]] = [
    ("a number", "en", ENGLISH | {"headline": "96% on this one, and there is more in there!"}),
    ("a side", "en", ENGLISH | {"change": ["Get deeper with the right knee!"]}),
    ("a fault", "en", ENGLISH | {"next": "Next time, keep your elbows from drifting too far."}),
    ("praise", "en", ENGLISH | {"closing": "A perfect session, see you next time!"}),
    ("a link", "en", ENGLISH | {"closing": "See you at the next session on evil.example!"}),
    ("wrong language", "en", RUSSIAN),
    ("wrong language", "ru", ENGLISH),
    ("wrong address", "ru", RUSSIAN | {"closing": "До встречи, жду вас на тренировке!"}),
    ("missing part", "en", {key: ENGLISH[key] for key in ("headline", "well", "change")}),
]


@pytest.mark.parametrize(("what", "language", "answer"), LIES)
def test_an_answer_that_does_not_hold_is_not_used(
    server: Server, what: str, language: str, answer: dict[str, Any]
) -> None:
    server.body = completion(json.dumps(answer))
    feedback = said(server.endpoint(), language)
    assert feedback.reason == "refused"
    assert feedback.source == "built_in"
    ours = said(None, language)
    assert feedback.text() == ours.text()
    assert len(server.asked) == 1, "nothing is tried twice"


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (500, b"oops", "status"),
        (404, b"", "status"),
        (302, b"", "status"),
        (200, b"", "garbage"),
        (200, b"\xff\xfe garbage", "garbage"),
        (200, b"{}", "garbage"),
        (200, b"[]", "garbage"),
        (200, completion(None), "garbage"),
        (200, completion([{"type": "text"}]), "garbage"),
        (200, b" " * 70_000, "garbage"),
        (200, completion("Sorry, I can't."), "refused"),
    ],
)
def test_a_broken_answer_is_not_used(server: Server, status: int, body: bytes, reason: str) -> None:
    server.status, server.body = status, body
    server.headers = {"Location": f"http://127.0.0.1:{server.port}/elsewhere"}
    feedback = said(server.endpoint())
    assert (feedback.source, feedback.reason) == ("built_in", reason)
    assert feedback.text() == said(None).text()
    assert len(server.asked) == 1


@pytest.mark.parametrize("way", ["hangs", "trickle"])
def test_a_server_that_is_too_slow_is_not_waited_for(server: Server, way: str) -> None:
    setattr(server, way, True)
    began = time.monotonic()
    feedback = said(server.endpoint(timeout_s=0.4))
    # Ten times the limit, for a machine that is busy with something else.
    assert time.monotonic() - began < 4
    assert (feedback.source, feedback.reason) == ("built_in", "timeout")


def test_a_server_that_is_not_there() -> None:
    for url in ("http://127.0.0.1:1/v1", "http://[::1/v1", "http:///v1"):
        feedback = said(Endpoint(url, "tiny", "", 2.0))
        assert (feedback.source, feedback.reason) == ("built_in", "unreachable"), url


def test_nothing_is_asked_where_there_is_no_score(server: Server) -> None:
    feedback = said(server.endpoint(), doc=without_score("not_visible"))
    assert (feedback.source, feedback.reason, server.asked) == ("built_in", "", [])


def test_the_key_is_not_printed() -> None:
    assert "s3cret" not in repr(Endpoint("http://x", "m", "s3cret"))


# --- Settings ------------------------------------------------------------------------------


def test_the_settings_choose(settings: LazySettings, tmp_path: Path) -> None:
    assert configured() is None
    settings.COACH_LLM_URL, settings.COACH_LLM_MODEL = "https://llm.example/v1", "m"
    settings.COACH_LLM_KEY = "k"
    assert configured() == Endpoint("https://llm.example/v1", "m", "k", 10.0)
    settings.COACH_LLM_URL, settings.COACH_LLM_LOCAL = "", str(tmp_path)
    assert configured() == Local(tmp_path, 10.0)


@pytest.mark.parametrize(
    "given",
    [
        {"COACH_LLM_URL": "llm.example", "COACH_LLM_MODEL": "m"},
        {"COACH_LLM_URL": "https://llm.example/v1"},
        {"COACH_LLM_URL": "http://a/v1", "COACH_LLM_MODEL": "m", "COACH_LLM_LOCAL": "x"},
    ],
)
def test_settings_that_contradict_each_other_stop_the_program(given: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import perscoach.settings"],
        env={**os.environ, **given},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode != 0
    assert "ImproperlyConfigured: " in done.stderr
    assert "COACH_LLM_" in done.stderr


# --- A local model -------------------------------------------------------------------------


def test_what_lacks_is_said_plainly(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    assert any("there is no such folder" in sentence for sentence in missing(nowhere))
    lacking = " ".join(missing(tmp_path))
    assert "config.json is missing in" in lacking
    for package in ("torch", "transformers"):
        lacks = importlib.util.find_spec(package) is None
        assert (f"The Python package {package} is missing: pip install" in lacking) == lacks
    with pytest.raises(LanguageModelError) as refused:
        Local(tmp_path).ask("", "")
    assert refused.value.code == "missing"
    feedback = said(Local(tmp_path))
    assert (feedback.source, feedback.reason) == ("built_in", "missing")


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A model of two layers with random weights, and a tokenizer of bytes, as files."""
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    tokenizers = pytest.importorskip("tokenizers")
    alphabet = sorted(tokenizers.pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {token: i for i, token in enumerate(["<end>", *alphabet])}
    words = tokenizers.Tokenizer(tokenizers.models.BPE(vocab=vocabulary, merges=[]))
    words.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    words.decoder = tokenizers.decoders.ByteLevel()
    tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_object=words, eos_token="<end>")
    tokenizer.chat_template = (
        "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}"
    )
    tokenizer.save_pretrained(tmp_path)
    torch.manual_seed(0)
    config = transformers.LlamaConfig(
        vocab_size=len(vocabulary),
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        max_position_embeddings=8192,
        eos_token_id=0,
        bos_token_id=0,
    )
    transformers.LlamaForCausalLM(config).save_pretrained(tmp_path)
    return tmp_path


def test_a_local_model_is_loaded_asked_and_checked(tiny: Path) -> None:
    llm = Local(tiny, timeout_s=20.0)
    answer = llm.ask("Say something.", "Anything.")
    assert answer
    assert answer == llm.ask("Say something.", "Anything."), "it never draws lots"
    # Random weights babble, and babble is refused.
    feedback = said(llm)
    assert (feedback.source, feedback.reason) == ("built_in", "refused")


def test_a_broken_local_model_costs_nothing(tiny: Path) -> None:
    (tiny / "model.safetensors").write_bytes(b"broken")
    feedback = said(Local(tiny, timeout_s=20.0))
    assert (feedback.source, feedback.reason) == ("built_in", "garbage")
