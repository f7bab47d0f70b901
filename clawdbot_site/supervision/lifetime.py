"""Starting and stopping the supervisor itself."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

from apps.core.config import REPOSITORY, Config
from clawdbot_site.supervision import conf, control, keeper_presence, places, program
from clawdbot_site.supervision.parent_death import stop_with_parent

STOP_SPARE_S = 10
ANSWER_LIMIT_S = 30
TELL_AFTER_S = 5  # an idle node has stopped by then
POLL_S = 0.1

Tell = Callable[[str], None]


def start(
    configuration: Config, *, is_attached: bool, names: Sequence[str] = conf.NODE
) -> subprocess.Popen[bytes]:
    """Start the supervisor in a session of its own: the terminal's Ctrl-C reaches only us.

    `names`: its processes; the keeper of models comes to them where there are models. Attached, it
    also ends when this process ends, however that comes about.
    """
    places.make_folders(configuration)
    conf.write(configuration, names)
    if keeper_presence.is_marked(configuration):
        conf.write_keeper(configuration)
    program.record(configuration)
    places.supervisor_socket(configuration).unlink(missing_ok=True)
    with (places.log_dir(configuration) / "supervisor.err").open("wb") as err:
        return subprocess.Popen(  # noqa: S603  our own interpreter
            [sys.executable, "-P", "-m", "clawdbot_site.supervision.daemon", "-n", "-c",
             str(places.supervisor_conf(configuration))],
            cwd=REPOSITORY,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=err,
            start_new_session=True,
            preexec_fn=stop_with_parent if is_attached else None,  # noqa: PLW1509
        )  # fmt: skip


def wait_for_answer(configuration: Config, supervisor: subprocess.Popen[bytes]) -> None:
    """Return when the supervisor just started answers, has ended, or is silent for too long."""
    deadline = time.monotonic() + ANSWER_LIMIT_S
    while supervisor.poll() is None and time.monotonic() < deadline:
        if control.is_running(configuration):
            return
        time.sleep(POLL_S)


def stop(configuration: Config, tell: Tell) -> None:
    """Stop everything and wait for it, telling what is waited for.

    Raises Conflict when nothing runs.
    """
    pid = control.pid(configuration)
    processes = control.states(configuration)
    control.shut_down(configuration)
    limit_s = conf.stop_limit_s(configuration) + STOP_SPARE_S
    if not _wait_for_end(lambda: not is_alive(pid), processes, tell, limit_s):
        os.kill(pid, signal.SIGKILL)  # its children end with it
        _wait_for_end(lambda: not is_alive(pid), processes, tell, limit_s)


def stop_child(configuration: Config, supervisor: subprocess.Popen[bytes], tell: Tell) -> None:
    """Stop the supervisor that this process started, and wait for it. Safe to repeat."""
    processes = control.states(configuration)
    if supervisor.poll() is None:
        supervisor.terminate()
    limit_s = conf.stop_limit_s(configuration) + STOP_SPARE_S
    if not _wait_for_end(lambda: supervisor.poll() is not None, processes, tell, limit_s):
        supervisor.kill()
        supervisor.wait()


def _wait_for_end(
    has_ended: Callable[[], bool], processes: Sequence[control.ProcessState], tell: Tell,
    limit_s: float,
) -> bool:  # fmt: skip
    """Wait for the supervisor, telling once which of its processes are still at work."""
    started = time.monotonic()
    is_told = False
    while not has_ended():
        waited_s = time.monotonic() - started
        if waited_s > limit_s:
            return False
        busy = [one.name for one in processes if one.pid and is_alive(one.pid)]
        if busy and waited_s > TELL_AFTER_S and not is_told:
            tell(f"waiting for {', '.join(busy)} to end the work begun")
            is_told = True
        time.sleep(POLL_S)
    return True


def is_alive(pid: int) -> bool:
    """Whether there is such a process, and it has not ended."""
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
