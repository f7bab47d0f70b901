"""Hard negatives: passages that look like an answer and hold none."""

import math
import re
from collections import Counter
from collections.abc import Sequence

import torch
from torch import Tensor

from training.bilingual.examples import Examples

K1, B = 1.2, 0.75
_WORD = re.compile(r"[a-z0-9]+")
_HAN = re.compile(r"[\u3400-\u9fff]+")
_STOP = frozenset(
    [
        "the",
        "of",
        "in",
        "a",
        "to",
        "and",
        "is",
        "was",
        "what",
        "did",
        "who",
        "how",
        "which",
        "when",
        "where",
        "for",
        "on",
        "by",
        "are",
        "that",
        "with",
        "as",
        "it",
        "does",
        "do",
        "many",
        "at",
        "from",
        "were",
        "be",
        "has",
        "had",
        "an",
        "or",
        "this",
    ]
)


def terms(text: str) -> list[str]:
    """Words of Latin script, pairs of Chinese characters."""
    low = text.lower()
    found = [word for word in _WORD.findall(low) if word not in _STOP]
    for run in _HAN.findall(low):
        found += [run[i : i + 2] for i in range(len(run) - 1)] or [run]
    return found


def bm25_best(texts: Sequence[str], queries: Sequence[str], *, most: int, device: str) -> Tensor:
    """int64 (queries, most): texts by BM25 (Robertson and Zaragoza, 2009), best first."""
    known: dict[str, int] = {}
    counts = [Counter(terms(text)) for text in texts]
    lengths = [sum(count.values()) for count in counts]
    mean = sum(lengths) / max(1, len(lengths))
    seen = Counter(term for count in counts for term in count)
    rows, columns, values = [], [], []
    for number, count in enumerate(counts):
        for term, times in count.items():
            rows.append(number)
            columns.append(known.setdefault(term, len(known)))
            rarity = math.log1p((len(texts) - seen[term] + 0.5) / (seen[term] + 0.5))
            share = K1 * (1 - B + B * lengths[number] / mean)
            values.append(rarity * times * (K1 + 1) / (times + share))
    shape = (len(texts), len(known))
    weights = torch.sparse_coo_tensor(torch.tensor([rows, columns]), torch.tensor(values), shape)
    weights = weights.to(device).to_sparse_csr()
    best, size = [], max(16, min(512, 400_000_000 // (len(known) + len(texts) + 1)))
    for first in range(0, len(queries), size):
        asked = queries[first : first + size]
        dense = torch.zeros(len(known), len(asked), device=device)
        for number, query in enumerate(asked):
            places = [known[term] for term in set(terms(query)) if term in known]
            dense[places, number] = 1.0
        scores = weights @ dense
        best.append(scores.topk(min(most, len(texts)), dim=0).indices.T.cpu())
    return torch.cat(best)


def dense_best(passages: Tensor, queries: Tensor, *, most: int, device: str) -> Tensor:
    """int64 (queries, most): rows of `passages` by cosine, best first."""
    table = passages.to(device)
    return torch.cat(
        [
            (part.to(device) @ table.T).topk(min(most, len(table)), dim=1).indices.cpu()
            for part in queries.split(4096)
        ]
    )


def add_negatives(
    examples: Examples, asked: Sequence[int], pool: Sequence[int], best: Tensor, *, most: int = 8
) -> None:
    """Append to each question the best chunks of `pool` that do not hold its answer's words."""
    low = [examples.chunk_text(number).lower() for number in pool]
    for question, row in zip(asked, best.tolist(), strict=True):
        one = examples.asked[question]
        places = examples.offsets[one.passage]
        answers = [
            examples.texts[one.passage][places[a, 0] : places[b, 1]].lower() for a, b in one.answers
        ]
        fitting = [
            pool[place]
            for place in row
            if examples.chunks[pool[place]].passage != one.passage
            and not any(answer in low[place] for answer in answers)
        ]
        one.negatives += [number for number in fitting[:most] if number not in one.negatives]
