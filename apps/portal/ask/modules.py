"""The scripts of the question page, named to the browser before they import each other."""

from functools import cache
from pathlib import Path

STATIC = Path(__file__).parents[1] / "static"
SHARED = ("portal/api.js", "portal/events.js", "portal/toast.js")


@cache
def modules() -> tuple[str, ...]:
    """Their names as static files: fetched at once instead of one import after the other."""
    own = (STATIC / "portal" / "ask").glob("*.js")
    return (*sorted(path.relative_to(STATIC).as_posix() for path in own), *SHARED)
