"""Conversations, traces, feedback, shares, curated answers, open questions."""

from apps.generation.models.conversations import Conversation, Share, Trace, TraceSource
from apps.generation.models.curated import CuratedAnswer, CuratedQuestion, CuratedSource
from apps.generation.models.feedback import Feedback
from apps.generation.models.open_questions import Asking, OpenQuestion

__all__ = [
    "Asking",
    "Conversation",
    "CuratedAnswer",
    "CuratedQuestion",
    "CuratedSource",
    "Feedback",
    "OpenQuestion",
    "Share",
    "Trace",
    "TraceSource",
]
