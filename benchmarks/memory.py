"""Memory of each process, idle and under load, and whether web workers share the index's pages.

RSS counts a shared page in every process, PSS divides it among them, USS is what would be freed if
the process ended, anonymous is what comes from no file. MB are 10^6 bytes.
"""

import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from benchmarks import datasets, report
from benchmarks.client import Client, clients
from benchmarks.installation import Installation, running
from benchmarks.smaps import memory, parsed

SETTLE_S = 5.0
SAMPLE_S = 0.5
LOAD_S = 1800.0
USERS = 8
QUESTIONS = 200
# Peak of the leaner rival (Haystack 2) doing the same ingest in one process: issue 2.
GOALS: dict[str, report.Goal] = {
    "all_pss_mb_loaded": ("<=", 1015),
    "index_shared_share": (">=", 0.9),
}


def main() -> int:
    """Measure an installation of its own; returns the exit code."""
    options = report.arguments(__doc__).parse_args()
    machine = report.machine()
    with running() as installation, installation.client() as client:
        processes = installation.processes()
        time.sleep(SETTLE_S)
        figures = _named(_sample(processes), "idle")
        collection = client.collection("memory")
        with Peak(processes) as peak:
            _load(client, collection, options.shared)
            _ask(installation, collection, options.shared)
        figures |= _named(peak.seen, "loaded")
        figures |= _index_figures(processes["web"], installation.home / "data" / "index")
    return report.finish(report.Report("memory", figures, GOALS, machine), as_json=options.json)


class Peak:
    """The most that each process, and all together, used while the block ran."""

    def __init__(self, processes: Mapping[str, int]) -> None:
        self.seen: Counter[str] = Counter()
        self._processes = processes
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Peak":
        self._thread.start()
        return self

    def __exit__(self, *exit_info: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(SAMPLE_S):
            self.seen |= _sample(self._processes)


def _load(client: Client, collection: str, shared: Path) -> None:
    rows = datasets.passages(shared, "squad_dev")
    report.say(f"loading {len(rows)} passages and PDFs")
    client.import_lines(collection, datasets.lines(rows))
    pdfs = datasets.files(shared, "pdf")
    client.upload(collection, pdfs)
    client.wait_until_searchable(collection, len(rows) + len(pdfs), timeout_s=LOAD_S)


def _ask(installation: Installation, collection: str, shared: Path) -> None:
    report.say(f"{USERS} users asking")
    questions = datasets.questions(shared, "squad_dev", count=QUESTIONS)
    with ExitStack() as stack, ThreadPoolExecutor(USERS) as pool:
        users = clients(installation.address, installation.key, USERS, stack)
        rounds = [
            pool.submit(_ask_some, user, collection, questions[number::USERS])
            for number, user in enumerate(users)
        ]
        for one in rounds:
            one.result()


def _ask_some(user: Client, collection: str, questions: Sequence[str]) -> None:
    for question in questions:
        user.ask(question, collection)


def _sample(processes: Mapping[str, int]) -> Counter[str]:
    """Bytes by "name kind" now, children included; the name `all` sums all."""
    used: Counter[str] = Counter()
    for role, root in processes.items():
        for pid in _family(root):
            for kind, size in memory(pid).items():
                used[f"{role} {kind}"] += size
                used[f"all {kind}"] += size
    return used


def _family(pid: int) -> list[int]:
    """A process and all its descendants; an ended one has none."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [pid, *(one for child in children for one in _family(int(child)))]


def _index_figures(web: int, index: Path) -> dict[str, float]:
    """How much of the index is resident in the web processes, and how much of that is shared."""
    resident = shared = 0
    for pid in _family(web):
        for mapping in _mappings(pid, str(index)):
            resident += mapping["Rss"]
            shared += mapping["Shared_Clean"] + mapping["Shared_Dirty"]
    return {
        "index_mapped_mb": round(resident / 1e6, 1),
        "index_shared_share": round(shared / resident, 3) if resident else 0.0,
    }


def _mappings(pid: int, folder: str) -> list[Counter[str]]:
    """The fields of each mapping of a file below the folder."""
    found, wanted = [], False
    for line in Path(f"/proc/{pid}/smaps").read_text().splitlines():
        words = line.split(maxsplit=5)
        if not words[0].endswith(":"):
            wanted = len(words) == 6 and words[5].startswith(folder)
            if wanted:
                found.append(Counter[str]())
        elif wanted:
            found[-1] += parsed(line)
    return found


def _named(sizes: Mapping[str, int], state: str) -> dict[str, float]:
    figures = {}
    for name, size in sorted(sizes.items()):
        role, kind = name.split()
        figures[f"{role}_{kind.lower()}_mb_{state}".replace("-", "_")] = round(size / 1e6, 1)
    return figures


if __name__ == "__main__":
    sys.exit(main())
