"""What `clawdbot doctor` sees of the connections to PostgreSQL."""

from collections.abc import Iterator

from django.db import connection

from apps.core import config
from apps.ops.nodes.selectors import nodes
from clawdbot_site.installation.findings import Finding

BESIDE_WEB_AND_PARSING = 16  # embedding, index, schedule, models, reports, a command line
ALLOWED = """
SELECT current_setting('max_connections')::int
     - current_setting('superuser_reserved_connections')::int
"""


def connection_findings() -> Iterator[Finding]:
    """Whether PostgreSQL takes as many connections as the threads of all nodes may open.

    Nodes are taken to be configured as this one. Nothing with SQLite.
    """
    if connection.vendor == "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute(ALLOWED)
        [allowed] = cursor.fetchone()
    count = max(1, len(nodes()))
    needed = count * connections_of_a_node()
    remedy = ""
    if needed > allowed:
        remedy = (
            f"Set max_connections of PostgreSQL to {needed + 10} at least, or "
            "service.web_workers and service.web_threads lower."
        )
    yield Finding("connections", f"{allowed} allowed, {needed} for {count} node(s)", remedy)


def connections_of_a_node() -> int:
    """How many its processes may have open at one time: each thread keeps one, and a parser a
    second one for its heartbeat."""
    settings = config.load()
    web = settings.service.web_workers * (settings.service.web_threads + 1)
    return web + 2 * settings.ingest.parse_workers + BESIDE_WEB_AND_PARSING
