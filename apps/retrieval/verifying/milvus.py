"""The vectors in Milvus, compared with the database as those of a node's files are."""

from collections.abc import Iterator

import numpy as np

from apps.core.errors import ClawdbotError
from apps.retrieval.milvus_store import collection_of
from apps.retrieval.vector.milvus_collection import MilvusCollection
from apps.retrieval.verifying.contents import Comparing
from apps.retrieval.verifying.findings import Drift, Place
from apps.retrieval.verifying.rows import RowBlock, RowComparison
from apps.retrieval.verifying.suspects import Suspects
from apps.retrieval.verifying.truth import changed_after


class MilvusComparison(RowComparison):
    """Milvus holds chunks that have a vector, and no others."""

    place = Place.MILVUS
    holds_vectors_only = True


def compare_milvus(run: Comparing) -> int:
    """Note what differs; returns how many rows Milvus holds. That it is away is noted, too."""
    collection, suspects = collection_of(run.generation), Suspects()
    rows = 0
    try:
        progress = collection.progress()
        if progress is None:
            _note_nothing(run)
            return 0
        changed = changed_after(progress.change_seq)
        comparison = MilvusComparison(run.truth, changed, run.findings, suspects)
        for rows in comparison.take(_blocks(collection)):
            run.progress("rows of Milvus", rows, run.truth.rows)
        comparison.finish()
    except ClawdbotError as error:
        run.findings.add(Place.MILVUS, Drift.MISSING, [error.message])
    run.suspects.shared |= suspects.versions
    return rows


def _blocks(collection: MilvusCollection) -> Iterator[RowBlock]:
    for ids, vectors in collection.blocks():
        yield RowBlock(np.vstack([ids, np.ones((1, ids.shape[1]), np.int64)]), vectors)


def _note_nothing(run: Comparing) -> None:
    if count := int(run.truth.has_vector.sum()):
        run.findings.add(Place.MILVUS, Drift.MISSING, ["Milvus holds nothing yet"], count=count)
        run.suspects.is_all_shared = True
