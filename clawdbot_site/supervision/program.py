"""Which version of the program a running node is: a stamp of the files it was started from."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from apps.core.config import REPOSITORY, Config
from clawdbot_site.supervision import places

FOLDERS = ("apps", "clawdbot_site", "ingest", "locale", "models")
KINDS = frozenset({".html", ".json", ".mo", ".py"})  # what processes load once and keep
LOCKS = "requirements*.txt"


def record(configuration: Config) -> None:
    """Note that the node is started from the files that are there now."""
    _file(configuration).write_text(stamp(REPOSITORY))


def is_current(configuration: Config) -> bool:
    """Whether the running node was started from the files that are there now."""
    try:
        return _file(configuration).read_text() == stamp(REPOSITORY)
    except FileNotFoundError:  # started before there were stamps
        return False


def stamp(root: Path) -> str:
    """A digest of the names and contents of the program's files; their dates do not matter."""
    digest = hashlib.sha256()
    for path in _files(root):
        digest.update(f"{path.relative_to(root).as_posix()}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _files(root: Path) -> Iterator[Path]:
    yield from sorted(root.glob(LOCKS))
    for folder in FOLDERS:
        inside = sorted((root / folder).rglob("*"))
        yield from (path for path in inside if path.suffix in KINDS and path.is_file())


def _file(configuration: Config) -> Path:
    return places.run_dir(configuration) / "program"
