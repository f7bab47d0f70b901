"""Taking up what a writer left behind: what is intact counts, what is damaged is set aside."""

import logging
from dataclasses import dataclass
from pathlib import Path

from apps.retrieval import index_damage
from apps.retrieval import manifest as manifests
from apps.retrieval.index_files import Damaged, StoredFile, quarantine
from apps.retrieval.index_staging import Part
from apps.retrieval.manifest import Manifest

logger = logging.getLogger(__name__)

SET_ASIDE = "set aside in quarantine; its content is made anew from the database"
GONE = "was not there any more; its content is made anew from the database"


@dataclass(frozen=True, slots=True)
class Recovered:
    """The intact rest of the published state. `manifest` None: there is nothing to go on from.

    `has_words`: whether the words of that state are intact; `lost`: damaged files, in quarantine.
    """

    manifest: Manifest | None
    parts: tuple[Part, ...]
    has_words: bool
    lost: tuple[str, ...]


def recover(folder: Path, *, check_content: bool) -> Recovered:
    """Check the files of the index in `folder` (sizes; hashes too with `check_content`).

    Where the pointer or the newest manifest is damaged, the newest manifest that can be read
    holds: what happened since is followed again.
    """
    lost = list[str]()
    try:
        manifest = manifests.load(folder)
    except Damaged as damaged:
        lost.append(damaged.path)
        _set_aside(folder, damaged.path, None)
        manifest, check_content = manifests.surviving(folder), True
        if manifest is not None:
            manifests.point_to(folder, manifest.generation)
    if manifest is None:
        return Recovered(None, (), has_words=False, lost=tuple(lost))
    files = {file.path: file for file in manifest.files}
    damaged_files = [
        path for path, file in files.items() if not file.is_intact(folder, content=check_content)
    ]
    parts = _intact_parts(folder, manifest, damaged_files)
    for path in damaged_files:
        _set_aside(folder, path, files.get(path))
    has_words = not any(file.path in damaged_files for file in manifest.lexical)
    return Recovered(manifest, parts, has_words, (*lost, *damaged_files))


def _intact_parts(folder: Path, manifest: Manifest, damaged_files: list[str]) -> tuple[Part, ...]:
    """Opens what can be; adds to `damaged_files` what cannot."""
    parts = list[Part]()
    for entry in manifest.segments:
        if lost_of := [file.path for file in entry.files if file.path in damaged_files]:
            logger.error("Lost %s rows of the index with %s", entry.live, ", ".join(lost_of))
            continue
        try:
            parts.append(Part.open(folder, entry))
        except Damaged as damaged:
            damaged_files.append(damaged.path)
    return tuple(parts)


def _set_aside(folder: Path, path: str, expected: StoredFile | None) -> None:
    """Rename it, never delete it; the record of what happened outlives the file."""
    is_there = (folder / path).exists()
    incident = index_damage.describe(folder, path, expected, SET_ASIDE if is_there else GONE)
    logger.error("The index file %s is damaged: %s", path, incident.done)
    quarantine(folder, path)
    index_damage.record(incident)
