"""How fast texts and files become searchable: upload to index, beside LangChain and beside the
bare embedder, in one run.

Ours is measured over HTTP on a started installation, from the first byte sent until all documents
are in the index; LangChain inside its own process, its model loaded (rivals/langchain_ingest.py).
Each side gets the same texts and files; no text is sent twice, so none comes out of a cache.
LangChain is slow, so it gets a part, and the ratio compares the rates on that part.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import datasets, report
from benchmarks.client import Client
from benchmarks.installation import Installation, running

PART = 400  # of the 2,067 passages of squad_dev, evenly spaced
WARM_UPS = 32
LOAD_S = 1800.0
RIVAL_S = 900.0
RIVAL_PDFS = (  # 90 pages
    "BESTBUY_2024Q2_10Q.pdf",
    "react_paper.pdf",
    "ULTABEAUTY_2023Q4_EARNINGS.pdf",
    "multi_page.pdf",
    "FOOTLOCKER_2022_8K_dated-2022-05-20.pdf",
    "pdflatex-4-pages.pdf",
    "sample_pdf_2.pdf",
    "multicolumn.pdf",
)
FURTHER_PDFS = (  # 391 pages; with those above the 16 longest of docs_corpus that have text
    "freeculture.pdf",
    "龙盈战队.pdf",
    "REPAIR-2022-INV-001_multipage.pdf",
    "SPARSE-2024-INV-1234_borderless_table.pdf",
    "code_and_formula.pdf",
    "layout-parser-paper-fast.pdf",
    "a1977-backus-p21.pdf",
    "amt_handbook_sample.pdf",
)
OFFICE = ("docx", "pptx", "xlsx", "doc", "ppt", "xls", "odt", "rtf")
RIVALS = report.REPOSITORY / "benchmarks" / "rivals"
GOALS: dict[str, report.Goal] = {
    "passages_ratio": (">=", 3),
    "pages_ratio": (">=", 5),
    "docx_ratio": (">=", 5),
    "raw_embedding_share": (">=", 0.85),
}


@dataclass(frozen=True, slots=True)
class Work:
    """What was made searchable, and how long it took."""

    items: int
    seconds: float

    @property
    def rate(self) -> float:
        """Items a second."""
        return self.items / self.seconds

    def __add__(self, other: "Work") -> "Work":
        return Work(self.items + other.items, self.seconds + other.seconds)


def main() -> int:
    """Measure both sides; returns the exit code."""
    parser = report.arguments(__doc__)
    parser.add_argument("--no-rival", action="store_true", help="leave LangChain out")
    options = parser.parse_args()
    machine = report.machine()
    passages = datasets.passages(options.shared, "squad_dev")
    step = len(passages) // PART
    part = passages[::step][:PART]
    with running() as installation:
        figures, ours = _ours(installation, options.shared, part, passages)
    goals = GOALS
    if options.no_rival:
        goals = {"raw_embedding_share": GOALS["raw_embedding_share"]}
    else:
        figures |= _beside_langchain(ours, options.shared, part)
    rounded = {name: round(value, 3) for name, value in figures.items()}
    return report.finish(report.Report("ingest", rounded, goals, machine), as_json=options.json)


def _ours(
    installation: Installation, shared: Path, part: list[dict[str, str]],
    passages: list[dict[str, str]],
) -> tuple[dict[str, float], dict[str, Work]]:  # fmt: skip
    chosen = {row["id"] for row in part}
    rest = [row for row in passages if row["id"] not in chosen]
    with installation.client() as client:
        _import(
            client,
            client.collection("warm-up"),
            datasets.passages(shared, "xquad_en", limit=WARM_UPS),
        )
        texts = client.collection("texts")
        ours = {"passages": _import(client, texts, part)}
        all_passages = ours["passages"] + _import(client, texts, rest)
        ours["pages"] = _upload(client, "pdf", _pdfs(shared, RIVAL_PDFS))
        all_pages = ours["pages"] + _upload(client, "pdf 2", _pdfs(shared, FURTHER_PDFS))
        docx = datasets.files(shared, "docx")
        others = [path for kind in OFFICE[1:] for path in datasets.files(shared, kind)]
        ours["docx"] = _upload(client, "docx", docx, count=len)
        office = ours["docx"] + _upload(client, "office", others, count=len)
    installation.stop()
    raw_s = _raw_embedding_s(installation, texts)
    return {
        "passages_per_s": all_passages.rate,
        "raw_embedding_passages_per_s": all_passages.items / raw_s,
        "raw_embedding_share": raw_s / all_passages.seconds,
        "pages": all_pages.items,
        "pages_per_s": all_pages.rate,
        "office_files": office.items,
        "office_files_per_s": office.rate,
    }, ours


def _import(client: Client, collection: str, rows: list[dict[str, str]]) -> Work:
    before = client.count(collection)
    report.say(f"importing {len(rows)} passages")
    started = time.perf_counter()
    client.import_lines(collection, datasets.lines(rows))
    failed = client.wait_until_searchable(collection, before + len(rows), timeout_s=LOAD_S)
    return _told(Work(len(rows) - failed, time.perf_counter() - started))


def _upload(
    client: Client, name: str, paths: Sequence[Path],
    count: Callable[[list[int]], int] = sum,
) -> Work:  # fmt: skip
    """Upload files; what counts is the sum of their pages unless said otherwise."""
    collection = client.collection(name)
    report.say(f"uploading {len(paths)} files: {name}")
    started = time.perf_counter()
    client.upload(collection, paths)
    client.wait_until_searchable(collection, len(paths), timeout_s=LOAD_S)
    seconds = time.perf_counter() - started
    ready = [d for d in client.documents(collection) if d["status"] == "ready"]
    return _told(Work(count([int(document["pages"]) for document in ready]), seconds))


def _told(work: Work) -> Work:
    report.say(f"  {work.items} in {work.seconds:.1f} s: {work.rate:.1f}/s")
    return work


def _raw_embedding_s(installation: Installation, collection: str) -> float:
    report.say("embedding the same texts alone")
    printed = installation.run("-m", "benchmarks.raw_embedding", collection)
    return float(json.loads(printed)["seconds"])


def _beside_langchain(
    ours: dict[str, Work], shared: Path, part: list[dict[str, str]]
) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="clawdbot-rivals-") as folder:
        file = Path(folder) / "part.jsonl"
        file.write_bytes(b"".join(datasets.lines(part)))
        theirs = {
            "passages": _langchain("texts", [file], "texts"),
            "pages": _langchain("files", _pdfs(shared, RIVAL_PDFS), "pages"),
            "docx": _langchain("files", datasets.files(shared, "docx"), "pages"),
        }
    figures = {"langchain_peak_mb": max(one["peak_mb"] for one in theirs.values())}
    for name, measured in theirs.items():
        rate = ours[name].items / measured["seconds"]
        figures[f"langchain_{name}_per_s"] = rate
        figures[f"{name}_ratio"] = ours[name].rate / rate
    return figures


def _langchain(kind: str, paths: Sequence[Path], unit: str) -> dict[str, float]:
    report.say(f"LangChain: {kind}, {unit}")
    python = subprocess.run(
        [RIVALS / "setup"], stdout=subprocess.PIPE, text=True, check=True
    ).stdout
    printed = subprocess.run(
        [python.strip(), RIVALS / "langchain_ingest.py", kind, *paths],
        env=os.environ | {"HF_HUB_OFFLINE": "1"},
        stdout=subprocess.PIPE,
        text=True,
        timeout=RIVAL_S,
        check=True,
    ).stdout
    return dict(json.loads(printed.splitlines()[-1]))


def _pdfs(shared: Path, names: Sequence[str]) -> list[Path]:
    return [shared / "docs_corpus" / "pdf" / name for name in names]


if __name__ == "__main__":
    sys.exit(main())
