"""What of stored answers may still be shown: judged when they are read, before any purge ran."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from apps.generation.models import Asking, Trace
from apps.generation.wording import WITHHELD, AnswerLanguage, language_of
from apps.knowledge.access import Scope, quotable_versions

NEAREST = 3  # candidates that stand under "not found"
# Engines whose answers hold only what they cite.
QUOTING = frozenset({"builtin", "courtesy", "curated"})


def withhold(traces: Sequence[Trace], *, scope: Scope) -> frozenset[int]:
    """Take from the rows what quotes versions that are deleted or out of the scope.

    Never save them afterwards. Returns the keys of those that showed such a version: what people
    wrote about them is not to be shown either. One query for all.
    """
    return redact(traces, _gone_from(traces, scope), note=WITHHELD)


def withhold_remarks(askings: Sequence[Asking], *, scope: Scope) -> None:
    """Take from askings (with trace and its feedback) what people wrote about versions that are
    deleted or out of the scope.

    Never save them afterwards. One query for all.
    """
    gone = _gone_from([asking.trace for asking in askings], scope)
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
            trace.sentences = []
        trace.citations = [one for one in trace.citations if one["version"] not in lost]
        trace.candidates = [one for one in trace.candidates if one["version"] not in lost]
        trace.leant_on = [one for one in trace.leant_on if one not in lost]
    return frozenset(touched)


def shown_in(trace: Trace) -> set[str]:
    """The versions (ids as text) that whoever asked was shown words of."""
    nearest = () if trace.is_answered else trace.candidates[:NEAREST]
    return drawn_from(trace) | _versions(nearest)


def drawn_from(trace: Trace) -> set[str]:
    """The versions whose words the answer may hold: a model may use all that it was given."""
    if trace.is_answered and trace.engine not in QUOTING:
        return _versions([*trace.citations, *trace.candidates]) | set(trace.leant_on)
    return _versions(trace.citations)


def _gone_from(traces: Iterable[Trace], scope: Scope) -> set[str]:
    """The versions (ids as text) named in the rows that may not be quoted any more."""
    named = set[str]()
    for one in traces:
        named |= _versions([*one.citations, *one.candidates]) | set(one.leant_on)
    kept = quotable_versions(scope).filter(uuid__in=named).values_list("uuid", flat=True)
    return named - {str(uuid) for uuid in kept}


def _versions(entries: Iterable[Mapping[str, Any]]) -> set[str]:
    return {entry["version"] for entry in entries}
