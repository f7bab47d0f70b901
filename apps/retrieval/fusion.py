"""Putting the legs' rankings together."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from apps.retrieval.language import Language


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each leg's ranking counts; a leg that counts 0 need not be asked."""

    lexical: float
    dense: float


@dataclass(frozen=True, slots=True)
class RankedLeg:
    """Chunk ids, best first, and how much this ranking counts."""

    chunk_ids: Sequence[int]
    weight: float


def weights_for(language: Language, embedder_languages: frozenset[str]) -> Weights:
    """Words always count; vectors only in languages their model has learned."""
    if language.needed <= embedder_languages:
        return Weights(lexical=1.0, dense=0.5)
    return Weights(lexical=1.0, dense=0.0)


def reciprocal_rank_fusion(legs: Sequence[RankedLeg], *, k: int) -> list[tuple[int, float]]:
    """Fuse ranked id lists, best first: score(d) = sum over legs of weight / (k + rank).

    Ties keep leg order. Source: Cormack, Clarke, Buettcher, SIGIR 2009; the weights are ours.
    """
    scores: defaultdict[int, float] = defaultdict(float)
    for leg in legs:
        for rank, chunk_id in enumerate(leg.chunk_ids, start=1):
            scores[chunk_id] += leg.weight / (k + rank)
    return sorted(scores.items(), key=lambda pair: -pair[1])
