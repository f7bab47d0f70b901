"""Model files on the disk: where they lie, how they come there, whether they have changed."""

import errno
import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from apps.core import config
from apps.core.errors import ClawdbotError
from apps.core.sizes import parse_size
from apps.modelhub.models import Model

BLOCK_BYTES = 4 * 1024**2
FICLONE = 0x40049409  # linux/fs.h: another name for the same blocks, where the file system can
NO_CLONE = {errno.EOPNOTSUPP, errno.EXDEV, errno.EINVAL, errno.ENOTTY, errno.EPERM}

Watch = Callable[[str, int, int], None]  # stage, bytes done, bytes in all (0: not known)


class NoRoom(ClawdbotError):
    """The disk cannot take the file."""

    status, code = 507, "disk_full"


def unwatched(_stage: str, _done: int, _total: int) -> None:
    """For those whom nobody watches."""


def folder() -> Path:
    """Where our model files lie; made when it is missing."""
    place = config.load().models_dir
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


def path_of(model: Model) -> Path:
    """Where the file of a model lies, or should."""
    return config.load().models_dir / model.path


def is_ours(model: Model) -> bool:
    """Whether the file is in our folder, to be deleted with the model."""
    return bool(model.path) and not Path(model.path).is_absolute()


def file_name(name: str, sha256: str) -> str:
    """What a file of ours is called: never anything that a server said."""
    return f"{name}-{sha256[:12]}.gguf"


def digest(path: Path, watch: Watch = unwatched) -> str:
    """SHA-256 of the file, in hex."""
    total, done, state = path.stat().st_size, 0, hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            state.update(block)
            done += len(block)
            watch("checking", done, total)
    return state.hexdigest()


def bring(source: Path, target: Path, watch: Watch = unwatched) -> None:
    """Put the file at `source` at `target` too: linked, cloned or copied, whichever can be done.

    Raises NoRoom. What is left of a copy that was cut short is gone.
    """
    target.unlink(missing_ok=True)
    with suppress(OSError):  # another disk, another owner, a file system without links
        os.link(source, target)
        return
    try:
        with source.open("rb") as old, target.open("xb") as copy:
            if not _cloned(old.fileno(), copy.fileno()):
                require_room(os.fstat(old.fileno()).st_size)
                _copy(old.fileno(), copy.fileno(), watch)
            os.fsync(copy.fileno())
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def keep(path: Path, target: Path) -> None:
    """Give a finished file its name, durably."""
    path.replace(target)
    descriptor = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def require_room(size_bytes: int) -> None:
    """Raises NoRoom unless so many bytes fit beside what has to stay free."""
    spare = parse_size(config.load().storage.min_free)
    free = shutil.disk_usage(folder()).free
    if size_bytes > free - spare:
        raise NoRoom(
            _("It needs %(need)s of disk; %(free)s are free, of which %(spare)s must stay free.")
            % {
                "need": filesizeformat(size_bytes),
                "free": filesizeformat(free),
                "spare": filesizeformat(spare),
            }
        )


def _cloned(old: int, copy: int) -> bool:
    try:
        fcntl.ioctl(copy, FICLONE, old)
    except OSError as error:
        if error.errno in NO_CLONE:
            return False
        raise
    return True


def _copy(old: int, copy: int, watch: Watch) -> None:
    total, done = os.fstat(old).st_size, 0
    while count := os.sendfile(copy, old, None, BLOCK_BYTES):
        done += count
        watch("copying", done, total)
