"""Backups: an installation into a folder, what is new of it, and back; a kill in the middle.

Real passages with real vectors (those of scale.py), an original for each document, half of it text
that shrinks and the rest such that does not. MB are 10^6 bytes; peaks are resident memory; `cpu_s`
is processor time, which a busy machine does not change much.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks import report
from benchmarks.installation import CLAWDBOT
from benchmarks.scale_data import prepare

DOCUMENTS = 10_000
CHUNKS_A_DOCUMENT = 2.75  # of scale.py's data
ORIGINAL_KB = 50
GOLDEN = 50
ADDED, DELETED = 100, 50
PASSPHRASE = "a passphrase for a benchmark"
GOALS: dict[str, report.Goal] = {
    "backup_s_per_10k": ("<=", 60),
    "again_s_per_10k": ("<=", 20),  # 100 documents came, 50 went
    "restore_s_per_10k": ("<=", 120),
    "again_share": ("<=", 0.05),  # of the first one's bytes
    "again_after_kill_share": ("<=", 0.7),  # of the first one's bytes: the rest was there already
    "backup_peak_mb": ("<=", 400),
    "restore_peak_mb": ("<=", 400),
    "longest_write_ms": ("<=", 1000),  # of others, while it is made
    "is_same": (">=", 1),
    "is_verified": (">=", 1),
}


@dataclass(frozen=True, slots=True)
class Run:
    """How a command went."""

    seconds: float
    cpu_s: float
    peak_mb: float
    told: dict[str, object]


@dataclass(frozen=True, slots=True)
class Place:
    """An installation's home, and the folder of backups."""

    home: Path
    backups: Path
    environment: dict[str, str]

    def clawdbot(self, *arguments: str) -> Run:
        """A command with --json to its end. Raises CalledProcessError."""
        report.say(" ".join(arguments[:2]))
        started = time.perf_counter()
        process = self.begin(*arguments)
        told = process.stdout.read() if process.stdout else b""
        _pid, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, arguments, told)
        seconds = time.perf_counter() - started
        cpu_s = used.ru_utime + used.ru_stime
        return Run(seconds, cpu_s, used.ru_maxrss * 1024 / 1e6, json.loads(told))

    def begin(self, *arguments: str) -> "subprocess.Popen[bytes]":
        """The command, started."""
        key = ("--passphrase-file", str(self.backups.with_name("passphrase")), "--json")
        return self.run(*CLAWDBOT, *arguments, *key)

    def inside(self, what: str, *arguments: object) -> "subprocess.Popen[bytes]":
        """Something of backup_data.py, started."""
        return self.run("-m", "benchmarks.backup_data", what, *map(str, arguments))

    def told(self, what: str, *arguments: object) -> object:
        """What something of backup_data.py printed."""
        report.say(what)
        printed, _ = self.inside(what, *arguments).communicate()
        return json.loads(printed)

    def run(self, *command: str) -> "subprocess.Popen[bytes]":
        """Python, started."""
        return subprocess.Popen(
            [sys.executable, *command],
            cwd=report.REPOSITORY,
            env=self.environment | {"CLAWDBOT_HOME": str(self.home)},
            stdout=subprocess.PIPE,
        )


def main() -> int:
    """Measure an installation of its own; returns the exit code."""
    parser = report.arguments(__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, default=DOCUMENTS, help="(%(default)s)")
    parser.add_argument("--original-kb", type=int, default=ORIGINAL_KB, help="(%(default)s)")
    parser.add_argument("--golden", type=int, default=GOLDEN, help="questions (%(default)s)")
    parser.add_argument("--postgresql", default="", help="address of an empty database: restore")
    parser.add_argument("--cache", type=Path, default=report.REPOSITORY / "build" / "scale")
    options = parser.parse_args()
    machine = report.machine()
    data = prepare(options.shared, options.cache, int(options.documents * CHUNKS_A_DOCUMENT))
    with tempfile.TemporaryDirectory(prefix="clawdbot-backup-") as folder:
        top = Path(folder)
        (top / "passphrase").write_text(PASSPHRASE, encoding="utf-8")
        environment = os.environ | {"DJANGO_SETTINGS_MODULE": "clawdbot_site.settings"}
        place = Place(top / "home", top / "backups", environment)
        shutil.copytree(data.home / "data", place.home / "data", ignore=_no_index)
        figures = {"originals": float(str(place.told("originals", options.original_kb)))}
        figures["golden"] = float(str(place.told("golden", options.shared, options.golden)))
        figures |= _made(place) | _killed(place)
        figures |= _back(place, options.postgresql) | _verified(place)
    each = 10_000 / figures["documents"]
    figures |= {f"{name}_per_10k": figures[name] * each for name in _TIMES}
    return report.finish(report.Report("backup", figures, GOALS, machine), as_json=options.json)


