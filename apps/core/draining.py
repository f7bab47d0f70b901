"""Whether this web server is told to stop, and whether a balancer looks.

Known to all its processes: memory that is shared with children that are forked after this import.
"""

import mmap
import struct
import time

POLLED_WITHIN_S = 15.0  # a balancer asks every second or few
OWN_AGENT = "clawdbot/"  # how the User-Agent of our own commands begins: they are no balancers
_NUMBER = struct.Struct("d")
_BEGUN_AT, _POLLED_AT = 0, _NUMBER.size  # of time.monotonic(), one clock for all; 0: never
_shared = mmap.mmap(-1, 2 * _NUMBER.size)


def begin() -> None:
    """From now on /readyz says no. Safe to repeat."""
    if not is_draining():
        _NUMBER.pack_into(_shared, _BEGUN_AT, time.monotonic())


def is_draining() -> bool:
    """Whether the server is told to stop."""
    return _read(_BEGUN_AT) > 0


def note_poll(user_agent: str) -> None:
    """Somebody asked /readyz."""
    if not user_agent.startswith(OWN_AGENT):
        _NUMBER.pack_into(_shared, _POLLED_AT, time.monotonic())


def is_polled() -> bool:
    """Whether a balancer asks: it has to learn of the end before there is one."""
    polled_at = _read(_POLLED_AT)
    return polled_at > 0 and time.monotonic() - polled_at < POLLED_WITHIN_S


def forget() -> None:
    """As in a process that has just begun."""
    _NUMBER.pack_into(_shared, _BEGUN_AT, 0.0)
    _NUMBER.pack_into(_shared, _POLLED_AT, 0.0)


def _read(place: int) -> float:
    value: float = _NUMBER.unpack_from(_shared, place)[0]
    return value
