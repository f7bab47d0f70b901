"""Passages for a curator to choose sources from."""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.core.errors import ClawdbotError
from apps.generation.profiles import expansion_of
from apps.generation.reading.sentences import split_sentences
from apps.knowledge.access import Scope
from apps.knowledge.models import Collection
from apps.knowledge.spans import Piece, Span, cut
from apps.retrieval.protocols import Hit
from apps.retrieval.search import search

MOST = 6
LONGEST_QUOTE = 400


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage with its matching words marked, and the sentence that seems to matter."""

    hit: Hit
    pieces: tuple[Piece, ...]
    quote: str

    @property
    def start(self) -> int:
        """Where the quote stands in the version's text."""
        return self.hit.start + self.hit.text.find(self.quote)

    @property
    def end(self) -> int:
        """Where the quote ends there."""
        return self.start + len(self.quote)


@dataclass(frozen=True, slots=True)
class Found:
    """Best first. `problem`: why there is nothing, when something is broken."""

    passages: tuple[Passage, ...] = ()
    problem: str = ""


def passages_near(text: str, *, scope: Scope, collection: Collection | None) -> Found:
    """What retrieval finds for `text` in the collection (None: in the whole scope)."""
    if not text.strip():
        return Found()
    try:
        narrowed = scope.narrowed([collection.uuid]) if collection else scope
        query = text.strip()[:2000]
        expansion = expansion_of(query, scope=narrowed)
        hits = search(query, scope=narrowed, top_k=MOST, expansion=expansion).hits
    except ClawdbotError as error:
        return Found(problem=error.message)
    return Found(passages=tuple(_passage(hit) for hit in hits))


def _passage(hit: Hit) -> Passage:
    spans = [Span(key=1, start=start, end=end) for start, end in hit.spans]
    return Passage(
        hit=hit,
        pieces=tuple(cut(hit.text, start=0, spans=spans)),
        quote=likely_quote(hit.text, hit.spans),
    )


def matching_spans(query: str, text: str) -> Sequence[tuple[int, int]]:
    """Where words of the query stand in the text."""
    from apps.retrieval.lexical.highlights import matches  # heavy

    return matches(query, [text])[0]


def likely_quote(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The sentence with most of the matching words; a short text as a whole."""
    if len(text) <= LONGEST_QUOTE // 2:
        return text.strip()
    sentences = split_sentences(text)
    if not sentences:
        return text.strip()[:LONGEST_QUOTE]

    def matching(sentence: tuple[int, int]) -> int:
        start, end = sentence
        return sum(min(end, last) - max(start, first) for first, last in spans
                   if first < end and last > start)  # fmt: skip

    start, end = max(sentences, key=matching)
    return text[start:end].strip()[:LONGEST_QUOTE].strip()
