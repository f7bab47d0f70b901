"""The database connection that a configuration asks for."""

from importlib.util import find_spec
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from apps.core.config import Config
from apps.core.nodes import node_name

SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA temp_store=MEMORY;"
    "PRAGMA mmap_size=268435456; PRAGMA cache_size=-16000;"
    "PRAGMA secure_delete=ON;"  # what is deleted is overwritten, not only unlinked (docs/adr/0015)
)

# Whoever is cut off from the server learns it within seconds, with an error that is retried, and
# not after the quarter of an hour that TCP has for it.
# https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS
PATIENCE: dict[str, Any] = {
    "connect_timeout": 3,  # s
    "tcp_user_timeout": 5_000,  # ms, for what was sent and not acknowledged
    "keepalives_idle": 3,  # s of silence while an answer is waited for
    "keepalives_interval": 1,
    "keepalives_count": 3,
}
# What a node that vanished had locked (docs/adr/0002: the change sequence, too) is free again as
# soon: the server by itself notices after two hours. A frozen one answers keepalives and is ended
# where it holds a transaction open and does nothing.
SERVER_PATIENCE = {
    "tcp_keepalives_idle": "10s",
    "tcp_keepalives_interval": "5s",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "20s",
    "idle_in_transaction_session_timeout": "5min",
}


def database(configuration: Config) -> dict[str, Any]:
    """Django's DATABASES entry. SQLite: WAL, write transactions immediate, 30 s patience.

    PostgreSQL: the address may end in libpq's parameters (`?sslmode=verify-full`); they win. An
    empty one (`?options=`) is left out, as a PgBouncer that refuses it needs. Exits with one clear
    line where the address is none, or its driver is not installed.
    """
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
    if find_spec("psycopg") is None:
        raise SystemExit(
            "clawdbot: configuration: database.url: the driver of PostgreSQL is not installed "
            "here; run: make nodes"
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
        "OPTIONS": _parameters(parts.query),
    }


def _parameters(query: str) -> dict[str, Any]:
    options = " ".join(f"-c {name}={value}" for name, value in SERVER_PATIENCE.items())
    found = PATIENCE | {"application_name": f"clawdbot {node_name()}", "options": options}
    found |= dict(parse_qsl(query, keep_blank_values=True))
    return {name: value for name, value in found.items() if value != ""}
