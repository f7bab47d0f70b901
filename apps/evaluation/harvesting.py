"""Drafts of golden questions from what people asked: open questions, corrections, praised answers.

Curators get what their desk shows them (docs/adr/0007-what-curators-see.md); praised answers, which
it does not, only superusers get.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from uuid import UUID

from apps.accounts.models import User
from apps.core.errors import Conflict, Invalid
from apps.evaluation.golden_questions import MOST_ANSWERS, GoldenDraft, golden_question_add
from apps.evaluation.models import GoldenQuestion, GoldenSet
from apps.generation.models import Feedback, OpenQuestion, Trace
from apps.generation.open_questions import questions_of
from apps.knowledge import access
from apps.knowledge.access import Scope, documents_of
from apps.knowledge.models import Permission

MOST = 200
_LOOKED_AT = 5  # verdicts for each draft that is wanted
_Origin = GoldenQuestion.Origin


@dataclass(frozen=True, slots=True)
class Harvested:
    """How many drafts came from verdicts, how many from open questions, how many were there."""

    feedback: int = 0
    open_questions: int = 0
    known: int = 0


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question as it was asked, with what somebody said is right."""

    text: str
    answers: tuple[str, ...]
    documents: tuple[UUID, ...]
    trace: UUID | None
    origin: GoldenQuestion.Origin


def golden_questions_harvest(*, golden_set: GoldenSet, by: User) -> Harvested:
    """Make drafts of what was asked about the set's collection: what its curator sees as open, and
    for superusers what was praised.

    What an asker said is right is taken as the answer, a praised answer with what it cites. An open
    question without either has no answer yet: its curator writes one, or leaves it as one that must
    be refused. Nobody's name goes into a draft, and a draft goes with its asker's data. Safe to
    repeat. Raises as `access.require` (MANAGE).
    """
    access.require(by, Permission.MANAGE, golden_set.collection)
    counts = {_Origin.FEEDBACK: 0, _Origin.OPEN: 0}
    known = 0
    praised = _praised(golden_set, by) if by.is_superuser else iter(())
    for one in chain(praised, _open(golden_set, by)):
        try:
            golden_question_add(by=by, draft=_draft(golden_set, one))
            counts[one.origin] += 1
        except Conflict:
            known += 1
        except Invalid:  # too long for a set
            continue
    return Harvested(counts[_Origin.FEEDBACK], counts[_Origin.OPEN], known)


def _draft(golden_set: GoldenSet, one: _Asked) -> GoldenDraft:
    return GoldenDraft(
        collection=golden_set.collection,
        text=one.text,
        answers=one.answers,
        documents=one.documents,
        golden_set=golden_set,
        origin=one.origin,
        state=GoldenQuestion.State.DRAFT,
        harvested_from=one.trace,
    )


def _praised(golden_set: GoldenSet, by: User) -> Iterator[_Asked]:
    """Answers with a thumb up, all of whose sources are of the collection and readable by `by`."""
    readable = documents_of(Scope.of(by)).filter(collection=golden_set.collection)
    told = Feedback.objects.filter(
        verdict=Feedback.Verdict.UP, trace__kind=Trace.Kind.ASK, trace__is_answered=True
    )
    found = 0
    for feedback in told.select_related("trace").order_by("-pk")[: _LOOKED_AT * MOST]:
        trace = feedback.trace
        cited = list(dict.fromkeys(UUID(one["document"]) for one in trace.citations))
        if not cited or readable.filter(uuid__in=cited).count() != len(cited):
            continue
        right = feedback.correct_answer or trace.short_answer or trace.answer
        text = trace.search_query or trace.question
        yield _Asked(text, (right,), tuple(cited), trace.uuid, _Origin.FEEDBACK)
        found += 1
        if found == MOST:
            return


def _open(golden_set: GoldenSet, by: User) -> Iterator[_Asked]:
    place, state = golden_set.collection, OpenQuestion.State.OPEN
    rows = questions_of(by).filter(collection=place, state=state).order_by("-last_asked_at")
    for question in rows[:MOST]:
        asking = question.askings.select_related("trace").order_by("-created_at").first()
        said = Feedback.objects.filter(trace__askings__question=question)
        answers = tuple(
            dict.fromkeys(said.exclude(correct_answer="").values_list("correct_answer", flat=True))
        )
        origin = _Origin.FEEDBACK if answers else _Origin.OPEN
        trace = asking.trace.uuid if asking else None
        yield _Asked(question.text, answers[:MOST_ANSWERS], (), trace, origin)
