"""A folder with an embedding model: its description (`model.json`) and its verified files."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from apps.core.errors import ClawdbotError
from apps.retrieval.protocols import EmbedderIdentity


class ModelDamaged(ClawdbotError):
    """A model file is missing or is not the one that was published."""

    code = "model_damaged"


class ModelDescription(BaseModel):
    """What `model.json` says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    files: dict[str, str] = Field(min_length=1)  # name in the folder -> sha256
    dimension: int = Field(gt=0)
    pooling: Literal["mean", "cls"]
    prefix: str
    max_tokens: int = Field(gt=2)  # special tokens included
    languages: frozenset[str]
    licence: str
    source: str

    @property
    def identity(self) -> EmbedderIdentity:
        """Equal for equal files and settings; `model_sha256` covers every file of the model."""
        lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(self.files.items()))
        return EmbedderIdentity(
            name=self.name,
            model_sha256=hashlib.sha256(lines.encode()).hexdigest(),
            dimension=self.dimension,
            pooling=self.pooling,
            prefix=self.prefix,
        )


@lru_cache(maxsize=8)
def describe(folder: Path) -> ModelDescription:
    """Read `model.json`; the other files are not touched. Raises ModelDamaged."""
    path = folder / "model.json"
    try:
        return ModelDescription.model_validate_json(path.read_bytes())
    except OSError:
        raise ModelDamaged(
            f"There is no embedding model in {folder}: {path.name} cannot be read. "
            "Set model.embedder in clawdbot.yaml to the folder of a model."
        ) from None
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise ModelDamaged(f"{path}: {key}: {first['msg']}.") from None


def verify(folder: Path) -> ModelDescription:
    """Compare every file with its published sha256 (15 ms for 23 MB). Raises ModelDamaged."""
    description = describe(folder)
    for name, expected in description.files.items():
        try:
            with (folder / name).open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:
            raise ModelDamaged(
                f"The embedding model is incomplete: {folder / name} cannot be read. {_RESTORE}"
            ) from None
        if found != expected:
            raise ModelDamaged(f"The embedding model is damaged: {folder / name}. {_RESTORE}")
    return description


_RESTORE = "Restore the folder from the release (`git checkout -- models`) and start again."
