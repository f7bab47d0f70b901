"""Requests of months in the ledger, made in bulk with their rollups: for benchmarks, or to look at.

    CLAWDBOT_HOME=... python -m benchmarks.ledger_rows --rows 1000000

writes into the installation of that home as if they had come.
"""

import argparse
import math
import os
import time
import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

ROWS, DAYS, AT_ONCE = 1_000_000, 90, 4000
NODES = ("n1", "n2", "n3")
USERS, KEYS, NETWORKS = 400, 40, 30
# Surface, kind, share of all, median of the total in ms.
TRAFFIC = (
    ("portal", "ask", 0.35, 900.0), ("portal", "open", 0.22, 25.0), ("api", "ask", 0.15, 800.0),
    ("api", "search", 0.10, 180.0), ("api", "open", 0.07, 15.0), ("openai", "chat", 0.04, 4000.0),
    ("openai", "ask", 0.03, 900.0), ("openai", "embeddings", 0.02, 60.0),
    ("portal", "upload", 0.02, 300.0),
)  # fmt: skip
STAGES = {"queue": 0.02, "embed": 0.02, "dense": 0.05, "lexical": 0.05, "fuse": 0.001,
          "read": 0.6, "generate": 0.15, "verify": 0.02}  # fmt: skip
OTHER_OUTCOMES = (("refused", 0.01), ("denied", 0.01), ("failed", 0.005), ("cancelled", 0.01))
STATUS = {"refused": 429, "denied": 404, "failed": 500}
NOT_FOUND = 0.12  # of the questions
HOURS = np.array([1, 1, 1, 1, 1, 1, 2, 5, 10, 14, 14, 12, 8, 11, 14, 14, 12, 9, 5, 3, 2, 2, 1, 1])


@dataclass(frozen=True, slots=True)
class Made:
    """Columns of all requests, ordered by time. Times are NaN where a stage did not run."""

    at: Any  # seconds since 1970, float64
    place: Any  # number in TRAFFIC
    node: Any
    outcome: Any  # text
    times: dict[str, Any]  # milliseconds, by name of the ledger's times
    tokens: Any


def made(rows: int, *, days: int = DAYS, seed: int = 1, until: float | None = None) -> Made:
    """Requests of so many days up to `until` (now), most in office hours. The same for a seed."""
    draw = np.random.default_rng(seed)
    end = time.time() if until is None else until
    day = draw.integers(0, days, rows)
    hour = draw.choice(24, rows, p=HOURS / HOURS.sum())
    at = np.sort(end - 86400 * day - 3600 * (23 - hour) - 3600 * draw.random(rows))
    place = draw.choice(len(TRAFFIC), rows, p=_shares([one[2] for one in TRAFFIC]))
    total = np.array([one[3] for one in TRAFFIC])[place] * draw.lognormal(0, 0.6, rows)
    kinds = np.array([one[1] for one in TRAFFIC])[place]
    outcome = np.full(rows, "done", dtype="U10")
    is_ask = kinds == "ask"
    outcome[is_ask] = np.where(draw.random(is_ask.sum()) < NOT_FOUND, "not_found", "answered")
    chance = draw.random(rows)
    for name, share in OTHER_OUTCOMES:
        outcome[(chance >= 0) & (chance < share)] = name
        chance -= share
    searches = is_ask | (kinds == "search")
    times = {
        name: np.where(searches, total * share * draw.lognormal(0, 0.3, rows) * 0.8, np.nan)
        for name, share in STAGES.items()
    }
    times["first_token"] = np.where(is_ask, total * 0.9, np.nan)
    tokens = np.where(kinds == "chat", draw.integers(50, 2000, rows), 0)
    return Made(at, place, draw.integers(0, len(NODES), rows), outcome, times | {"total": total}, tokens)  # fmt: skip  # noqa: E501


