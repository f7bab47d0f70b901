"""The supervisor's configuration file, written anew at each start."""

import math
import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from apps.core.config import REPOSITORY, Config
from clawdbot_site.supervision import places
from clawdbot_site.supervision.processes import PROCESSES

GROUP_NAME = "node"
KEEPER = "models"  # not in the group: only where there are models
NODE = tuple(name for name in PROCESSES if name != KEEPER)
# The workers end the piece of work they have begun; what takes longer is put back by its lease.
STOP_WAIT_S = {
    "worker-parse": 20, "worker-embed": 20, "beat": 5, "indexer": 15, KEEPER: 5,
}  # fmt: skip
WEB_SPARE_S = 5  # beyond its drain and its grace
# Groups stop one after the other, the highest first: models last, answers under way use them.
NODE_PRIORITY, KEEPER_PRIORITY, MODEL_PRIORITY = 999, 950, 900
MODEL_STOP_WAIT_S = 10

HEAD = """\
; Written by `clawdbot` at each start: changes made here are lost.
[supervisord]
identifier=clawdbot
nodaemon=true
silent=true
logfile={logs}/supervisor.log
logfile_maxbytes=5MB
logfile_backups=2
pidfile={run}/supervisord.pid
childlogdir={logs}
directory={root}
minfds=256
umask=077

[unix_http_server]
file={socket}
chmod=0600

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface

[include]
files=programs/*.conf
"""
# One group, so that all are told to stop at once.
GROUP = """
[group:{group}]
programs={names}
priority={priority}
"""
# The pause before a retry grows by a second each time: what failed because the disk was full comes
# back by itself, for more than a day, and costs little until then.
# Only the process itself is told to stop: it ends its own children in good order (gunicorn its
# workers, a worker its parsers). What is left of its group after stopwaitsecs is killed.
PROGRAM = """
[program:{name}]
command={command}
directory={root}
environment={environment}
autorestart=true
priority={priority}
startsecs=2
startretries=1000
stopsignal=TERM
stopwaitsecs={stop_wait_s}
stopasgroup=false
killasgroup=true
stdout_logfile={logs}/{stdout}.log
stdout_logfile_maxbytes=10MB
stdout_logfile_backups=3
stderr_logfile={logs}/{name}.log
stderr_logfile_maxbytes=10MB
stderr_logfile_backups=3
"""


def write(configuration: Config, names: Sequence[str] = NODE) -> None:
    """Write supervisord.conf (mode 600) for these processes; programs of a former run are gone."""
    for left in places.programs_dir(configuration).glob("*.conf"):
        left.unlink(missing_ok=True)
    write_private(places.supervisor_conf(configuration), render(configuration, names))


def write_keeper(configuration: Config) -> None:
    """Write the keeper's program, for the supervisor to read when it starts, or reads again."""
    path = places.programs_dir(configuration) / f"{KEEPER}.conf"
    write_private(path, _program(KEEPER, configuration))


def write_private(path: Path, text: str) -> None:
    """Write a file that only this user may read; readers never see half of it."""
    fresh = path.with_name(f".{path.name}-{os.getpid()}")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    fresh.write_text(text)
    fresh.replace(path)


def render(configuration: Config, names: Sequence[str] = NODE) -> str:
    """The text of supervisord.conf: one program for each of these processes."""
    text = HEAD.format(**_folders(configuration))
    if names:
        text += GROUP.format(group=GROUP_NAME, names=",".join(names), priority=NODE_PRIORITY)
    return text + "".join(_program(name, configuration) for name in names)


def stop_wait_s(name: str, configuration: Config) -> int:
    """Seconds that a process may take to stop, before it is killed."""
    if name == "web":
        return math.ceil(configuration.node.drain_s) + configuration.node.grace_s + WEB_SPARE_S
    return STOP_WAIT_S[name]


def stop_limit_s(configuration: Config) -> int:
    """Seconds that the whole node may take: its groups stop one after the other."""
    node = max(stop_wait_s(name, configuration) for name in NODE)
    return node + STOP_WAIT_S[KEEPER] + MODEL_STOP_WAIT_S


def _program(name: str, configuration: Config) -> str:
    return PROGRAM.format(
        name=name,
        command=escaped(shlex.join(_command(name))),
        environment=_environment(threads(name, configuration)),
        priority=KEEPER_PRIORITY if name == KEEPER else NODE_PRIORITY,
        stop_wait_s=stop_wait_s(name, configuration),
        stdout="access" if name == "web" else f"{name}.out",
        **_folders(configuration),
    )


def _folders(configuration: Config) -> dict[str, str]:
    return {
        "logs": escaped(str(places.log_dir(configuration))),
        "run": escaped(str(places.run_dir(configuration))),
        "socket": escaped(str(places.supervisor_socket(configuration))),
        "root": escaped(str(REPOSITORY)),
    }


def threads(name: str, configuration: Config) -> Mapping[str, str]:
    """Sizes of the native thread pools (OpenMP, BLAS) of a process."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    allowed = max(1, math.ceil((cores or 1) * configuration.resource.cpu_limit))
    count = 1
    if name == "web":
        count = max(1, allowed // configuration.service.web_workers)
    elif name == "worker-embed":
        count = configuration.resource.embed_threads or allowed
    return {
        "OMP_NUM_THREADS": str(count),
        "OPENBLAS_NUM_THREADS": str(count),
        "MALLOC_ARENA_MAX": "2",  # glibc keeps an arena per thread otherwise
        "PYTHONUNBUFFERED": "1",
    }


def _command(name: str) -> list[str]:
    return [sys.executable, "-P", "-m", "clawdbot_site.supervision.processes", name]


def _environment(values: Mapping[str, str]) -> str:
    return ",".join(f'{name}="{escaped(value)}"' for name, value in values.items())


def escaped(text: str) -> str:
    """Without what the supervisor would expand."""
    return text.replace("%", "%%")
