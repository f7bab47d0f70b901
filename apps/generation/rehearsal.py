"""What would be answered, without asking: nothing is recorded, no curator is told."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from apps.accounts.models import User
from apps.core import config
from apps.generation import citations
from apps.generation.admission import NODE, Priority, admitted
from apps.generation.answers import Question
from apps.generation.engines import choosing
from apps.generation.engines.choosing import Written
from apps.generation.profiles import profile_of, profile_sought
from apps.generation.prompting import prompt_for
from apps.generation.protocols import Citation, Prompt
from apps.generation.recording import refusal
from apps.knowledge.access import Scope
from apps.retrieval.protocols import Filters
from apps.retrieval.search import search


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The answer that the engine would give now. `text` says so when it would give none."""

    text: str
    is_answered: bool
    confidence: float
    min_confidence: float
    citations: Sequence[Citation]
    engine: str
    took_ms: float


def rehearse(question: str, *, scope: Scope, filters: Filters) -> Rehearsal:
    """Answer from the documents of the scope as `answer` does, but leave no trace of it.

    Answers that curators wrote are left out: this shows what the documents alone give. Raises
    Overloaded, and Retryable `engine_lost`.
    """
    started = time.perf_counter()
    asked = Question(question, scope, User(pk=scope.user_id), filters=filters, is_trial=True)
    with admitted(NODE, priority=Priority.PORTAL):
        searching = profile_sought(asked)
        found = search(
            question,
            scope=scope,
            top_k=searching.passages or config.load().answers.passages,
            filters=filters,
            expansion=searching.glossary.expansions(question),
        )
        profile = profile_of(asked, {hit.collection for hit in found.hits})
        written = _written(prompt_for(question, found, profile))
        checked = citations.check(written.draft)
    is_answered = written.draft.is_answered and checked.is_grounded
    return Rehearsal(
        text=checked.text if is_answered else refusal(question, found, profile),
        is_answered=is_answered,
        confidence=written.draft.confidence,
        min_confidence=written.draft.needed,
        citations=checked.citations if is_answered else (),
        engine=written.engine,
        took_ms=1000 * (time.perf_counter() - started),
    )


def _written(prompt: Prompt) -> Written:
    pieces = choosing.write(prompt)
    while True:
        try:
            next(pieces)
        except StopIteration as done:
            written: Written = done.value
            return written
