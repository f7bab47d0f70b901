"""The record of every question: how its answer came about, who sees it, how it is forgotten."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext

from apps.accounts.models import User
from apps.core.errors import Invalid, NotFound
from apps.core.version import VERSION
from apps.generation.answers import Question
from apps.generation.checking.sentences import Sentence
from apps.generation.cited import as_json
from apps.generation.models import Asking, Conversation, Feedback, Trace, TraceSource
from apps.generation.open_questions import orphans_remove
from apps.generation.protocols import Citation
from apps.generation.withholding import redact, withhold
from apps.generation.wording import REMOVED
from apps.knowledge.access import Scope, versions_kept
from apps.knowledge.models import Version
from apps.knowledge.out_of_reach import out_of_reach
from apps.retrieval.protocols import Hit, SearchResult

BATCH = 500
_ENGINE_CHARACTERS = 100


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
    short_answer: str = ""
    sentences: Sequence[Sentence] = ()
    profile: str = ""
    usage: Mapping[str, int] = field(default_factory=dict)
    degraded: Sequence[str] = ()  # beside what the search tells
    leant_on: Sequence[str] = ()  # ids of versions whose words earlier turns brought in


def trace_record_ask(*, question: Question, found: SearchResult, outcome: Outcome) -> Trace:
    """Store how a question was answered; the answer it replaces leaves the conversation.

    Raises NotFound when the conversation was deleted in the meantime: nothing is kept then.
    """
    asked = question.text
    recorded = _store(
        Trace(
            kind=Trace.Kind.ASK,
            user=question.user,
            conversation=question.conversation,
            question=asked,
            search_query="" if outcome.search_query == asked else outcome.search_query,
            answer=outcome.text,
            short_answer=outcome.short_answer,
            is_answered=outcome.is_answered,
            confidence=outcome.confidence,
            citations=[as_json(citation) for citation in outcome.citations],
            timings_ms=dict(outcome.timings_ms),
            engine=outcome.engine[:_ENGINE_CHARACTERS],
            model_sha256=outcome.model_sha256,
            profile=outcome.profile,
            sentences=[asdict(sentence) for sentence in outcome.sentences],
            usage=dict(outcome.usage),
            degraded=list(outcome.degraded),
            leant_on=list(outcome.leant_on),
        ),
        found,
        question.scope,
    )
    if question.replaces:
        Trace.objects.filter(pk=question.replaces.pk).update(is_replaced=True)
    return recorded


def trace_replaceable(uuid: UUID, *, conversation: Conversation | None, by: User) -> Trace:
    """The user's answer that a new one shall replace. Raises Invalid without a conversation.

    Raises NotFound when it is not an answer of the user's in this conversation.
    """
    if conversation is None:
        raise Invalid(gettext("To replace an answer, name the conversation that it stands in."))
    asked = Trace.objects.filter(kind=Trace.Kind.ASK, user=by, conversation=conversation)
    found = asked.filter(uuid=uuid).first()
    if found is None:
        raise NotFound(gettext("There is no such answer of yours in this conversation."))
    return found


def trace_record_search(*, user: User, query: str, scope: Scope, found: SearchResult) -> Trace:
    """Store a plain search in `scope`."""
    return _store(
        Trace(kind=Trace.Kind.SEARCH, user=user, question=query, timings_ms=dict(found.timings_ms)),
        found,
        scope,
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
    withhold([trace], scope=Scope.of(user))
    return trace


def forget_versions(version_ids: Sequence[int] | QuerySet[Version, int]) -> int:
    """Remove from some traces what was drawn from these versions; returns how many, 0 at the end.

    Inside the caller's transaction, which is short: call it until nothing is left. Quotes and
    candidates of other versions stay; an answer that was drawn from a removed one is replaced by a
    note, and what people wrote about it goes, too.
    """
    batch = list(
        TraceSource.objects.filter(version_id__in=version_ids)
        .order_by("trace_id")
        .values_list("trace_id", flat=True)
        .distinct()[:BATCH]
    )
    if batch:
        _forget_in(batch, version_ids)
    return len(batch)


def forget_before(moment: datetime) -> int:
    """Delete the traces created before `moment`, in small transactions; returns how many.

    With them go their feedback and shares, the conversations that they leave empty, and the open
    questions that nobody asks any more.
    """
    gone = 0
    while batch := list(
        Trace.objects.filter(created_at__lt=moment)
        .order_by("pk")
        .values_list("pk", flat=True)[:BATCH]
    ):
        Trace.objects.filter(pk__in=batch).delete()
        gone += len(batch)
    Conversation.objects.filter(updated_at__lt=moment, traces=None).delete()
    orphans_remove()
    return gone


def _store(trace: Trace, found: SearchResult, scope: Scope) -> Trace:
    trace.made_with = _made_with(found) | {"left_out": asdict(out_of_reach(scope, trace.user))}
    trace.candidates = [_candidate(hit) for hit in found.hits]
    trace.index_generation = found.index_generation
    trace.degraded = [*found.degraded, *trace.degraded]
    trace.expansion = list(found.expansion)
    versions = {hit.version for hit in found.hits} | {UUID(one) for one in trace.leant_on}
    with transaction.atomic():
        # Deleted while the question was being answered: a purge may have passed already.
        kept = dict(versions_kept().filter(uuid__in=versions).values_list("uuid", "pk"))
        redact([trace], {str(uuid) for uuid in versions - kept.keys()}, note=REMOVED)
        _require_conversation(trace)
        trace.save()
        TraceSource.objects.bulk_create(
            TraceSource(trace=trace, version_id=pk, version_uuid=uuid) for uuid, pk in kept.items()
        )
    return trace


def _require_conversation(trace: Trace) -> None:
    """Hold the conversation against being deleted until the trace is stored in it."""
    if trace.conversation_id is None:
        return
    kept = Conversation.objects.select_for_update().filter(pk=trace.conversation_id)
    if not kept.values_list("pk", flat=True).first():
        raise NotFound(gettext("This conversation was deleted while the answer was being written."))


def _forget_in(
    trace_ids: Sequence[int], version_ids: Sequence[int] | QuerySet[Version, int]
) -> None:
    sources = TraceSource.objects.filter(trace_id__in=trace_ids, version_id__in=version_ids)
    dead = {str(uuid) for uuid in sources.values_list("version_uuid", flat=True)}
    traces = list(Trace.objects.filter(pk__in=trace_ids).select_for_update())
    showed = redact(traces, dead, note=REMOVED)
    told = ["answer", "short_answer", "sentences", "citations", "candidates", "leant_on"]
    Trace.objects.bulk_update(traces, told)
    Feedback.objects.filter(trace__in=showed).update(comment="", correct_answer="")
    Asking.objects.filter(trace__in=showed).update(note="")
    sources.delete()


def _candidate(hit: Hit) -> dict[str, Any]:
    return {
        "chunk": str(hit.chunk),
        "document": str(hit.document),
        "version": str(hit.version),
        "legs": dict(hit.legs),
        "score": hit.score,
        "leg_scores": dict(hit.leg_scores),
        "relevance": None if hit.reading is None else round(hit.reading.relevance, 3),
    }


def _made_with(found: SearchResult) -> dict[str, Any]:
    """The versions of what took part, and through how many passages it went."""
    return asdict(found.searched_with) | {
        "program": VERSION,
        "change_seq": found.change_seq,
        "language": found.language,
    }