def store(found: Made) -> None:
    """Write them and their rollups, as if they had come. Needs Django."""
    from django.db import transaction

    from apps.ops.ledger.rolling import ROLLED, figures_add
    from apps.ops.ledger_records import Level

    with transaction.atomic():
        _insert(found)
        now = float(found.at[-1])
        recent = found.at > now - 2 * 86400
        week = ~recent & (found.at > now - 9 * 86400)
        older = ~recent & ~week
        for chosen, step_s, first in (
            (recent, 60, Level.MINUTE),
            (week, 900, Level.QUARTER),
            (older, 3600, Level.HOUR),
        ):
            levels = ROLLED[ROLLED.index(first) :]
            figures_add(_figures(found, chosen, step_s), levels)


def _insert(found: Made) -> None:
    from django.db import connection

    from apps.ops.ledger_records import RequestRecord

    columns = [field for field in RequestRecord._meta.concrete_fields if not field.primary_key]
    names = ", ".join(connection.ops.quote_name(field.column) for field in columns)
    values = ", ".join(["%s"] * len(columns))
    statement = f"INSERT INTO {RequestRecord._meta.db_table} ({names}) VALUES ({values})"
    is_sqlite = connection.vendor == "sqlite"
    batch: list[tuple[Any, ...]] = []
    with connection.cursor() as cursor:
        for row in _rows(found):
            told = (row[field.attname] for field in columns)
            batch.append(tuple(_plain(value) for value in told) if is_sqlite else tuple(told))
            if len(batch) == AT_ONCE:
                cursor.executemany(statement, batch)
                batch.clear()
        if batch:
            cursor.executemany(statement, batch)


def _rows(found: Made) -> Iterator[dict[str, Any]]:
    draw = np.random.default_rng(7)
    count = len(found.at)
    users, keys = draw.integers(1, USERS + 1, count), draw.integers(1, KEYS + 1, count)
    ids = draw.bytes(16 * count)
    for n in range(count):
        surface, kind, *_ = TRAFFIC[found.place[n]]
        outcome = str(found.outcome[n])
        is_search = kind in {"ask", "search"}
        times = {f"{name}_ms": float(ms[n]) for name, ms in found.times.items()}
        some_id = uuid.UUID(bytes=ids[16 * n : 16 * n + 16], version=4)
        yield {
            "at": datetime.fromtimestamp(float(found.at[n]), UTC),
            "surface": surface,
            "kind": kind,
            "outcome": outcome,
            "status": STATUS.get(outcome, 200),
            "code": "" if outcome not in STATUS else outcome,
            "user_id": int(users[n]),
            "key_id": None if surface == "portal" else int(keys[n]),
            "network": f"10.1.{users[n] % NETWORKS}.0/24",
            "node": NODES[found.node[n]],
            **{name: None if math.isnan(ms) else round(ms, 3) for name, ms in times.items()},
            "tokens_in": int(found.tokens[n]),
            "tokens_cached": int(found.tokens[n]) // 3,
            "tokens_out": int(found.tokens[n]) // 5,
            "engine": "builtin" if kind == "ask" else "",
            "model": "",
            "generation": 1 if is_search else 0,
            "trace": some_id if is_search else None,
            "collection": None,
            "document": some_id if kind == "open" else None,
            "is_injection": False,
            "request_id": some_id.hex,
        }


