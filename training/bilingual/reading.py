"""Training the reader: relevance, answer span and "no answer" in one pass over each candidate."""

import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812  its usual name
from torch import Tensor

from training.bilingual.examples import Asked, Examples
from training.bilingual.network import Reader, optimiser
from training.bilingual.run_clock import Average, Clock
from training.bilingual.shards import CLS, SEP
from training.bilingual.swaps import swapped

WINDOW = 216
LENGTHS = (128, 176, 224, 304)  # a batch is padded to one of these
NO_SPAN = -1e4
SPAN_WEIGHT_OF_NEGATIVES, RIGHT_WEIGHT, LIST_WEIGHT = 0.35, 2.0, 0.5


@dataclass(frozen=True, slots=True)
class Row:
    """One candidate: where its passage begins among the ids, the answer's first and last token
    (0: none), whether it answers, and whether it may stand in the list of its question."""

    ids: list[int]
    offset: int
    first: int
    last: int
    is_right: bool
    is_listed: bool


@dataclass(frozen=True, slots=True)
class Batch:
    """Tensors of a batch; `group` numbers the questions, the right candidate first in each."""

    ids: Tensor
    types: Tensor
    allowed: Tensor
    first: Tensor
    last: Tensor
    right: Tensor
    listed: Tensor
    group: Tensor


def row_of(
    question: list[int],
    prefix: list[int],
    body: list[int],
    span: tuple[int, int] | None,
    *,
    is_listed: bool = True,
) -> Row:
    """[CLS] question [SEP] prefix body [SEP]."""
    head = [CLS, *question, SEP]
    offset = len(head)
    shift = offset + len(prefix)
    first, last = (span[0] + shift, span[1] + shift) if span else (0, 0)
    return Row([*head, *prefix, *body, SEP], offset, first, last, span is not None, is_listed)


