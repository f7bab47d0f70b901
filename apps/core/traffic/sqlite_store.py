"""Places and counters of one machine: a file that all its processes share."""

import logging
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from apps.core.traffic import sqlite_counters as counters
from apps.core.traffic.protocols import Day, Entry, Load, OutOfReach, Refused, Rule, State, Used
from apps.core.traffic.sqlite_board import RUNS, SCHEMA, WAITS, Board

logger = logging.getLogger(__name__)
BUSY_S = 5.0  # for other processes, and as long for other threads of this one
_PASSING = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_FULL, sqlite3.SQLITE_INTERRUPT}
FORGET_EVERY_S = 10.0
# Losing the last writes in a power cut is no harm; a crash of the process loses none.
PRAGMAS = "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;"


class SqliteStore:
    """A Store in one SQLite file; a lost or damaged file is begun anew, limits and all."""

    def __init__(self, path: Path, *, places: int, queue: int) -> None:
        self._path, self._places, self._queue = path, places, queue
        self._lock = threading.Lock()
        self._link: sqlite3.Connection | None = None
        self._inode: int | None = None  # of the file that is open
        self._forgotten_at = 0.0

    def enter(self, entry: Entry, day: Day) -> State:
        """As promised by Store."""
        with self._board() as board:
            board.give()
            refused = counters.refusal(
                board.link, entry, now=board.now, day=day, mean_s=board.mean_s()
            )
            if refused := refused or board.crowded(entry):
                return refused
            board.add(entry, day)
            board.give()
            return board.states([entry.ticket])[entry.ticket]

    def poll(self, tickets: Sequence[str]) -> Mapping[str, State]:
        """As promised by Store."""
        with self._board() as board:
            board.beat(tickets)
            board.give()
            return board.states(tickets)

    def leave(self, ticket: str, *, tokens: int = 0, is_served: bool = True) -> None:
        """As promised by Store."""
        with self._board() as board:
            if is_served:
                board.finish(ticket, tokens)
            else:
                board.remove(ticket, is_counted=False)
            board.give()

    def send_away(self) -> Refused:
        """As promised by Store."""
        with self._board() as board:
            board.give()
            return board.send_away(board.expected_s(board.count(WAITS)))

    def used(self, rules: Sequence[Rule], day: Day) -> Mapping[Rule, Used]:
        """As promised by Store."""
        with self._board() as board:
            return {rule: counters.used(board.link, rule, now=board.now, day=day) for rule in rules}

    def load(self) -> Load:
        """As promised by Store."""
        with self._board() as board:
            board.give()
            return Load(board.count(RUNS), board.count(WAITS), board.mean_s())

    @contextmanager
    def _board(self) -> Iterator[Board]:
        """One transaction. Only one thread at a time: a connection has one transaction."""
        if not self._lock.acquire(timeout=BUSY_S):
            raise OutOfReach
        try:
            with self._transaction() as board:
                yield board
        finally:
            self._lock.release()

    @contextmanager
    def _transaction(self) -> Iterator[Board]:
        try:
            link = self._opened()
            link.execute("BEGIN IMMEDIATE")
            board = Board(link, time.time(), self._places, self._queue)
            self._forget(board)
            yield board
            link.execute("COMMIT")
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF not in _PASSING:
                self._link = None  # looked at afresh: it may be damaged, or gone
            raise OutOfReach from error
        finally:
            if self._link is not None and self._link.in_transaction:
                self._link.rollback()

    def _forget(self, board: Board) -> None:
        if board.now - self._forgotten_at > FORGET_EVERY_S:
            counters.forget(board.link, now=board.now)
            self._forgotten_at = board.now

    def _opened(self) -> sqlite3.Connection:
        """The file of that name: not one that was deleted, which others would not share."""
        if self._link is None or _inode(self._path) != self._inode:
            try:
                self._link = _open(self._path)
            except sqlite3.OperationalError:
                raise  # busy, or no room on the disk: the file is sound
            except sqlite3.DatabaseError:
                logger.warning("%s is damaged and is begun anew", self._path)
                for suffix in ("", "-wal", "-shm"):
                    self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
                self._link = _open(self._path)
            self._inode = _inode(self._path)
        return self._link


def _inode(path: Path) -> int | None:
    return path.stat().st_ino if path.exists() else None


def _open(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    link = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
    link.executescript(PRAGMAS + SCHEMA)
    if link.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
        link.close()
        raise sqlite3.DatabaseError("damaged")
    return link
