"""Which sentences of the passages bear on a question."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from apps.generation.reading import tables
from apps.generation.reading.marking import FITTING, Query
from apps.generation.reading.sentences import is_title, split_sentences
from apps.generation.reading.shapes import regions
from apps.generation.reading.terms import Token, terms_of, tokens
from apps.retrieval.protocols import Hit

NAMES = (
    "coverage",
    "coverage_in_context",
    "passage_coverage",
    "pairs",
    "neighbours",
    "similarity",
    "fits",
    "first_passages",
    "length",
    "opening",
)


@dataclass(frozen=True, slots=True)
class Ranked:
    """Characters `start:end` of `passages[passage].text`, with a score: higher is better.

    `features` are the numbers named in `NAMES`, in that order.
    """

    passage: int
    start: int
    end: int
    score: float
    features: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """A hit cut into sentences, each with the question's terms found in it."""

    hit: Hit
    spans: tuple[tuple[int, int], ...]
    found: tuple[frozenset[str], ...]
    in_context: frozenset[str]  # terms in its title and headings

    @property
    def terms(self) -> frozenset[str]:
        return self.in_context.union(*self.found)


def cut(hit: Hit, query: Query) -> Passage:
    """The passage's sentences and which terms of the question each has."""
    everything = split_sentences(hit.text)
    told = [span for span in everything if not _tells_nothing(hit, *span)]
    spans = tuple(told or everything)
    found = tuple(
        query.terms.intersection(terms_of(tokens(hit.text[start:end]))) for start, end in spans
    )
    left_out = [hit.text[start:end] for start, end in everything if (start, end) not in spans]
    context = "\n".join([hit.title, hit.heading, hit.context, *left_out])
    return Passage(hit, spans, found, query.terms.intersection(terms_of(tokens(context))))


def _tells_nothing(hit: Hit, start: int, end: int) -> bool:
    """Headings, questions and the column names of tables are no answers; they are context."""
    return tables.is_header(hit.text, end) or is_title(hit.text, start, end, hit.heading)


def term_weights(query: Query, passages: Sequence[Passage]) -> Mapping[str, float]:
    """How telling each term is: its inverse document frequency among the sentences at hand.

    A term no sentence has weighs most. Source: Robertson and Sparck Jones, 1976 (as in BM25).
    """
    counts = Counter(term for passage in passages for found in passage.found for term in found)
    total = sum(len(passage.spans) for passage in passages)
    return {
        term: math.log1p((total - counts[term] + 0.5) / (counts[term] + 0.5))
        for term in query.terms
    }


def share(found: frozenset[str], weights: Mapping[str, float]) -> float:
    """The weight of `found` in that of all terms of the question, 0..1."""
    total = sum(weights.values())
    return sum(weights[term] for term in found) / total if total else 0.0


def sentence_features(
    query: Query, passages: Sequence[Passage], weights: Mapping[str, float]
) -> list[Ranked]:
    """Every sentence with its features, unscored; `similarity` is left 0."""
    pairs = frozenset(
        (left.norm, right.norm)
        for left, right in zip(query.tokens, query.tokens[1:], strict=False)
        if left.norm in query.terms or right.norm in query.terms
    )
    return [
        Ranked(rank, start, end, 0.0, _features(query, passages, weights, pairs, (rank, index)))
        for rank, passage in enumerate(passages)
        for index, (start, end) in enumerate(passage.spans)
    ]


def _features(
    query: Query,
    passages: Sequence[Passage],
    weights: Mapping[str, float],
    pairs: frozenset[tuple[str, str]],
    place: tuple[int, int],
) -> tuple[float, ...]:
    rank, index = place
    passage = passages[rank]
    start, end = passage.spans[index]
    text, found = passage.hit.text[start:end], passage.found[index]
    around = frozenset[str]().union(*passage.found[max(0, index - 1) : index + 2])
    return (
        share(found, weights),
        share(found | passage.in_context, weights),
        share(passage.terms, weights),
        _pair_share(tokens(text), pairs),
        share(around - found, weights),
        0.0,
        float(_fits(text, query)),
        1.0 / (1 + rank),
        math.log1p(end - start),
        float(index == 0),
    )


def _pair_share(words: Sequence[Token], pairs: frozenset[tuple[str, str]]) -> float:
    if not pairs:
        return 0.0
    norms = [word.norm for word in words]
    return len(pairs.intersection(pairwise(norms))) / len(pairs)


def _fits(text: str, query: Query) -> bool:
    fitting = FITTING.get(query.asked.wanted)
    if fitting is None:
        return True
    return any(region.shape in fitting for region in regions(text, is_chinese=query.is_chinese))
