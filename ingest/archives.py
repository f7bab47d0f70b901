"""Members of uploaded zip files, safe against bombs, odd paths and encryption."""

import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from apps.core import config
from apps.core.config_sections import Ingest
from apps.core.sizes import parse_size
from ingest.loaders.encodings import detect
from ingest.loaders.protocol import LoadError

_CHUNK_BYTES = 1 << 16
_RATIO_FLOOR_BYTES = 1 << 20  # small members may compress as well as they like
_UTF8_FLAG, _ENCRYPTED_FLAG = 0x800, 0x1
_IGNORED_NAMES = {".ds_store", "thumbs.db", "desktop.ini"}
_OLD_METHOD = "The file is packed by a method that is no longer in use. Pack it again as plain zip."
_DAMAGED = "The zip file is damaged. Pack it again, then upload it again."


@dataclass(frozen=True, slots=True)
class ArchiveMember:
    """A file in an archive. `path` is relative and clean; `read` yields its bytes, checked."""

    path: str
    size_bytes: int
    read: Callable[[], Iterator[bytes]]


def members(path: Path) -> Iterator[ArchiveMember]:
    """Yield the files of a zip in its order; directories and system files are left out.

    Raises LoadError before the first member when the archive as a whole is refused (damaged,
    too_many_files, empty). `read` raises LoadError when its member is: encrypted, too_large, bomb,
    nested_archive, damaged. Members can be read only while the iterator is open.
    """
    limits = config.load().ingest
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if _is_document(entry)]
            if len(entries) > limits.max_archive_files:
                raise LoadError(
                    "too_many_files", _TOO_MANY.format(len(entries), limits.max_archive_files)
                )
            if not entries:
                raise LoadError("empty", "The zip file holds no documents.")
            taken: set[str] = set()
            for entry in entries:
                name = _unique(_clean(_name(entry)), taken)
                yield ArchiveMember(name, entry.file_size, _Reader(archive, entry, limits))
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError) as error:
        raise LoadError("damaged", _DAMAGED) from error


_TOO_MANY = (
    "The zip file holds {} files, more than the {} that are taken at one time. Split it, or raise "
    "ingest.max_archive_files in clawdbot.yaml."
)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one member; counts what really comes out, whatever the directory says."""

    archive: zipfile.ZipFile
    entry: zipfile.ZipInfo
    limits: Ingest

    def __call__(self) -> Iterator[bytes]:
        if self.entry.flag_bits & _ENCRYPTED_FLAG:
            raise LoadError(
                "encrypted",
                "The file is protected by a password in the zip. Pack it without a password.",
            )
        most = parse_size(self.limits.max_file)
        ratio = max(self.entry.compress_size, 1) * self.limits.max_archive_ratio
        size = 0
        try:
            with self.archive.open(self.entry) as member:
                while data := member.read(_CHUNK_BYTES):
                    if size == 0 and _is_archive(data, self.entry.filename):
                        raise LoadError(
                            "nested_archive",
                            "A zip inside a zip is not opened. Upload it by itself.",
                        )
                    size += len(data)
                    if size > most:
                        raise LoadError(
                            "too_large", f"The file is larger than {self.limits.max_file}."
                        )
                    if size > max(ratio, _RATIO_FLOOR_BYTES):
                        raise LoadError(
                            "bomb",
                            "The file unpacks to far more than documents do (a zip bomb). "
                            "ingest.max_archive_ratio in clawdbot.yaml sets the limit.",
                        )
                    yield data
        except NotImplementedError as error:
            raise LoadError("unsupported", _OLD_METHOD) from error
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            RuntimeError,
            ValueError,
        ) as error:
            raise LoadError("damaged", "The file is damaged in the zip. Pack it again.") from error


def _is_document(entry: zipfile.ZipInfo) -> bool:
    parts = PurePosixPath(entry.filename.replace("\\", "/")).parts
    return not (
        entry.is_dir()
        or not parts
        or "__MACOSX" in parts
        or parts[-1].lower() in _IGNORED_NAMES
        or parts[-1].startswith("._")
        or (entry.external_attr >> 16) & 0o170000 == 0o120000  # a symbolic link
    )


def _name(entry: zipfile.ZipInfo) -> str:
    """The name as its author saw it: zip tools on Chinese Windows write GBK without a flag."""
    if entry.flag_bits & _UTF8_FLAG:
        return entry.filename
    try:
        raw = entry.orig_filename.encode("cp437")
    except UnicodeEncodeError:
        return entry.filename
    codec = detect(raw)
    return entry.filename if codec == "cp1252" else raw.decode(codec, errors="replace")


def _clean(name: str) -> str:
    """A relative path without drive, root, `..` or control characters."""
    printable = "".join(char if char.isprintable() else "_" for char in name.replace("\\", "/"))
    parts = [part.strip() for part in printable.split("/") if part.strip() not in {"", ".", ".."}]
    if parts and len(parts[0]) == 2 and parts[0][1] == ":":
        parts = parts[1:]
    return "/".join(part[:200] for part in parts)[-900:] or "unnamed"


def _unique(name: str, taken: set[str]) -> str:
    path, number = PurePosixPath(name), 2
    while name in taken:
        name = str(path.with_name(f"{path.stem} ({number}){path.suffix}"))
        number += 1
    taken.add(name)
    return name


def _is_archive(head: bytes, name: str) -> bool:
    """Whether a member is itself a zip of files, and not an office document or e-book."""
    return head.startswith(b"PK\x03\x04") and PurePosixPath(name).suffix.lower() in {
        ".zip",
        ".jar",
        "",
    }
