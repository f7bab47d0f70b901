"""What other apps keep of a person: told here, so that deleting their data finds it."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from apps.accounts.models import User

Forget: TypeAlias = Callable[[User], int]

_told: dict[str, Forget] = {}


def register(name: str, forget: Forget) -> None:
    """`forget` removes what is kept of a person, before their questions go, and returns how many
    rows. It is called inside the transaction of the deletion."""
    _told[name] = forget


def registered() -> Mapping[str, Forget]:
    """All that was told, by name."""
    return _told
