"""A complete reader's folder of a few hundred kilobytes with random weights, to test with."""

import hashlib
import json
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from training.bert_graph import Int8, Shape, build_reader
from training.quantisation import Floats

MODELS = Path(__file__).resolve().parents[1] / "models"
MAX_TOKENS = 320
CALIBRATION = {
    "rank_weight": 1.0,
    "certain": 1e6,
    "intercept": 0.0,
    "factors": {"relevance": 1.0, "margin": 0.1},
    "threshold": 0.5,
    "short": 0.8,
}


def write_small_reader(folder: Path, *, seed: int = 0, layers: int = 1, hidden: int = 16) -> Path:
    """Write model.onnx, tokenizer.json and model.json; returns `folder`. Same seed, same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer.from_file(str(sorted(MODELS.glob("*/tokenizer.json"))[0]))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    tokenizer.save(str(folder / "tokenizer.json"))
    shape = Shape(layers=layers, heads=4, hidden=hidden, max_tokens=MAX_TOKENS, epsilon=1e-12)
    weights = random_reader(shape, words=tokenizer.get_vocab_size(), seed=seed)
    model = build_reader(weights, shape, Int8(ranges={}, strength=0.7, bits=7))
    (folder / "model.onnx").write_bytes(model.SerializeToString(deterministic=True))
    names = ("model.onnx", "tokenizer.json")
    description = {
        "name": f"small reader {seed}",
        "kind": "reader",
        "files": {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names},
        "max_tokens": MAX_TOKENS,
        "languages": ["en", "zh"],
        "licence": "Apache-2.0",
        "source": "random weights",
        "calibration": {"en": CALIBRATION, "zh": CALIBRATION},
    }
    (folder / "model.json").write_text(json.dumps(description, indent=2))
    return folder


def random_reader(shape: Shape, *, words: int, seed: int) -> dict[str, Floats]:
    """Weights of a reader, drawn at random, by the names of training/bilingual/network.Reader."""
    hidden = shape.hidden
    sizes = {
        "relevance.0.weight": (hidden, hidden),
        "relevance.0.bias": (hidden,),
        "relevance.2.weight": (1, hidden),
        "relevance.2.bias": (1,),
        "span.weight": (2, hidden),
        "span.bias": (2,),
    }
    chance = np.random.default_rng(seed)
    heads = {name: _drawn(chance, size) for name, size in sizes.items()}
    bert = random_bert(shape, words=words, seed=seed)
    return heads | {f"bert.{name}": value for name, value in bert.items()}


def random_bert(shape: Shape, *, words: int, seed: int) -> dict[str, Floats]:
    """Weights of the encoder alone, by the names of Hugging Face's BertModel."""
    hidden, wide = shape.hidden, 4 * shape.hidden
    sizes: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (words, hidden),
        "embeddings.position_embeddings.weight": (512, hidden),
        "embeddings.token_type_embeddings.weight": (2, hidden),
        "embeddings.LayerNorm.weight": (hidden,),
        "embeddings.LayerNorm.bias": (hidden,),
    }
    for number in range(shape.layers):
        layer = f"encoder.layer.{number}"
        linear = {f"{layer}.attention.self.{part}": (hidden, hidden) for part in _PARTS}
        linear |= {f"{layer}.attention.output.dense": (hidden, hidden)}
        linear |= {f"{layer}.intermediate.dense": (wide, hidden)}
        linear |= {f"{layer}.output.dense": (hidden, wide)}
        sizes |= {f"{name}.weight": size for name, size in linear.items()}
        sizes |= {f"{name}.bias": size[:1] for name, size in linear.items()}
        for norm in (f"{layer}.attention.output.LayerNorm", f"{layer}.output.LayerNorm"):
            sizes |= {f"{norm}.weight": (hidden,), f"{norm}.bias": (hidden,)}
    chance = np.random.default_rng(seed + 1)
    return {
        name: _drawn(chance, size) + (name.endswith("LayerNorm.weight"))
        for name, size in sizes.items()
    }


_PARTS = ("query", "key", "value")


def _drawn(chance: np.random.Generator, size: tuple[int, ...]) -> Floats:
    values: Floats = (chance.standard_normal(size) / np.sqrt(size[-1])).astype(np.float32)
    return values
