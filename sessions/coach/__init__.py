"""What the coach says after a set: facts, four voices, a check, and an optional language model.

    document ──▶ facts ──▶ plan ──▶ a voice's own words ──────────────▶ Feedback
                              └──▶ a language model's ──▶ check ──▶ ┘

Every voice speaks from the same facts, and a language model may only reword what was chosen; what
contradicts a fact is not shown. ``Feedback.source`` says whose words they are.
"""

from sessions.coach.feedback import Change, Feedback
from sessions.coach.speaking import PERSONAS, Persona, speak
from sessions.coach.tone import Tone, ToneError

__all__ = ["PERSONAS", "Change", "Feedback", "Persona", "Tone", "ToneError", "speak"]
