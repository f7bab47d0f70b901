"""The English model that training begins with, as `gather` stores it: english.npz."""

import itertools
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from training.bilingual.network import Size
from training.quantisation import Floats

NAME = "english.npz"
TABLE = "embeddings.word_embeddings.weight"
LEFT_OUT = ("pooler.", "embeddings.position_ids")  # of BertModel, which ours does without
HEAD = 32  # numbers of an attention head


def write_english(
    weights: Mapping[str, Floats], english: Tokenizer, own: Tokenizer, data: Path
) -> None:
    """Write the published weights to DATA/english.npz: float16, by the names of BertModel.

    The word table keeps the pieces that `own` shares with `english`, in the order of `own`, where
    they come first.
    """
    known = english.get_vocab()
    pieces = sorted(own.get_vocab().items(), key=lambda item: item[1])
    shared = list(itertools.takewhile(known.__contains__, (piece for piece, _ in pieces)))
    held = {name: value for name, value in weights.items() if not name.startswith(LEFT_OUT)}
    held[TABLE] = held[TABLE][[known[piece] for piece in shared]]
    np.savez(data / NAME, **{name: value.astype(np.float16) for name, value in held.items()})


def english_weights(data: Path) -> dict[str, Tensor]:
    """What `write_english` wrote, float32."""
    with np.load(data / NAME) as held:
        return {name: torch.from_numpy(held[name].astype(np.float32)) for name in held.files}


def size_of(weights: Mapping[str, Tensor], vocabulary: int = 0, layers: int = 0) -> Size:
    """Of the network with these weights or, where a number is given, of one that grows from it."""
    words, hidden = weights[TABLE].shape
    held = sum(name.endswith("attention.self.query.weight") for name in weights)
    return Size(
        vocabulary=vocabulary or words,
        layers=layers or held,
        hidden=hidden,
        heads=hidden // HEAD,
        inner=len(weights["encoder.layer.0.intermediate.dense.bias"]),
        positions=len(weights["embeddings.position_embeddings.weight"]),
    )
