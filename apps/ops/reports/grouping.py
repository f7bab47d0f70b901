"""Which questions are about the same: of vectors and weights, without knowing any words."""

from collections.abc import Sequence

import numpy as np

from apps.retrieval.protocols import Vectors

# Cosine of two questions about the same, built-in embedder: of 32 hand-made questions about six
# subjects in Chinese and English no two about different ones come above 0.37.
ALIKE = 0.55


def groups(vectors: Vectors, weights: Sequence[int], *, alike: float = ALIKE) -> list[list[int]]:
    """Rows of `vectors` (unit length) in groups, each around the row named first.

    The greatest group by weight is taken out first, then the greatest of what is left, and so on; a
    group's rows are all `alike` its first one. The same input gives the same groups.
    """
    near = (vectors @ vectors.T >= alike).astype(np.float32)
    np.fill_diagonal(near, 1.0)  # a row of zeros is like itself, too
    left = np.asarray(weights, dtype=np.float32)
    is_left = np.ones(len(left), dtype=bool)
    found = []
    while is_left.any():
        sums = np.where(is_left, near @ (left * is_left), -1.0)
        best = np.flatnonzero(sums >= sums.max())
        seed = int(best[np.argmax(left[best])])  # of equals the one that was asked most
        members = [int(row) for row in np.flatnonzero(is_left & (near[seed] > 0)) if row != seed]
        found.append([seed, *sorted(members, key=lambda row: -weights[row])])
        is_left[found[-1]] = False
    return found
