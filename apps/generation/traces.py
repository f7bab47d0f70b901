"""The record of every question: how its answer came about, who sees it, how it is forgotten."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from apps.accounts.models import User
from apps.core.errors import NotFound
from apps.generation.answers import Question
from apps.generation.models import Trace, TraceSource
from apps.generation.protocols import Citation
from apps.generation.wording import REMOVED, WITHHELD, language_of
from apps.knowledge.access import Scope, documents_of
from apps.knowledge.models import Version, VersionState
from apps.retrieval.protocols import Hit, SearchResult

BATCH = 500


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an answer's trace records beside the question and the search."""

    search_query: str
    text: str
    is_answered: bool
    confidence: float
    citations: Sequence[Citation]
    engine: str
    model_sha256: str
    timings_ms: Mapping[str, float]


def trace_record_ask(*, question: Question, found: SearchResult, outcome: Outcome) -> Trace:
    """Store how a question was answered."""
    asked = question.text
    return _store(
        Trace(
            kind=Trace.Kind.ASK,
            user=question.user,
            conversation=question.conversation,
            question=asked,
            search_query="" if outcome.search_query == asked else outcome.search_query,
            answer=outcome.text,
            is_answered=outcome.is_answered,
            confidence=outcome.confidence,
            citations=[_as_json(citation) for citation in outcome.citations],
            timings_ms=dict(outcome.timings_ms),
            engine=outcome.engine,
            model_sha256=outcome.model_sha256,
        ),
        found,
    )


def trace_record_search(*, user: User, query: str, found: SearchResult) -> Trace:
    """Store a plain search."""
    return _store(
        Trace(kind=Trace.Kind.SEARCH, user=user, question=query, timings_ms=dict(found.timings_ms)),
        found,
    )


def trace_get(uuid: UUID, user: User) -> Trace:
    """A trace as `user` may see it: their own, or any for a superuser. Never save what is returned.

    What quotes a document that the user may no longer read is withheld: its citations and
    candidates are left out, and the answer's text with them. Raises NotFound.
    """
    traces = Trace.objects.select_related("conversation", "user")
    trace = (traces if user.is_superuser else traces.filter(user=user)).filter(uuid=uuid).first()
    if trace is None:
        raise NotFound(gettext("There is no such trace of yours."))
    named = {entry["document"] for entry in [*trace.citations, *trace.candidates]}
    readable = {
        str(found)
        for found in documents_of(Scope.of(user))
        .filter(uuid__in=named)
        .values_list("uuid", flat=True)
    }
    if any(citation["document"] not in readable for citation in trace.citations):
        trace.answer = WITHHELD[language_of(trace.question)]
    trace.citations = [one for one in trace.citations if one["document"] in readable]
    trace.candidates = [one for one in trace.candidates if one["document"] in readable]
    return trace


def forget_versions(version_ids: Sequence[int]) -> int:
    """Remove from all traces what was drawn from these versions; returns how many were touched.

    Quotes and candidates of other versions stay; an answer that cited a removed one is replaced by
    a note. Called by the purge; safe to repeat and to interrupt.
    """
    touched = 0
    while batch := list(
        TraceSource.objects.filter(version_id__in=version_ids)
        .order_by("trace_id")
        .values_list("trace_id", flat=True)
        .distinct()[:BATCH]
    ):
        with transaction.atomic():
            _forget_in(batch, version_ids)
        touched += len(batch)
    return touched


def forget_before(moment: datetime) -> int:
    """Delete the traces created before `moment`, in small transactions; returns how many."""
    gone = 0
    while batch := list(
        Trace.objects.filter(created_at__lt=moment)
        .order_by("pk")
        .values_list("pk", flat=True)[:BATCH]
    ):
        Trace.objects.filter(pk__in=batch).delete()
        gone += len(batch)
    return gone


def _store(trace: Trace, found: SearchResult) -> Trace:
    trace.candidates = [_candidate(hit) for hit in found.hits]
    trace.index_generation = found.index_generation
    trace.degraded = list(found.degraded)
    versions = {hit.version for hit in found.hits}
    with transaction.atomic():
        rows = Version.objects.filter(uuid__in=versions).values_list("pk", "uuid", "state")
        known = {uuid: (pk, state) for pk, uuid, state in rows}
        # Deleted while the question was being answered: a purge may have passed already.
        dead = {
            str(uuid)
            for uuid in versions
            if uuid not in known or known[uuid][1] == VersionState.DEAD
        }
        _redact(trace, dead)
        trace.save()
        TraceSource.objects.bulk_create(
            TraceSource(trace=trace, version_id=pk, version_uuid=uuid)
            for uuid, (pk, _) in known.items()
            if str(uuid) not in dead
        )
    return trace


def _forget_in(trace_ids: Sequence[int], version_ids: Sequence[int]) -> None:
    sources = TraceSource.objects.filter(trace_id__in=trace_ids, version_id__in=version_ids)
    dead = {str(uuid) for uuid in sources.values_list("version_uuid", flat=True)}
    traces = list(Trace.objects.filter(pk__in=trace_ids).select_for_update())
    for trace in traces:
        _redact(trace, dead)
    Trace.objects.bulk_update(traces, ["answer", "citations", "candidates"])
    sources.delete()


def _redact(trace: Trace, dead: set[str]) -> None:
    if any(citation["version"] in dead for citation in trace.citations):
        trace.answer = REMOVED[language_of(trace.question)]
    trace.citations = [one for one in trace.citations if one["version"] not in dead]
    trace.candidates = [one for one in trace.candidates if one["version"] not in dead]


def _as_json(citation: Citation) -> dict[str, Any]:
    return {
        name: str(value) if isinstance(value, UUID) else value
        for name, value in asdict(citation).items()
    }


def _candidate(hit: Hit) -> dict[str, Any]:
    return {
        "chunk": str(hit.chunk),
        "document": str(hit.document),
        "version": str(hit.version),
        "legs": dict(hit.legs),
        "score": hit.score,
    }
