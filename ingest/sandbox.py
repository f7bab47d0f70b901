"""Parses a file in a child process with limits; every way to die becomes a reason."""

import logging
import signal
from collections.abc import Iterator
from pathlib import Path

from apps.core import config
from apps.core.sizes import parse_size
from ingest import sandbox_records, sandbox_server
from ingest.loaders.protocol import FileFacts, LoadError, ParsedPage
from ingest.sandbox_limits import Limits
from ingest.sandbox_server import Child, Report, TimedOut

log = logging.getLogger(__name__)

_MEMORY_SIGNS = ("memory allocation of", "MemoryError", "Cannot allocate memory", "out of memory")
_CPU_SIGNALS = {-signal.SIGXCPU}


def parse(path: Path, *, filename: str) -> Iterator[FileFacts | ParsedPage]:
    """Yield FileFacts, then the pages in order, as the child reads them.

    The limits are those of `ingest` in the configuration. Raises LoadError with a stable code:
    empty, unsupported, encrypted, damaged, no_text, too_large, out_of_memory, timed_out,
    parser_crashed; `page` is the last page that was read. Closing the iterator kills the child.
    """
    limits = _limits()
    if path.stat().st_size == 0:
        raise LoadError("empty", "The file is empty.")
    reached = 0
    with sandbox_server.start_child(path, filename, limits) as child:
        try:
            for record in _records(child):
                if isinstance(record, ParsedPage):
                    reached = record.number
                    if reached > limits.max_pages:
                        raise LoadError(
                            "too_large", _TOO_MANY_PAGES.format(limits.max_pages), reached
                        )
                yield record
        except LoadError as error:
            error.page = error.page or reached or None
            raise
        except TimedOut:
            raise LoadError(
                "timed_out", _TIMED_OUT.format(limits.wall_s), reached or None
            ) from None


_TOO_MANY_PAGES = (
    "The document has more than {} pages. Split it, or raise ingest.max_pages in clawdbot.yaml."
)
_TIMED_OUT = (
    "Reading the file took longer than {} seconds. Split it, or raise ingest.parse_wall_s and "
    "ingest.parse_cpu_s in clawdbot.yaml."
)
_OUT_OF_MEMORY = (
    "Reading the file needs more memory than a parser may use. Split it, or raise "
    "ingest.parse_memory in clawdbot.yaml."
)
_CRASHED = (
    "The parser stopped unexpectedly, which damaged files can cause. Open the file in the program "
    "that made it, save it again (or export it as PDF), then upload that."
)


def _limits() -> Limits:
    settings = config.load().ingest
    return Limits(
        memory_bytes=parse_size(settings.parse_memory),
        cpu_s=settings.parse_cpu_s,
        wall_s=settings.parse_wall_s,
        max_pages=settings.max_pages,
    )


def _records(child: Child) -> Iterator[FileFacts | ParsedPage]:
    try:
        for line in child.lines(sandbox_records.MAX_LINE_BYTES):
            record = sandbox_records.decode(line)
            if record is None:
                return
            if isinstance(record, LoadError):
                raise record
            yield record
    except ValueError as error:
        log.warning("a parser child wrote nonsense: %s", error)
        raise LoadError("parser_crashed", _CRASHED) from None
    raise _death(child.report())


def _death(report: Report) -> LoadError:
    log.warning("a parser child died: exit %s\n%s", report.exit_code, report.stderr[-4000:])
    if report.exit_code in _CPU_SIGNALS:
        return LoadError("timed_out", _TIMED_OUT.format(config.load().ingest.parse_cpu_s))
    is_memory = report.exit_code == sandbox_records.EXIT_MEMORY or any(
        sign in report.stderr for sign in _MEMORY_SIGNS
    )
    return (
        LoadError("out_of_memory", _OUT_OF_MEMORY)
        if is_memory
        else LoadError("parser_crashed", _CRASHED)
    )
