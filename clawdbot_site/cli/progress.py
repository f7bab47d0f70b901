"""Following documents until they are ready: one live line on a terminal, plain lines elsewhere."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from apps.knowledge.models import Document
from clawdbot_site.cli.console import err, is_terminal, note
from ingest.selectors import indexed_seq, status_of, with_status

POLL_S = 0.25
PLAIN_LINE_S = 5.0
FINISHED = frozenset({"ready", "failed"})


@dataclass(frozen=True, slots=True)
class Failure:
    """A document that could not be read, and why."""

    path: str
    message: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the documents ended; `unfinished` still wait (the time was up)."""

    ready: int
    failures: tuple[Failure, ...]
    unfinished: int


def follow(document_ids: Sequence[int], *, limit_s: float | None = None) -> Outcome:
    """Show progress until every document is ready or failed, or the time is up."""
    if not document_ids:
        return Outcome(0, (), 0)
    started = time.monotonic()
    with progress_line() as show:
        while True:
            outcome = _outcome(document_ids)
            show(f"{outcome.ready} of {len(document_ids)} documents ready")
            if not outcome.unfinished or _is_over(started, limit_s):
                return outcome
            time.sleep(POLL_S)


def _outcome(document_ids: Sequence[int]) -> Outcome:
    indexed = indexed_seq()
    ready, unfinished, failures = 0, 0, []
    documents = with_status(Document.objects.filter(pk__in=document_ids))
    for document in documents:
        status = status_of(document, indexed=indexed)
        ready += status.status == "ready"
        unfinished += status.status not in FINISHED
        if status.error:
            failures.append(Failure(document.path, status.error.message))
    return Outcome(ready, tuple(failures), unfinished)


def _is_over(started: float, limit_s: float | None) -> bool:
    return limit_s is not None and time.monotonic() - started > limit_s


class _PlainLines:
    """A line when something changed, and not oftener than every few seconds."""

    def __init__(self) -> None:
        self.said, self.at = "", 0.0

    def __call__(self, text: str) -> None:
        if text != self.said and time.monotonic() - self.at > PLAIN_LINE_S:
            note(text)
            self.said, self.at = text, time.monotonic()


@contextmanager
def progress_line(first: str = "reading documents") -> Iterator[Callable[[str], None]]:
    """A function that shows how far things are: in place on a terminal, else as lines.

    `first` stands there until it is called.
    """
    if not is_terminal():
        yield _PlainLines()
        return
    with err.status(f"clawdbot: {first}") as status:
        yield lambda text: status.update(f"clawdbot: {text}")


@contextmanager
def counting(first: str) -> Iterator[Callable[[str, int, int], None]]:
    """The same for work that tells what it does, how many are done, of how many (0: unknown)."""
    with progress_line(first) as show:

        def report(what: str, done: int, total: int) -> None:
            show(f"{what}: {done} of {total}" if total else f"{what}: {done}" if done else what)

        yield report
