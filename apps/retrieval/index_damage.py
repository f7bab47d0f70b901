"""What happened to files of this node's indexes: a record that outlives the files themselves.

<data_dir>/index/incidents.json holds names, sizes and hashes, and nothing of any document.
"""

import json
import logging
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from apps.core import clock
from apps.retrieval.index_files import (
    StoredFile,
    check_request,
    folder_of,
    root,
    sha256_of,
    write_durably,
)

logger = logging.getLogger(__name__)

_KEPT = 200


@dataclass(frozen=True, slots=True)
class Incident:
    """A file that was not what its manifest says. `found_sha256` is empty where it was unreadable.

    `done`: what became of it.
    """

    at: str
    path: str  # inside the folder of all indexes
    expected_bytes: int
    expected_sha256: str
    found_bytes: int
    found_sha256: str
    done: str


def describe(folder: Path, path: str, expected: StoredFile | None, done: str) -> Incident:
    """The incident of a file that is still where it was; call it before it is set aside."""
    there = folder / path
    try:
        found_bytes, found_sha256 = there.stat().st_size, sha256_of(there)
    except OSError:
        found_bytes, found_sha256 = 0, ""
    return Incident(
        at=clock.now().isoformat(timespec="seconds"),
        path=f"{folder.name}/{path}",
        expected_bytes=expected.size_bytes if expected else 0,
        expected_sha256=expected.sha256 if expected else "",
        found_bytes=found_bytes,
        found_sha256=found_sha256,
        done=done,
    )


def record(incident: Incident) -> None:
    """Keep it among the last ones. The caller holds the write lock."""
    kept = [*_all(), asdict(incident)][-_KEPT:]
    root().mkdir(parents=True, exist_ok=True)
    write_durably(_file(), json.dumps(kept, indent=1).encode())


def suspect(embedding_generation_id: int) -> None:
    """Ask the indexer to hash every file of an index: a search could not read one."""
    logger.error("A search could not read the index %s", embedding_generation_id)
    with suppress(OSError):
        check_request(folder_of(embedding_generation_id)).touch()


def latest(count: int = 20) -> list[dict[str, Any]]:
    """The last incidents, the newest first."""
    return _all()[::-1][:count]


def _file() -> Path:
    return root() / "incidents.json"


def _all() -> list[dict[str, Any]]:
    try:
        found: list[dict[str, Any]] = json.loads(_file().read_bytes())
    except (OSError, ValueError):
        return []
    return found
