"""A transformers model on this machine. Nothing is downloaded, no code of the model's is run."""

from __future__ import annotations

import functools
import importlib
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from processing.engines.availability import Needs, Package, check
from sessions.coach.llm import LanguageModelError

_NEEDS: Final = Needs(
    runtime="torch",
    packages=(
        Package("torch", "pip install torch"),
        Package("transformers", "pip install transformers"),
    ),
)
_FILES: Final = ("config.json", "tokenizer_config.json")
_MOST_TOKENS: Final = 900
# One answer at a time: two would each take twice as long, and twice the memory.
_TURN: Final = threading.Lock()


def missing(folder: Path) -> tuple[str, ...]:
    """What lacks before a model can be loaded from a folder: plain sentences, or none."""
    lacking = check(_NEEDS, folder).missing
    if not folder.is_dir():
        return (*lacking, f"COACH_LLM_LOCAL names {folder}, and there is no such folder.")
    return (
        *lacking,
        *(
            f"{name} is missing in {folder}: save the model there with save_pretrained."
            for name in _FILES
            if not (folder / name).is_file()
        ),
    )


@dataclass(frozen=True)
class Local:
    """A causal language model that was saved with ``save_pretrained``, and its tokenizer.

    Attributes
    ----------
    folder : Path
    timeout_s : float
        For waiting for one's turn, and again for the answer; loading, once, comes on top.
    """

    folder: Path
    timeout_s: float = 10.0
    source: Literal["local"] = "local"

    def ask(self, instructions: str, question: str) -> str:
        """See `LanguageModel.ask`."""
        if lacking := missing(self.folder):
            raise LanguageModelError("missing", " ".join(lacking))
        if not _TURN.acquire(timeout=self.timeout_s):
            raise LanguageModelError("timeout", "the model is busy with another question")
        try:
            return self._answer(instructions, question)
        # Broken files and odd models raise errors of many libraries, which share no type; none of
        # them may cost the client their feedback.
        except Exception as error:
            raise LanguageModelError("garbage", f"{self.folder} gave no answer: {error}") from error
        finally:
            _TURN.release()

    def _answer(self, instructions: str, question: str) -> str:
        torch = importlib.import_module("torch")
        model, tokenizer = _load(self.folder, check(_NEEDS, self.folder).device)
        prompt = _prompt(tokenizer, instructions, question)
        # A chat template has its own marks for the beginning.
        marks = tokenizer.chat_template is None
        given = tokenizer(prompt, return_tensors="pt", add_special_tokens=marks).to(model.device)
        length = given["input_ids"].shape[1]
        with torch.inference_mode():
            made = model.generate(
                input_ids=given["input_ids"],
                attention_mask=given["attention_mask"],
                do_sample=False,
                max_new_tokens=_MOST_TOKENS,
                max_time=self.timeout_s,
                pad_token_id=tokenizer.pad_token_id or tokenizer.eos_token_id,
            )
        return str(tokenizer.decode(made[0, length:], skip_special_tokens=True))


@functools.lru_cache(maxsize=1)
def _load(folder: Path, device: str) -> tuple[Any, Any]:
    transformers = importlib.import_module("transformers")
    only_here = {"local_files_only": True, "trust_remote_code": False}
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder, **only_here)
    model = transformers.AutoModelForCausalLM.from_pretrained(
        folder, use_safetensors=True, **only_here
    )
    return model.to(device).eval(), tokenizer


def _prompt(tokenizer: Any, instructions: str, question: str) -> str:
    if tokenizer.chat_template is None:
        return f"{instructions}\n\n{question}\n\n"
    messages = [
        {"role": "system", "content": instructions},
        {"role": "user", "content": question},
    ]
    return str(tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True))
