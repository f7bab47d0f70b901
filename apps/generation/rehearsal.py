"""What would be answered, without asking: nothing is recorded, no curator is told."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from apps.core import config
from apps.generation import citations, engines, slots, wording
from apps.generation.prompting import prompt_for
from apps.generation.protocols import Citation, Draft
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
    Overloaded, and Retryable when the engine is out of reach.
    """
    started, settings, engine = time.perf_counter(), config.load(), engines.engine()
    language = wording.language_of(question)
    with slots.answering.taken():
        found = search(question, scope=scope, top_k=settings.answers.passages, filters=filters)
        *_pieces, draft = engine.write(prompt_for(question, found))
        assert isinstance(draft, Draft)  # noqa: S101  # promised by Engine.write
        checked = citations.check(draft) if draft.is_answered else None
    is_answered = checked is not None and checked.is_grounded
    nothing = wording.NOT_FOUND if found.hits else wording.NOTHING_NEAR
    return Rehearsal(
        text=checked.text if checked and is_answered else nothing[language],
        is_answered=is_answered,
        confidence=draft.confidence,
        min_confidence=draft.needed,
        citations=checked.citations if checked and is_answered else (),
        engine=engine.name,
        took_ms=1000 * (time.perf_counter() - started),
    )
