"""The manifest: which files make up one published state of an index."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from apps.retrieval.index_files import Damaged, StoredFile, write_durably

POINTER = "CURRENT"
FORMAT = 2  # to be raised with every change of segments, fields or terms: older indexes are rebuilt

_FILES = ("vectors", "rows", "dead", "codes")  # of a segment


@dataclass(frozen=True, slots=True)
class SegmentEntry:
    """An immutable run of rows; `dead` lists the rows that no longer count."""

    vectors: StoredFile
    rows: StoredFile
    dead: StoredFile | None
    codes: StoredFile | None  # of big segments
    size: int  # rows, dead ones included
    live: int

    @property
    def files(self) -> tuple[StoredFile, ...]:
        optional = (self.dead, self.codes)
        return (self.vectors, self.rows, *(file for file in optional if file))


@dataclass(frozen=True, slots=True)
class Manifest:
    """One published state: everything up to `change_seq`, vectors and words together."""

    format: int
    generation: int  # of the index: grows with each publish
    model_name: str
    model_sha256: str
    dimension: int
    change_seq: int
    segments: tuple[SegmentEntry, ...]
    lexical: tuple[StoredFile, ...]  # of one Tantivy folder

    @property
    def rows(self) -> int:
        """Live rows of all segments."""
        return sum(segment.live for segment in self.segments)

    @property
    def lexical_folder(self) -> str:
        """The folder of the Tantivy snapshot, inside the index folder."""
        return str(Path(self.lexical[0].path).parent)

    @property
    def files(self) -> tuple[StoredFile, ...]:
        """Every file a reader opens."""
        return (*(file for segment in self.segments for file in segment.files), *self.lexical)

    @property
    def size_bytes(self) -> int:
        return sum(file.size_bytes for file in self.files)

    def to_json(self) -> bytes:
        return json.dumps(asdict(self), indent=1).encode()

    @classmethod
    def from_json(cls, content: bytes) -> Self:
        """The manifest in `content`, which must be of this FORMAT."""
        raw = json.loads(content)
        return cls(
            **raw
            | {
                "segments": tuple(_segment(entry) for entry in raw["segments"]),
                "lexical": tuple(StoredFile(**file) for file in raw["lexical"]),
            }
        )


def path_of(generation: int) -> str:
    """Where the manifest of a publish lies, inside the index folder."""
    return f"{generation:06d}/manifest.json"


def point_to(folder: Path, generation: int) -> None:
    """Make a written manifest the one that holds. This is the moment a publish takes effect."""
    path = path_of(generation)
    sha256 = hashlib.sha256((folder / path).read_bytes()).hexdigest()
    pointer = {"generation": generation, "sha256": sha256, "check": _check(generation, sha256)}
    write_durably(folder / POINTER, json.dumps(pointer).encode())


def load(folder: Path) -> Manifest | None:
    """The manifest that holds; None when there is none in our FORMAT. Raises Damaged."""
    try:
        pointer = json.loads((folder / POINTER).read_bytes())
        path, sha256 = path_of(pointer["generation"]), pointer["sha256"]
        is_old = pointer.keys() == {"generation", "sha256"}  # written before there was a check
        if not is_old and pointer["check"] != _check(pointer["generation"], sha256):
            raise Damaged(POINTER)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        raise Damaged(POINTER) from None
    try:
        content = (folder / path).read_bytes()
    except OSError:
        raise Damaged(path) from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise Damaged(path)
    return Manifest.from_json(content) if json.loads(content)["format"] == FORMAT else None


def surviving(folder: Path) -> Manifest | None:
    """The newest manifest of our FORMAT that can be read; for when the one that holds cannot.

    Nothing vouches for its content but that it can be read: compare the files that it names.
    """
    for path in sorted(folder.glob("[0-9]*/manifest.json"), reverse=True):
        try:
            content = path.read_bytes()
            if json.loads(content)["format"] == FORMAT:
                return Manifest.from_json(content)
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return None


def _check(generation: int, sha256: str) -> str:
    """What tells a damaged pointer from a pointer to a damaged manifest."""
    return hashlib.sha256(f"{generation} {sha256}".encode()).hexdigest()


def _segment(raw: dict[str, Any]) -> SegmentEntry:
    files = {key: StoredFile(**raw[key]) for key in _FILES if raw[key]}
    return SegmentEntry(**raw | files)
