"""Figures on articles that no stage trains on. The evaluation sets are never looked at here."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from training.bilingual.examples import Asked, Examples
from training.bilingual.network import Bert, Reader
from training.bilingual.pretraining import vectors_of
from training.bilingual.reading import NO_SPAN, Batch, Row, batch_of, row_of
from training.bilingual.shards import CLS, SEP

MAX_ANSWER = 40
CANDIDATES = 8


@dataclass(frozen=True, slots=True)
class Read:
    """What the reader says of one candidate; the span in tokens of its chunk."""

    relevance: float
    margin: float  # best span over "no answer"
    first: int
    last: int


@torch.no_grad()
def read_rows(
    reader: Reader, rows: Sequence[Row], prefixes: Sequence[int], device: str
) -> list[Read]:
    """In the given order. `prefixes`: how many tokens of title stand before each chunk."""
    reader.eval()
    found: list[Read | None] = [None] * len(rows)
    order = sorted(range(len(rows)), key=lambda number: len(rows[number].ids))
    for start in range(0, len(order), 256):
        numbers = order[start : start + 256]
        batch = batch_of([rows[n] for n in numbers], list(range(len(numbers))))
        with torch.autocast(device, dtype=torch.bfloat16):
            relevance, spans = reader(
                batch.ids.to(device), (batch.ids > 0).to(device), batch.types.to(device)
            )
        best, first, last = best_spans(
            spans, batch, [rows[n].offset + prefixes[n] for n in numbers]
        )
        none = (spans[:, 0, 0] + spans[:, 0, 1]).cpu()
        for place, number in enumerate(numbers):
            shift = rows[number].offset + prefixes[number]
            found[number] = Read(
                float(relevance[place]),
                float(best[place] - none[place]),
                int(first[place]) - shift,
                int(last[place]) - shift,
            )
    return [one for one in found if one is not None]


def best_spans(spans: Tensor, batch: Batch, begins: Sequence[int]) -> tuple[Tensor, Tensor, Tensor]:
    """Best sum of start and end logits with start <= end < start + MAX_ANSWER, within the chunk."""
    place = torch.arange(spans.shape[1], device=spans.device)
    inside = batch.allowed.to(spans.device) & (
        place >= torch.tensor(begins, device=spans.device)[:, None]
    )
    spans = spans.masked_fill(~inside[..., None], NO_SPAN)
    best = torch.full((len(spans),), -1e9, device=spans.device)
    first, last = torch.zeros_like(best, dtype=torch.long), torch.zeros_like(best, dtype=torch.long)
    for wide in range(min(MAX_ANSWER, spans.shape[1])):
        scores = spans[:, : spans.shape[1] - wide, 0] + spans[:, wide:, 1]
        score, start = scores.max(1)
        better = score > best
        best = torch.where(better, score, best)
        first, last = torch.where(better, start, first), torch.where(better, start + wide, last)
    return best.cpu(), first.cpu(), last.cpu()


def reader_figures(
    reader: Reader, examples: Examples, asked: Sequence[int], device: str
) -> dict[str, float]:
    """EM and F1 on the right chunk; how often it outranks its mined negatives; the area under the
    curve of "this chunk answers" against "no chunk does"."""
    kept = [n for n in asked if examples.asked[n].answers and examples.asked[n].negatives]
    rows, prefixes, chunks = [], [], []
    for number in kept:
        one = examples.asked[number]
        right = next(
            (c for c in examples.chunks_of[one.passage] if examples.holds_answer(c, one)), None
        )
        candidates = [right, *one.negatives[: CANDIDATES - 1]] if right is not None else []
        chunks.append(candidates)
        for chunk_number in candidates:
            chunk = examples.chunks[chunk_number]
            body = examples.passages[chunk.passage][chunk.first : chunk.last].tolist()
            prefix = examples.prefixes[chunk.passage]
            rows.append(row_of(one.tokens, prefix, body, None))
            prefixes.append(len(prefix))
    read = read_rows(reader, rows, prefixes, device)
    return _summed(examples, kept, chunks, read)


def _summed(
    examples: Examples, kept: Sequence[int], chunks: list[list[int]], read: list[Read]
) -> dict[str, float]:
    exact, overlap, ranked, right, wrong = [], [], [], [], []
    at = 0
    for number, candidates in zip(kept, chunks, strict=True):
        if not candidates:
            continue
        own, others = read[at], read[at + 1 : at + len(candidates)]
        at += len(candidates)
        one = examples.asked[number]
        em, f1 = _scores(examples, candidates[0], own, one)
        exact.append(em)
        overlap.append(f1)
        ranked.append(all(own.relevance > other.relevance for other in others))
        right.append(own.relevance)
        wrong.append(max((other.relevance for other in others), default=-9.0))
    return {
        "questions": len(exact),
        "em": _percent(exact),
        "f1": _percent(overlap),
        "first_of_candidates": _percent(ranked),
        "auc_answerable": round(100 * area(right, wrong), 2),
    }


def _scores(examples: Examples, chunk_number: int, own: Read, one: Asked) -> tuple[float, float]:
    chunk = examples.chunks[chunk_number]
    places, text = examples.offsets[chunk.passage], examples.texts[chunk.passage]
    first, last = chunk.first + max(0, own.first), min(chunk.first + own.last, chunk.last - 1)
    said = text[places[first, 0] : places[last, 1]] if first <= last else ""
    golds = [text[places[a, 0] : places[b, 1]] for a, b in one.answers]
    return max(float(_plain(said) == _plain(gold)) for gold in golds), max(
        f1_of(said, gold) for gold in golds
    )


def f1_of(said: str, gold: str) -> float:
    """Overlap of words (Latin) and characters (Chinese)."""
    a, b = Counter(_plain(said)), Counter(_plain(gold))
    shared = sum((a & b).values())
    return 2 * shared / (sum(a.values()) + sum(b.values())) if shared else 0.0


def _plain(text: str) -> list[str]:
    words, word = [], ""
    for character in text.lower():
        if character.isalnum() and character.isascii():
            word += character
            continue
        words, word = ([*words, word] if word else words), ""
        if character.isalnum():
            words.append(character)
    return [w for w in ([*words, word] if word else words) if w not in {"a", "an", "the"}]


def area(right: Sequence[float], wrong: Sequence[float]) -> float:
    """Under the ROC curve, by ranks (Mann-Whitney)."""
    values = np.concatenate([right, wrong])
    ranks = values.argsort().argsort() + 1
    total = ranks[: len(right)].sum() - len(right) * (len(right) + 1) / 2
    return float(total / (len(right) * len(wrong)))


def embedder_figures(
    bert: Bert, examples: Examples, asked: Sequence[int], pool: Sequence[int], device: str
) -> dict[str, float]:
    """Recall of the right chunk among `pool`."""
    rows = []
    for number in pool:
        chunk = examples.chunks[number]
        body = examples.passages[chunk.passage][chunk.first : chunk.last].tolist()
        rows.append([CLS, *examples.prefixes[chunk.passage], *body[:222], SEP])
    passages = vectors_of(bert, rows, device).to(device)
    kept = [n for n in asked if examples.asked[n].answers]
    queries = vectors_of(bert, [[CLS, *examples.asked[n].tokens, SEP] for n in kept], device).to(
        device
    )
    best = (queries @ passages.T).topk(10, dim=1).indices.tolist()
    found = [[examples.chunks[pool[place]].passage for place in row] for row in best]
    own = [examples.asked[number].passage for number in kept]
    hits = {k: [p in row[:k] for p, row in zip(own, found, strict=True)] for k in (1, 10)}
    return {"questions": len(kept), "recall@1": _percent(hits[1]), "recall@10": _percent(hits[10])}


def _percent(values: Sequence[float | bool]) -> float:
    return round(100 * float(np.mean(values)), 2) if values else 0.0
