"""How good a ranking is, as trec_eval counts: relevance is yes or no, each item ranked once."""

import math
from collections.abc import Collection, Sequence


def recall(ranked: Sequence[str], relevant: Collection[str], *, k: int) -> float:
    """Share of the relevant items among the first `k`; 0 without any relevant item.

    Source: trec_eval's `recall_k`.
    """
    if not relevant:
        return 0.0
    return sum(item in relevant for item in ranked[:k]) / len(relevant)


def ndcg(ranked: Sequence[str], relevant: Collection[str], *, k: int) -> float:
    """Discounted gain of the first `k`, over that of the best order there could be.

    Source: Järvelin and Kekäläinen, TOIS 2002, with gains of 0 and 1; trec_eval's `ndcg_cut_k`.
    """
    best = sum(_discount(rank) for rank in range(1, min(k, len(relevant)) + 1))
    if not best:
        return 0.0
    gain = sum(_discount(rank) for rank, item in enumerate(ranked[:k], 1) if item in relevant)
    return gain / best


def precision(cited: Collection[str], relevant: Collection[str]) -> float:
    """Share of what is cited that is relevant; 0 where nothing is cited."""
    return sum(item in relevant for item in cited) / len(cited) if cited else 0.0


def _discount(rank: int) -> float:
    return 1.0 / math.log2(rank + 1)
