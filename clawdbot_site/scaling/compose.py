"""Containers of docker-compose.yml, on the machine that has Docker.

Overrides are known to it by COMPOSE_FILE in `.env`; containers that run are as they were made.
"""

from apps.core.config import REPOSITORY
from apps.core.errors import Conflict
from clawdbot_site.cli.console import counted
from clawdbot_site.scaling import programs
from clawdbot_site.scaling.protocols import Part

COMPOSE = ("docker", "compose")
FILE = REPOSITORY / "docker-compose.yml"


def is_running() -> bool:
    """Whether containers of this folder's docker-compose.yml run."""
    if not FILE.exists() or not programs.is_there(COMPOSE[0]):
        return False
    try:
        running = programs.run([*COMPOSE, "ps", "--services", "--status", "running"],
                               folder=REPOSITORY)  # fmt: skip
    except Conflict:  # no Docker behind the program
        return False
    return bool(running.split())


class ComposeServices:
    """Workers and web servers are containers of the node; those that run are left alone."""

    def scale(self, part: Part, count: int) -> str:
        """See Scaler."""
        wanted = ("--scale", f"{part}={count}", part)
        programs.run(
            [*COMPOSE, "up", "-d", "--no-deps", "--no-recreate", *wanted], folder=REPOSITORY
        )
        return f"{counted(count, 'container')} {part}, until the next `docker compose up`"
