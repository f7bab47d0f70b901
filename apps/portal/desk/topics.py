"""Open questions as the desk shows them: by topic, with what people said."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone

from apps.generation.models import Asking, OpenQuestion
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


def topics_of(questions: Iterable[OpenQuestion]) -> list[Topic]:
    """The questions, as they come, grouped by their nearest document. No query."""
    topics: dict[int | None, Topic] = {}
    for question in questions:
        nearest = question.nearest
        document = nearest if nearest is not None and nearest.deleted_at is None else None
        topic = topics.setdefault(document.pk if document else None, Topic(document))
        topic.rows.append(row_of(question))
    return list(topics.values())


def row_of(question: OpenQuestion) -> Row:
    """One question; its askings must be fetched already."""
    askings = list(question.askings.all())
    counts = Counter(asking.kind for asking in askings)
    kinds = [
        Kind(str(kind.label), TONES[kind], counts[kind]) for kind in Asking.Kind if counts[kind]
    ]
    return Row(
        question=question,
        asked=getattr(question, "asked", len(askings)),
        kinds=tuple(kinds),
        remarks=tuple(_remarks(askings))[:MOST_REMARKS],
        is_fresh=timezone.now() - question.last_asked_at < timedelta(minutes=1),
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
