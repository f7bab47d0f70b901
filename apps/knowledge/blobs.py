"""Content-addressed storage of originals: <data_dir>/blobs/ab/abcdef… (SHA-256)."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from apps.core import config
from apps.core.errors import Retryable, TooLarge
from apps.core.sizes import parse_size


@dataclass(frozen=True, slots=True)
class Blob:
    """Stored bytes."""

    sha256: str
    size_bytes: int


def store(chunks: Iterable[bytes]) -> Blob:
    """Write the bytes durably under their hash. The same bytes again change nothing.

    Raises TooLarge above `ingest.max_file`, Retryable when the disk is nearly full.
    """
    limits = config.load()
    folder = _root()
    folder.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(folder).free < parse_size(limits.storage.min_free):
        raise Retryable(_("The disk is nearly full. Free some space and send the file again."))
    max_bytes = parse_size(limits.ingest.max_file)
    digest, size_bytes = hashlib.sha256(), 0
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".incoming-", delete=False) as file:
        try:
            for chunk in chunks:
                size_bytes += len(chunk)
                if size_bytes > max_bytes:
                    raise TooLarge(
                        _("The file is larger than %(max_file)s.")
                        % {"max_file": limits.ingest.max_file}
                    )
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
    target = path_of(digest.hexdigest())
    target.parent.mkdir(exist_ok=True)
    Path(file.name).replace(target)
    return Blob(sha256=digest.hexdigest(), size_bytes=size_bytes)


def path_of(sha256: str) -> Path:
    """Where the bytes with this hash lie (whether or not they exist)."""
    return _root() / sha256[:2] / sha256


def remove(sha256: str) -> bool:
    """Delete the bytes; False when they were not there. The caller knows that none use them."""
    try:
        path_of(sha256).unlink()
    except FileNotFoundError:
        return False
    return True


def _root() -> Path:
    return config.load().data_dir / "blobs"
