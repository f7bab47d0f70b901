"""Taking up what a writer left behind: what is intact counts, what is damaged is set aside."""

import logging
from dataclasses import dataclass
from pathlib import Path

from apps.retrieval import manifest as manifests
from apps.retrieval.index_files import Damaged, quarantine
from apps.retrieval.index_staging import Part
from apps.retrieval.manifest import Manifest

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Recovered:
    """The intact rest of the published state. `manifest` None: there is nothing to go on from."""

    manifest: Manifest | None
    parts: tuple[Part, ...]
    lost: tuple[str, ...]  # damaged files, now in quarantine


def recover(folder: Path, *, check_content: bool) -> Recovered:
    """Check the files of the index in `folder` (sizes; hashes too with `check_content`).

    Without the words of a state its vectors are not used either: they belong together.
    """
    try:
        manifest = manifests.load(folder)
    except Damaged as damaged:
        _set_aside(folder, damaged.path)
        return Recovered(None, (), (damaged.path,))
    if manifest is None:
        return Recovered(None, (), ())
    lost = [
        file.path for file in manifest.files if not file.is_intact(folder, content=check_content)
    ]
    parts: list[Part] = []
    for entry in manifest.segments:
        if lost_of := [file.path for file in entry.files if file.path in lost]:
            logger.error("Lost %s rows of the index with %s", entry.live, ", ".join(lost_of))
            continue
        try:
            parts.append(Part.open(folder, entry))
        except Damaged as damaged:
            lost.append(damaged.path)
    for path in lost:
        _set_aside(folder, path)
    if any(file.path in lost for file in manifest.lexical):
        return Recovered(None, (), tuple(lost))
    return Recovered(manifest, tuple(parts), tuple(lost))


def _set_aside(folder: Path, path: str) -> None:
    logger.error("The index file %s is damaged. It is kept in %s/quarantine", path, folder)
    quarantine(folder, path)
