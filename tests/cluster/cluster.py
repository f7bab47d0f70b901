"""Three nodes, what they share, and what stands before them."""

import json
import os
import shutil
import signal
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.cluster.client import PATIENCE_S, Client
from tests.cluster.front import Front
from tests.cluster.network import network
from tests.cluster.node import PORT, Node
from tests.cluster.servers import PostgreSQL, Redis
from tests.installation import wait_until

KEY = "a signing key that all nodes of this cluster share".replace(" ", "-")
PREPARE = ("-m", "clawdbot_site.cli.main", "prepare-step")


class Cluster:
    """Everything but the nodes' processes is running after this; `close` leaves nothing."""

    def __init__(self, folder: Path, *, count: int = 3, **settings: str) -> None:
        self.network = network(count)
        self.postgresql = PostgreSQL(folder / "postgresql", self.network.hub)
        self.redis = Redis(folder, self.network.hub)
        hosts = [self.network.address_of(number) for number in range(1, count + 1)]
        self.front = Front(folder / "nginx", [f"{host}:{PORT}" for host in hosts])
        (folder / "originals").mkdir()
        shared = {
            "CLAWDBOT_PROFILE": "cluster",
            "CLAWDBOT_DATABASE__URL": self.postgresql.url,
            "CLAWDBOT_BROKER__URL": self.redis.url,
            "CLAWDBOT_STORAGE__ORIGINALS": str(folder / "originals"),
            "CLAWDBOT_SERVICE__SECRET_KEY": KEY,
            "CLAWDBOT_SERVICE__PUBLIC_URL": self.front.address,
            "CLAWDBOT_SERVICE__ALLOWED_HOSTS": json.dumps(["127.0.0.1", *hosts]),
            "CLAWDBOT_SERVICE__TRUSTED_PROXIES": json.dumps([self.network.hub]),
            "CLAWDBOT_SERVICE__WEB_WORKERS": "1",
        }
        numbers = range(1, count + 1)
        self.nodes = [Node(n, folder, self.network, **shared | settings) for n in numbers]

    def prepare(self) -> None:
        """Tables, administrator, static files: what the first node of an installation does."""
        first, *others = self.nodes
        first.run(*PREPARE)
        for node in others:
            shutil.copytree(first.data / "static", node.data / "static")
        self.key = (first.data / "secrets" / "api_key").read_text().strip()
        self.password = (first.data / "secrets" / "admin_password").read_text().strip()

    def start(self) -> None:
        """All nodes; returns when they are ready."""
        for node in self.nodes:
            node.start()
        self.wait_until_ready()

    def wait_until_ready(self, nodes: Sequence[Node] = ()) -> None:
        """Until these nodes, or all, say that they can answer, and nginx asks them."""
        for node in nodes or self.nodes:
            wait_until(node.is_ready, what=f"{node.name} ready")
            self.wait_until_asked(node)

    def wait_until_asked(self, node: Node, *, is_asked: bool = True) -> None:
        """Until nginx sends requests to the node, or sends it none."""
        wanted = f"{node.name} {'in' if is_asked else 'out'}"
        wait_until(lambda: (node.place in self.front.asked()) == is_asked, what=wanted)

    def wait_until_found(self, words: str, collection: str, nodes: Sequence[Node] = ()) -> None:
        """Until a search on each of these nodes, or of all, finds this text."""
        for node in nodes or self.nodes:
            client = self.client(node)
            wait_until(
                lambda client=client: words in "\n".join(client.found(words, collection)),
                what=f"{node.name} finds “{words}”",
            )

    def wait_until_ingested(self, collection: str, paths: Sequence[str]) -> None:
        """Until each of these documents is live, exactly once, on every node."""
        for node in self.nodes:
            client = self.client(node)

            def states(client: Client = client) -> Counter[str]:
                return Counter(client.statuses(collection).get(path, "lost") for path in paths)

            wait_until(lambda: states() == {"ready": len(paths)}, what=f"{node.name} has them all")

    def freeze_a_parser(self) -> int:
        """Wait for the next file that is read, and stop the process that reads it; its id."""
        until = time.monotonic() + 30
        while time.monotonic() < until:
            for node in self.nodes:
                if pid := node.parser():
                    os.kill(pid, signal.SIGSTOP)
                    return pid
        raise AssertionError("no file is read")

    def wait_for_sweeps(self, count: int) -> None:
        """Until workers have looked so often for jobs whose workers died: every ten seconds."""
        before = self._sweeps()
        wait_until(lambda: self._sweeps() >= before + count, what=f"{count} sweeps of jobs")

    def _sweeps(self) -> int:
        return sum(node.log().count("Task ingest.sweep_jobs") for node in self.nodes) // 2

    def migrate(self, program: Path) -> None:
        """Bring the tables to the state that this program wants, by the first node."""
        first = self.nodes[0]
        first.run(*PREPARE, program=program)

    def mend(self) -> None:
        """Start what is missing and undo every cut; returns when all nodes are ready."""
        for node in self.nodes:
            self.network.mend(node.number)
            node.start_missing()
        self.wait_until_ready()

    def client(
        self, node: Node | None = None, *, key: str = "", patience_s: float = PATIENCE_S
    ) -> Client:
        """Asks through nginx, or this node without it; an administrator where no key is given."""
        address = node.address if node else self.front.address
        return Client(address, key or self.key, patience_s=patience_s)

    def close(self) -> None:
        """End everything that was started, whatever state it is in."""
        for node in self.nodes:
            node.kill()
        self.front.close()
        self.redis.close()
        self.postgresql.close()
        self.network.close()
