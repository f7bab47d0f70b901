"""Knowledge packs: a collection out of one installation and into another, beside ingesting it anew.

The texts of crud_load, some of them as files. MB are 10^6 bytes; peaks are resident memory.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import datasets, report
from benchmarks.client import Client
from benchmarks.installation import CLAWDBOT, Installation, running

DOCUMENTS = 12_000
FILES = 200  # of them are uploaded as files: their originals travel, too
LOAD_S = 3600.0
NAME = "packs"
GOALS: dict[str, report.Goal] = {
    "export_s_per_10k": ("<=", 120),
    "import_s_per_10k": ("<=", 300),
    "ingest_ratio": (">=", 3),  # ingesting anew, over importing until the last is searchable
    "export_peak_mb": ("<=", 400),
    "import_peak_mb": ("<=", 400),
    "embedded_again": ("<=", 0),
}


@dataclass(frozen=True, slots=True)
class Run:
    """How a command went."""

    seconds: float
    peak_mb: float


def main() -> int:
    """Measure two installations of its own; returns the exit code."""
    parser = report.arguments(__doc__.splitlines()[0])
    parser.add_argument(
        "--documents", type=int, default=DOCUMENTS, help="how many texts (%(default)s)"
    )
    options = parser.parse_args()
    machine = report.machine()
    rows = datasets.passages(options.shared, "crud_load", limit=options.documents)
    with tempfile.TemporaryDirectory(prefix="clawdbot-packs-") as folder:
        figures = _measure(rows, Path(folder))
    return report.finish(report.Report("packs", figures, GOALS, machine), as_json=options.json)


def _measure(rows: Sequence[dict[str, str]], folder: Path) -> dict[str, float]:
    pack = folder / f"{NAME}.ckb"
    with running() as installation:
        ingest_s = _ingest(installation, rows, folder)
        exported = _clawdbot(installation, "kb", "export", NAME, "-o", str(pack))
        again = _clawdbot(installation, "kb", "export", NAME, "-o", str(folder / "again.ckb"))
    with running() as installation, installation.client() as client:
        started = time.perf_counter()
        imported = _clawdbot(installation, "kb", "import", str(pack))
        collection = _collection(client)
        waiting = client.count(collection, status="embedding")
        client.wait_until_searchable(collection, len(rows), timeout_s=LOAD_S)
        searchable_s = time.perf_counter() - started
    each = 10_000 / len(rows)
    return {
        "documents": len(rows),
        "pack_mb": pack.stat().st_size / 1e6,
        "ingest_s": ingest_s,
        "export_s": exported.seconds,
        "export_again_s": again.seconds,
        "export_s_per_10k": exported.seconds * each,
        "export_peak_mb": exported.peak_mb,
        "import_s": imported.seconds,
        "import_s_per_10k": imported.seconds * each,
        "import_peak_mb": imported.peak_mb,
        "import_searchable_s": searchable_s,
        "ingest_ratio": ingest_s / searchable_s,
        "embedded_again": waiting,
    }


def _ingest(installation: Installation, rows: Sequence[dict[str, str]], folder: Path) -> float:
    """Seconds from the first byte sent until every document is in the index."""
    report.say(f"ingesting {len(rows)} texts")
    files = [folder / f"{row['id']}.txt" for row in rows[:FILES]]
    for path, row in zip(files, rows, strict=False):
        path.write_text(row["text"], encoding="utf-8")
    with installation.client() as client:
        collection = client.collection(NAME)
        started = time.perf_counter()
        client.import_lines(collection, datasets.lines(list(rows[FILES:])))
        client.upload(collection, files)
        client.wait_until_searchable(collection, len(rows), timeout_s=LOAD_S)
        return time.perf_counter() - started


def _clawdbot(installation: Installation, *arguments: str) -> Run:
    """Run a command to its end. Raises CalledProcessError."""
    report.say(" ".join(arguments[:2]))
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *CLAWDBOT, *arguments],
        cwd=report.REPOSITORY,
        env=os.environ | {"CLAWDBOT_HOME": str(installation.home)},
        stdout=sys.stderr,
    )
    _pid, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, arguments)
    return Run(time.perf_counter() - started, used.ru_maxrss * 1024 / 1e6)


def _collection(client: Client) -> str:
    documents = client.documents("")
    return str(next(documents)["collection"])


if __name__ == "__main__":
    sys.exit(main())
