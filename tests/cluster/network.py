"""The network of a cluster on one machine: a namespace for each node where that is allowed."""

import os
import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import pytest

SUBNETS = "10.77.0.0/16"  # what the bridges of clusters are taken from
NOBODY = subprocess.DEVNULL
ENDS_WITH_US = ("setpriv", "--pdeathsig", "TERM")  # also when the test process is killed


class Network(Protocol):
    """Where servers and nodes find each other."""

    @property
    def hub(self) -> str:
        """The address of what all nodes use: database, broker, nginx."""

    def address_of(self, number: int) -> str:
        """The address of a node."""

    def prefix_of(self, number: int) -> Sequence[str]:
        """What a command begins with to run as this node."""

    def cut(self, number: int) -> None:
        """From now on nothing that the node sends arrives, nor anything sent to it: silently."""

    def mend(self, number: int) -> None:
        """Undo `cut`."""

    def close(self) -> None:
        """Leave nothing behind."""


class Namespaces:
    """A bridge, and a network namespace with a cable to it for each node. For root only.

    The namespaces are held by processes of ours, so that they end with them.
    """

    def __init__(self, count: int) -> None:
        self._bridge, self._subnet = _new_bridge()
        self._holders: list[subprocess.Popen[bytes]] = []
        try:
            for number in range(1, count + 1):
                self._add(number)
        except BaseException:
            self.close()
            raise

    @property
    def hub(self) -> str:
        return f"{self._subnet}.1"

    def address_of(self, number: int) -> str:
        return f"{self._subnet}.{10 + number}"

    def prefix_of(self, number: int) -> Sequence[str]:
        return ("nsenter", "-n", "-t", str(self._holders[number - 1].pid))

    def cut(self, number: int) -> None:
        """The cable stays in, but leads nowhere: as when a switch dies."""
        _ip("link", "set", self._cable(number), "nomaster")

    def mend(self, number: int) -> None:
        _ip("link", "set", self._cable(number), "master", self._bridge)

    def close(self) -> None:
        for holder in self._holders:
            holder.kill()
            holder.wait()
        subprocess.run(["ip", "link", "del", self._bridge], check=False, stderr=NOBODY)

    def _add(self, number: int) -> None:
        own = os.stat("/proc/self/ns/net").st_ino
        holder = subprocess.Popen([*ENDS_WITH_US, "unshare", "--net", "sleep", "infinity"])
        self._holders.append(holder)
        while os.stat(f"/proc/{holder.pid}/ns/net").st_ino == own:
            time.sleep(0.005)
        inside, cable = str(holder.pid), self._cable(number)
        _ip("link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", inside)
        _ip("link", "set", cable, "master", self._bridge, "up")
        run = ("nsenter", "-n", "-t", inside, "ip")
        _run(*run, "addr", "add", f"{self.address_of(number)}/24", "dev", "eth0")
        _run(*run, "link", "set", "eth0", "up")
        _run(*run, "link", "set", "lo", "up")

    def _cable(self, number: int) -> str:
        return f"{self._bridge}n{number}"


class Loopback:
    """Each node on an address of 127.0.0.0/8: no node can be cut off there."""

    hub = "127.0.0.1"

    def address_of(self, number: int) -> str:
        return f"127.0.0.{10 + number}"

    def prefix_of(self, number: int) -> Sequence[str]:
        return ()

    def cut(self, number: int) -> None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("a cut needs namespaces: be root")

    def mend(self, number: int) -> None:
        """Nothing was cut."""

    def close(self) -> None:
        """Nothing was made."""


def network(count: int) -> Network:
    """Namespaces for so many nodes, or loopback addresses where namespaces are not allowed."""
    return Namespaces(count) if has_namespaces() else Loopback()


def has_namespaces() -> bool:
    """Whether this user may make network namespaces and cables between them."""
    if os.geteuid() != 0 or not shutil.which("ip") or not Path("/proc/self/ns/net").exists():
        return False
    tried = subprocess.run(["unshare", "--net", "true"], check=False, stderr=NOBODY)
    return tried.returncode == 0


def _new_bridge() -> tuple[str, str]:
    """Its name and the first three numbers of its addresses: the first that nobody else has."""
    for number in range(256):
        name, subnet = f"cbt{number}", f"10.77.{number}"
        made = subprocess.run(
            ["ip", "link", "add", name, "type", "bridge"], check=False, stderr=NOBODY
        )
        if made.returncode == 0:
            _ip("addr", "add", f"{subnet}.1/24", "dev", name)
            _ip("link", "set", name, "up")
            return name, subnet
    raise AssertionError("256 bridges of clusters are there: `ip link` shows them")


def _ip(*arguments: str) -> None:
    _run("ip", *arguments)


def _run(*command: str) -> None:
    subprocess.run(command, check=True)
