"""Who may ask now: limits of the caller, and a place among all that are being answered."""

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from apps.accounts.models import ApiKey, User
from apps.core.traffic.protocols import Priority
from apps.generation import slots

__all__ = ["Admission", "Caller", "Priority", "Queued", "admission_events", "admitted"]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. Limits of groups are looked up where the user's are."""

    user_id: int
    key_id: int | None = None

    @classmethod
    def of(cls, user: User, key: ApiKey | None = None) -> Self:
        """The user, through a key or a page."""
        return cls(user_id=user.pk, key_id=key.pk if key else None)


@dataclass(frozen=True, slots=True)
class Queued:
    """`position` questions are before this one; its turn comes in about `wait_s` seconds."""

    position: int
    wait_s: float


class Admission:
    """A place, until it is closed. A context manager; closing twice is safe."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._place = slots.answering.taken()
        self._place.__enter__()
        self._is_open = True

    def spend(self, tokens: int) -> None:
        """Tell of tokens that an engine read or wrote; they count when the place is given back."""

    def close(self) -> None:
        """Give the place back."""
        if self._is_open:
            self._is_open = False
            self._place.__exit__(None, None, None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def admission_events(
    caller: Caller, *, priority: Priority, expected_tokens: int = 0
) -> Generator[Queued, None, Admission]:
    """Yields the place in the queue while it changes; returns the Admission, which is open.

    Use it as `admission = yield from admission_events(...)`, then `with admission:`. Closing the
    generator early leaves the queue. `expected_tokens` are reserved until `spend` tells. Raises
    Overloaded (`overloaded`, `rate_limited` or `quota_exceeded`) with the seconds to wait.
    """
    yield from ()
    return Admission(caller)


@contextmanager
def admitted(
    caller: Caller,
    *,
    priority: Priority,
    on_wait: Callable[[int, float], None] | None = None,
    expected_tokens: int = 0,
) -> Iterator[Admission]:
    """Wait for a place and hold it. `on_wait(position, wait_s)`: told while it waits.

    Raises as `admission_events`.
    """
    events = admission_events(caller, priority=priority, expected_tokens=expected_tokens)
    with _last_of(events, on_wait) as admission:
        yield admission


def limit_headers(caller: Caller) -> Mapping[str, str]:
    """`x-ratelimit-*` of the caller's limits as they stand, as OpenAI names them; none: empty."""
    return {}


def _last_of(
    events: Generator[Queued, None, Admission], on_wait: Callable[[int, float], None] | None
) -> Admission:
    try:
        while True:
            try:
                queued = next(events)
            except StopIteration as end:
                admission: Admission = end.value
                return admission
            if on_wait:
                on_wait(queued.position, queued.wait_s)
    finally:
        events.close()
