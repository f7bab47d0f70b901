"""How long changes take to be seen, and what searching costs while the index is rewritten."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from benchmarks.percentiles import percentile
from benchmarks.scale_processes import NodeProcess, PeakMemory

if TYPE_CHECKING:
    from benchmarks.scale_own import Plan

WAIT_S = 60.0
SETTLE_S = 4 * 3600.0
PURGE_S = 1800.0
BULK_SHARE = 50  # a bulk insert is one such part of the index

Figures = dict[str, float]


def changed(
    writer: NodeProcess, readers: Sequence[NodeProcess], plan: "Plan", pids: list[int], chunks: int
) -> Figures:
    """Documents one by one, then many while the first reader searches, then all of it anew."""
    with PeakMemory(pids) as peak:
        figures = _one_by_one(writer, readers[1], plan)
        figures |= _bulk(writer, readers[0], plan, chunks)
        if not plan.keeps_index:
            with _searching(readers[0], plan.questions, "rebuild", figures):
                figures["rebuild_s"] = writer.ask("rebuild")
            writer.ask("settle", timeout_s=SETTLE_S)
    figures["node_pss_peak_mb"] = peak.mb
    writer.ask("clean")
    return figures


def _one_by_one(writer: NodeProcess, reader: NodeProcess, plan: "Plan") -> Figures:
    """Milliseconds from the commit in one process to what a search in another one shows.

    `deleted`: no longer shown; `removed`: no longer in the index that the process searches.
    """
    times: dict[str, list[float]] = {"inserted": [], "deleted": [], "removed": []}
    for number in range(plan.changes):
        word = f"zqinserted{number}"
        reader.send("wait_for", word=word, is_there=True, timeout_s=WAIT_S)
        made = writer.ask("insert", chunks=1, word=word)
        times["inserted"].append(_since(reader.answer(), "shown", made["committed"]))
        reader.send("wait_for", word=word, is_there=False, timeout_s=WAIT_S)
        committed = writer.ask("delete", document=made["document"])
        seen = reader.answer()
        times["deleted"].append(_since(seen, "shown", committed))
        times["removed"].append(_since(seen, "indexed", committed))
    return {
        f"{name}_{point}_ms": percentile(taken, share)
        for name, taken in times.items()
        for point, share in (("p50", 0.5), ("p95", 0.95))
    }


def _since(seen: dict[str, float], what: str, committed: float) -> float:
    """Milliseconds; what was not seen in time counts as the time waited."""
    return max(0.0, (seen.get(what, committed + WAIT_S) - committed) * 1000)


def _bulk(writer: NodeProcess, reader: NodeProcess, plan: "Plan", chunks: int) -> Figures:
    """Many documents inserted in a row, then deleted in a row; until merging and purging end."""
    figures: Figures = {}
    size = max(1, chunks // BULK_SHARE // plan.bulk)
    documents: list[int] = []
    with _searching(reader, plan.questions, "bulk_insert", figures):
        for number in range(plan.bulk):
            made = writer.ask("insert", chunks=size, word=f"zqbulk{number}")
            documents.append(int(made["document"]))
        figures["bulk_insert_settled_s"] = writer.ask("settle", timeout_s=SETTLE_S)
    with _searching(reader, plan.questions, "bulk_delete", figures):
        for document in documents:
            writer.ask("delete", document=document)
        purged_s = writer.ask("wait_purged", timeout_s=PURGE_S)
        writer.ask("settle", timeout_s=SETTLE_S)
    if purged_s is not None:
        figures["bulk_delete_purged_s"] = purged_s
    return figures | {"bulk_chunks": size * plan.bulk}


@contextmanager
def _searching(
    reader: NodeProcess, questions: Sequence[str], name: str, figures: Figures
) -> Iterator[None]:
    """The reader searches while the block runs; how long it took goes into the figures."""
    with tempfile.NamedTemporaryFile(prefix="clawdbot-scale-") as flag:
        reader.send("search_while", questions=list(questions), flag=flag.name)
        yield
    told = reader.answer()
    for leg in ("legs", "all"):
        figures[f"{name}_{leg}_p50_ms"] = percentile(told[leg], 0.5)
        figures[f"{name}_{leg}_p95_ms"] = percentile(told[leg], 0.95)
    figures[f"{name}_searches"] = len(told["all"])
    figures[f"{name}_publishes"] = told["publishes"]
