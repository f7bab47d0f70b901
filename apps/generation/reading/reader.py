"""Reading passages for a question: the best sentences, the short answer in them, how sure."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from apps.generation.calibration import confidence, refusal_features
from apps.generation.reading import ranking, weights
from apps.generation.reading.marking import Query, Sentence
from apps.generation.reading.queries import prepare
from apps.generation.reading.ranking import Passage, Ranked
from apps.generation.reading.spans import candidates
from apps.retrieval.protocols import Embedder, Hit, Vectors

COMPARED = 6  # sentences whose meaning is compared with the question's
READ = 3  # sentences searched for a short answer


@dataclass(frozen=True, slots=True)
class Span:
    """The short answer: characters `start:end` of the passage it was found in; `lead` is how far
    its probability stands above the rest, 0..1."""

    start: int
    end: int
    lead: float
    shape: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found, best sentence first; `span` lies in it. Without sentences: nothing was."""

    query: Query
    sentences: tuple[Ranked, ...]
    span: Span | None
    confidence: float
    features: Mapping[str, float]  # that the confidence was made from


@dataclass(frozen=True, slots=True)
class Similarity:
    """Compares meanings; only where the embedder knows the language."""

    embedder: Embedder
    question: Vectors


def read(question: str, hits: Sequence[Hit], *, similarity: Similarity | None = None) -> Reading:
    """Read `hits` (best first) for `question`."""
    query = prepare(question)
    passages = [ranking.cut(hit, query) for hit in hits]
    term_weights = ranking.term_weights(query, passages)
    fitted = weights.load().of(is_chinese=query.is_chinese)
    ranked = _ranked(ranking.sentence_features(query, passages, term_weights), fitted.sentences)
    if similarity is not None:
        ranked = _ranked(_compared(ranked, passages, similarity), fitted.sentences)
    if not ranked:
        return Reading(query, (), None, 0.0, {})
    ranked, span = _with_span(query, passages, ranked, fitted.spans)
    features = refusal_features(query, passages, ranked, term_weights)
    return Reading(query, tuple(ranked), span, confidence(features, fitted.refusal), features)


def _ranked(sentences: Sequence[Ranked], fitted: Mapping[str, float]) -> list[Ranked]:
    factors = [fitted[name] for name in ranking.NAMES]
    scored = (
        replace(one, score=sum(f * x for f, x in zip(factors, one.features, strict=True)))
        for one in sentences
    )
    return sorted(scored, key=lambda one: -one.score)


def _compared(
    ranked: Sequence[Ranked], passages: Sequence[Passage], similarity: Similarity
) -> list[Ranked]:
    """The first few with their similarity filled in, the rest dropped."""
    first = ranked[:COMPARED]
    if not first:
        return []
    vectors = similarity.embedder.embed(
        [passages[one.passage].hit.text[one.start : one.end] for one in first]
    )
    place = ranking.NAMES.index("similarity")
    return [
        replace(one, features=(*one.features[:place], float(cosine), *one.features[place + 1 :]))
        for one, cosine in zip(first, np.asarray(vectors @ similarity.question), strict=True)
    ]


def _with_span(
    query: Query, passages: Sequence[Passage], ranked: list[Ranked], fitted: Mapping[str, float]
) -> tuple[list[Ranked], Span | None]:
    """The best short answer of the first few sentences; its sentence moves to the front."""
    scored = []
    for place, one in enumerate(ranked[:READ]):
        text = passages[one.passage].hit.text[one.start : one.end]
        for candidate in candidates(Sentence(text, query)):
            score = fitted["sentence"] * one.score + sum(
                fitted.get(name, 0.0) * value for name, value in candidate.features.items()
            )
            scored.append((score, place, candidate))
    if not scored:
        return ranked, None
    top, place, chosen = max(scored, key=lambda item: item[0])
    probability = 1.0 / sum(math.exp(score - top) for score, _, _ in scored)
    sentence = ranked[place]
    span = Span(
        sentence.start + chosen.start, sentence.start + chosen.end, probability, chosen.shape
    )
    return [sentence, *ranked[:place], *ranked[place + 1 :]], span
