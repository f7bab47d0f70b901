"""Each process tells the others that it is there: a row, renewed every few seconds by a thread."""

import atexit
import hashlib
import hmac
import logging
import os
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psutil
from django.conf import settings
from django.db import Error, connection, connections

from apps.core import clock, machine, node_forgetting
from apps.core.config import REPOSITORY
from apps.core.errors import ClawdbotError
from apps.core.node_records import NodeProcess
from apps.core.nodes import node_name
from apps.core.version import VERSION

logger = logging.getLogger(__name__)
REPORT_S = 2.0
SQLITE_REPORT_S = 5.0  # one machine: nobody but people waits for it, and writers take turns
FORGET_EVERY = 15  # reports
MEMORY_EVERY = 5  # it costs a walk through the process's pages
MACHINE_EVERY = 10
END_WAIT_S = 2.0
LONGEST_REASON = 500
State = NodeProcess.State


@dataclass(frozen=True, slots=True)
class Observed:
    """What a process says of itself beside what is the same for all."""

    state: NodeProcess.State = State.READY
    reason: str = ""
    figures: Mapping[str, Any] = field(default_factory=dict)


Observe = Callable[[], Observed]
# How a node is set up, for those who compare nodes: name -> what to tell. Filled when apps load.
FACTS: dict[str, Callable[[], Any]] = {}
FIGURES: dict[str, Callable[[], Any]] = {}  # likewise, what changes while it runs; cheap to tell


def nothing_special() -> Observed:
    """A process that works as long as it is there."""
    return Observed()


class Reporter:
    """Keeps the row of this process. Whatever the database does, it goes on trying."""

    def __init__(self, kind: str, observe: Observe) -> None:
        self._kind = kind
        self._observe = observe
        self._process = psutil.Process()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="node-report")
        self._is_away = False
        self._started_at: datetime | None = None
        self._memory_bytes = 0
        self._machine: dict[str, float] = {}
        self._count = 0
        self._key: dict[str, Any] = {
            "node": node_name(), "kind": kind, "host": socket.gethostname(), "pid": os.getpid()
        }  # fmt: skip

    def start(self) -> None:
        """Begin to report."""
        self._process.cpu_percent()  # the first call measures nothing
        self._thread.start()

    def report(self) -> None:
        """Write the row once. Raises django.db.Error."""
        now, observed = clock.now(), self._observe()
        changing = {
            "state": observed.state,
            "reason": observed.reason[:LONGEST_REASON],
            "seen_at": now,
            "clock_offset_s": round(clock.ahead_s(), 2),
            "figures": {**self._figures(), **_told(FIGURES), **observed.figures},
        }
        is_known = self._started_at is not None  # else it may be the row of a process killed here
        self._started_at = self._started_at or now
        if not is_known or not NodeProcess.objects.filter(**self._key).update(**changing):
            values = {**changing, **_standing(), "started_at": self._started_at}
            NodeProcess.objects.update_or_create(**self._key, defaults=values)
        if self._count % FORGET_EVERY == 0:
            node_forgetting.forget(now)
        self._count += 1

    def end(self) -> None:
        """Leave in order: the row goes. Safe to repeat."""
        self._stopping.set()
        self._thread.join(END_WAIT_S)
        if self._is_away or self._thread.is_alive():
            return
        try:
            NodeProcess.objects.filter(**self._key).delete()
        except Error as error:
            logger.warning("this process stays among the nodes until it is forgotten: %s", error)
        finally:
            connections.close_all()

    def _run(self) -> None:
        interval_s = SQLITE_REPORT_S if connection.vendor == "sqlite" else REPORT_S
        while not self._stopping.is_set():
            try:
                self.report()
                self._is_away = False
            except (Error, ClawdbotError, OSError) as error:
                if not self._is_away:  # once, not at every try
                    logger.warning("this process cannot report that it is there: %s", error)
                self._is_away = True
                connections.close_all()
            self._stopping.wait(interval_s)
        connections.close_all()

    def _figures(self) -> dict[str, Any]:
        if self._count % MEMORY_EVERY == 0:
            memory = self._process.memory_full_info()
            self._memory_bytes = getattr(memory, "pss", 0) or memory.rss
        if self._count % MACHINE_EVERY == 0:
            self._machine = machine.measured(self._kind)
        cores = psutil.cpu_count() or 1
        return {
            **self._machine,
            "memory_bytes": self._memory_bytes,
            "cpu": round(self._process.cpu_percent() / 100, 2),  # 1: one core
            "load": round(psutil.getloadavg()[0] / cores, 2),  # of the machine; 1: all its cores
        }


def start(kind: str, observe: Observe = nothing_special) -> Reporter:
    """Report this process until it ends. Needs Django."""
    reporter = Reporter(kind, observe)
    reporter.start()
    atexit.register(reporter.end)
    return reporter


def _standing() -> dict[str, Any]:
    """What stays the same as long as the process runs."""
    return {
        "version": VERSION,
        "migrations": known_migrations(),
        "key_fingerprint": key_fingerprint(settings.SECRET_KEY),
        "facts": _told(FACTS),
    }


def _told(tellers: Mapping[str, Callable[[], Any]]) -> dict[str, Any]:
    return {name: tell() for name, tell in tellers.items()}


def known_migrations() -> int:
    """How many this program has of its own: more of them, newer program."""
    folders = ("apps/*/migrations", "ingest/migrations")
    return sum(len([*REPOSITORY.glob(f"{folder}/[0-9]*.py")]) for folder in folders)


def key_fingerprint(secret_key: str) -> str:
    """Tells two signing keys apart, and nothing about either (HMAC-SHA256, RFC 2104)."""
    return hmac.new(secret_key.encode(), b"clawdbot node", hashlib.sha256).hexdigest()[:16]
