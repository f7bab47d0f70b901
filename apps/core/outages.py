"""What the database raises when it is away, and not because of what was asked of it."""

from django.db import InterfaceError, OperationalError

# Restarted, cut off, full, too busy; and a connection that broke before and was used again.
DATABASE_AWAY = (OperationalError, InterfaceError)
_OF_THE_SERVER = ("08", "57")  # classes of SQLSTATE: connection exception, operator intervention


def is_cut(error: Exception) -> bool:
    """Whether the connection to a server ended or could not be made: no matter of our code's."""
    cause = error.__cause__
    if not type(cause).__module__.startswith("psycopg"):
        return False
    state = getattr(cause, "sqlstate", None)  # none: libpq never heard from the server
    return state is None or state.startswith(_OF_THE_SERVER)
