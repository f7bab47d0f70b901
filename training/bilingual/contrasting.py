"""Second stage of the embedder: a question near its passage, far from what only looks like it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812  its usual name
from torch import Tensor

from training.bilingual.examples import Examples
from training.bilingual.network import Bert, optimiser, padded, sentence_vectors
from training.bilingual.pretraining import Translations, distillation_loss, trimmed
from training.bilingual.run_clock import Average, Clock
from training.bilingual.shards import CLS, SEP, TokenRow

SHARPNESS = 25.0
PASSAGE_TOKENS, QUERY_TOKENS = 222, 50
NEGATIVES = 8


@dataclass(frozen=True, slots=True)
class Pairs:
    """int32 on the device: queries (n, length), numbers of their passages (n,), and for each the
    numbers of NEGATIVES hard negatives (n, 8)."""

    queries: Tensor
    passages: Tensor
    negatives: Tensor


def passage_rows(examples: Examples, device: str) -> Tensor:
    """Every chunk behind its title: int32 (chunks, PASSAGE_TOKENS)."""
    table = np.zeros((len(examples.chunks), PASSAGE_TOKENS), dtype=np.int32)
    for number, chunk in enumerate(examples.chunks):
        body = examples.passages[chunk.passage][chunk.first : chunk.last]
        row = [CLS, *examples.prefixes[chunk.passage], *body.tolist()][: PASSAGE_TOKENS - 1]
        table[number, : len(row) + 1] = [*row, SEP]
    return torch.from_numpy(table).to(device)


def question_pairs(examples: Examples, language: str, device: str) -> Pairs:
    """Questions of the language with an answer, each with the chunk that holds it."""
    rows, found, negatives = [], [], []
    for one in examples.asked:
        if one.language != language or not one.answers or not one.negatives:
            continue
        right = [n for n in examples.chunks_of[one.passage] if examples.holds_answer(n, one)]
        if right:
            rows.append([CLS, *one.tokens, SEP])
            found.append(right[0])
            negatives.append((one.negatives * NEGATIVES)[:NEGATIVES])
    return Pairs(
        padded(rows).to(torch.int32).to(device),
        torch.tensor(found, device=device),
        torch.tensor(negatives, device=device),
    )


@dataclass(slots=True)
class Crops:
    """A short crop of a text as the query of a longer one beside it (inverse cloze task: Lee,
    Chang, Toutanova, ACL 2019)."""

    ids: Tensor
    ends: np.ndarray
    chance: np.random.Generator

    def batch(self, rows: int) -> tuple[Tensor, Tensor]:
        """Queries (rows, <= 40) and passages (rows, <= 176)."""
        text = self.chance.integers(0, len(self.ends), rows)
        first = np.where(text > 0, self.ends[text - 1], 0)
        length = np.maximum(self.ends[text] - 1 - first, 1)
        query_length = self.chance.integers(8, 40, rows)
        at = first + (self.chance.random(rows) * length).astype(np.int64)
        wide = self.chance.integers(60, 170, rows)
        moved = np.where(self.chance.random(rows) < 0.5, 30, -30)
        start = np.clip(
            at - (self.chance.random(rows) * wide).astype(np.int64) + moved,
            first,
            first + np.maximum(length - wide, 0),
        )
        end = first + length
        return (
            self._rows(at, np.minimum(query_length, end - at), 40),
            self._rows(start, np.minimum(wide, end - start), 176),
        )

    def _rows(self, start: np.ndarray, length: np.ndarray, width: int) -> Tensor:
        device = self.ids.device
        steps = torch.arange(width - 1, device=device)
        at = torch.from_numpy(start).to(device)[:, None] + steps
        inside = steps < torch.from_numpy(length).to(device)[:, None]
        body = self.ids[at.clamp(max=len(self.ids) - 1)].long() * inside
        return torch.cat([torch.full((len(start), 1), CLS, device=device), body], 1)


def crops(row: TokenRow, device: str, seed: int) -> Crops:
    """Of all texts of the row."""
    ids = torch.from_numpy(row.ids.astype("int32")).to(device)
    return Crops(ids, row.ends, np.random.default_rng(seed))


@dataclass(frozen=True, slots=True)
class Material:
    """What a batch is drawn from, with the share of each."""

    chunks: Tensor
    pairs: dict[str, Pairs]
    crops: dict[str, Crops]
    taught: Translations
    shares: dict[str, float]  # "zh", "en": questions; "zh-crops", "en-crops"


def contrast(
    bert: Bert,
    material: Material,
    clock: Clock,
    *,
    device: str,
    rows: int,
    log: Callable[[str], None] = print,
) -> None:
    """Train in place: InfoNCE (van den Oord et al., 2018) with hard negatives, the translations
    kept in mind."""
    turn, average = optimiser(bert, clock.rate), Average(bert)
    chance = np.random.default_rng(2)
    kinds, shares = list(material.shares), list(material.shares.values())
    bert.train()
    total = torch.zeros(2, device=device)
    for step in clock.steps(turn):
        kind = str(chance.choice(kinds, p=np.array(shares) / sum(shares)))
        with torch.autocast(device, dtype=torch.bfloat16):
            loss = pulled = _pair_loss(bert, material, kind, rows, chance)
            loss = loss + distillation_loss(bert, material.taught.batch(rows // 3, chance)) / 2
        turn.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(bert.parameters(), 1.0)
        turn.step()
        if clock.share > 0.7:
            average.update()
        total += torch.stack([pulled.detach(), (loss - pulled).detach()])
        if step % 200 == 199:
            values = [round(float(value) / 200, 3) for value in total]
            log(f"step {step + 1} of {clock.share:.2f}: pairs {values[0]}, taught {values[1]}")
            total.zero_()
    average.apply()


def _pair_loss(
    bert: Bert, material: Material, kind: str, rows: int, chance: np.random.Generator
) -> Tensor:
    if kind.endswith("-crops"):
        queries, passages = material.crops[kind.removesuffix("-crops")].batch(rows)
        return _info_nce(
            sentence_vectors(bert, trimmed(queries)), sentence_vectors(bert, trimmed(passages))
        )
    pairs = material.pairs[kind]
    device = pairs.queries.device
    chosen = torch.from_numpy(chance.integers(0, len(pairs.queries), rows)).to(device)
    which = torch.from_numpy(chance.integers(0, NEGATIVES, rows)).to(device)
    right, wrong = pairs.passages[chosen], pairs.negatives[chosen, which]
    asked = sentence_vectors(bert, trimmed(pairs.queries[chosen]))
    near = sentence_vectors(bert, trimmed(material.chunks[right]))
    far = sentence_vectors(bert, trimmed(material.chunks[wrong]))
    same = (right[:, None] == right) & ~torch.eye(rows, dtype=torch.bool, device=device)
    return _info_nce(asked, near, far, same, wrong == right[:, None])


def _info_nce(
    queries: Tensor,
    passages: Tensor,
    others: Tensor | None = None,
    same: Tensor | None = None,
    same_other: Tensor | None = None,
) -> Tensor:
    scores = queries @ passages.T
    if same is not None:
        scores = scores.masked_fill(same, -1)
    right = torch.arange(len(queries), device=queries.device)
    back = F.cross_entropy(SHARPNESS * scores.T, right)
    if others is not None:
        far = queries @ others.T
        scores = torch.cat(
            [scores, far.masked_fill(same_other, -1) if same_other is not None else far], 1
        )
    return F.cross_entropy(SHARPNESS * scores, right) + 0.3 * back
