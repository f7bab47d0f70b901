"""How sure the passages make an answer, before anything is written."""

from apps.generation.protocols import Prompt
from apps.generation.reading.choosing import Choice, choose
from apps.generation.reading.queries import Query
from apps.generation.reading.unread import best_by_words
from apps.retrieval.protocols import Calibration
from apps.retrieval.reader.confidence import confidence_of


def weigh(query: Query, prompt: Prompt, calibration: Calibration) -> tuple[Choice | None, float]:
    """What to quote and how sure that is; passages that were not read are judged by their words."""
    hits = prompt.passages
    if hits and hits[0].reading is not None:
        chosen = choose(query, hits)
        if chosen is not None:
            return chosen, confidence_of(hits, calibration)
    quote, confidence = best_by_words(query, hits)
    return (Choice((quote,), (quote,)) if quote else None), confidence
