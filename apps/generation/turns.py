"""A conversation as it is read again: its questions and answers, oldest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch

from apps.accounts.models import User
from apps.generation.models import Asking, Conversation, Feedback, Share, Trace
from apps.generation.turn_order import in_place
from apps.generation.withholding import NEAREST, withhold
from apps.knowledge.access import Scope
from apps.retrieval.hits import readable_chunks
from apps.retrieval.protocols import Hit


@dataclass(frozen=True, slots=True)
class Turn:
    """A question with its answer as its asker may see it now, and what came of it."""

    trace: UUID
    question: str
    created_at: datetime
    text: str
    is_answered: bool
    short_answer: str
    sentences: Sequence[Mapping[str, Any]]
    confidence: float
    citations: Sequence[Mapping[str, Any]]
    nearest: Sequence[Hit]
    engine: str
    profile: str
    usage: Mapping[str, int]
    degraded: Sequence[str]
    timings_ms: Mapping[str, float]
    feedback: Feedback | None
    share: Share | None
    is_reported: bool


def conversation_turns(conversation: Conversation, *, by: User) -> list[Turn]:
    """The turns of the user's own conversation, oldest first, replaced ones left out.

    An answer given again stands where the one was that it replaced.

    What quotes a document that may no longer be read is withheld. A fixed number of queries.
    """
    scope = Scope.of(by)
    traces: list[Any] = in_place(_asked_in(conversation, by))
    withheld = withhold(traces, scope=scope)
    for verdict in (one for trace in traces if trace.pk in withheld for one in trace.verdicts):
        verdict.comment = verdict.correct_answer = ""
    unanswered = [trace for trace in traces if not trace.is_answered]
    wanted = {one["chunk"] for trace in unanswered for one in trace.candidates[:NEAREST]}
    chunks = readable_chunks(wanted, scope=scope)
    return [_turn(trace, chunks) for trace in traces]


def _asked_in(conversation: Conversation, by: User) -> list[Any]:
    reported = Asking.objects.filter(trace=OuterRef("pk"), kind=Asking.Kind.REPORTED)
    asked = (
        conversation.traces.filter(kind=Trace.Kind.ASK, user=by)
        .select_related("share")
        .prefetch_related(
            Prefetch("feedback", queryset=Feedback.objects.filter(user=by), to_attr="verdicts")
        )
        .annotate(is_reported=Exists(reported))
        .order_by("created_at", "pk")
    )
    return list(asked)


def _turn(trace: Any, chunks: Mapping[str, Hit]) -> Turn:
    """`trace` is a Trace with `verdicts` and `is_reported`."""
    return Turn(
        trace=trace.uuid,
        question=trace.question,
        created_at=trace.created_at,
        text=trace.answer,
        is_answered=trace.is_answered,
        short_answer=trace.short_answer,
        sentences=trace.sentences,
        confidence=trace.confidence,
        citations=trace.citations,
        nearest=[] if trace.is_answered else _nearest(trace, chunks),
        engine=trace.engine,
        profile=trace.profile,
        usage=trace.usage,
        degraded=trace.degraded,
        timings_ms=trace.timings_ms,
        feedback=next(iter(trace.verdicts), None),
        share=getattr(trace, "share", None),
        is_reported=trace.is_reported,
    )


def _nearest(trace: Trace, chunks: Mapping[str, Hit]) -> list[Hit]:
    return [
        replace(chunks[one["chunk"]], score=one["score"], legs=one["legs"])
        for one in trace.candidates[:NEAREST]
        if one["chunk"] in chunks
    ]
