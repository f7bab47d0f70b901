"""What was used of limits, in the file of one machine. Every function runs in a transaction."""

import sqlite3
from collections.abc import Sequence

from apps.core.traffic.protocols import Day, Entry, Limited, Refused, Rule, Used
from apps.core.traffic.queueing import WINDOW_S

SCHEMA = """
CREATE TABLE IF NOT EXISTS spent (
  limited TEXT, subject TEXT, at TEXT, until REAL, count INTEGER,
  PRIMARY KEY (limited, subject, at)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS stream (
  subject TEXT, ticket TEXT, PRIMARY KEY (subject, ticket)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS stream_ticket ON stream (ticket);
"""


def refusal(
    link: sqlite3.Connection, entry: Entry, *, now: float, day: Day, mean_s: float
) -> Refused | None:
    """The limit that keeps the entry away for longest, or None."""
    found = [
        Refused(wait_s, rule)
        for rule in entry.rules
        if (wait_s := _wait_s(link, rule, entry, now=now, day=day, mean_s=mean_s)) > 0
    ]
    return max(found, key=lambda one: one.retry_after_s, default=None)


def charge(link: sqlite3.Connection, entry: Entry, *, now: float, day: Day) -> list[list[str]]:
    """Count the entry; what `refund` needs to take it back."""
    charged = []
    for rule in entry.rules:
        if rule.limited is Limited.STREAMS:
            link.execute("INSERT INTO stream VALUES (?, ?)", (rule.subject, entry.ticket))
            continue
        at, until = day.name, now + day.ends_in_s
        if rule.limited is not Limited.DAY:
            at, until = _second(now)
        add(link, (rule.limited, rule.subject, at), until, _wanted(rule, entry))
        charged.append([rule.limited, rule.subject, at])
    return charged


def spend(
    link: sqlite3.Connection, charged: Sequence[Sequence[str]], *, now: float, tokens: int
) -> None:
    """Count tokens now, for whom they were reserved."""
    for limited, subject, _at in charged:
        if limited == Limited.TOKENS and tokens:
            at, until = _second(now)
            add(link, (limited, subject, at), until, tokens)


def refund(
    link: sqlite3.Connection, charged: Sequence[Sequence[str]], *, reserved: int, whole: bool
) -> None:
    """Take back what was reserved; `whole`: the request itself too."""
    for limited, subject, at in charged:
        count = reserved if limited == Limited.TOKENS else int(whole)
        link.execute(
            "UPDATE spent SET count = MAX(0, count - ?) WHERE limited=? AND subject=? AND at=?",
            (count, limited, subject, at),
        )


def used(link: sqlite3.Connection, rule: Rule, *, now: float, day: Day) -> Used:
    """What is used of one limit now."""
    if rule.limited is Limited.STREAMS:
        return Used(_streams(link, rule.subject), 0.0)
    rows = _rows(link, rule, now, day)
    last = max((until for until, _ in rows), default=now)
    return Used(sum(count for _, count in rows), last - now)


def forget(link: sqlite3.Connection, *, now: float) -> None:
    """Delete what counts no more."""
    link.execute("DELETE FROM spent WHERE until <= ?", (now,))


def add(link: sqlite3.Connection, key: tuple[str, str, str], until: float, count: int) -> None:
    """Add to a counter that holds until then."""
    link.execute(
        "INSERT INTO spent VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET count = count + excluded.count",
        (*key, until, count),
    )


def _wait_s(
    link: sqlite3.Connection, rule: Rule, entry: Entry, *, now: float, day: Day, mean_s: float
) -> float:
    """Seconds until the rule has room for the entry; 0: now."""
    if rule.limited is Limited.STREAMS:
        return 0.0 if _streams(link, rule.subject) < rule.most else mean_s
    rows = _rows(link, rule, now, day)
    excess = sum(count for _, count in rows) + _wanted(rule, entry) - rule.most
    for until, count in rows:
        if excess <= 0:
            return 0.0
        excess -= count
        if excess <= 0:
            return until - now
    # More than the limit is wanted at once: let it pass when nothing else counts.
    return rows[-1][0] - now if rows else 0.0


def _wanted(rule: Rule, entry: Entry) -> int:
    return max(1, entry.tokens) if rule.limited is Limited.TOKENS else 1


def _rows(link: sqlite3.Connection, rule: Rule, now: float, day: Day) -> list[tuple[float, int]]:
    """(until, count) of what counts now, the first to go first."""
    only = day.name if rule.limited is Limited.DAY else None
    last = now + (day.ends_in_s if only else WINDOW_S) + 1.0  # later: the clock was set back
    return link.execute(
        "SELECT MIN(until, ?), count FROM spent"
        " WHERE limited=? AND subject=? AND until>? AND (until<=? OR ?) AND count>0"
        " AND (? IS NULL OR at=?) ORDER BY until",
        (last, rule.limited, rule.subject, now, last, bool(only), only, only),
    ).fetchall()


def _second(now: float) -> tuple[str, float]:
    """The second that is counted in, and when all of it has left the window."""
    return str(int(now)), int(now) + 1.0 + WINDOW_S


def _streams(link: sqlite3.Connection, subject: str) -> int:
    counted = link.execute("SELECT COUNT(*) FROM stream WHERE subject=?", (subject,))
    return int(counted.fetchone()[0])
