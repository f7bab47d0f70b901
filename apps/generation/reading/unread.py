"""What is left to say when no passage was read: the sentence with most words of the question."""

from collections.abc import Sequence

from apps.generation.reading import tables
from apps.generation.reading.queries import Query
from apps.generation.reading.quotes import Quote
from apps.generation.reading.sentences import is_title, split_sentences
from apps.generation.reading.terms import content_terms
from apps.retrieval.protocols import Hit

MOST_CONFIDENCE = 0.3  # words alone do not tell an answer from a passage on the same matter


def best_by_words(query: Query, hits: Sequence[Hit]) -> tuple[Quote | None, float]:
    """The sentence that has most of the question's terms, the first of equals, and how sure that
    makes: their share of MOST_CONFIDENCE."""
    found: Quote | None = None
    most = 0
    for hit in hits:
        for start, end in split_sentences(hit.text):
            if is_title(hit.text, start, end, hit.heading) or tables.is_header(hit.text, end):
                continue
            shared = len(query.terms.intersection(content_terms(hit.text[start:end])))
            if found is None or shared > most:
                found, most = Quote(hit, start, end, None, 0.0, 0.0), shared
    return found, MOST_CONFIDENCE * most / max(1, len(query.terms))
