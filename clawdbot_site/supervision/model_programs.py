"""Processes of models as programs of the supervisor, each with a plan and a log of its own."""

import os
import re
import shlex
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from apps.core.config import REPOSITORY, Config
from apps.ops.model_keeping.protocols import Memory, Phase, Seen
from apps.serving.plan import Plan
from clawdbot_site.installation import machine
from clawdbot_site.supervision import conf, control, places
from clawdbot_site.supervision.control import ProcessState

PREFIX = control.MODEL_GROUP
PHASES = {
    "STARTING": Phase.RUNNING, "RUNNING": Phase.RUNNING, "BACKOFF": Phase.RESTARTING,
    "EXITED": Phase.RESTARTING, "STOPPING": Phase.STOPPING, "FATAL": Phase.GIVEN_UP,
    "UNKNOWN": Phase.GIVEN_UP,
}  # fmt: skip
# All that a model's process gets of our environment: no secret, no address of the database.
PASSED_ON = (
    "PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TMPDIR", "CUDA_VISIBLE_DEVICES",
    "NVIDIA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES",
)  # fmt: skip
ERROR_LINE = re.compile(r".*\b(?:[Ee]rror|Exception|Unusable|crashed|refused|cannot|failed)\b.*")
TAIL_BYTES = 8000
REFUSES = 1  # the exit status of a process that will not do better a second time, having said why

PROGRAM = """\
; Written by the keeper of models: changes made here are lost.
[program:{name}]
command={command}
directory={root}
autorestart=unexpected
exitcodes={refuses}
startsecs=0
stopsignal=TERM
stopwaitsecs={stop_wait_s}
priority={priority}
killasgroup=true
redirect_stderr=true
stdout_logfile={log}
stdout_logfile_maxbytes=10MB
stdout_logfile_backups=2
"""


class SupervisedModels:
    """The keeper's Processes, by this node's supervisor."""

    def __init__(self, configuration: Config) -> None:
        self._configuration = configuration

    def seen(self) -> Mapping[str, Seen]:
        """Programs that have stopped as told are dropped on the way."""
        found = {}
        for name, process in control.model_states(self._configuration).items():
            if process.state == "STOPPED":
                self._forget(name)
            else:
                found[name] = Seen(_phase(process), process.pid)
        return found

    def start(self, plan: Plan, *, host: str, port: int) -> None:
        conf.write_private(self._plan_file(plan.name), plan.to_json())
        text = PROGRAM.format(
            name=f"{PREFIX}{plan.name}",
            command=conf.escaped(shlex.join(self._command(plan.name, host, port))),
            root=conf.escaped(str(REPOSITORY)),
            refuses=REFUSES,
            stop_wait_s=conf.MODEL_STOP_WAIT_S,
            priority=conf.MODEL_PRIORITY,
            log=conf.escaped(str(self._log(plan.name))),
        )
        conf.write_private(self._program_file(plan.name), text)
        control.add(self._configuration, f"{PREFIX}{plan.name}")

    def stop(self, name: str) -> None:
        control.tell_to_stop(self._configuration, f"{PREFIX}{name}")
        self._forget(name)  # at once where it has ended already

    def memory(self) -> Memory:
        models = {
            name: machine.memory_of(process.pid)
            for name, process in control.model_states(self._configuration).items()
            if process.pid
        }
        everything = machine.memory_of(control.pid(self._configuration))
        return Memory(node=max(0, everything - sum(models.values())), models=models)

    def last_words(self, name: str) -> str:
        found: list[str] = []
        for line in _tail(self._log(name)):
            if line.startswith(f"clawdbot: {name} on http"):
                found.clear()  # another start
            elif ERROR_LINE.match(line):
                found.append(line)
        return found[-1].strip().removeprefix("clawdbot: ")[:300].rstrip(".") if found else ""

    def _command(self, name: str, host: str, port: int) -> list[str]:
        # env -i and not the program's own environment=, which only adds to the supervisor's
        kept = [f"{key}={os.environ[key]}" for key in PASSED_ON if key in os.environ]
        return [
            shutil.which("env") or "/usr/bin/env", "-i", *kept, "PYTHONUNBUFFERED=1",
            sys.executable, "-P", "-m", "apps.serving", "--plan", str(self._plan_file(name)),
            "--host", host, "--port", str(port),
        ]  # fmt: skip

    def _forget(self, name: str) -> None:
        if not control.drop(self._configuration, f"{PREFIX}{name}"):
            return
        self._program_file(name).unlink(missing_ok=True)
        self._plan_file(name).unlink(missing_ok=True)

    def _program_file(self, name: str) -> Path:
        return places.programs_dir(self._configuration) / f"{PREFIX}{name}.conf"

    def _plan_file(self, name: str) -> Path:
        return places.programs_dir(self._configuration) / f"{PREFIX}{name}.json"

    def _log(self, name: str) -> Path:
        return places.log_dir(self._configuration) / f"{PREFIX}{name}.log"


def _phase(process: ProcessState) -> Phase:
    if process.state == "EXITED" and process.exit_status == REFUSES:
        return Phase.GIVEN_UP
    return PHASES.get(process.state, Phase.GIVEN_UP)


def _tail(path: Path) -> Iterator[str]:
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - TAIL_BYTES))
            yield from file.read().decode(errors="replace").splitlines()
    except OSError:
        return
