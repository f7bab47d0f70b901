"""How FAISS and numpy say that a file is not what was once written: as our Damaged."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import numpy.typing as npt

from apps.retrieval.index_files import Damaged

# FAISS raises RuntimeError, its Python side AssertionError; row numbers beyond the rows are
# numpy's IndexError.
_TOLD = (RuntimeError, AssertionError, IndexError, ValueError, OSError, MemoryError, OverflowError)


@contextmanager
def damage_told(name: str) -> Iterator[None]:
    """Raises Damaged(name) for whatever the libraries raise in the block. Put only reads there."""
    try:
        yield
    except _TOLD:
        raise Damaged(name) from None


def finite(scores: npt.NDArray[np.float32], name: str) -> npt.NDArray[np.float32]:
    """The scores. Raises Damaged(name) when one is no number: no vector was written like that."""
    if not np.isfinite(scores).all():
        raise Damaged(name)
    return scores
