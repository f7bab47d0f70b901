"""Runs the commands of compose services natively, as nearly like in their containers as can be.

As root: in a mount namespace of its own where only the volumes can be written to, without any
capability. Else only with the container's environment.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.deploy.compose_files import ROOT, Tree, own_environment

# $1: where the volume lies, $2: the temporary folder; then the command.
CONFINE = """
mount --make-rprivate / && mount --bind "$1" "$1" && mount --bind "$2" "$2" &&
mount -o remount,bind,ro / && cd "$0" && shift 2 &&
exec setpriv --no-new-privs --bounding-set=-all --inh-caps=-all "$@"
"""


class Containers:
    """Processes of services in one folder: `home` is that of the program, `home/data` the volume.

    `instead` replaces settings that name what is elsewhere here: ports, files of secrets.
    """

    def __init__(self, home: Path, **instead: str) -> None:
        self.home = home
        self._instead = instead | {"CLAWDBOT_HOME": str(home)}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        (home / "data").mkdir(parents=True)

    def run(self, name: str, service: Tree, *, port: int = 0) -> int:
        """The service's command to its end; its exit status."""
        self.start(name, service, port=port)
        return self._processes[name].wait()

    def start(self, name: str, service: Tree, *, port: int = 0) -> None:
        """The service's command, with output to `home/NAME.log`."""
        with (self.home / f"{name}.log").open("wb") as log:
            self._processes[name] = subprocess.Popen(
                self._confined(name, self._adapted(service["command"], port)),
                cwd=ROOT, env=self._environment(name, service), stdout=log, stderr=log,
            )  # fmt: skip

    def is_healthy(self, name: str, service: Tree, *, port: int = 0) -> bool:
        """Whether the service's own check says so. Fails when the process has ended."""
        assert self._processes[name].poll() is None, self.log(name)
        check = self._adapted(service["healthcheck"]["test"][1:], port)
        environment = self._environment(name, service)
        return not subprocess.run(
            check, cwd=ROOT, env=environment, capture_output=True, check=False
        ).returncode

    def log(self, name: str) -> str:
        """What it has written."""
        return (self.home / f"{name}.log").read_text(errors="replace")

    def close(self) -> None:
        """Nothing is left running."""
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            process.wait(30)

    def _environment(self, name: str, service: Tree) -> dict[str, str]:
        temporary = self.home / f"tmp-{name}"
        temporary.mkdir(exist_ok=True)
        secrets = service.get("environment", {})
        instead = {
            key: value
            for key, value in self._instead.items()
            if key in secrets or not key.endswith("_FILE")
        }
        return own_environment(service, TMPDIR=str(temporary), **instead)

    def _adapted(self, command: list[str], port: int) -> list[str]:
        """Python and `clawdbot` are those that run the tests; ports those that are free here."""
        inside = {"python": [sys.executable]}
        inside["clawdbot"] = [sys.executable, "-P", "-m", "clawdbot_site.cli.main"]
        words = [*inside.get(command[0], command[:1]), *command[1:]]
        if words[-1] == "web" and words[-2].endswith("health"):
            words[-1] = f"http://127.0.0.1:{port}/readyz"
        words = [word.replace("8080", str(port)) if port else word for word in words]
        return [word.replace("/models/", f"{self.home}/models/") for word in words]

    def _confined(self, name: str, command: list[str]) -> list[str]:
        if os.geteuid() != 0 or not shutil.which("unshare"):
            return command
        folders = [str(self.home / "data"), str(self.home / f"tmp-{name}")]
        return ["unshare", "--mount", "sh", "-c", CONFINE, str(ROOT), *folders, *command]