class Groups(torch.utils.data.IterableDataset):
    """Endless batches of groups: a question, its passage (or a look-alike without the answer),
    and candidates that do not answer it."""

    def __init__(
        self,
        examples: Examples,
        order: list[int],
        *,
        questions: int,
        negatives: int,
        tokenizer: object,
        seed: int,
    ) -> None:
        self._examples, self._order = examples, np.array(order)
        self._questions, self._negatives = questions, negatives
        self._tokenizer, self._seed = tokenizer, seed
        self._pool = {
            language: [
                n
                for n, c in enumerate(examples.chunks)
                if examples.languages[c.passage] == language
            ]
            for language in ("en", "zh")
        }

    def __iter__(self) -> Iterator[Batch]:
        worker = torch.utils.data.get_worker_info()
        number = worker.id if worker else 0
        for round_ in itertools.count():  # each worker goes its own way through all questions
            order = np.random.RandomState(self._seed + 1000 * number + round_).permutation(
                self._order
            )
            for at in range(max(1, len(order) // self._questions)):
                chosen = order[at * self._questions : (at + 1) * self._questions]
                chance = random.Random(f"{self._seed} {number} {round_} {at}")
                rows, group = [], []
                for place, question in enumerate(chosen):
                    made = self.group(self._examples.asked[int(question)], int(question), chance)
                    rows += made
                    group += [place] * len(made)
                yield batch_of(rows, group)

    def group(self, one: Asked, number: int, chance: random.Random) -> list[Row]:
        """The rows of one question."""
        examples = self._examples
        body, prefix = examples.passages[one.passage].tolist(), self._prefix(one.passage, chance)
        span = (
            (one.answers[0] if chance.random() < 0.7 else chance.choice(one.answers))
            if one.answers
            else None
        )
        low, high = self._window(one, span, len(body), chance)
        inside = (span[0] - low, span[1] - low) if span else None
        rows = [row_of(one.tokens, prefix, body[low:high], inside, is_listed=span is not None)]
        for _ in range(self._negatives):
            if span and chance.random() < 0.12:
                text = swapped(examples.question_texts[number], examples.texts[one.passage], chance)
                if text:
                    tokens = self._tokenizer.encode(text, add_special_tokens=False).ids[:48]  # type: ignore[attr-defined]
                    rows.append(row_of(tokens, prefix, body[low:high], None, is_listed=False))
                    continue
            wrong = self._wrong(one, chance)
            chunk = examples.chunks[wrong]
            other = examples.passages[chunk.passage][chunk.first : chunk.last].tolist()[:WINDOW]
            rows.append(
                row_of(
                    one.tokens,
                    self._prefix(chunk.passage, chance),
                    other,
                    None,
                    is_listed=span is not None,
                )
            )
        return rows

    def _window(
        self, one: Asked, span: tuple[int, int] | None, total: int, chance: random.Random
    ) -> tuple[int, int]:
        """A chunk as it is served, or a window at random that holds the answer whole."""
        if span and chance.random() < 0.5:
            for number in self._examples.chunks_of[one.passage]:
                chunk = self._examples.chunks[number]
                if chunk.first <= span[0] and span[1] < chunk.last:
                    return chunk.first, min(
                        chunk.last, chunk.first + max(WINDOW, span[1] + 1 - chunk.first)
                    )
        wide = chance.randint(90, WINDOW)
        if total <= wide:
            return 0, total
        least, most = (
            (max(0, span[1] + 1 - wide), min(span[0], total - wide)) if span else (0, total - wide)
        )
        low = chance.randint(min(least, most), max(least, most))
        return low, low + wide

    def _wrong(self, one: Asked, chance: random.Random) -> int:
        """A mined negative, one of the same article, or any of the language."""
        examples, drawn = self._examples, chance.random()
        if drawn < 0.25:
            own = (
                [n for n in examples.chunks_of[one.passage] if not examples.holds_answer(n, one)]
                if one.answers
                else []
            )
            beside = examples.passages_of_article[examples.article_of[one.passage]]
            if own and chance.random() < 0.5:
                return chance.choice(own)
            other = chance.choice(beside)
            if other != one.passage and self._is_free(other, one):
                return chance.choice(examples.chunks_of[other])
        if drawn < 0.92 and one.negatives:
            return chance.choice(one.negatives)
        return chance.choice(self._pool[one.language])

    def _is_free(self, passage: int, one: Asked) -> bool:
        places, text = self._examples.offsets[one.passage], self._examples.texts[passage]
        own = self._examples.texts[one.passage]
        return not any(own[places[a, 0] : places[b, 1]] in text for a, b in one.answers)

    def _prefix(self, passage: int, chance: random.Random) -> list[int]:
        return self._examples.prefixes[passage] if chance.random() < 0.85 else []


def batch_of(rows: list[Row], group: list[int]) -> Batch:
    """Pad to the smallest of LENGTHS that holds the longest row."""
    longest = max(len(row.ids) for row in rows)
    width = next((length for length in LENGTHS if length >= longest), longest)
    ids = np.zeros((len(rows), width), dtype=np.int64)
    types, allowed = (
        np.zeros((len(rows), width), dtype=np.int64),
        np.zeros((len(rows), width), dtype=bool),
    )
    for number, row in enumerate(rows):
        end = len(row.ids)
        ids[number, :end] = row.ids
        types[number, row.offset : end] = 1
        allowed[number, row.offset : end - 1] = True
        allowed[number, 0] = True
    whole = torch.tensor
    return Batch(
        torch.from_numpy(ids),
        torch.from_numpy(types),
        torch.from_numpy(allowed),
        whole([row.first for row in rows]),
        whole([row.last for row in rows]),
        whole([row.is_right for row in rows]),
        whole([row.is_listed for row in rows]),
        whole(group),
    )


def loss_of(
    reader: Callable[..., tuple[Tensor, Tensor]], batch: Batch
) -> tuple[Tensor, Tensor, Tensor]:
    """Span, relevance, and rank of the right candidate in its list."""
    relevance, spans = reader(batch.ids, batch.ids > 0, batch.types)
    spans = spans.masked_fill(~batch.allowed[..., None], NO_SPAN)
    weight = torch.where(batch.right, 1.0, SPAN_WEIGHT_OF_NEGATIVES)
    ends = F.cross_entropy(spans[..., 0], batch.first, reduction="none")
    ends = ends + F.cross_entropy(spans[..., 1], batch.last, reduction="none")
    span = (ends / 2 * weight).sum() / weight.sum()
    positive = torch.tensor(RIGHT_WEIGHT, device=relevance.device)
    right = F.binary_cross_entropy_with_logits(relevance, batch.right.float(), pos_weight=positive)
    return span, right, LIST_WEIGHT * _list_loss(relevance, batch)


def _list_loss(relevance: Tensor, batch: Batch) -> Tensor:
    groups = int(batch.group[-1]) + 1
    place = torch.arange(len(relevance), device=relevance.device)
    place = place - torch.searchsorted(batch.group, batch.group)
    scores = torch.full((groups, int(place.max()) + 1), NO_SPAN, device=relevance.device)
    scores[batch.group, place] = torch.where(batch.listed, relevance, NO_SPAN)
    usable = (scores[:, 0] > NO_SPAN / 2) & (scores[:, 1:] > NO_SPAN / 2).any(1)
    loss = F.cross_entropy(
        scores, torch.zeros(groups, dtype=torch.long, device=scores.device), reduction="none"
    )
    return (loss * usable).sum() / usable.sum().clamp(min=1)


def train(
    reader: Reader,
    groups: Groups,
    clock: Clock,
    *,
    workers: int,
    is_compiled: bool = False,
    log: Callable[[str], None] = print,
) -> None:
    """Train in place; the average of the last 30 % of the steps is what is left. Compiled it is
    more than twice as fast; each of LENGTHS is compiled once."""
    device = next(reader.parameters()).device.type
    read = torch.compile(reader, dynamic=False) if is_compiled else reader
    loader = torch.utils.data.DataLoader(
        groups,
        batch_size=None,
        num_workers=workers,
        pin_memory=device == "cuda",
        prefetch_factor=6 if workers else None,
    )
    turn, average = optimiser(reader, clock.rate), Average(reader)
    reader.train()
    total, batches = torch.zeros(3, device=device), iter(loader)
    for step in clock.steps(turn):
        batch = _moved(next(batches), device)
        with torch.autocast(device, dtype=torch.bfloat16):
            parts = torch.stack(loss_of(read, batch))
        turn.zero_grad(set_to_none=True)
        parts.sum().backward()
        torch.nn.utils.clip_grad_norm_(reader.parameters(), 1.0)
        turn.step()
        if clock.share > 0.7:
            average.update()
        total += parts.detach()
        if step % 200 == 199:
            shown = [round(float(value) / 200, 3) for value in total]
            log(f"step {step + 1} of {clock.share:.2f}: span, relevance, list {shown}")
            total.zero_()
    average.apply()


def _moved(batch: Batch, device: str) -> Batch:
    names = Batch.__dataclass_fields__
    return Batch(*(getattr(batch, name).to(device, non_blocking=True) for name in names))
