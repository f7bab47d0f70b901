"""Answers take longer than they usually do at this hour of the week."""

import math

from apps.ops.anomalies.findings import Finding
from apps.ops.anomalies.kinds import Rule, Severity
from apps.ops.anomalies.pace import Pace


def check(pace: Pace, kind: str, now: float) -> Finding | None:
    """Of a bucket that has just been judged."""
    if not pace.is_slow:
        return None
    return Finding(
        Rule.LATENCY_SHIFT,
        Severity.HIGH if pace.excess > math.log(3) else Severity.MEDIUM,
        f"all:{kind}",
        now,
        {
            "seen_ms": round(pace.seen_ms),
            "usual_ms": round(pace.usual_ms),
            "deviations": round(pace.deviations, 1),
        },
    )
