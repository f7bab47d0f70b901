"""Any sentence-transformers model: for the server profile, where PyTorch is installed."""

import threading
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from apps.core.errors import ClawdbotError
from apps.retrieval.embedders import model_folder
from apps.retrieval.model_files import ModelDamaged
from apps.retrieval.protocols import EmbedderIdentity, Vectors

_BATCH = 32


class PackageMissing(ClawdbotError):
    """The model needs packages that this profile does not install."""

    code = "package_missing"


class SentenceTransformersEmbedder:
    """Embeds with the model's own prompts, where it names some, in batches on one device.

    Thread-safe: one call at a time runs, since its tokenizer is not. Nothing is downloaded, and no
    code that comes with a model is run.
    """

    def __init__(self, folder: Path, *, threads: int) -> None:
        """Load the model in `folder`. Raises ModelDamaged, and PackageMissing outside the server
        profile."""
        self._description = model_folder.verify(folder)
        if find_spec("sentence_transformers") is None:
            raise PackageMissing(
                f"The model in {folder} needs the package sentence-transformers, which is "
                "not installed here. Run: make server"
            )
        import torch
        from sentence_transformers import SentenceTransformer

        torch.set_num_threads(threads)
        try:
            self._model = SentenceTransformer(
                str(folder), local_files_only=True, trust_remote_code=False
            )
        except (OSError, ValueError, KeyError, RuntimeError, ImportError) as error:
            raise ModelDamaged(
                f"sentence-transformers cannot load {folder}. Copy the folder anew, or choose "
                "another model."
            ) from error
        self._running = threading.Lock()

    @property
    def identity(self) -> EmbedderIdentity:
        """Model hash, dimension, pooling and prefix."""
        return self._description.identity

    @property
    def languages(self) -> frozenset[str]:
        """Languages in which the vectors mean something, by the model's card."""
        return self._description.languages

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Embeddings, float32, shape (len(texts), dimension), rows of length 1, in given order."""
        if not texts:
            return np.empty((0, self._description.dimension), np.float32)
        with self._running:
            found = self._model.encode_document(
                list(texts),
                batch_size=_BATCH,
                normalize_embeddings=True,
                show_progress_bar=False,
            )
        return self._checked(np.asarray(found, np.float32))

    def embed_question(self, text: str) -> Vectors:
        """The embedding of a question, with the prompt that the model wants for one."""
        with self._running:
            found = self._model.encode_query(
                [text], normalize_embeddings=True, show_progress_bar=False
            )
        vector: Vectors = self._checked(np.asarray(found, np.float32))[0]
        return vector

    def count_tokens(self, text: str) -> int:
        """Tokens of `text` before truncation, special tokens left out."""
        with self._running:
            encoded = self._model.tokenizer(
                text, add_special_tokens=False, truncation=False, verbose=False
            )
        return len(encoded["input_ids"])

    def _checked(self, matrix: Vectors) -> Vectors:
        if matrix.shape[1] != self._description.dimension:
            raise ModelDamaged(
                f"{self._description.source} makes vectors of {matrix.shape[1]} numbers, but says "
                f"{self._description.dimension}."
            )
        return matrix