_TIMES = ("backup_s", "again_s", "restore_s")


def _no_index(_folder: str, names: list[str]) -> list[str]:
    return [name for name in names if name == "index"]


def _made(place: Place) -> dict[str, float]:
    stop = place.home / "stop"
    writer = place.inside("writes", stop)
    first = place.clawdbot("backup", "--to", str(place.backups), "--with-keys")
    stop.touch()
    longest_ms = float(writer.communicate()[0])
    place.told("changed", ADDED, DELETED)
    again = place.clawdbot("backup", "--to", str(place.backups), "--with-keys")
    counts = first.told["counts"]
    assert isinstance(counts, dict)
    new, newer = float(str(first.told["new_bytes"])), float(str(again.told["new_bytes"]))
    return {
        "documents": counts["documents"],
        "chunks": counts["chunks"],
        "rows": counts["rows"],
        "unpacked_mb": counts["original_bytes"] / 1e6,
        "backup_s": first.seconds,
        "backup_cpu_s": first.cpu_s,
        "backup_mb": new / 1e6,
        "backup_peak_mb": first.peak_mb,
        "longest_write_ms": longest_ms,
        "again_s": again.seconds,
        "again_cpu_s": again.cpu_s,
        "again_mb": newer / 1e6,
        "again_share": newer / new,
    }


def _killed(place: Place) -> dict[str, float]:
    """The first backup of another folder is killed when half of it is there, then made."""
    folder = place.backups.with_name("killed")
    half = sum(1 for _ in (place.backups / "objects").rglob("*")) // 2
    process = place.begin("backup", "--to", str(folder))
    while process.poll() is None and sum(1 for _ in folder.rglob("*")) < half:
        time.sleep(0.2)
    process.send_signal(signal.SIGKILL)
    process.wait()
    again = place.clawdbot("backup", "--to", str(folder))
    whole = sum(path.stat().st_size for path in (folder / "objects").rglob("*") if path.is_file())
    checked = place.clawdbot("backup", "verify", "--quick", "--from", str(folder))
    return {
        "killed_s": again.seconds,
        "again_after_kill_share": float(str(again.told["new_bytes"])) / whole,
        "quick_verify_s": checked.seconds,
    }


def _back(place: Place, postgresql: str) -> dict[str, float]:
    was = place.told("counts")
    figures: dict[str, float] = {"is_same": 1}
    for name, url in (("restore", ""), ("restore_postgresql", postgresql)):
        if name != "restore" and not url:
            continue
        environment = place.environment | ({"CLAWDBOT_DATABASE__URL": url} if url else {})
        fresh = Place(place.home.with_name(name), place.backups, environment)
        fresh.home.mkdir()
        run = fresh.clawdbot("restore", "--from", str(place.backups))
        figures |= {f"{name}_s": run.seconds, f"{name}_cpu_s": run.cpu_s}
        figures |= {f"{name}_peak_mb": run.peak_mb}
        figures["is_same"] *= fresh.told("counts") == was
        shutil.rmtree(fresh.home)
    return figures


def _verified(place: Place) -> dict[str, float]:
    """Restored into a scratch folder, with an index, asked the golden questions there and here."""
    report.say("building the index here")
    place.run(*CLAWDBOT, "index", "rebuild").communicate()
    verified = place.clawdbot("backup", "verify", "--from", str(place.backups))
    rehearsal = verified.told["rehearsal"]
    assert isinstance(rehearsal, dict)
    sides = [(one["there"], one["here"]) for one in rehearsal["golden"] if one["here"]]
    asked = sum(there["queries"] for there, _ in sides) or 1
    recalled = [
        sum(side[at]["recall_at_5"] * side[at]["queries"] for side in sides) / asked
        for at in (0, 1)
    ]
    return {
        "verify_s": verified.seconds,
        "verify_cpu_s": verified.cpu_s,
        "golden_asked": asked,
        "restored_recall_at_5": recalled[0],
        "here_recall_at_5": recalled[1],
        "found_share": rehearsal["found"] / max(rehearsal["looked_for"], 1),
        "is_verified": float(bool(verified.told["is_sound"])),
    }


if __name__ == "__main__":
    sys.exit(main())