def _figures(found: Made, chosen: Any, step_s: int) -> Iterator[tuple[datetime, Any, Any]]:
    """The figures of the chosen requests by span of time and place."""
    from apps.ops.ledger.counting import ENCODING
    from apps.ops.ledger.figures import LAST, LEAST_MS, PER_DECADE, Figures, Histogram

    spans = found.at[chosen].astype(np.int64) // step_s
    places = found.place[chosen] * len(NODES) + found.node[chosen]
    outcomes = found.outcome[chosen]
    groups, group = np.unique(np.stack([spans, places]), axis=1, return_inverse=True)
    group = group.reshape(-1)
    made: defaultdict[int, Figures] = defaultdict(Figures)
    names, number = np.unique(outcomes, return_inverse=True)
    for key, count in zip(*np.unique(group * len(names) + number, return_counts=True), strict=True):
        made[int(key) // len(names)].count(str(names[int(key) % len(names)]), int(count))
    tokens = np.bincount(group, weights=found.tokens[chosen], minlength=groups.shape[1])
    for at in np.flatnonzero(tokens):
        is_encoding = TRAFFIC[int(groups[1][at]) // len(NODES)][1] in ENCODING
        made[int(at)].count("tokens_encoded" if is_encoding else "tokens_in", int(tokens[at]))
    served = np.isin(outcomes, ("answered", "not_found", "done"))
    for name, ms in found.times.items():
        there = served & ~np.isnan(ms[chosen])
        some, mine = ms[chosen][there], group[there]
        buckets = np.ceil(PER_DECADE * np.log10(np.maximum(some, LEAST_MS) / LEAST_MS) - 1e-9)
        buckets = np.clip(buckets, 0, LAST).astype(np.int64)
        sums = np.bincount(mine, weights=some, minlength=groups.shape[1])
        keys, counts = np.unique(mine * 256 + buckets, return_counts=True)
        for key, count in zip(keys, counts, strict=True):
            times = made[int(key) // 256].times.setdefault(name, Histogram())
            times.counts[int(key) % 256] = int(count)
        for at in np.unique(mine):
            made[int(at)].times[name].sum_ms = float(sums[at])
    for at, figures in made.items():
        span, place = (int(one[at]) for one in groups)
        surface, kind, *_ = TRAFFIC[place // len(NODES)]
        start = datetime.fromtimestamp(span * step_s, UTC)
        yield start, (surface, kind, NODES[place % len(NODES)]), figures


def gauges(until: datetime, *, days: int = DAYS) -> None:
    """What was measured of NODES in so many days, at each level as long as it is kept. Needs
    Django."""
    from apps.ops.ledger.gauges import LEVELS
    from apps.ops.ledger.windows import KEPT, SECONDS, start_of
    from apps.ops.ledger_records import LedgerGauge

    draw = np.random.default_rng(3)
    things = [("process", node, kind) for node in NODES for kind in ("web", "indexer", "worker-parse")]  # fmt: skip  # noqa: E501
    things += [("machine", node, "") for node in NODES] + [("queue", "", "parse"), ("queue", "", "all")]  # fmt: skip  # noqa: E501
    for level in LEVELS:
        kept = min(KEPT.get(level, timedelta(days=days)), timedelta(days=days))
        step = timedelta(seconds=SECONDS.get(level, 86400))
        starts = {start_of(level, until - step * n) for n in range(int(kept / step))}
        LedgerGauge.objects.bulk_create(
            [
                LedgerGauge(
                    level=level, start=start, of=of, node=node, name=name,
                    figures=_measured(of, name, draw),
                )
                for start in sorted(starts) for of, node, name in things
            ],
            batch_size=AT_ONCE, ignore_conflicts=True,
        )  # fmt: skip


def _measured(of: str, name: str, draw: Any) -> dict[str, list[float]]:
    figures = {
        "process": {"cpu": 0.3, "memory_bytes": 4e8, "processes": 2},
        "machine": {"load": 0.4, "memory_bytes": 8e9, "memory_total_bytes": 16e9,
                    "disk_free_bytes": 3e11, "disk_total_bytes": 5e11},
        "queue": {"waiting": 5, "running": 2, "oldest_s": 8} if name != "all"
        else {"done_per_hour": 600},
    }[of]  # fmt: skip
    told = {key: float(value * (0.5 + draw.random())) for key, value in figures.items()}
    return {key: [value, value, value, 1] for key, value in told.items()}


def _plain(value: Any) -> Any:
    """As Django writes it to SQLite."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(sep=" ")
    return value.hex if isinstance(value, uuid.UUID) else value


def _shares(weights: list[float]) -> Any:
    return np.array(weights) / sum(weights)


def main() -> None:
    """Fill the installation of $CLAWDBOT_HOME."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--days", type=int, default=DAYS)
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "clawdbot_site.settings"
    import django

    django.setup()
    store(made(options.rows, days=options.days))
    gauges(datetime.now(UTC), days=options.days)


if __name__ == "__main__":
    main()
