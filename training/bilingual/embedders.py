"""Opening a folder with an embedding model of whatever kind."""

import json
from pathlib import Path

from training import throwaway_home  # noqa: F401  before all of apps

# isort: split
from apps.retrieval.embedders.onnx import OnnxEmbedder
from apps.retrieval.protocols import Embedder


def opened(folder: Path, *, threads: int) -> Embedder:
    """The embedder of a folder. Raises ModelDamaged."""
    if json.loads((folder / "model.json").read_text()).get("kind") == "static":
        from apps.retrieval.embedders.static import StaticEmbedder

        return StaticEmbedder(folder)
    return OnnxEmbedder(folder, threads=threads)
