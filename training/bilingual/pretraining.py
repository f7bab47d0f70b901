"""First stage of both models: guessing masked words; the embedder also learns to say of a Chinese
sentence what the published English model says of its translation.

Source of the second: Reimers and Gurevych, "Making Monolingual Sentence Embeddings Multilingual
using Knowledge Distillation", EMNLP 2020.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812  its usual name
from torch import Tensor

from training.bilingual.masking import Masked, MaskedRows
from training.bilingual.network import (
    Bert,
    MaskedLanguageModel,
    optimiser,
    padded,
    sentence_vectors,
)
from training.bilingual.run_clock import Clock
from training.bilingual.shards import CLS, SEP, UNKNOWN
from training.bilingual.team import Team

MAX_TOKENS = 112


@dataclass(frozen=True, slots=True)
class Translations:
    """Sentence pairs by length, with the teacher's vector of the English side (rows, hidden)."""

    english: Tensor
    chinese: Tensor
    vectors: Tensor

    def batch(self, rows: int, chance: np.random.Generator) -> tuple[Tensor, Tensor, Tensor]:
        """A run of neighbours in length."""
        first = int(chance.integers(0, max(1, len(self.vectors) - rows)))
        cut = slice(first, first + rows)
        return trimmed(self.english[cut]), trimmed(self.chinese[cut]), self.vectors[cut]


def trimmed(ids: Tensor) -> Tensor:
    """Without columns that hold only padding, to a multiple of 16."""
    longest = int((ids > 0).sum(1).max())
    return ids[:, : -(-longest // 16) * 16].long()


def encoded(tokenizer: object, texts: list[str], most: int = MAX_TOKENS) -> list[list[int]]:
    """[CLS] text [SEP], cut to `most` tokens."""
    found = tokenizer.encode_batch(texts, add_special_tokens=False)  # type: ignore[attr-defined]
    return [[CLS, *one.ids[: most - 2], SEP] for one in found]


@torch.no_grad()
def vectors_of(bert: Bert, rows: list[list[int]], device: str, size: int = 1024) -> Tensor:
    """float32 (rows, hidden) on the CPU, in the given order."""
    bert.eval()
    order = sorted(range(len(rows)), key=lambda number: len(rows[number]))
    made = torch.zeros(len(rows), bert.size.hidden)
    for first in range(0, len(order), size):
        numbers = order[first : first + size]
        ids = padded([rows[number] for number in numbers]).to(device)
        with torch.autocast(device, dtype=torch.bfloat16):
            made[numbers] = sentence_vectors(bert, ids).cpu()
    return made


def translations(
    teacher: Bert, tokenizer: object, pairs: list[tuple[str, str]], device: str
) -> Translations:
    """The teacher knows only its own vocabulary: other tokens are unknown to it."""
    english = encoded(tokenizer, [pair[0] for pair in pairs])
    chinese = encoded(tokenizer, [pair[1] for pair in pairs])
    known = teacher.size.vocabulary
    seen = [[token if token < known else UNKNOWN for token in row] for row in english]
    vectors = vectors_of(teacher, seen, device)
    order = np.argsort([max(len(a), len(b)) for a, b in zip(english, chinese, strict=True)])
    return Translations(
        padded([english[i] for i in order]).to(torch.int32).to(device),
        padded([chinese[i] for i in order]).to(torch.int32).to(device),
        vectors[torch.from_numpy(order)].to(device),
    )


def distillation_loss(bert: Bert, batch: tuple[Tensor, Tensor, Tensor]) -> Tensor:
    """1 - cosine to the teacher, both languages; and the right translation among the others."""
    english, chinese, target = batch
    x, y = sentence_vectors(bert, english), sentence_vectors(bert, chinese)
    near = (1 - (x * target).sum(-1)).mean() + 2 * (1 - (y * target).sum(-1)).mean()
    right = torch.arange(len(target), device=target.device)
    return 4 * near + 0.3 * F.cross_entropy(20 * y @ target.T, right)


def masked_loss(model: Callable[[Tensor, Tensor], Tensor], batches: list[Masked]) -> Tensor:
    """Mean over the masked places."""
    ids = torch.cat([one.ids for one in batches])
    places = torch.cat([one.places for one in batches])
    targets = torch.cat([one.targets for one in batches])
    logits = model(ids, places)
    return F.cross_entropy(logits.float().flatten(0, 1), targets.flatten(), ignore_index=-100)


@dataclass(frozen=True, slots=True)
class Lessons:
    """What is read: `rows` windows a step, shared out between the texts (most are Chinese, which
    starts from nothing); and what the teacher says of translations, for the embedder."""

    texts: Mapping[str, tuple[MaskedRows, float]]
    rows: int
    taught: Translations | None = None

    def batches(self) -> list[Masked]:
        """One of each text."""
        return [text.batch(int(self.rows * share)) for text, share in self.texts.values()]


def pretrain(
    model: MaskedLanguageModel,
    lessons: Lessons,
    clock: Clock,
    *,
    is_compiled: bool = False,
    team: Team | None = None,
    log: Callable[[str], None] = print,
) -> None:
    """Train in place. Compiled it is three times as fast and starts half a minute later."""
    guess = torch.compile(model) if is_compiled else model
    device = next(model.parameters()).device.type
    turn, team = optimiser(model, clock.rate), team or Team()
    clock.agreed = team.agreed
    chance = np.random.default_rng(1 + team.rank)
    model.train()
    total = torch.zeros(2, device=device)
    for step in clock.steps(turn):
        with torch.autocast(device, dtype=torch.bfloat16):
            loss = guessed = masked_loss(guess, lessons.batches())
            if lessons.taught is not None:
                batch = lessons.taught.batch(lessons.rows // 2, chance)
                loss = loss + distillation_loss(model.bert, batch)
        turn.zero_grad(set_to_none=True)
        loss.backward()
        team.average(model)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        turn.step()
        total += torch.stack([guessed.detach(), (loss - guessed).detach()])
        if step % 250 == 249:
            values = [round(float(value) / 250, 3) for value in total]
            log(f"step {step + 1} of {clock.share:.2f}: masked {values[0]}, taught {values[1]}")
            total.zero_()
