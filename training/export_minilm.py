"""Makes the model that ours are compared with: all-MiniLM-L6-v2 as published, in our INT8."""

import argparse
import json
from collections.abc import Sequence
from importlib import metadata
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from training.bert_graph import Int8, Shape, build
from training.english_source import PACKAGE, source_weights
from training.input_ranges import input_ranges
from training.model_files import write_model

DESTINATION = Path(__file__).resolve().parents[1] / "build" / "minilm-l6-v2-int8"
REQUIREMENTS = Path(__file__).with_name("requirements.txt")
MAX_TOKENS = 256  # as trained and as published (sentence_bert_config.json)
STRENGTH = 0.7
BITS = 7  # processors without VNNI saturate on 8: the same vectors everywhere
WINDOW = MAX_TOKENS - 2


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--int8", type=Path, default=DESTINATION, help="default: %(default)s")
    parser.add_argument("--fp32", type=Path, help="also write the unquantised model here")
    arguments = parser.parse_args(argv)
    source = Path(str(files(PACKAGE.replace("-", "_")))) / "model"
    weights = source_weights(source)
    shape, tokenizer = _shape(source / "config.json"), _tokenizer(source / "tokenizer.json")
    reference = build(weights, shape, None)
    if arguments.fp32:
        description = _description("all-MiniLM-L6-v2 (float32)")
        write_model(arguments.fp32, reference, tokenizer, description)
    windows = _windows(tokenizer, _prose())
    runs = ({"input_ids": np.array([window])} for window in windows)
    int8 = Int8(input_ranges(reference, shape.layers, runs), STRENGTH, BITS)
    description = _description("all-MiniLM-L6-v2 (int8)")
    write_model(arguments.int8, build(weights, shape, int8), tokenizer, description)


def _shape(path: Path) -> Shape:
    config = json.loads(path.read_text())
    return Shape(
        layers=config["num_hidden_layers"],
        heads=config["num_attention_heads"],
        hidden=config["hidden_size"],
        max_tokens=MAX_TOKENS,
        epsilon=config["layer_norm_eps"],
    )


def _tokenizer(path: Path) -> Tokenizer:
    tokenizer: Tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def _prose() -> str:
    """English that every run of this script has alike: the READMEs of the pinned packages."""
    names = [line.split("==")[0] for line in REQUIREMENTS.read_text().splitlines() if "==" in line]
    return "\n".join(str(metadata.metadata(name).get_payload()) for name in names)


def _windows(tokenizer: Tokenizer, text: str) -> list[list[int]]:
    """Full windows of `text`: every position takes part, as in a long passage."""
    first, *ids, last = tokenizer.encode(text).ids
    starts = range(0, len(ids) - WINDOW, WINDOW)
    return [[first, *ids[start : start + WINDOW], last] for start in starts]


def _description(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "dimension": 384,
        "pooling": "mean",
        "prefix": "",
        "max_tokens": MAX_TOKENS,
        "languages": ["en"],
        "licence": "Apache-2.0",
        "source": "sentence-transformers/all-MiniLM-L6-v2, "
        f"from the package {PACKAGE} {metadata.version(PACKAGE)}",
    }


if __name__ == "__main__":
    main()
