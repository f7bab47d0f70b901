"""Open questions as the desk shows them: by topic, with what people said."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from apps.core import clock
from apps.generation.models import Asking, OpenQuestion
from apps.generation.withholding import withhold_remarks
from apps.knowledge.access import Scope, documents_of
from apps.knowledge.models import Document

TONES = {
    Asking.Kind.UNANSWERED: "warn",
    Asking.Kind.UNHELPFUL: "bad",
    Asking.Kind.REPORTED: "accent",
}
MOST_REMARKS = 5


@dataclass(frozen=True, slots=True)
class Kind:
    """How the question came to the desk, and how often."""

    label: str
    tone: str
    count: int


@dataclass(frozen=True, slots=True)
class Remark:
    """What somebody said about an answer; nobody is told who."""

    reason: str
    note: str
    correct_answer: str


@dataclass(frozen=True, slots=True)
class Row:
    """A question with its askings summed up."""

    question: OpenQuestion
    asked: int
    kinds: tuple[Kind, ...]
    remarks: tuple[Remark, ...]
    is_fresh: bool  # asked within the last minute


@dataclass(slots=True)
class Topic:
    """The questions whose nearest passage is in one document; None: nothing is near."""

    document: Document | None
    rows: list[Row] = field(default_factory=list)


def topics_of(questions: Iterable[OpenQuestion], *, scope: Scope) -> list[Topic]:
    """The questions, as they come, grouped by their nearest document of the scope. Two queries."""
    topics: dict[int | None, Topic] = {}
    listed = list(questions)
    askings = [asking for question in listed for asking in question.askings.all()]
    withhold_remarks(askings, scope=scope)
    nearest = {question.nearest_id for question in listed if question.nearest_id}
    there = documents_of(scope).in_bulk(nearest)
    for question in listed:
        document = there.get(question.nearest_id or 0)
        topic = topics.setdefault(document.pk if document else None, Topic(document))
        topic.rows.append(_row(question, list(question.askings.all())))
    return list(topics.values())


def row_of(question: OpenQuestion, *, scope: Scope) -> Row:
    """One question with its askings; what is told of documents outside the scope is left out."""
    askings = list(
        question.askings.select_related("trace")
        .prefetch_related("trace__feedback")
        .order_by("-created_at")
    )
    withhold_remarks(askings, scope=scope)
    return _row(question, askings)


def _row(question: OpenQuestion, askings: Sequence[Asking]) -> Row:
    counts = Counter(asking.kind for asking in askings)
    kinds = [
        Kind(str(kind.label), TONES[kind], counts[kind]) for kind in Asking.Kind if counts[kind]
    ]
    return Row(
        question=question,
        asked=getattr(question, "asked", len(askings)),
        kinds=tuple(kinds),
        remarks=tuple(_remarks(askings))[:MOST_REMARKS],
        is_fresh=clock.now() - question.last_asked_at < timedelta(minutes=1),
    )


def _remarks(askings: Iterable[Asking]) -> Iterable[Remark]:
    for asking in askings:
        verdicts = list(asking.trace.feedback.all())
        verdict = verdicts[0] if verdicts and asking.kind == Asking.Kind.UNHELPFUL else None
        remark = Remark(
            reason=verdict.get_reason_display() if verdict else "",
            note=asking.note,
            correct_answer=verdict.correct_answer if verdict else "",
        )
        if remark.reason or remark.note or remark.correct_answer:
            yield remark
