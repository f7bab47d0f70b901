"""Evaluating a collection as it is, on the golden questions that its curators collected."""

import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from apps.accounts.models import User
from apps.core.errors import Invalid, NotFound
from apps.evaluation import metrics
from apps.evaluation.golden_questions import golden_questions_kept
from apps.evaluation.metrics import distinct
from apps.evaluation.models import GoldenQuestion
from apps.evaluation.scoring import Found
from apps.evaluation.workspace import Progress
from apps.generation.answer import answer
from apps.generation.answers import Answer, Question
from apps.generation.profiles import expansion_of
from apps.knowledge.access import Scope
from apps.knowledge.models import Collection, Grant, Permission
from apps.retrieval.search import search

DEPTH = 50  # chunks searched, so that ten different documents are among them


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one golden question."""

    text: str
    answers: tuple[str, ...]
    relevant: frozenset[str]  # paths
    ranked: tuple[str, ...]  # paths of documents, each once, best first
    given: Answer
    ms: float

    @property
    def is_right(self) -> bool:
        """A right answer is contained in what was said; a question without one is refused."""
        if not self.answers:
            return not self.given.is_answered
        return self.given.is_answered and any(
            metrics.contains(self.given.text, answer) for answer in self.answers
        )


def run_in_place(name: str, *, progress: Progress) -> dict[str, float]:
    """Ask the golden questions of the collection `name` where it is; nothing of it is changed.

    recall_at_k: share of questions with a right document among the first k. right: a right answer
    is in the given one, or an unanswerable question was refused. Curated answers are left out:
    they would hide what the documents can do. Raises NotFound, and Invalid without questions.
    """
    collection = Collection.objects.filter(name=name, deleted_at=None).first()
    if collection is None:
        raise NotFound(f"There is no collection “{name}”.")
    kept = golden_questions_kept().filter(collection=collection)
    questions = list(kept.prefetch_related("documents").order_by("pk"))
    if not questions:
        raise Invalid(f"“{name}” has no golden questions yet: add them at the curator's desk.")
    with visitor(collection) as user:
        outcomes = []
        for done, question in enumerate(questions, start=1):
            outcomes.append(_outcome(question, user))
            progress("ask", done, len(questions))
    return _figures(outcomes)


@contextmanager
def visitor(collection: Collection) -> Iterator[User]:
    """A user who may read this collection, for as long as the block runs; leaves no trace."""
    user = User.objects.create_user(username=f"eval-{uuid.uuid4().hex[:12]}")
    try:
        Grant.objects.create(collection=collection, user=user, permission=Permission.READ)
        yield user
    finally:
        user.delete()


def ask(question: GoldenQuestion, user: User, *, profile: str = "") -> Found:
    """Search the question's collection and answer as the user would be; leaves no trace.

    `profile`: in place of the collection's.
    """
    scope = Scope.of(user).narrowed([question.collection.uuid])
    expansion = expansion_of(question.text, scope=scope, named=profile)
    hits = search(question.text, scope=scope, top_k=DEPTH, expansion=expansion).hits
    started = time.perf_counter()
    given = answer(
        Question(text=question.text, scope=scope, user=user, profile=profile, is_trial=True)
    )
    return Found(
        ranked=tuple(distinct(hit.path for hit in hits)),
        given=given,
        documents=tuple(dict.fromkeys(hit.document for hit in hits)),
        ms=(time.perf_counter() - started) * 1000,
    )


def _outcome(question: GoldenQuestion, user: User) -> Outcome:
    found = ask(question, user)
    return Outcome(
        text=question.text,
        answers=tuple(question.answers),
        relevant=frozenset(document.path for document in question.documents.all()),
        ranked=tuple(found.ranked),
        given=found.given,
        ms=found.ms,
    )


def _figures(outcomes: Sequence[Outcome]) -> dict[str, float]:
    placed = [one for one in outcomes if one.relevant]
    answerable = [one for one in outcomes if one.answers]
    refusable = [one for one in outcomes if not one.answers]
    recall = {
        f"recall_at_{k}": metrics.mean(
            [metrics.is_recalled(one.ranked, one.relevant, k=k) for one in placed]
        )
        for k in (1, 5, 10)
    }
    shares = recall | {
        "mrr": metrics.mean([metrics.reciprocal_rank(one.ranked, one.relevant) for one in placed]),
        "answered": metrics.mean([one.given.is_answered for one in answerable]),
        "answer_right": metrics.mean([one.is_right for one in answerable]),
        "refused": metrics.mean([one.is_right for one in refusable]),
    }
    figures: dict[str, float] = {name: round(value, 4) for name, value in shares.items()}
    figures["ask_p50_ms"] = round(metrics.percentile([one.ms for one in outcomes], 0.5), 2)
    return figures | {"queries": len(outcomes), "unanswerable": len(refusable)}
