"""The use-case: one file for somebody who helps, with a list of what is in it."""

import gzip
import hashlib
import io
import json
import os
import tarfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import DatabaseError

from apps.core import config
from apps.core.errors import Conflict, Invalid
from apps.core.version import VERSION
from clawdbot_site.celery_settings import ROUTES, SCHEDULE
from clawdbot_site.cli.main import COMMANDS
from clawdbot_site.logbook.choosing import Choice
from clawdbot_site.supervision.processes import PROCESSES
from clawdbot_site.support.contents import Part, log_parts, made, parts
from clawdbot_site.support.redaction import Keep, Redactor
from clawdbot_site.support.secrets import known_secrets

TOP, MANIFEST = "clawdbot-support", "manifest.json"
_WORDS = frozenset(
    {*ROUTES, *SCHEDULE, *PROCESSES, *COMMANDS, "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD",
     "OPTIONS", "RUNNING", "STOPPED", "EXITED", "FATAL", "BACKOFF", "STARTING", "localhost",
     "supervisor", "access", "sqlite", "postgresql", "ready", "general", "finance", "medical",
     "lite", "model", "models", "index", "node", "user", "test", "operator", "airgap"}
)  # fmt: skip
_TAKEN = "{} is there already. Name another file: --to FILE"

Status = Callable[[], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted. `at_most_bytes`: of all files together, before they are compressed."""

    target: Path
    choice: Choice
    keep: frozenset[Keep]
    at_most_bytes: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in a bundle."""

    name: str
    size_bytes: int
    sha256: str
    told: str


@dataclass(frozen=True, slots=True)
class Bundle:
    """What was written."""

    path: Path
    size_bytes: int
    taken_out: int
    entries: Sequence[Entry]


def bundle_write(order: Order, *, status: Status, now: datetime) -> Bundle:
    """Write the bundle (mode 600); nothing is sent anywhere.

    A part that cannot be made says so in its place. Raises Conflict where the file is there.
    """
    if order.target.exists():
        raise Conflict(_TAKEN.format(order.target))
    redactor = _redactor(order.keep)
    files: dict[str, tuple[Part, str]] = {}
    for part in parts(redactor, status):
        files[part.name] = (part, redactor.net(made(part, redactor)))
    room = order.at_most_bytes - sum(len(text.encode()) for _, text in files.values())
    for part in log_parts(redactor, order.choice, max(0, room)):
        files[part.name] = (part, redactor.net(made(part, redactor)))
    entries = [_entry(part, text) for part, text in files.values()]
    manifest = {
        "made_at": now.isoformat(),
        "program": VERSION,
        "kept": sorted(order.keep),
        "taken_out": redactor.taken_out,
        "files": [asdict(entry) for entry in entries],
    }
    texts = {MANIFEST: _json(manifest)} | {name: text for name, (_, text) in files.items()}
    _write(order.target, texts, now)
    size = order.target.stat().st_size
    return Bundle(order.target, size, redactor.taken_out, entries)


def bundle_read(path: Path) -> Mapping[str, str]:
    """The files of a bundle, by name. Raises Invalid where it is none."""
    try:
        with tarfile.open(path, "r:gz") as archive:
            found = {
                member.name.removeprefix(f"{TOP}/"): _text(archive, member)
                for member in archive.getmembers()
                if member.isfile()
            }
    except (gzip.BadGzipFile, tarfile.TarError, EOFError, zlib.error):
        raise Invalid(f"{path} is no bundle, or only a part of one.") from None
    if MANIFEST not in found:
        raise Invalid(f"{path} is no bundle: it has no {MANIFEST}")
    return found


def _text(archive: tarfile.TarFile, member: tarfile.TarInfo) -> str:
    file = archive.extractfile(member)
    return file.read().decode("utf-8", "replace") if file else ""


def _redactor(keep: frozenset[Keep]) -> Redactor:
    """Where the database is away its names are unknown; what the logs say is left out anyway."""
    from clawdbot_site.support.people import known_names  # asks the database

    folders = {str(path): "folder" for path in (config.home(), config.REPOSITORY, Path.home())}
    try:
        names = folders | dict(known_names())
    except DatabaseError:
        names = folders
    return Redactor(names=names, secrets=known_secrets(config.load()), words=_WORDS, keep=keep)


def _entry(part: Part, text: str) -> Entry:
    content = text.encode()
    return Entry(part.name, len(content), hashlib.sha256(content).hexdigest(), part.told)


def _write(target: Path, texts: Mapping[str, str], now: datetime) -> None:
    try:
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Conflict(_TAKEN.format(target)) from None
    with os.fdopen(handle, "wb") as file, tarfile.open(fileobj=file, mode="w:gz") as archive:
        for name, text in texts.items():
            info = tarfile.TarInfo(f"{TOP}/{name}")
            info.size, info.mode, info.mtime = len(text.encode()), 0o600, int(now.timestamp())
            archive.addfile(info, io.BytesIO(text.encode()))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
