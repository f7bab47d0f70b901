"""nginx before the nodes, with its balancer: `clawdbot front run`."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.cluster.network import ENDS_WITH_US
from tests.cluster.servers import wait_for_port
from tests.services import free_port, program

ROOT = Path(__file__).resolve().parents[2]
RUN = ("-P", "-m", "clawdbot_site.cli.main", "front", "run")


class Front:
    """What people reach. Written from a configuration as the product does it."""

    def __init__(self, folder: Path, nodes: Sequence[str]) -> None:
        program("nginx", package="nginx")
        self.port, self._folder = free_port(), folder
        folder.mkdir()
        settings = {
            "CLAWDBOT_HOME": str(folder),
            "CLAWDBOT_FRONT__NODES": json.dumps(nodes),
            "CLAWDBOT_FRONT__ADDRESSES": '["127.0.0.1"]',
            "CLAWDBOT_FRONT__HTTP_PORT": str(self.port),
            "CLAWDBOT_FRONT__UNLIMITED": '["127.0.0.1/32"]',
            "PYTHONPATH": str(ROOT),
        }
        with (folder / "balancer.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*ENDS_WITH_US, sys.executable, *RUN, str(folder), "--interval", "0.5"],
                env=os.environ | settings, cwd=ROOT, stdout=log, stderr=log,
            )  # fmt: skip
        wait_for_port("127.0.0.1", self.port)

    @property
    def address(self) -> str:
        """Under which people reach all nodes."""
        return f"http://127.0.0.1:{self.port}"

    def served(self) -> Counter[str]:
        """Requests that each node has answered so far."""
        lines = map(json.loads, (self._folder / "logs" / "access.log").read_text().splitlines())
        return Counter(line["node"].split(",")[-1].strip() for line in lines)

    def asked(self) -> set[str]:
        """The nodes that get requests now, as `host:port`."""
        known = json.loads((self._folder / "run" / "nodes.json").read_text())["nodes"]
        return {node["address"] for node in known if node["ready"]}

    def log(self) -> str:
        """What the balancer said: who went out, and why."""
        return (self._folder / "balancer.log").read_text()

    def close(self) -> None:
        self._process.terminate()
        self._process.wait()
