"""A sentence-transformers folder, described without loading the model: nothing heavy is needed."""

import hashlib
import json
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from apps.retrieval.model_files import ModelDamaged

MODULES = "modules.json"
WEIGHTS = (".safetensors", ".bin", ".pt")
_ALL_LANGUAGES = frozenset({"en", "zh"})
_POOLINGS = {
    "pooling_mode_cls_token": "cls",
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_max_tokens": "max",
    "pooling_mode_lasttoken": "lasttoken",
    "pooling_mode_weightedmean_tokens": "weightedmean",
    "pooling_mode_mean_sqrt_len_tokens": "meansqrtlen",
}
# Beside the model, but no part of it: other forms of the same weights, papers, pictures.
_OTHER_FORMS = {"onnx", "openvino", "assets", "imgs", "eval"}
_NAMELESS = {"model", "models", "main"}  # folders that say nothing of what is in them
_LANGUAGE = re.compile(r"^languages?:\s*(.*(?:\n\s*- .*)*)", re.MULTILINE)


def is_one(folder: Path) -> bool:
    """Whether the folder is laid out as sentence-transformers saves a model."""
    return (folder / MODULES).is_file()


def read(folder: Path) -> dict[str, Any]:
    """What a `model.json` would say of this folder. Reads every file once (a second a gigabyte).

    Languages are those of the model card, all of ours where it names none. Raises ModelDamaged.
    """
    try:
        modules = json.loads((folder / MODULES).read_bytes())
        files = {str(path.relative_to(folder)): _sha256(path) for path in sorted(_files(folder))}
        facts = [_json(folder / str(module["path"]) / "config.json") for module in modules]
    except (OSError, ValueError, KeyError, TypeError):
        raise ModelDamaged(
            f"{folder} is no whole sentence-transformers model. Copy the folder anew."
        ) from None
    if not any(name.endswith(WEIGHTS) for name in files):
        raise ModelDamaged(f"There are no weights (model.safetensors) in {folder}.")
    return {
        "name": folder.parent.name if folder.name in _NAMELESS else folder.name,
        "kind": "sentence-transformers",
        "files": files,
        "dimension": _dimension(folder, facts),
        "pooling": next(filter(None, map(_pooling, facts)), "none"),
        "prefix": _document_prompt(folder),
        "max_tokens": _json(folder / "sentence_bert_config.json").get("max_seq_length") or 512,
        "languages": _languages(folder),
        "licence": "",
        "source": str(folder),
    }


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        inside = path.relative_to(folder)
        is_hidden = any(part.startswith(".") for part in inside.parts)
        if is_hidden or inside.parts[0] in _OTHER_FORMS or path.suffix in {".md", ".png"}:
            continue
        if path.is_file():
            yield path


def _sha256(path: Path) -> str:
    status = path.stat()
    return _hashed(path, status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=256)
def _hashed(path: Path, _size: int, _mtime_ns: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    return found if isinstance(found, dict) else {}


def _dimension(folder: Path, facts: list[dict[str, Any]]) -> int:
    """Of the last module that names one: a dense layer comes after the pooling."""
    named = [
        one.get("out_features")
        or one.get("word_embedding_dimension")
        or one.get("embedding_dimension")
        for one in facts
    ]
    known = [number for number in named if isinstance(number, int)]
    hidden = _json(folder / "config.json").get("hidden_size")
    if known:
        return known[-1]
    if isinstance(hidden, int):
        return hidden
    raise ModelDamaged(f"{folder} does not say how long its vectors are.")


def _pooling(config: dict[str, Any]) -> str:
    mode = config.get("pooling_mode")
    if isinstance(mode, str):
        return mode[:16]
    return next((name for key, name in _POOLINGS.items() if config.get(key)), "")


def _document_prompt(folder: Path) -> str:
    prompts = _json(folder / "config_sentence_transformers.json").get("prompts") or {}
    found = next((prompts[key] for key in ("document", "passage") if prompts.get(key)), "")
    return str(found)[:100]


def _languages(folder: Path) -> frozenset[str]:
    try:
        card = (folder / "README.md").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return _ALL_LANGUAGES
    found = _LANGUAGE.search(card.split("\n---", 1)[0]) if card.startswith("---") else None
    named = frozenset(re.findall(r"[a-z]{2,}", found[1].casefold())) if found else frozenset()
    return (named & _ALL_LANGUAGES) or _ALL_LANGUAGES
