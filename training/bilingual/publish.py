"""Makes a model's folder out of a checkpoint: `python -m training.bilingual.publish
embedder|reader --checkpoint F --data D --to models/...`."""

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from tokenizers import Tokenizer

from training.bert_graph import Int8, Shape, build, build_reader
from training.bilingual.calibration_texts import CalibrationTexts
from training.bilingual.fidelity import embedder_fidelity, reader_fidelity
from training.bilingual.published import HEAD
from training.bilingual.run_clock import load
from training.input_ranges import Inputs, input_ranges
from training.model_files import write_model
from training.quantisation import Floats

EPSILON = 1e-12
MAX_TOKENS = {"embedder": 256, "reader": 320}
STRENGTH = 0.7
BITS = 7  # processors without VNNI saturate on 8: the same figures everywhere
FEW = 16  # of 1536 channels in float32: a third less error for 0.05 ms a layer
CALIBRATION_ROWS, COMPARED_ROWS = 160, 50


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=sorted(MAX_TOKENS))
    parser.add_argument("--checkpoint", type=Path, required=True, help="whole or in parts .0 .1")
    parser.add_argument("--data", type=Path, required=True, help="folder that gather made")
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--fp32", type=Path, help="also write the unquantised model here")
    arguments = parser.parse_args(argv)
    state = {name: value.numpy() for name, value in load(arguments.checkpoint).items()}
    publish(arguments.kind, state, arguments.data, arguments.to, arguments.fp32)


def publish(
    kind: str, weights: Mapping[str, Floats], data: Path, to: Path, fp32: Path | None = None
) -> dict[str, float]:
    """Write the INT8 model to `to` (its calibration there is kept), the float32 one to `fp32`.

    Returns how near the first is to the second. Equal input gives equal bytes.
    """
    tokenizer = Tokenizer.from_file(str(data / "tokenizer.json"))
    shape = shape_of(kind, weights)
    make = build_reader if kind == "reader" else build
    exact = make(weights, shape, None)
    ranges = input_ranges(exact, shape.layers, _runs(kind, data, tokenizer))
    quantised = make(weights, shape, Int8(ranges, STRENGTH, BITS, FEW))
    if fp32:
        write_model(fp32, exact, tokenizer, _description(kind, shape, fp32, "float32"))
    write_model(to, quantised, tokenizer, _description(kind, shape, to, "int8"))
    figures = _fidelity(kind, exact, quantised, CalibrationTexts(data, tokenizer, seed=1))
    print(json.dumps(figures, indent=1))
    return figures


def shape_of(kind: str, weights: Mapping[str, Floats]) -> Shape:
    """Sizes of a checkpoint's network."""
    table = next(w for name, w in weights.items() if name.endswith("word_embeddings.weight"))
    layers = sum(name.endswith("attention.self.query.weight") for name in weights)
    hidden = table.shape[1]
    return Shape(layers, hidden // HEAD, hidden, MAX_TOKENS[kind], EPSILON)


def _runs(kind: str, data: Path, tokenizer: Tokenizer) -> Iterator[Inputs]:
    texts = CalibrationTexts(data, tokenizer, seed=0)
    if kind == "reader":
        return (row.inputs for row in texts.readings(CALIBRATION_ROWS))
    passages = texts.passages(CALIBRATION_ROWS, MAX_TOKENS[kind])
    return ({"input_ids": np.array([ids])} for ids in passages)


def _fidelity(
    kind: str, exact: onnx.ModelProto, quantised: onnx.ModelProto, texts: CalibrationTexts
) -> dict[str, float]:
    if kind == "reader":
        return reader_fidelity(exact, quantised, list(texts.readings(COMPARED_ROWS)))
    passages = list(texts.passages(COMPARED_ROWS, MAX_TOKENS[kind]))
    return embedder_fidelity(exact, quantised, passages)


def _description(kind: str, shape: Shape, folder: Path, precision: str) -> dict[str, Any]:
    made: dict[str, Any] = {"name": f"Clawdbot {kind} ({precision})"}
    if kind == "reader":
        made["kind"] = "reader"
    else:
        made |= {"dimension": shape.hidden, "pooling": "mean", "prefix": ""}
    made |= {
        "max_tokens": shape.max_tokens,
        "languages": ["en", "zh"],
        "licence": "CC-BY-SA-4.0",
        "source": "trained by training/bilingual, begun from all-MiniLM-L6-v2",
    }
    before = folder / "model.json"
    if before.exists() and (kept := json.loads(before.read_text()).get("calibration")):
        made["calibration"] = kept
    return made


if __name__ == "__main__":
    main()
