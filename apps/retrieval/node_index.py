"""What the database is told of this node's index: how far it is, how far it is purged."""

from collections.abc import Mapping

from apps.core.nodes import node_name
from apps.retrieval import embedding, generation_indexes, receipts
from apps.retrieval.manifest import Manifest
from apps.retrieval.models import EmbeddingGeneration, NodeIndex


def note_published(
    generation: EmbeddingGeneration, manifest: Manifest, removed: Mapping[int, int]
) -> None:
    """This is the published state now; `removed`: version id -> rows that count no more.

    The node is as far as the index that is searched; those beside it tell for themselves.
    """
    generation_indexes.note_published(generation, manifest)
    if not embedding.is_current(generation):
        return
    NodeIndex.objects.update_or_create(
        node=node_name(),
        defaults={
            "generation": manifest.generation,
            "change_seq": manifest.change_seq,
            "rows": manifest.rows,
        },
    )
    receipts.index_followed(manifest.change_seq, removed)


def note_purged(purged_seq: int, segments: int) -> None:
    """No file of this node's indexes holds anything of what was retired by `purged_seq`."""
    NodeIndex.objects.filter(node=node_name()).update(purged_seq=purged_seq)
    receipts.index_purged(purged_seq, segments)


def purged_seq() -> int:
    """What was retired by this change is in no file of this node; 0 when that is not known."""
    mine = NodeIndex.objects.filter(node=node_name()).values_list("purged_seq", flat=True)
    return mine.first() or 0
