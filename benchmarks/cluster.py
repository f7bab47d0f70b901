"""What a second and a third node add: questions answered by one, two and three nodes, each of which
has the same share of the processors; and how soon a new document is found on all of them.

The limit beside it: how much more plain arithmetic three such shares do than one, in the same run.
"""

import argparse
import asyncio
import itertools
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx

from benchmarks import datasets, report
from benchmarks.client import Client
from benchmarks.cpu_shares import Share
from benchmarks.percentiles import percentile
from tests.cluster.cluster import Cluster
from tests.cluster.node import Node

NODES = 3
CORES = 0.3  # of a node: client, database and nginx need the rest of two cores
SECONDS = 40.0
CLIENTS = 4  # for each node
PASSAGES = 500
NEWS = 10
HUNG_S = 60.0
GOALS: dict[str, report.Goal] = {
    "nodes3_over_1": (">=", 2.6),
    "failed": ("<=", 0),
    "news_everywhere_max_s": ("<=", 2),
}
COUNTING = """
import sys, time
until, rounds = time.monotonic() + float(sys.argv[1]), 0
while time.monotonic() < until:
    sum(range(10_000))
    rounds += 1
print(rounds)
"""


def main() -> int:
    """Measure on a cluster of its own; returns the exit code."""
    parser = report.arguments(__doc__)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="default: %(default)s")
    parser.add_argument("--cores", type=float, default=CORES, help="default: %(default)s")
    options = parser.parse_args()
    machine, figures = report.machine(), {"cores_of_a_node": options.cores}
    with ExitStack() as stack:
        shares = [stack.enter_context(Share(f"clawdbot-node{n}")) for n in range(1, NODES + 1)]
        cluster = stack.enter_context(_cluster(shares))
        collection = _filled(cluster, options.shared)
        figures |= _news(cluster, collection)
        questions = datasets.questions(options.shared, "squad_dev", count=2_000)
        for share in shares:
            share.limit(options.cores)
        figures |= _limit(shares, options.seconds / 4)
        for count in range(NODES, 0, -1):
            _only(cluster, count)
            report.say(f"{count} nodes")
            figures |= _measured(cluster, collection, questions, count, options)
        for share in shares:
            share.lift()
    figures["failed"] = sum(value for name, value in figures.items() if "_failed" in name)
    for count in range(2, NODES + 1):
        ratio = figures[f"nodes{count}_per_s"] / max(figures["nodes1_per_s"], 0.001)
        figures[f"nodes{count}_over_1"] = round(ratio, 2)
    return report.finish(report.Report("cluster", figures, GOALS, machine), as_json=options.json)


@contextmanager
def _cluster(shares: Sequence[Share]) -> Iterator[Cluster]:
    with tempfile.TemporaryDirectory(prefix="clawdbot-benchmark-") as folder:
        Path(folder).chmod(0o755)  # PostgreSQL is another user
        cluster = Cluster(
            Path(folder),
            count=NODES,
            CLAWDBOT_SERVICE__MAX_CONCURRENT="200",  # what limits is to be the processor
            CLAWDBOT_RESOURCE__EMBED_THREADS="1",
            CLAWDBOT_RESOURCE__READ_THREADS="1",
        )
        try:
            for node, share in zip(cluster.nodes, shares, strict=True):
                node.wrapper = share.prefix
            report.say(f"starting {NODES} nodes")
            cluster.prepare()
            cluster.start()
            yield cluster
        finally:
            cluster.close()


def _filled(cluster: Cluster, shared: Path) -> str:
    rows = datasets.passages(shared, "squad_dev", limit=PASSAGES)
    report.say(f"loading {len(rows)} passages")
    with Client(cluster.front.address, cluster.key) as client:
        collection = client.collection("passages")
        client.import_lines(collection, datasets.lines(rows))
        client.wait_until_searchable(collection, len(rows), timeout_s=900.0)
    cluster.wait_until_ready()
    return collection


