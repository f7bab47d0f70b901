"""Keeps nginx informed of which nodes are ready: `python3 -m clawdbot_site.front.balancer FOLDER`.

nginx without its vendor's paid modules does not ask servers whether they are well. This process
does, at each node's /readyz, writes those that are into `run/upstream.conf` and has nginx read it
again, which loses no request. It starts nginx, too, and ends with it, unless `--reload COMMAND`
says how to tell an nginx that runs already. SIGTERM ends both once the requests under way are
answered; SIGHUP has nginx read everything again; SIGUSR1 opens new log files.
"""

import argparse
import json
import signal
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from clawdbot_site.front import presence, program, upstream
from clawdbot_site.front.layout import Front, replace
from clawdbot_site.front.roster import Roster
from clawdbot_site.front.upstream import Address
from clawdbot_site.front.watching import Opinion, Pace, Watch

TICK_S = 1.0  # certificates and nginx are looked at so often
AGAIN_S = 10.0  # after nginx refused its files


class Balancer:
    """Watches the nodes of a front and tells its nginx."""

    def __init__(self, front: Front, server: program.Server, *, pace: Pace) -> None:
        self._front = front
        self._server = server
        self._pace = pace
        self._changed = threading.Event()
        self._is_ending = False
        self._wants_reload = False
        self._watches: dict[Address, Watch] = {}
        self._told: dict[Address, Opinion] | None = None
        self._refusal = ""
        self._trouble = ""
        self._certificates: dict[str, int] = {}
        self._not_before = 0.0

    def run(self) -> int:
        """Until SIGTERM, then 0; 1 when nginx ended by itself. Raises program.NotHere."""
        self._listen_to_signals()
        program.prepare(self._front)
        self._roster = Roster(self._front.nodes, on_change=self._changed.set)
        self._follow_roster()
        for watch in self._watches.values():
            watch.has_asked.wait(self._pace.timeout_s)
        self._write()
        self._has_new_certificate()
        self._server.start()
        self._wants_reload = False
        while not self._is_ending:
            self._changed.wait(TICK_S)
            self._changed.clear()
            if self._server.exit_code() is not None:
                _say("nginx ended")
                return 1
            self._round_or_trouble()
        self._server.stop()
        return 0

    def _round_or_trouble(self) -> None:
        """A full disk must not end nginx: what could not be written is tried again."""
        trouble = ""
        try:
            self._round()
        except OSError as error:
            trouble = f"cannot work: {error}"
        if trouble and trouble != self._trouble:
            _say(trouble)
        self._trouble = trouble

    def _round(self) -> None:
        self._follow_roster()
        self._wants_reload |= self._has_new_certificate()
        self._write()
        if self._wants_reload and time.monotonic() >= self._not_before:
            self._reload()

    def _reload(self) -> None:
        before, self._refusal = self._refusal, self._server.reload()
        self._wants_reload = bool(self._refusal)
        # nginx's old processes end when their requests do: no more than one set a second.
        self._not_before = time.monotonic() + (AGAIN_S if self._refusal else TICK_S)
        if self._refusal != before:
            self._tell(self._told or {})
            kept = "nginx serves by the files that it read before:"
            _say(f"{kept} {self._refusal}" if self._refusal else "nginx took its files again")

    def _follow_roster(self) -> None:
        wanted = self._roster.addresses
        for address in self._watches.keys() - wanted:
            self._watches.pop(address).end()
            _say(f"{address} is no node any more")
        for address in wanted - self._watches.keys():
            self._watches[address] = Watch(address, pace=self._pace, on_change=self._changed.set)

    def _write(self) -> None:
        opinions = {address: watch.opinion for address, watch in self._watches.items()}
        ready = (address for address, opinion in opinions.items() if opinion.is_ready)
        self._wants_reload |= replace(self._front.upstream, upstream.text_of(ready))
        if opinions != self._told:
            self._tell(opinions)

    def _tell(self, opinions: dict[Address, Opinion]) -> None:
        told = self._told or {}
        for address, opinion in sorted(opinions.items()):
            if opinion != told.get(address):
                _say(f"{address}: {'in' if opinion.is_ready else 'out'} ({opinion.reason})")
        self._told = opinions
        state = [
            {"address": str(address), "ready": opinion.is_ready, "reason": opinion.reason}
            for address, opinion in sorted(opinions.items())
        ]
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        whole = {"changed_at": at, "refusal": self._refusal, "nodes": state}
        replace(self._front.state, json.dumps(whole, indent=1))

    def _has_new_certificate(self) -> bool:
        if not self._front.certificates.is_file():
            return False
        paths = self._front.certificates.read_text(encoding="utf-8").split("\n")
        found = {path: _changed_at(Path(path)) for path in paths if path}
        is_new = bool(self._certificates) and found != self._certificates
        self._certificates = found
        return is_new

    def _listen_to_signals(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1):
            signal.signal(number, self._on_signal)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGUSR1:
            self._server.reopen_logs()
            return
        self._wants_reload |= number == signal.SIGHUP
        self._is_ending |= number in (signal.SIGTERM, signal.SIGINT)
        self._changed.set()


def _changed_at(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _say(text: str) -> None:
    sys.stderr.write(f"balancer: {text}\n")
    sys.stderr.flush()


def main(arguments: Sequence[str]) -> int:
    """The command line; its exit code."""
    parser = argparse.ArgumentParser(prog="balancer", description=__doc__.split("\n\n")[0])
    parser.add_argument("folder", type=Path, help="what `clawdbot front write` wrote")
    parser.add_argument("--interval", type=float, default=1.0, help="seconds between questions")
    parser.add_argument("--reload", default="", help="command that reloads an nginx not ours")
    given = parser.parse_args(arguments)
    front = Front(given.folder.resolve())
    server = program.ForeignServer(given.reload) if given.reload else program.OwnServer(front)
    try:
        with presence.held(front):
            return Balancer(front, server, pace=Pace(interval_s=given.interval)).run()
    except (program.NotHere, presence.Taken) as error:
        _say(str(error))
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
