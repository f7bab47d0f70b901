"""How fast searching and asking are at 10,000 passages, over HTTP, alone and with 8 users."""

import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from benchmarks import datasets, report
from benchmarks.client import Client, clients
from benchmarks.installation import Installation, running
from benchmarks.percentiles import percentile

PASSAGES = 10_000
USERS = 8
QUESTIONS = 300  # of each measurement; each is asked once in the whole run, so no cache helps
WARM_UPS = 24
LOAD_S = 3600.0
GOALS: dict[str, report.Goal] = {"search_p95_ms": ("<=", 25), "ask_p95_ms": ("<=", 150)}


def main() -> int:
    """Measure on an installation of its own; returns the exit code."""
    parser = report.arguments(__doc__)
    parser.add_argument("--passages", type=int, default=PASSAGES, help="default: %(default)s")
    options = parser.parse_args()
    machine = report.machine()
    with running() as installation, installation.client() as client:
        collection = client.collection("latency")
        figures = _load(client, collection, options.shared, options.passages)
        groups = _question_groups(options.shared)
        figures |= _alone(client, collection, groups)
        figures |= _together(installation, collection, groups["together"])
    return report.finish(report.Report("latency", figures, GOALS, machine), as_json=options.json)


def _load(client: Client, collection: str, shared: Path, count: int) -> dict[str, float]:
    rows = datasets.passages(shared, "squad_dev", limit=count)
    rows += datasets.passages(shared, "crud_load", limit=count - len(rows))
    report.say(f"loading {len(rows)} passages")
    client.import_lines(collection, datasets.lines(rows))
    failed = client.wait_until_searchable(collection, len(rows), timeout_s=LOAD_S)
    chunks = sum(int(document["chunks"]) for document in client.documents(collection))
    return {"passages": len(rows) - failed, "chunks": chunks}


def _question_groups(shared: Path) -> dict[str, list[str]]:
    """Disjoint groups, three quarters English, one quarter Chinese."""
    english = datasets.questions(shared, "squad_dev", count=4 * QUESTIONS)
    chinese = datasets.questions(shared, "cmrc_dev", count=4 * QUESTIONS // 3)
    mixed = [
        question
        for start in range(len(chinese))
        for question in (*english[3 * start : 3 * start + 3], chinese[start])
    ]
    sizes = {"warm-up": WARM_UPS, "search": QUESTIONS, "ask": QUESTIONS, "together": QUESTIONS}
    groups, taken = {}, 0
    for name, size in sizes.items():
        groups[name] = mixed[taken : taken + size]
        taken += size
    return groups


def _alone(client: Client, collection: str, groups: dict[str, list[str]]) -> dict[str, float]:
    for question in groups["warm-up"]:
        client.search(question, collection)
        client.ask(question, collection)
    report.say("one user")
    searches = [client.search(question, collection) for question in groups["search"]]
    asks = [client.ask(question, collection) for question in groups["ask"]]
    return _times("search", searches) | _times("ask", asks)


def _together(
    installation: Installation, collection: str, questions: Sequence[str]
) -> dict[str, float]:
    report.say(f"{USERS} users")
    with ExitStack() as stack, ThreadPoolExecutor(USERS) as pool:
        users = clients(installation.address, installation.key, USERS, stack)
        started = time.perf_counter()
        rounds = [
            pool.submit(_ask_all, user.ask, collection, questions[number::USERS])
            for number, user in enumerate(users)
        ]
        times = [ms for one in rounds for ms in one.result()]
        seconds = time.perf_counter() - started
    return {
        f"ask_p50_ms_{USERS}_users": round(percentile(times, 0.5), 1),
        f"ask_p95_ms_{USERS}_users": round(percentile(times, 0.95), 1),
        f"asks_per_s_{USERS}_users": round(len(times) / seconds, 2),
    }


def _ask_all(
    ask: Callable[[str, str], float], collection: str, questions: Sequence[str]
) -> list[float]:
    return [ask(question, collection) for question in questions]


def _times(name: str, values_ms: Sequence[float]) -> dict[str, float]:
    return {
        f"{name}_p50_ms": round(percentile(values_ms, 0.5), 1),
        f"{name}_p95_ms": round(percentile(values_ms, 0.95), 1),
    }


if __name__ == "__main__":
    sys.exit(main())
