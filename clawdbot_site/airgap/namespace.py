"""A network namespace for a command: nothing in it but its own loopback."""

import os
import shutil
import subprocess
from collections.abc import Sequence

from apps.core.errors import Conflict

NEEDED = {"unshare": "util-linux", "ip": "iproute2"}
REMEDY = (
    "This needs a network namespace. Run it as root (sudo), or let users make namespaces: "
    "sysctl kernel.unprivileged_userns_clone=1 (Debian), "
    "kernel.apparmor_restrict_unprivileged_userns=0 (Ubuntu). In a container: --cap-add SYS_ADMIN "
    "--device /dev/net/tun. Without /dev/net/tun: modprobe tun."
)
_ROOT = ("unshare", "--net", "--mount")
_ANYBODY = ("unshare", "--map-root-user", "--net", "--mount")


def prefix() -> Sequence[str]:
    """What a command begins with to run in a namespace of its own.

    Raises Conflict with what to do where this user may make none.
    """
    for program, package in NEEDED.items():
        if shutil.which(program) is None:
            raise Conflict(f"{program} is missing: apt-get install {package}")
    ways = (_ROOT, _ANYBODY) if os.geteuid() == 0 else (_ANYBODY,)
    for way in ways:
        if _works(way):
            return way
    raise Conflict(REMEDY)


def _works(way: Sequence[str]) -> bool:
    tried = [*way, "sh", "-c", "ip link set lo up && test -w /dev/net/tun"]
    return subprocess.run(tried, check=False, capture_output=True).returncode == 0  # noqa: S603
