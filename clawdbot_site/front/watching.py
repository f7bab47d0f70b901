"""Watching one node: is it ready, by its own word at /readyz."""

import http.client
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from clawdbot_site.front.upstream import Address

READY = "ready"
# Statuses of /readyz and states of checks are the node's words; these are ours.
UNREACHABLE = "does not answer"


@dataclass(frozen=True, slots=True)
class Answer:
    """What one look found: ready, or why not. `is_sure` is False where a second look may differ."""

    is_ready: bool
    reason: str = ""
    is_sure: bool = True


@dataclass(frozen=True, slots=True)
class Opinion:
    """What is held of a node after some looks."""

    is_ready: bool = False
    reason: str = "not asked yet"
    agreeing: int = field(default=0, repr=False)  # looks in a row that differ from `is_ready`

    def after(self, answer: Answer, *, rise: int, fall: int) -> "Opinion":
        """In after `rise` looks in a row that say so; out after `fall`, at once when it is sure."""
        if answer.is_ready == self.is_ready:
            reason = self.reason if answer.is_ready else answer.reason
            return Opinion(self.is_ready, reason)
        needed = rise if answer.is_ready else 1 if answer.is_sure else fall
        if self.agreeing + 1 < needed:
            return replace(self, agreeing=self.agreeing + 1)
        return Opinion(answer.is_ready, answer.reason)


def look(address: Address, *, timeout_s: float) -> Answer:
    """Ask /readyz once. A node that says no, or refuses, is out for sure; silence may pass."""
    connection = http.client.HTTPConnection(address.ip, address.port, timeout=timeout_s)
    try:
        connection.request("GET", "/readyz", headers={"Connection": "close"})
        response = connection.getresponse()
        if response.status == http.HTTPStatus.OK:
            return Answer(is_ready=True, reason=READY)
        return Answer(is_ready=False, reason=_missing(response.status, response.read(65536)))
    except ConnectionRefusedError:
        return Answer(is_ready=False, reason=UNREACHABLE)
    except (OSError, http.client.HTTPException):
        return Answer(is_ready=False, reason=UNREACHABLE, is_sure=False)
    finally:
        connection.close()


def _missing(status: int, body: bytes) -> str:
    try:
        checks = json.loads(body)["checks"]
        failed = sorted(name for name, check in checks.items() if not check["ok"])
    except (ValueError, TypeError, KeyError, AttributeError):
        return f"answers {status}"
    return f"not ready: {', '.join(failed)}"


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a node is asked, how long it may take, how many looks change an opinion."""

    interval_s: float = 1.0
    timeout_s: float = 2.0
    rise: int = 2
    fall: int = 2


class Watch:
    """Asks one node again and again in a thread of its own: a silent one delays no other."""

    def __init__(self, address: Address, *, pace: Pace, on_change: Callable[[], None]) -> None:
        self.address = address
        self.opinion = Opinion()
        self._pace = pace
        self._on_change = on_change
        self._is_over = threading.Event()
        self.has_asked = threading.Event()
        threading.Thread(target=self._run, daemon=True, name=f"watch {address}").start()

    def end(self) -> None:
        """Ask no more. Safe to repeat."""
        self._is_over.set()

    def _run(self) -> None:
        pace, is_first = self._pace, True
        while not self._is_over.is_set():
            answer = look(self.address, timeout_s=pace.timeout_s)
            before = self.opinion
            # Whoever starts with nodes that run need not wait for a second look.
            rise = 1 if is_first else pace.rise
            self.opinion = before.after(answer, rise=rise, fall=pace.fall)
            is_first = False
            self.has_asked.set()
            if (before.is_ready, before.reason) != (self.opinion.is_ready, self.opinion.reason):
                self._on_change()
            self._is_over.wait(pace.interval_s)
