"""Model servers as processes, on the tiny model."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
from prometheus_client.parser import text_string_to_metric_families

from apps.serving.plan import Plan
from tests.installation import ROOT
from tests.services import free_port

PLAN = Plan(
    name="tiny", path="", threads=1, batch_threads=1, gpu_layers=0, context=16384, parallel=1,
    batch=256, cache_bytes=1 << 22, queue=1, memory_bytes=200 << 20, extra_buffers=False,
)  # fmt: skip


@dataclass(frozen=True)
class Server:
    """A server that is ready."""

    address: str
    process: "subprocess.Popen[bytes]"
    log: Path

    def figures(self) -> dict[str, float]:
        """/metrics by name and labels."""
        text = httpx.get(f"{self.address}/metrics").text
        return {
            sample.name + "".join(f"[{value}]" for value in sample.labels.values()): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    def wait_for(self, name: str, value: float) -> None:
        """Until a figure has that value."""
        for _ in range(400):
            if self.figures().get(name, 0.0) == value:
                return
            time.sleep(0.05)
        raise AssertionError(f"{name} never became {value}: {self.figures()}")


def started(plan: Plan, folder: Path, *arguments: str) -> "tuple[subprocess.Popen[bytes], int]":
    """A process that loads the plan, and its port; it writes to `log` in the folder."""
    port = free_port()
    (folder / "plan.json").write_text(plan.to_json())
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "apps.serving", "--plan", folder / "plan.json",
             "--port", str(port), *arguments],
            cwd=ROOT, env={"PATH": "/usr/bin:/bin"}, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
    return process, port


@contextmanager
def serving(model: Path, folder: Path, *arguments: str, **changes: object) -> Iterator[Server]:
    """A server of the model, with changes to PLAN."""
    process, port = started(replace(PLAN, path=str(model), **changes), folder, *arguments)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            if process.poll() is not None:
                raise AssertionError((folder / "log").read_text())
            try:
                if httpx.get(f"{address}/healthz").is_success:
                    break
            except httpx.TransportError:
                pass
            time.sleep(0.05)
        yield Server(address, process, folder / "log")
    finally:
        process.kill()
        process.wait()