def _news(cluster: Cluster, collection: str) -> dict[str, float]:
    """Seconds from the moment a node was sent a document until all nodes find it."""
    clients, waited_s = [cluster.client(node) for node in cluster.nodes], []
    for number in range(NEWS):
        words = f"The herald's message number {number}{number}7 arrived."
        began = time.monotonic()
        clients[number % NODES].write(collection, words)
        while not all(words in client.found(words, collection) for client in clients):
            time.sleep(0.02)
        waited_s.append(time.monotonic() - began)
    return {
        "news_everywhere_p50_s": round(percentile(waited_s, 0.5), 2),
        "news_everywhere_max_s": round(max(waited_s), 2),
    }


def _limit(shares: Sequence[Share], seconds: float) -> dict[str, float]:
    """Rounds of arithmetic of all shares at one time against those of the first alone."""
    report.say("the limit")
    one, all_of_them = (_counted(some, seconds) for some in (shares[:1], shares))
    return {f"limit{NODES}_over_1": round(all_of_them / one, 2)}


def _counted(shares: Sequence[Share], seconds: float) -> int:
    command = [sys.executable, "-c", COUNTING, str(seconds)]
    counting = [
        subprocess.Popen([*share.prefix, *command], stdout=subprocess.PIPE) for share in shares
    ]
    return sum(int(process.communicate()[0]) for process in counting)


def _only(cluster: Cluster, count: int) -> None:
    """Leave the first so many nodes running, with all their processes."""
    for node in cluster.nodes[count:]:
        if node.is_running:
            node.stop()
    _wait_for_places(cluster, cluster.nodes[:count])


def _wait_for_places(cluster: Cluster, nodes: Sequence[Node]) -> None:
    while cluster.front.asked() != {node.place for node in nodes}:
        time.sleep(0.2)


def _measured(
    cluster: Cluster, collection: str, questions: Sequence[str], count: int,
    options: argparse.Namespace,
) -> dict[str, float]:  # fmt: skip
    asking = _Asking(cluster.front.address, cluster.key, collection, questions)
    asyncio.run(asking.run(clients=CLIENTS * count, seconds=options.seconds / 4))  # warm
    asking.answered_ms.clear()
    before = cluster.front.served()
    began = time.monotonic()
    asyncio.run(asking.run(clients=CLIENTS * count, seconds=options.seconds))
    took_s = time.monotonic() - began
    served = cluster.front.served() - before
    return {
        f"nodes{count}_per_s": round(len(asking.answered_ms) / took_s, 2),
        f"nodes{count}_p50_ms": round(percentile(asking.answered_ms, 0.5)),
        f"nodes{count}_p95_ms": round(percentile(asking.answered_ms, 0.95)),
        f"nodes{count}_failed": asking.failed,
        f"nodes{count}_least_share": round(min(served.values()) / served.total(), 2),
    }


class _Asking:
    """Clients each of which asks as soon as it has its answer."""

    def __init__(self, address: str, key: str, collection: str, questions: Sequence[str]) -> None:
        self.answered_ms: list[float] = []
        self.failed = 0
        self._address, self._collection = address, collection
        self._headers = {"Authorization": f"Bearer {key}"}
        shuffled = random.Random(len(questions)).sample(questions, len(questions))
        self._questions = itertools.cycle(shuffled)

    async def run(self, *, clients: int, seconds: float) -> None:
        """Ask for so long; returns when the last answer is there."""
        until = time.monotonic() + seconds
        async with httpx.AsyncClient(
            base_url=self._address, headers=self._headers, timeout=HUNG_S, trust_env=False
        ) as http:
            await asyncio.gather(*(self._ask_on(http, until) for _ in range(clients)))

    async def _ask_on(self, http: httpx.AsyncClient, until: float) -> None:
        while time.monotonic() < until:
            body = {"question": next(self._questions), "collections": [self._collection]}
            began = time.perf_counter()
            try:
                answer = await http.post("/api/v1/ask/", json=body)
            except httpx.HTTPError:
                self.failed += 1
                continue
            if answer.is_success:
                self.answered_ms.append(1000 * (time.perf_counter() - began))
            else:
                self.failed += 1


if __name__ == "__main__":
    os.umask(0o022)
    sys.exit(main())
