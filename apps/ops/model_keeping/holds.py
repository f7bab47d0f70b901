"""The models that this node's keeper has running, and what it remembers of each."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from apps.ops.model_keeping.probing import Probe
from apps.serving.plan import Plan


@dataclass(slots=True)
class Hold:
    """One model's process. Times are of time.monotonic."""

    plan: Plan
    port: int
    pid: int = 0
    crashes: int = 0  # since it was ready for a while
    ready_since: float | None = None
    silent_since: float | None = None  # it does not answer at all, not even that it is loading
    outdated_since: float | None = None  # limits changed: to be planned anew once idle
    at_work: int = 0
    counted: Mapping[str, float] = field(default_factory=dict)
    counted_at: float = 0.0

    def figures(self, probe: Probe) -> dict[str, float]:
        """What the row shows of a probe; tokens a second since the one before."""
        now, told = time.monotonic(), probe.figures
        passed_s = now - self.counted_at
        written = told.get("completion_tokens_total", 0.0)
        fresh = written - self.counted.get("completion_tokens_total", written)
        self.at_work, self.counted, self.counted_at = probe.at_work, told, now
        return {
            "running": told.get("running", 0.0),
            "waiting": told.get("waiting", 0.0),
            "completion_tokens": written,
            "prompt_tokens": told.get("prompt_tokens_total", 0.0),
            "tokens_per_s": round(max(0.0, fresh) / passed_s, 1) if passed_s > 0 else 0.0,
        }
