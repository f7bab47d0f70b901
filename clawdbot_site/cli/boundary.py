"""Where a command ends: a failure becomes one line and an exit code, never a traceback."""

import errno
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from apps.core.errors import ClawdbotError
from clawdbot_site.cli.console import fail, note

FULL = "The disk is full. Free some space, then run the command again."
FORBIDDEN = "{name} may not be read or written by this user."
OS_ADVICE = {
    errno.ENOSPC: FULL,
    errno.EDQUOT: "The disk quota is used up. Free some space, then run the command again.",
    errno.EROFS: "{name} is on a read-only disk.",
    errno.EACCES: FORBIDDEN,
    errno.EPERM: FORBIDDEN,
    errno.ENOENT: "There is no file or folder {name}.",
    errno.ENOTDIR: "There is no folder for {name}.",
    errno.EEXIST: "{name} is there already.",
    errno.EISDIR: "{name} is a folder.",
    errno.ENAMETOOLONG: "The name of {name} is too long.",
}
# What a database says -> what to do. The vendor's words end here.
DATABASE_ADVICE = {
    'FATAL:  database "': "PostgreSQL has no such database. Create it, or check database.url.",
    'FATAL:  role "': "PostgreSQL has no such user. Create it, or check database.url.",
    "password authentication failed": "PostgreSQL refuses user or password of database.url.",
    "no password supplied": "PostgreSQL wants a password, and database.url has none.",
    "no pg_hba.conf entry": "PostgreSQL lets nobody in from here. See its pg_hba.conf.",
    "resolve host": "Nobody knows the host of the database. Check database.url.",
    "too many clients": "PostgreSQL has no connection to spare. See max_connections.",
    "connection slots": "PostgreSQL has no connection to spare. See max_connections.",
    'column "': "The database is of an older version. Run: clawdbot restart",
    "no such table": "The database is not set up yet. Run: clawdbot up",
    "no such column": "The database is of an older version. Run: clawdbot restart",
    "does not exist": "The database is not set up yet. Run: clawdbot up",
    "disk is full": FULL,
    "disk I/O error": "The disk of the database failed. Check it, and its free space.",
    "readonly": "The database may not be written to by this user.",
    "unable to open": "The database file cannot be opened. Check the rights on the data folder.",
    "locked": "The database is busy. Try again in a moment.",
    "connect": "The database cannot be reached. Check database.url, and that it runs.",
    "malformed": "The database file is damaged. Restore it from a backup.",
    "not a database": "The database file is damaged. Restore it from a backup.",
}


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Turn what a command may meet into one line on stderr and exit code 1."""
    try:
        yield
    except ClawdbotError as error:
        fail(error.message)
    except OSError as error:
        if error.errno not in OS_ADVICE or (error.errno == errno.ENOENT and not error.filename):
            raise
        fail(OS_ADVICE[error.errno].format(name=error.filename or "A file"))
    except _database_errors() as error:
        fail(database_advice(error))


def database_advice(error: Exception) -> str:
    """What to do where the database refuses; what it said is recorded where we do not know."""
    known = [advice for words, advice in DATABASE_ADVICE.items() if words in str(error)]
    return known[0] if known else f"The database refused. The details are in {_record(error)}"


def report_bug(
    kind: type[BaseException], error: BaseException, _trace: TracebackType | None
) -> None:
    """`sys.excepthook`: the traceback goes to a file, the reader gets one line."""
    if not issubclass(kind, KeyboardInterrupt):
        note(f"unexpected error ({kind.__name__}), a bug; its details are in {_record(error)}")


def _record(error: BaseException) -> Path:
    """Append the error with its traceback to a file (mode 600); returns the file."""
    from apps.core import config  # heavy, and `--help` needs none of it

    path = config.home() / "data" / "logs" / "cli-errors.log"
    text = "".join(traceback.format_exception(error))
    with suppress(OSError):
        path.parent.parent.mkdir(mode=0o700, exist_ok=True)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a") as file:
            file.write(f"{datetime.now(UTC).isoformat()} {' '.join(sys.argv[1:])}\n{text}\n")
    return path


def _database_errors() -> tuple[type[Exception], ...]:
    """Django's database errors, once a command has loaded Django."""
    module = sys.modules.get("django.db.utils")
    return (module.OperationalError, module.ProgrammingError) if module else ()
