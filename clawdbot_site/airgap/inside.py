"""The part that runs in the namespace: `python -m clawdbot_site.airgap.inside HOME IDLE_S`.

Prints one JSON object on its standard output: what was done, and what tried to leave.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from apps.core.errors import ClawdbotError
from clawdbot_site.airgap import attempt, trial
from clawdbot_site.airgap.sink import Departure, Sink
from clawdbot_site.cli.console import note
from clawdbot_site.supervision.parent_death import stop_with_parent

_DROPPED = ("CLAWDBOT_", "DJANGO_", "NOTIFY_SOCKET")
SOCKETS = Path("/run")  # resolvers and buses of the machine listen here, and pass things on
SETTLE_S = 0.5


def main(home: Path, idle_s: float) -> dict[str, Any]:
    """Close the ways out, see that the watch works, try the installation."""
    hide_sockets(home)
    sink = Sink()
    sink.open()
    is_blind = self_test(sink)
    if is_blind:
        return {"is_watching": False, "problems": is_blind}
    note("the watch works: deliberate attempts to leave were seen")
    environment = environment_of(home)
    try:
        done = asdict(trial.run(home, environment, note, idle_s))
    except ClawdbotError as error:
        done = {"problems": [error.message]}
    time.sleep(SETTLE_S)
    left = [asdict(one) | {"line": one.line} for one in sink.departures()]
    return {"is_watching": True, "left": left} | done


def hide_sockets(home: Path) -> None:
    """An empty folder in place of /run: nobody outside can be asked to go out for us."""
    if SOCKETS.is_dir() and SOCKETS not in home.resolve().parents:
        hide = ["mount", "-t", "tmpfs", "tmpfs", str(SOCKETS)]
        subprocess.run(hide, check=True, capture_output=True)  # noqa: S603


def self_test(sink: Sink) -> list[str]:
    """Try to leave on purpose; what of it was not seen. The sink is empty afterwards."""
    command = [sys.executable, "-P", "-m", "clawdbot_site.airgap.attempt"]
    subprocess.run(command, check=False)  # noqa: S603 - ourselves
    time.sleep(SETTLE_S)
    seen = sink.departures()
    sink.forget()
    return [f"the watch is blind: {what}" for what in _unseen(seen)]


def _unseen(seen: Sequence[Departure]) -> list[str]:
    names = any(one.name.startswith(attempt.NAME) for one in seen)
    kinds = {one.protocol for one in seen if one.address == attempt.ADDRESS}
    whose = any("airgap.attempt" in one.process for one in seen)
    is_six = any(one.address == attempt.ADDRESS6 for one in seen)
    has_six = os.path.exists("/proc/sys/net/ipv6")
    wanted = {
        "a name that was asked for": names,
        "a connection": "TCP" in kinds,
        "a datagram": "UDP" in kinds,
        "whose it was": whose,
        "a connection over IPv6": is_six or not has_six,
    }
    return [what for what, is_seen in wanted.items() if not is_seen]


def environment_of(home: Path) -> Mapping[str, str]:
    """Without settings, and without proxies: what would go to a proxy must try the way out."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(_DROPPED) and not name.lower().endswith("_proxy")
    }
    return kept | {"CLAWDBOT_HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"}


if __name__ == "__main__":
    stop_with_parent()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]), float(sys.argv[2]))) + "\n")
