"""What other apps keep that was drawn from documents: told here, so that a purge finds it."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

Forget: TypeAlias = Callable[[], int]

_told: dict[str, Forget] = {}


def register(name: str, forget: Forget) -> None:
    """`forget` removes what rests on deleted documents and returns how many rows; `name` is what
    receipts count them as. It is called inside a short transaction, and may be called again."""
    _told[name] = forget


def registered() -> Mapping[str, Forget]:
    """All that was told, by name."""
    return _told
