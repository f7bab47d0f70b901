"""Rows on their way into the ledger: kept for a moment, written by a thread of their own.

Whoever answers a request only appends to a list. A process that ends in order writes what is left;
one that is killed loses the requests that ended in its last second (EVERY_S), and those under way.
While the database is away rows are kept, up to MOST_WAITING; what does not fit is counted as lost.
"""

import atexit
import logging
import threading
import time
import uuid
from collections import Counter, defaultdict, deque
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import Error, connections, transaction

from apps.core import clock
from apps.core.metering import Kind
from apps.core.outages import DATABASE_AWAY
from apps.ops.ledger.counting import count_into
from apps.ops.ledger.figures import Figures
from apps.ops.ledger.recording import Entry
from apps.ops.ledger.windows import start_of
from apps.ops.ledger_records import LedgerRollup, Level, RequestRecord

logger = logging.getLogger(__name__)
EVERY_S, AGAIN_S, END_WAIT_S = 1.0, 5.0, 5.0
MOST_WAITING, BATCH = 10_000, 500
Place = tuple[str, str, str]  # surface, kind, node


class Writer:
    """Takes rows from any thread of this process."""

    def __init__(self, *, most: int = MOST_WAITING) -> None:
        self._most = most
        self._entries: deque[Entry] = deque()
        self._lost: Counter[Place] = Counter()
        self._is_waited_for = threading.Event()
        self._lock = threading.Lock()  # one flush at a time
        self._thread: threading.Thread | None = None
        self._is_ending = threading.Event()
        self._is_away = False

    def note(self, entry: Entry) -> None:
        """Have it written soon. Never waits, never raises."""
        if len(self._entries) >= self._most:
            self._lost[_place(entry.record)] += 1
            return
        self._entries.append(entry)
        if not self._is_waited_for.is_set():
            self._is_waited_for.set()
            self.start()

    def start(self) -> None:
        """Begin to write, in a thread that ends with the process. Safe to repeat."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, daemon=True, name="ledger")
            self._thread.start()
            atexit.register(self.end)

    def flush(self) -> int:
        """Write what waits now; returns how many rows. Raises django.db.Error, and keeps them."""
        written = 0
        with self._lock:
            while batch := self._taken():
                lost, self._lost = self._lost, Counter()
                try:
                    _write(batch, lost)
                except Error as error:
                    self._kept(batch, lost, error)
                    raise
                written += len(batch)
        return written

    def end(self) -> None:
        """Write what is left. Safe to repeat."""
        self._is_ending.set()
        self._is_waited_for.set()
        atexit.unregister(self.end)
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(END_WAIT_S)
        if self._entries:
            self._try()

    def forget(self) -> list[Entry]:
        """What waits, which is written by nobody then."""
        waiting = list(self._entries)
        self._entries.clear()
        self._lost.clear()
        self._is_waited_for.clear()
        return waiting

    def _taken(self) -> list[Entry]:
        return [self._entries.popleft() for _ in range(min(BATCH, len(self._entries)))]

    def _kept(self, batch: Sequence[Entry], lost: Counter[Place], error: Error) -> None:
        """For the next try; what the database will never take is lost."""
        self._lost.update(lost)
        if isinstance(error, DATABASE_AWAY):
            self._entries.extendleft(reversed(batch))
        else:
            self._lost.update(_place(entry.record) for entry in batch)

    def _run(self) -> None:
        while not self._is_ending.is_set():
            self._is_waited_for.wait()
            self._is_ending.wait(EVERY_S)
            self._is_waited_for.clear()
            if not self._try() and not self._is_ending.is_set():
                self._is_waited_for.set()
                self._is_ending.wait(AGAIN_S)

    def _try(self) -> bool:
        try:
            self.flush()
        except Error as error:
            if not self._is_away:  # once, not at every try
                logger.warning("requests cannot be written into the ledger: %s", error)
            self._is_away = True
            return False
        finally:
            connections.close_all()
        self._is_away = False
        return True


writer = Writer()


def _write(batch: Sequence[Entry], lost: Counter[Place]) -> None:
    """In one transaction: the rows, and their figures for whoever rolls them up."""
    now, passed = clock.now(), time.perf_counter()
    for entry in batch:
        entry.record.at = now - timedelta(seconds=max(0.0, passed - entry.begun_at))
    with transaction.atomic():
        RequestRecord.objects.bulk_create([entry.record for entry in batch], batch_size=BATCH)
        LedgerRollup.objects.bulk_create(_rollups(batch, lost, now))


def _rollups(batch: Sequence[Entry], lost: Counter[Place], now: datetime) -> list[LedgerRollup]:
    found: defaultdict[tuple[datetime, Place], Figures] = defaultdict(Figures)
    for entry in batch:
        minute, place = start_of(Level.MINUTE, entry.record.at), _place(entry.record)
        count_into(found[minute, place], entry.record)
        if entry.up or entry.down:  # verdicts are on answers, whatever they came with
            figures = found[minute, (place[0], str(Kind.ASK), place[2])]
            figures.count("up", entry.up)
            figures.count("down", entry.down)
    for place, count in lost.items():
        found[start_of(Level.MINUTE, now), place].count("lost", count)
    return [
        LedgerRollup(
            level=Level.PENDING,
            start=minute,
            surface=surface,
            kind=kind,
            node=node,
            batch=uuid.uuid4().hex,
            figures=figures.as_json(),
        )
        for (minute, (surface, kind, node)), figures in found.items()
    ]


def _place(record: RequestRecord) -> Place:
    return str(record.surface), str(record.kind), record.node
