"""Fits a vector for each token so that their sum says what the network says of a text."""

import itertools
from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812  its usual name
from torch import Tensor

from training.bilingual.static_texts import Asked

SHARPNESS = 20.0  # of the comparison of a question with all passages of its batch
ASKED_WEIGHT = 0.2
ROWS = 1024
RATE = 0.04  # of the mean size of the table's numbers


def axes(vectors: Tensor, dimension: int) -> Tensor:
    """(hidden, dimension): the directions in which the vectors lie most (not centred, so that
    angles are kept)."""
    return torch.linalg.svd(vectors[:50_000], full_matrices=False).Vh[:dimension].T.contiguous()


def summed(table: Tensor, rows: Sequence[Sequence[int]]) -> Tensor:
    """(rows, dimension) of length 1."""
    ids = torch.tensor([token for row in rows for token in row])
    starts = torch.tensor([0, *np.cumsum([len(row) for row in rows])[:-1]])
    return F.normalize(F.embedding_bag(ids, table, starts, mode="mean"), dim=-1)


def fit(
    table: Tensor, texts: Sequence[list[int]], taught: Tensor, asked: Asked, *, rounds: int
) -> Tensor:
    """The table after `rounds` through `texts`, each row near its `taught` vector (texts,
    dimension); questions come nearer to their passage than to the others of their batch."""
    table = torch.nn.Parameter(table.clone())
    rate = RATE * float(table.detach().abs().mean())
    turn = torch.optim.Adam([table], lr=rate)
    taught, chance = F.normalize(taught, dim=-1), np.random.default_rng(1)
    steps = rounds * (len(texts) // ROWS or 1)
    orders = (chance.permutation(len(texts)) for _ in itertools.count())
    batches = (part for order in orders for part in np.split(order, _borders(len(order))))
    for step in range(steps):
        turn.param_groups[0]["lr"] = rate * max(0.05, 1 - step / steps)
        chosen = next(batches)
        near = summed(table, [texts[n] for n in chosen])
        loss = 1 - (near * taught[torch.from_numpy(chosen)]).sum(-1).mean()
        loss = loss + ASKED_WEIGHT * _asked_loss(table, asked, chance)
        turn.zero_grad()
        loss.backward()
        turn.step()
        if step % 100 == 99:
            print(f"step {step + 1} of {steps}: {loss.item():.3f}", flush=True)
    return table.detach()


def _borders(count: int) -> range:
    """Where batches of ROWS end; what is left over goes to the last."""
    return range(ROWS, count - ROWS + 1, ROWS)


def _asked_loss(table: Tensor, asked: Asked, chance: np.random.Generator) -> Tensor:
    drawn = chance.permutation(len(asked.questions))[:ROWS]
    questions = summed(table, [asked.questions[n] for n in drawn])
    passages = summed(table, [asked.passages[n] for n in drawn])
    return F.cross_entropy(SHARPNESS * questions @ passages.T, torch.arange(len(drawn)))


def recall(questions: Tensor, passages: Tensor, most: int) -> float:
    """Share of the questions whose own passage is among the `most` nearest."""
    scores = questions @ passages.T
    own = scores.diagonal()[:, None]
    return float(((scores > own).sum(1) < most).float().mean())
