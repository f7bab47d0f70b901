"""How a model server is: its /healthz and its /metrics."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

TIMEOUT_S = 2.0
PREFIX = "clawdbot_model_"
COUNTED = ("running", "waiting", "prompt_tokens_total", "completion_tokens_total")


@dataclass(frozen=True, slots=True)
class Probe:
    """What a server said. `figures` by the names of COUNTED; those it did not tell are left out."""

    is_ready: bool
    figures: Mapping[str, float] = field(default_factory=dict)

    @property
    def at_work(self) -> int:
        """Requests at it, working or waiting."""
        return int(self.figures.get("running", 0) + self.figures.get("waiting", 0))


class ServerProber:
    """Asks servers of this machine, over connections that are kept."""

    def __init__(self) -> None:
        self._client = httpx.Client(timeout=TIMEOUT_S, trust_env=False)

    def __call__(self, port: int, host: str = "127.0.0.1") -> Probe | None:
        """None: nobody answers. Never raises for what a server does."""
        address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        try:
            health = self._client.get(f"{address}/healthz")
            if health.status_code != httpx.codes.OK:
                return Probe(is_ready=False)
            return Probe(is_ready=True, figures=_figures(self._client.get(f"{address}/metrics")))
        except httpx.HTTPError:
            return None


def _figures(response: httpx.Response) -> dict[str, float]:
    found = {}
    for line in response.text.splitlines():
        name, _, value = line.partition(" ")
        if name.removeprefix(PREFIX) in COUNTED and name.startswith(PREFIX):
            found[name.removeprefix(PREFIX)] = float(value)
    return found
