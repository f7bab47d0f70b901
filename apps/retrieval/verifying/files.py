"""The files of an index compared with its manifest, and what nothing names any more."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from apps.retrieval import manifest as manifests
from apps.retrieval.embedding import followed_generations
from apps.retrieval.index_files import Damaged, StoredFile, root
from apps.retrieval.manifest import Manifest
from apps.retrieval.verifying.findings import Progress


def damaged_files(folder: Path, files: Sequence[StoredFile], progress: Progress) -> list[str]:
    """Paths of the files that are not what was written: size and SHA-256 are compared."""
    total, done, damaged = sum(file.size_bytes for file in files), 0, []
    for file in files:
        if not file.is_intact(folder, content=True):
            damaged.append(file.path)
        done += file.size_bytes
        progress("bytes of the index", done, total)
    return damaged


def still_damaged(folder: Path, paths: Iterable[str]) -> list[str]:
    """Those that the state which holds now still names: a publish may have replaced the others."""
    try:
        manifest = manifests.load(folder)
    except Damaged as damaged:
        return sorted({*paths, damaged.path})
    named = {file.path: file for file in manifest.files} if manifest else {}
    return [
        path for path in paths if path in named and not named[path].is_intact(folder, content=True)
    ]


def leftovers(folder: Path) -> set[str]:
    """Files in published folders that no manifest there names."""
    found = {str(path.relative_to(folder)) for path in folder.glob("[0-9]*/**/*") if path.is_file()}
    for manifest in _readable(folder):
        found -= {file.path for file in manifest.files}
    return {path for path in found if not _is_its_own(Path(path).name)}


def _is_its_own(name: str) -> bool:
    """The manifest itself, and the lock that Tantivy's readers leave: it is empty."""
    return name in ("manifest.json", ".tantivy-meta.lock")


def stale_folders() -> list[Path]:
    """Folders of indexes over embedding generations that this node need not keep."""
    followed = {str(generation.pk) for generation in followed_generations()}
    return sorted(path for path in root().glob("[0-9]*") if path.name not in followed)


def _readable(folder: Path) -> Iterator[Manifest]:
    for path in folder.glob("[0-9]*/manifest.json"):
        try:
            yield Manifest.from_json(path.read_bytes())
        except (OSError, ValueError, KeyError, TypeError):
            continue  # damage, told elsewhere; or another FORMAT, of a state that is replaced
