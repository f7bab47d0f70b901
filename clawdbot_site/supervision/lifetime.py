"""Starting and stopping the supervisor itself."""

import os
import signal
import subprocess
import sys
import time

from apps.core.config import REPOSITORY, Config
from clawdbot_site.supervision import conf, control, places
from clawdbot_site.supervision.parent_death import stop_with_parent

STOP_LIMIT_S = max(conf.STOP_WAIT_S.values()) + 10
POLL_S = 0.1


def start(configuration: Config, *, is_attached: bool) -> subprocess.Popen[bytes]:
    """Start the supervisor in a session of its own: the terminal's Ctrl-C reaches only us.

    Attached, it also ends when this process ends, however that comes about.
    """
    places.make_folders(configuration)
    conf.write(configuration)
    places.supervisor_socket(configuration).unlink(missing_ok=True)
    with (places.log_dir(configuration) / "supervisor.err").open("wb") as err:
        return subprocess.Popen(  # noqa: S603  our own interpreter
            [sys.executable, "-P", "-m", "supervisor.supervisord", "-n", "-c",
             str(places.supervisor_conf(configuration))],
            cwd=REPOSITORY,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=err,
            start_new_session=True,
            preexec_fn=stop_with_parent if is_attached else None,  # noqa: PLW1509
        )  # fmt: skip


def stop(configuration: Config) -> None:
    """Stop everything and wait for it. Raises Conflict when nothing runs."""
    pid = control.pid(configuration)
    control.shut_down(configuration)
    deadline = time.monotonic() + STOP_LIMIT_S
    while _is_alive(pid):
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)  # its children end with it
        time.sleep(POLL_S)


def stop_child(supervisor: subprocess.Popen[bytes]) -> None:
    """Stop the supervisor that this process started, and wait for it. Safe to repeat."""
    if supervisor.poll() is None:
        supervisor.terminate()
    try:
        supervisor.wait(timeout=STOP_LIMIT_S)
    except subprocess.TimeoutExpired:
        supervisor.kill()
        supervisor.wait()


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return not _is_zombie(pid)


def _is_zombie(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return False
