"""Reading the file of a pack: whole, unchanged and ours, or refused before anything is done."""

import hashlib
import json
import os
import re
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from django.utils.translation import gettext
from pydantic import ValidationError

from apps.core import config
from apps.core.sizes import parse_size
from apps.ops.packs import schema
from apps.ops.packs.archive import READ_BYTES, SEAL, SEAL_BYTES, digest_of
from apps.ops.packs.refusals import COPY_AGAIN, PackRefused, refused
from apps.ops.packs.schema import Manifest

ALWAYS = frozenset({schema.COLLECTION, schema.GRANTS, schema.GOLDEN, schema.CURATED})
MOST_MANIFEST_BYTES = 2**28
MOST_EXPANSION, FREE_EXPANSION_BYTES = 200, 2**26
# What zipfile and zlib raise on an archive that is not what it says.
BROKEN = (BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError,
          ValueError, KeyError, IndexError, OverflowError)  # fmt: skip
_SEALED = re.compile(re.escape(SEAL) + rb"[0-9a-f]{64}")
_LOCAL_HEADER = b"PK\x03\x04"


class Pack:
    """A pack whose file is whole and whose members are those of its manifest."""

    def __init__(self, archive: ZipFile, manifest: Manifest) -> None:
        self.manifest = manifest
        self._archive = archive
        self._line_bytes = 2 * parse_size(config.load().ingest.max_file)

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of a member in pieces. Raises PackRefused, at the latest after the last one,
        when they are not those of the manifest."""
        facts, digest, size_bytes = self.manifest.members[name], hashlib.sha256(), 0
        try:
            with self._archive.open(name) as member:
                while chunk := member.read(READ_BYTES):
                    digest.update(chunk)
                    size_bytes += len(chunk)
                    if size_bytes > facts.size:
                        break
                    yield chunk
        except BROKEN as error:
            raise refused(name, gettext("it cannot be unpacked"), COPY_AGAIN) from error
        if size_bytes != facts.size or digest.hexdigest() != facts.sha256:
            raise refused(name, gettext("its bytes are not those that were exported"), COPY_AGAIN)

    def read(self, name: str) -> bytes:
        """A whole member, which must not be longer than a line may be."""
        if self.manifest.members[name].size > self._line_bytes:
            raise refused(name, gettext("it is larger than this installation takes in one piece"))
        return b"".join(self.chunks(name))

    def lines(self, name: str) -> Iterator[bytes]:
        """The lines of a member, without their ends."""
        rest = b""
        for chunk in self.chunks(name):
            *lines, rest = (rest + chunk).split(b"\n")
            yield from lines
            if len(rest) > self._line_bytes:
                raise refused(name, gettext("a line is longer than this installation takes"))
        if rest:
            raise refused(name, gettext("its last line has no end"))

    def parts(self, folder: str, ending: str) -> list[str]:
        """The numbered members of a folder with this ending. Raises PackRefused for a gap."""
        names = sorted(
            name
            for name in self.manifest.members
            if name.startswith(f"{folder}/") and name.endswith(ending)
        )
        wanted = [f"{folder}/{number:05}{ending}" for number in range(len(names))]
        if missing := sorted(set(wanted) - set(names)):
            raise refused(missing[0], gettext("it is missing"))
        return names


@contextmanager
def opened(path: Path) -> Iterator[Pack]:
    """The pack at `path`, for the block. Raises PackRefused with the reason."""
    with path.open("rb") as file:
        size_bytes = os.fstat(file.fileno()).st_size
        seal = _seal_of(file, size_bytes)
        try:
            archive = ZipFile(file)
        except BROKEN:
            raise _not_a_zip(file) from None
        with archive:
            if any(info.header_offset < 0 for info in archive.infolist()):  # seeking raises OSError
                raise _damaged(gettext("The pack is cut off, or its end was changed."))
            _require_ours(archive, file)
            _check_names(archive)
            _check_expansion(archive, size_bytes)
            pack = Pack(archive, _manifest(archive))
            _check_members(archive, pack.manifest)
            if not seal:
                raise _damaged(gettext("The pack is cut off, or its end was changed."))
            if seal != digest_of(file, size_bytes - 64):
                raise _damage(pack)
            yield pack


def _seal_of(file: IO[bytes], size_bytes: int) -> str:
    """The hash that the file ends with; empty when it ends otherwise."""
    file.seek(max(size_bytes - SEAL_BYTES, 0))
    tail = file.read(SEAL_BYTES)
    return tail[len(SEAL) :].decode() if _SEALED.fullmatch(tail) else ""


def _not_a_zip(file: IO[bytes]) -> PackRefused:
    if not (start := _start_of(file)):
        return _damaged(gettext("The file is empty."))
    if _is_start_of_ours(start):
        return _damaged(gettext("The pack is cut off: its end is missing."))
    return _foreign(gettext("it is no ZIP file, or only the beginning of one"))


def _damaged(what: str) -> PackRefused:
    return PackRefused(f"{what} {COPY_AGAIN}")


def _foreign(reason: str) -> PackRefused:
    told = gettext(
        "This is no knowledge pack. Choose a file that `clawdbot kb export` wrote: %(reason)s."
    )
    return PackRefused(told % {"reason": reason})


def _start_of(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read(64)


def _is_start_of_ours(start: bytes) -> bool:
    return start.startswith(_LOCAL_HEADER) and schema.COLLECTION.encode() in start


def _require_ours(archive: ZipFile, file: IO[bytes]) -> None:
    if schema.MANIFEST not in archive.namelist():
        if _is_start_of_ours(_start_of(file)):  # an original that is a ZIP file itself ends it now
            raise _damaged(gettext("The pack is cut off: its end is missing."))
        raise _foreign(gettext("it is a ZIP file without %(name)s") % {"name": schema.MANIFEST})


def _check_names(archive: ZipFile) -> None:
    seen: set[str] = set()
    for info in archive.infolist():
        if not schema.NAMES.fullmatch(info.filename):
            raise refused(ascii(info.filename)[:120], gettext("no such member belongs into a pack"))
        if info.filename in seen:
            raise refused(info.filename, gettext("it is there twice"))
        if info.flag_bits & 1 or info.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
            raise refused(
                info.filename, gettext("it is encrypted or packed in a way that packs are not")
            )
        seen.add(info.filename)


def _check_expansion(archive: ZipFile, size_bytes: int) -> None:
    unpacked = sum(info.file_size for info in archive.infolist())
    if unpacked > FREE_EXPANSION_BYTES + MOST_EXPANSION * size_bytes:
        told = gettext(
            "The pack would unpack to %(bytes)s bytes, more than %(times)s times its own size: no "
            "collection does that. Do not trust where it came from."
        )
        raise PackRefused(told % {"bytes": f"{unpacked:,}", "times": MOST_EXPANSION})


def _manifest(archive: ZipFile) -> Manifest:
    name = schema.MANIFEST
    if archive.getinfo(name).file_size > MOST_MANIFEST_BYTES:
        raise refused(name, gettext("it is larger than any manifest is"))
    try:
        text = archive.read(name)
        values: Any = json.loads(text)
    except (*BROKEN, RecursionError) as error:
        raise refused(name, gettext("it cannot be read"), COPY_AGAIN) from error
    if not isinstance(values, dict) or values.get("format") != schema.FORMAT:
        raise _foreign(gettext("its %(name)s is of something else") % {"name": name})
    version = values.get("version")
    if isinstance(version, int) and version > schema.VERSION:
        told = gettext(
            "The pack is of format %(theirs)s, written by %(by)s; this installation knows format "
            "%(ours)s. Upgrade it, then import again."
        )
        by = str(values.get("by"))[:80]
        raise PackRefused(told % {"theirs": version, "by": by, "ours": schema.VERSION})
    try:
        return Manifest.model_validate_json(text)
    except ValidationError as error:
        raise refused(name, first_problem(error)) from None


def first_problem(error: ValidationError) -> str:
    """The first thing that is wrong, with its key."""
    first = error.errors(include_url=False, include_input=False)[0]
    key = ".".join(str(part) for part in first["loc"])
    return f"{key}: {first['msg']}" if key else str(first["msg"])


def _check_members(archive: ZipFile, manifest: Manifest) -> None:
    there = {info.filename: info.file_size for info in archive.infolist()}
    del there[schema.MANIFEST]
    if missing := sorted((manifest.members.keys() | ALWAYS) - there.keys()):
        raise refused(missing[0], gettext("it is missing"), COPY_AGAIN)
    if superfluous := sorted(there.keys() - manifest.members.keys()):
        raise refused(superfluous[0], gettext("the manifest does not know it"), COPY_AGAIN)
    for name, facts in manifest.members.items():
        if there[name] != facts.size:
            raise refused(name, gettext("its size is not that of the manifest"), COPY_AGAIN)


def _damage(pack: Pack) -> PackRefused:
    """Where the file is not as it was written."""
    for name in pack.manifest.members:
        try:
            for _ in pack.chunks(name):
                pass
        except PackRefused as error:
            return error
    return _damaged(
        gettext(
            "The pack was changed or damaged outside of its members (their hashes are right, that "
            "of the file is not)."
        )
    )
