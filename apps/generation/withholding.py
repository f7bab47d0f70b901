"""What of stored answers may still be shown: judged when they are read, before any purge ran."""

from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from django.utils.translation import gettext

from apps.core.errors import Conflict
from apps.generation.models import Asking, Trace
from apps.generation.wording import WITHHELD, AnswerLanguage, language_of
from apps.knowledge.access import Scope, quotable_versions, versions_kept
from apps.knowledge.models import Erasure
from apps.retrieval.protocols import SearchResult

Item = TypeVar("Item")
Result = TypeVar("Result")

NEAREST = 3  # candidates that stand under "not found"
QUOTING = frozenset({"builtin", "curated"})  # engines whose answers hold only what they cite


def withhold(traces: Sequence[Trace], *, scope: Scope) -> frozenset[int]:
    """Take from the rows what quotes versions that are deleted or out of the scope.

    Never save them afterwards. Returns the keys of those that showed such a version: what people
    wrote about them is not to be shown either. One query for all.
    """
    named = _named(traces)
    found = quotable_versions(scope).filter(uuid__in=named).values_list("uuid", flat=True)
    return redact(traces, named - {str(uuid) for uuid in found}, note=WITHHELD)


def withhold_remarks(askings: Sequence[Asking], *, scope: Scope) -> None:
    """Take from askings (with trace and its feedback) what people wrote about versions that are
    deleted or out of the scope.

    Never save them afterwards. One query for all.
    """
    traces = [asking.trace for asking in askings]
    named = _named(traces)
    kept = quotable_versions(scope).filter(uuid__in=named).values_list("uuid", flat=True)
    gone = named - {str(uuid) for uuid in kept}
    for asking in askings:
        if shown_in(asking.trace) & gone:
            asking.note = ""
            for verdict in asking.trace.feedback.all():
                verdict.comment = verdict.correct_answer = ""


def redact(
    traces: Iterable[Trace], gone: Collection[str], *, note: Mapping[AnswerLanguage, str]
) -> frozenset[int]:
    """Take the versions `gone` (ids as text) out of the rows; `note` stands in for their answers.

    Returns the keys of the rows that showed one of them.
    """
    lost = frozenset(gone)
    touched: set[int] = set()
    for trace in traces:
        if shown_in(trace) & lost:
            touched.add(trace.pk)
        if drawn_from(trace) & lost:
            trace.answer, trace.short_answer = note[language_of(trace.question)], ""
        trace.citations = [one for one in trace.citations if one["version"] not in lost]
        trace.candidates = [one for one in trace.candidates if one["version"] not in lost]
    return frozenset(touched)


def shown_in(trace: Trace) -> set[str]:
    """The versions (ids as text) that whoever asked was shown words of."""
    nearest = () if trace.is_answered else trace.candidates[:NEAREST]
    return drawn_from(trace) | _versions(nearest)


def drawn_from(trace: Trace) -> set[str]:
    """The versions whose words the answer may hold: a model may use all that it was given."""
    if trace.is_answered and trace.engine not in QUOTING:
        return _versions([*trace.citations, *trace.candidates])
    return _versions(trace.citations)


def _named(traces: Iterable[Trace]) -> set[str]:
    return {entry["version"] for one in traces for entry in _entries(one)}


def _entries(trace: Trace) -> Iterator[Mapping[str, Any]]:
    yield from trace.citations
    yield from trace.candidates


def _versions(entries: Iterable[Mapping[str, Any]]) -> set[str]:
    return {entry["version"] for entry in entries}


class Watch:
    """Sees to it that an answer being written tells nothing more of what is deleted meanwhile."""

    def __init__(self) -> None:
        self._seen = -1

    def check(self, found: SearchResult) -> None:
        """Pass, or raise Conflict (`source_deleted`) when a passage of `found` was deleted.

        One query while nothing is deleted.
        """
        # Not the change sequence: what was replaced first leaves no index when it is deleted.
        deletions = Erasure.objects.count()
        if deletions == self._seen:
            return
        wanted = {hit.version for hit in found.hits}
        if versions_kept().filter(uuid__in=wanted).count() < len(wanted):
            raise Conflict(
                gettext("A document that this answer was drawn from was just deleted. Ask again."),
                code="source_deleted",
            )
        self._seen = deletions

    def guarding(
        self, writing: Generator[Item, None, Result], found: SearchResult
    ) -> Generator[Item, None, Result]:
        """What `writing` yields, each checked before it goes out; its result."""
        while True:
            try:
                item = next(writing)
            except StopIteration as done:
                result: Result = done.value
                return result
            self.check(found)
            yield item
