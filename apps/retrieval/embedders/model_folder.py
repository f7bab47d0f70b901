"""A folder with an embedding model: its description (`model.json`) and its verified files."""

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from apps.retrieval.model_files import ModelFiles, read_description, verify_files
from apps.retrieval.protocols import EmbedderIdentity

_WHAT = "embedding model"


class ModelDescription(ModelFiles):
    """What `model.json` says."""

    kind: Literal["onnx", "static"] = "onnx"  # which adapter runs it
    dimension: int = Field(gt=0)
    pooling: Literal["mean", "cls"]
    prefix: str

    @property
    def identity(self) -> EmbedderIdentity:
        """Equal for equal files and settings; `model_sha256` covers every file of the model."""
        return EmbedderIdentity(
            name=self.name,
            model_sha256=self.sha256,
            dimension=self.dimension,
            pooling=self.pooling,
            prefix=self.prefix,
        )


@lru_cache(maxsize=8)
def describe(folder: Path) -> ModelDescription:
    """Read `model.json`; the other files are not touched. Raises ModelDamaged."""
    return read_description(folder, ModelDescription, what=_WHAT, key="model.embedder")


def verify(folder: Path) -> ModelDescription:
    """Compare every file with its published sha256 (15 ms for 23 MB). Raises ModelDamaged."""
    description = describe(folder)
    verify_files(folder, description.files, what=_WHAT)
    return description
