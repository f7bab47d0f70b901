"""How large the default installation is, and how long from a clone to the first answer.

Everything is fresh: the clone, the environment, the data; packages are downloaded, not cached.
"""

import os
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from benchmarks.report import REPOSITORY, Report, arguments, finish, machine, say

GOALS = {"install_mb": ("<=", 480.0), "first_answer_s": ("<=", 180.0)}
MB = 10**6
START_LIMIT_S = 900
STOP_LIMIT_S = 60
# Would change what a fresh machine does.
NOT_FRESH = (
    "PYTHONDONTWRITEBYTECODE",
    "PYTHONPYCACHEPREFIX",
    "CLAWDBOT_HOME",
    "MAKEFLAGS",
    "MAKELEVEL",
)


def main() -> int:
    options = arguments(__doc__ or "").parse_args()
    here = machine()
    with tempfile.TemporaryDirectory(prefix="clawdbot-install-") as folder:
        figures = measure(Path(folder) / "clawdbot")
    return finish(Report("install", figures, GOALS, here), as_json=options.json)


def measure(clone: Path) -> dict[str, float]:
    """Clone, `make up`, ask, stop; sizes in MB (10^6 bytes on disk), times in seconds."""
    started = time.perf_counter()
    subprocess.run(["git", "clone", "--quiet", "--depth=1", REPOSITORY.as_uri(), clone], check=True)
    log = clone.with_suffix(".log")
    with log.open("wb") as file:
        node = subprocess.Popen(
            ["make", "up"], cwd=clone, env=environment(), stdout=file, stderr=file,
            stdin=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
    try:
        curl = wait_for_curl(node, log)
        ready = time.perf_counter()
        answer = subprocess.run(["sh", "-c", curl], check=True, capture_output=True, text=True)
        answered = time.perf_counter()
        if '"answer"' not in answer.stdout:
            raise SystemExit(f"no answer: {answer.stdout[:500]}")
        return {
            "install_mb": size_mb(clone / ".venv") + size_mb(clone / "models"),
            "first_answer_s": round(answered - started, 1),
            "ready_s": round(ready - started, 1),
            "venv_mb": size_mb(clone / ".venv"),
            "models_mb": size_mb(clone / "models"),
            "bytecode_mb": size_mb(clone / ".venv", "*.pyc"),
        }
    finally:
        os.killpg(node.pid, signal.SIGINT)
        node.wait(STOP_LIMIT_S)


def environment() -> Mapping[str, str]:
    """The environment of a fresh machine: no pip cache, a free port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if name not in NOT_FRESH}
    return kept | {"PIP_NO_CACHE_DIR": "1", "CLAWDBOT_SERVICE__PORT": str(port)}


def wait_for_curl(node: "subprocess.Popen[bytes]", log: Path) -> str:
    """The curl line that `make up` prints once everything is ready."""
    deadline = time.monotonic() + START_LIMIT_S
    said = 0
    while time.monotonic() < deadline and node.poll() is None:
        lines = log.read_text(encoding="utf-8").splitlines()
        for line in lines[said:]:
            say(line if not line.startswith("  ") else line.split(":", 1)[0] + ": …")
            if line.startswith("curl "):
                return line.replace("curl -s", f"curl --fail --noproxy {shlex.quote('*')} -s", 1)
        said = len(lines)
        time.sleep(0.05)
    raise SystemExit(f"make up did not become ready:\n{log.read_text()}")


def size_mb(folder: Path, pattern: str = "*") -> float:
    """Disk space of the files below a folder, as `du` counts it, in MB."""
    blocks = sum(path.lstat().st_blocks for path in folder.rglob(pattern))
    return round(blocks * 512 / MB, 1)


if __name__ == "__main__":
    sys.exit(main())
