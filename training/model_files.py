"""A model's folder as it is shipped: its files, and what model.json says of them."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import onnx
from tokenizers import Tokenizer


def write_model(
    folder: Path, model: onnx.ModelProto, tokenizer: Tokenizer, description: Mapping[str, Any]
) -> None:
    """Write model.onnx, tokenizer.json and model.json. Equal input gives equal bytes.

    `description` is written with the sha256 of the files, behind its first two entries at most.
    """
    folder.mkdir(parents=True, exist_ok=True)
    onnx.checker.check_model(model)
    (folder / "model.onnx").write_bytes(model.SerializeToString(deterministic=True))
    write_tokenizer(folder, tokenizer)
    describe_files(folder, ("model.onnx", "tokenizer.json"), description)


def write_tokenizer(folder: Path, tokenizer: Tokenizer) -> None:
    """tokenizer.json without padding and truncation: texts are run one by one, cut by ourselves."""
    tokenizer.no_padding()
    tokenizer.no_truncation()
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)


def describe_files(folder: Path, files: tuple[str, ...], description: Mapping[str, Any]) -> None:
    """Write model.json: `description` with the sha256 of `files` after its name; print sizes."""
    sums = {file: hashlib.sha256((folder / file).read_bytes()).hexdigest() for file in files}
    named = {"name": description["name"], "files": sums}
    text = json.dumps(named | dict(description), indent=2, ensure_ascii=False) + "\n"
    (folder / "model.json").write_text(text, encoding="utf-8")
    sizes = ", ".join(f"{file} {(folder / file).stat().st_size / 1e6:.1f} MB" for file in files)
    print(f"{folder}: {sizes}")
