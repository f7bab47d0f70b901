"""The database connection that a configuration asks for."""

from typing import Any
from urllib.parse import unquote, urlsplit

from apps.core.config import Config

SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA temp_store=MEMORY;"
    "PRAGMA mmap_size=268435456; PRAGMA cache_size=-16000;"
    "PRAGMA secure_delete=ON;"  # what is deleted is overwritten, not only unlinked (docs/adr/0015)
)


def database(configuration: Config) -> dict[str, Any]:
    """Django's DATABASES entry. SQLite: WAL, write transactions immediate, 30 s patience."""
    url = configuration.database.url
    if url == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(configuration.data_dir / "clawdbot.sqlite3"),
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": SQLITE_PRAGMAS,
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise SystemExit(
            "clawdbot: configuration: database.url: write `sqlite` or "
            "postgresql://user:password@host:port/name"
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
