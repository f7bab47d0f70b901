"""Batches for the masked language model, made on the device."""

from dataclasses import dataclass

import torch
from torch import Tensor

from training.bilingual.shards import CLS, FIRST_WORD, MASK, SEP, TokenRow

WORD_SHARE = 0.15
PLACES = 24  # of 128 tokens; what is masked beyond is left as it is
KEPT, RANDOM = 0.075, 0.075  # of the masked places: left as they are, replaced by any token


@dataclass(frozen=True, slots=True)
class Masked:
    """ids (rows, length) with words masked; `targets` at `places`, -100 where there is none."""

    ids: Tensor
    places: Tensor
    targets: Tensor


class MaskedRows:
    """Whole words are masked together (Cui et al., "Pre-Training with Whole Word Masking for
    Chinese BERT", 2021)."""

    def __init__(self, row: TokenRow, vocabulary: int, device: str, seed: int) -> None:
        self._ids = torch.from_numpy(row.ids.astype("int32")).to(device)
        self._starts = torch.from_numpy(row.starts).to(device)
        self._vocabulary, self._device = vocabulary, device
        self._chance = torch.Generator(device=device).manual_seed(seed)

    def batch(self, rows: int, length: int = 128) -> Masked:
        """`rows` windows at random places."""
        inner = length - 2
        first = self._random_int(len(self._ids) - inner, (rows,))
        at = first[:, None] + torch.arange(inner, device=self._device)
        ids, starts = self._ids[at].long(), self._starts[at]
        words = starts.long().cumsum(1)
        drawn = torch.rand((rows, inner + 1), device=self._device, generator=self._chance)
        chosen = (drawn.gather(1, words) < WORD_SHARE) & (ids != SEP)
        order = (
            chosen.float() + torch.rand(ids.shape, device=self._device, generator=self._chance) / 2
        )
        places = order.topk(PLACES, dim=1).indices
        is_target = chosen.gather(1, places)
        targets = torch.where(is_target, ids.gather(1, places), -100)
        changed = torch.rand(places.shape, device=self._device, generator=self._chance)
        other = self._random_int(self._vocabulary - FIRST_WORD, places.shape) + FIRST_WORD
        shown = torch.where(changed < RANDOM, other, MASK)
        shown = torch.where(is_target & (changed < 1 - KEPT), shown, ids.gather(1, places))
        ids = ids.scatter(1, places, shown)
        edge = torch.full((rows, 1), CLS, device=self._device)
        whole = torch.cat([edge, ids, torch.full_like(edge, SEP)], 1)
        return Masked(whole, places + 1, targets)

    def _random_int(self, below: int, shape: tuple[int, ...] | torch.Size) -> Tensor:
        return torch.randint(0, below, tuple(shape), device=self._device, generator=self._chance)
