"""From requests to figures."""

from collections.abc import Iterable

from apps.ops.ledger.figures import SERVED, TIMES, Figures
from apps.ops.ledger_records import RequestRecord


def counted(record: RequestRecord) -> Figures:
    """The figures of one request."""
    return counted_all([record])


def counted_all(records: Iterable[RequestRecord]) -> Figures:
    """The figures of some requests. Thumbs are not in a request's row, nor what was lost."""
    figures = Figures()
    for record in records:
        figures.count(record.outcome)
        figures.count("tokens_in", record.tokens_in)
        figures.count("tokens_cached", record.tokens_cached)
        figures.count("tokens_out", record.tokens_out)
        if record.outcome in SERVED:
            for name in TIMES:
                figures.time(name, getattr(record, _COLUMNS[name]))
    return figures


_COLUMNS = {name: f"{name}_ms" for name in TIMES}
