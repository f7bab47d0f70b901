"""Chunks as the columns of a segment: ids and vectors."""

import logging
from collections.abc import Sequence

import numpy as np

from apps.retrieval.index_rows import IndexRow
from apps.retrieval.models import EmbeddingGeneration
from apps.retrieval.protocols import Vectors
from apps.retrieval.vector.segment import LINES, Ids
from apps.retrieval.vectors import vectors_of

logger = logging.getLogger(__name__)


def columns_of(
    generation: EmbeddingGeneration, dimension: int, rows: Sequence[IndexRow]
) -> tuple[Ids, Vectors]:
    """Ids (int64, shape (5, rows)) and vectors (float32, shape (rows, dimension)).

    Vectors are zeros where a text has none, and where `dimension` is not the generation's: they
    are kept elsewhere then.
    """
    stored = vectors_of(generation, {row.text_sha256 for row in rows})
    vectors = np.zeros((len(rows), dimension), np.float32)
    is_kept = dimension == generation.dimension
    ids = np.zeros((LINES, len(rows)), np.int64)
    for at, row in enumerate(rows):
        vector = stored.get(row.text_sha256)
        if vector is not None and is_kept:
            vectors[at] = vector
        ids[:, at] = (
            row.chunk_id,
            row.version_id,
            row.document_id,
            row.collection_id,
            vector is not None,
        )
    if len(stored) < len({row.text_sha256 for row in rows}):
        logger.warning("Some chunks have no vector of %s", generation)
    return ids, vectors
