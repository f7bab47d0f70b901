"""Sentence embedding by a table: the vector of a text is the sum of its tokens' vectors."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from apps.retrieval.embedders import model_folder
from apps.retrieval.protocols import EmbedderIdentity, Vectors

# The model's tokenizer makes no token of more characters: a longer word is one unknown token.
_LONGEST_TOKEN = 100
_UNKNOWN = "[UNK]"


class StaticEmbedder:
    """A distilled table: far faster than a network, for machines that are too slow for one.

    `numbers.npy` uint8 (words, dimension / 2) holds two numbers of four bits a byte, the first in
    the lower half, each 8 more than it means; `scales.npy` float16 (words,) multiplies a word's.
    Thread-safe; no text depends on its neighbours.
    """

    def __init__(self, folder: Path) -> None:
        """Load and verify the table in `folder`. Raises ModelDamaged."""
        self._description = model_folder.verify(folder)
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._numbers = _unpacked(np.load(folder / "numbers.npy"))
        self._scales = np.load(folder / "scales.npy").astype(np.float32)
        self._unknown = [self._tokenizer.token_to_id(_UNKNOWN) or 0]

    @property
    def identity(self) -> EmbedderIdentity:
        """Model hash, dimension, pooling and prefix."""
        return self._description.identity

    @property
    def languages(self) -> frozenset[str]:
        """Languages in which the vectors mean something."""
        return self._description.languages

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Embeddings, float32, shape (len(texts), dimension), rows of length 1, in given order.

        A text beyond the model's window is embedded by its beginning; one without any token is as
        an unknown word.
        """
        vectors = np.empty((len(texts), self._description.dimension), dtype=np.float32)
        limit, start = self._description.max_tokens, self._description.prefix
        encoded = self._tokenizer.encode_batch_fast(
            [start + text[: limit * _LONGEST_TOKEN] for text in texts], add_special_tokens=False
        )
        for row, item in enumerate(encoded):
            vectors[row] = self._vector(item.ids[:limit] or self._unknown)
        return vectors

    def embed_question(self, text: str) -> Vectors:
        """The embedding of a question: these models embed it like any text."""
        vector: Vectors = self.embed([text])[0]
        return vector

    def count_tokens(self, text: str) -> int:
        """Tokens of `text` before truncation."""
        return len(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def _vector(self, ids: list[int]) -> Vectors:
        total: Vectors = self._scales[ids] @ self._numbers[ids].astype(np.float32)
        return total / np.linalg.norm(total)


def _unpacked(packed: npt.NDArray[np.uint8]) -> npt.NDArray[np.int8]:
    numbers = np.empty((packed.shape[0], packed.shape[1] * 2), dtype=np.int8)
    numbers[:, ::2] = (packed & 15).astype(np.int8) - 8
    numbers[:, 1::2] = (packed >> 4).astype(np.int8) - 8
    return numbers
