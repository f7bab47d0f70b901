"""The published state of an index, opened as a search opens it, with what cannot be."""

from dataclasses import dataclass
from pathlib import Path

from apps.retrieval import manifest as manifests
from apps.retrieval.index_files import Damaged
from apps.retrieval.index_snapshot import Snapshot, open_snapshot
from apps.retrieval.lexical.census import LexicalCensus


@dataclass(frozen=True, slots=True)
class Published:
    """`snapshot` None: there is no index, or it cannot be told which files are its."""

    snapshot: Snapshot | None
    census: LexicalCensus | None
    damaged: tuple[str, ...]


def opened(folder: Path) -> Published:
    """Open what the index in `folder` is now. A publish may replace its files from then on."""
    try:
        manifest = manifests.load(folder)
    except Damaged as damaged:
        return Published(None, None, (damaged.path,))
    if manifest is None:
        return Published(None, None, ())
    snapshot = open_snapshot(folder, manifest, {})
    try:
        census = LexicalCensus.open(folder / manifest.lexical_folder)
    except Damaged:
        census = None
    return Published(snapshot, census, snapshot.missing)
