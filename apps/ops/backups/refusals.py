"""What a backup, or the way back from one, may be refused for."""

from typing import Any, TypeVar

from apps.core.errors import ClawdbotError

E = TypeVar("E", bound=ClawdbotError)


class WrongPassphrase(ClawdbotError):
    """The passphrase is missing, or is not that of the backups."""

    status, code = 403, "wrong_passphrase"


class BackupDamaged(ClawdbotError):
    """Something in the folder of the backups is missing, cut off or changed."""

    status, code = 409, "backup_damaged"


class NotEmpty(ClawdbotError):
    """A backup is only put back where nothing is."""

    status, code = 409, "not_empty"


class SchemaUnknown(ClawdbotError):
    """The tables are of a newer program than this one."""

    status, code = 409, "newer_schema"


def told(kind: type[E], text: str, **values: Any) -> E:
    """An error in English that keeps its sentence and its values apart: the row of a backup holds
    them, and pages say them in their reader's language. Mark the text with `gettext_noop`."""
    values = {name: str(value) for name, value in values.items()}
    return kind(text % values, details={"text": text, "values": values})
