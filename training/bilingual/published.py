"""The English model that training begins with, read back from the INT8 product in models/."""

import itertools
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from tokenizers import Tokenizer
from torch import Tensor

from training.bilingual.network import Size

ENGLISH = Path(__file__).resolve().parents[2] / "models" / "minilm-l6-v2-int8" / "model.onnx"
LAYERS = 6


def english_weights(
    tokenizer: Tokenizer | None = None, model: Path = ENGLISH, extra: Path | None = None
) -> dict[str, Tensor]:
    """Weights by the names of BertModel, float32, with the word pieces that `tokenizer` knows too
    (they come first in it). 8 bits cost 0.3 points of recall, which training gives back. `extra`
    (npz) holds what the product left out: all 512 positions, both types.
    """
    held = {one.name: numpy_helper.to_array(one) for one in onnx.load(str(model)).graph.initializer}
    rows = held["vocabulary"].astype(np.float32) * held["vocabulary.scale"].reshape(-1, 1)
    if tokenizer is not None:
        own = Tokenizer.from_file(str(model.with_name("tokenizer.json"))).get_vocab()
        pieces = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
        shared = list(itertools.takewhile(lambda piece: piece in own, (p for p, _ in pieces)))
        rows = rows[[own[piece] for piece in shared]]
    found = {"embeddings.word_embeddings.weight": rows}
    found["embeddings.LayerNorm.weight"] = held["embeddings.gain"]
    found["embeddings.LayerNorm.bias"] = held["embeddings.shift"]
    if extra is not None:
        found |= dict(np.load(extra))
    for number in range(LAYERS):
        found |= _layer(held, number)
    return {
        name: torch.from_numpy(np.array(value, dtype=np.float32)) for name, value in found.items()
    }


def size_of(vocabulary: int, layers: int = LAYERS) -> Size:
    """Of the published model, or one that grows from it."""
    return Size(vocabulary=vocabulary, layers=layers)


def _layer(held: dict[str, np.ndarray], number: int) -> dict[str, np.ndarray]:
    here, there = f"layer{number}", f"encoder.layer.{number}"
    weight, bias = _dense(held, f"{here}.attention.qkv")
    made = {}
    for name, w, b in zip(
        ("query", "key", "value"), np.split(weight, 3), np.split(bias, 3), strict=True
    ):
        made |= {
            f"{there}.attention.self.{name}.weight": w,
            f"{there}.attention.self.{name}.bias": b,
        }
    for source, target in (
        (".attention", ".attention.output"),
        (".wide", ".intermediate"),
        (".narrow", ".output"),
    ):
        weight, bias = _dense(held, here + source)
        made |= {f"{there}{target}.dense.weight": weight, f"{there}{target}.dense.bias": bias}
    for source, target in ((".middle", ".attention.output"), ("", ".output")):
        made |= {
            f"{there}{target}.LayerNorm.weight": held[f"{here}{source}.gain"],
            f"{there}{target}.LayerNorm.bias": held[f"{here}{source}.shift"],
        }
    return made


def _dense(held: dict[str, np.ndarray], name: str) -> tuple[np.ndarray, np.ndarray]:
    weight = held[f"{name}.weight"].astype(np.float32) * held[f"{name}.scale"]
    if f"{name}.equal" in held:
        weight = weight * held[f"{name}.equal"][:, None]
    return weight.T, held[f"{name}.bias"]
