"""Whether the services of a configuration answer, before it is in force: PostgreSQL and Redis."""

from collections.abc import Iterator
from importlib.util import find_spec

from clawdbot_site.cli.boundary import DATABASE_ADVICE

PATIENCE_S = 3
SILENT = "The database cannot be reached. Check database.url, and that it runs."
NO_REDIS = "Redis cannot be reached. Check broker.url, and that it runs."
REFUSED = "Redis refuses user or password of broker.url."


def unreachable(database_url: str, broker_url: str) -> Iterator[str]:
    """What is wrong with each, in one sentence; nothing of `sqlite`, `filesystem` and empty ones.

    Waits seconds at most. Nothing is written there.
    """
    if database_url.startswith("postgres") and find_spec("psycopg"):
        yield from _postgresql(database_url)
    if broker_url.startswith("redis"):
        yield from _redis(broker_url)


def _postgresql(url: str) -> Iterator[str]:
    import psycopg  # of the server profile

    try:
        psycopg.connect(url, connect_timeout=PATIENCE_S).close()
    except psycopg.Error as error:
        known = [advice for words, advice in DATABASE_ADVICE.items() if words in str(error)]
        yield known[0] if known else SILENT


def _redis(url: str) -> Iterator[str]:
    from redis import AuthenticationError, Redis, RedisError  # heavy
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    try:
        with Redis.from_url(
            url,
            socket_connect_timeout=PATIENCE_S,
            socket_timeout=PATIENCE_S,
            retry=Retry(NoBackoff(), 0),
        ) as server:
            server.ping()
    except AuthenticationError:
        yield REFUSED
    except (RedisError, OSError, ValueError):
        yield NO_REDIS
