"""What the searches of this process read now. Light to import."""

from dataclasses import dataclass

from apps.retrieval.embedding import current_generation
from apps.retrieval.model_files import ModelDamaged


@dataclass(frozen=True, slots=True)
class IndexStanding:
    """A published state of the index; `missing_files`: those that could not be opened."""

    generation: int
    change_seq: int
    missing_files: int


def index_standing() -> IndexStanding | None:
    """None while there is no index that can be searched. Opens it, when it is not open yet."""
    from apps.retrieval.index_snapshot import current_snapshot  # heavy

    try:
        snapshot = current_snapshot(current_generation().pk)
    except ModelDamaged:  # there never was a model
        return None
    if snapshot is None:
        return None
    manifest = snapshot.manifest
    return IndexStanding(manifest.generation, manifest.change_seq, len(snapshot.missing))
