"""What the database raises when it is away, and not because of what was asked of it."""

from django.db import InterfaceError, OperationalError

# Restarted, cut off, full, too busy; and a connection that broke before and was used again.
DATABASE_AWAY = (OperationalError, InterfaceError)
