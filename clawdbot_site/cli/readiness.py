"""Waiting for the started node, by its supervisor and its /readyz."""

import json
import re
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from apps.core.config import Config
from apps.core.draining import OWN_AGENT
from apps.core.errors import Conflict
from apps.core.version import VERSION
from clawdbot_site.supervision import control, places

READY_LIMIT_S = 180
POLL_S = 0.2
RESTARTS = 2  # a process that had more while we waited will not come up
ERROR_LINE = re.compile(r"(?:\w+\.)*\w*(?:Error|Exception|Exit)\b.*|clawdbot: .*")
ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104


def address(configuration: Config) -> str:
    """The URL under which this machine reaches its own web server."""
    host = configuration.service.host
    name = ANY_ADDRESS.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{name}:{configuration.service.port}"


def is_ready(configuration: Config) -> bool:
    """Whether /readyz says yes."""
    return _readyz(configuration)[0]


def wait_ready(configuration: Config, still_alive: Callable[[], bool]) -> None:
    """Return once /readyz says yes and every process runs.

    Raises Conflict with the reason when that will not be.
    """
    deadline = time.monotonic() + READY_LIMIT_S
    seen: defaultdict[str, set[int]] = defaultdict(set)
    while True:
        ready, reason = _readyz(configuration)
        if not still_alive():
            raise Conflict(f"The supervisor ended. See {places.log_dir(configuration)}")
        states = control.states(configuration)
        if ready and states and all(process.is_running for process in states):
            return
        for process in states:
            seen[process.name].add(process.pid)
            if process.state == "FATAL" or len(seen[process.name] - {0}) > RESTARTS:
                raise Conflict(_why(process.name, configuration))
        if time.monotonic() > deadline:
            raise Conflict(
                f"Not ready after {READY_LIMIT_S} s: {reason or 'no answer'}."
                f" See {places.log_dir(configuration)}"
            )
        time.sleep(POLL_S)


def _readyz(configuration: Config) -> tuple[bool, str]:
    request = urllib.request.Request(  # noqa: S310  http, our own address
        f"{address(configuration)}/readyz",
        headers={"Host": _host_header(configuration), "User-Agent": f"{OWN_AGENT}{VERSION}"},
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=5):
            return True, ""
    except urllib.error.HTTPError as error:
        return False, _summary(error.read())
    except OSError:
        return False, ""


def _host_header(configuration: Config) -> str:
    names = configuration.service.allowed_hosts
    name = next((name for name in names if not name.startswith(("*", "."))), "localhost")
    return f"{name}:{configuration.service.port}"


def _summary(body: bytes) -> str:
    try:
        return json.dumps(json.loads(body), ensure_ascii=False)[:300]
    except ValueError:
        return body[:100].decode(errors="replace")


def _why(name: str, configuration: Config) -> str:
    log = places.log_dir(configuration) / f"{name}.log"
    return f"{name} does not start: {_last_error(log)}. See {log}"


def _last_error(path: Path) -> str:
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    except OSError:
        return "no log"
    errors = [line for line in lines if ERROR_LINE.match(line)] or lines
    return errors[-1][:300].rstrip(".") if errors else "it wrote nothing"
