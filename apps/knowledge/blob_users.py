"""Who else has originals in use than versions and jobs: told here, so that nobody removes them."""

from collections.abc import Callable, Set
from typing import TypeAlias

Used: TypeAlias = Callable[[Set[str]], Set[str]]

_told: list[Used] = []


def register(used: Used) -> None:
    """`used` is given hashes, and returns those of them that are in use. It may be called while
    rows are locked, and sees what is committed."""
    _told.append(used)


def in_use(hashes: Set[str]) -> set[str]:
    """Those that somebody who was told of uses."""
    return set().union(*(used(hashes) for used in _told))
