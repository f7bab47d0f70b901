"""From requests to figures."""

from apps.ops.ledger.figures import SERVED, TIMES, Figures
from apps.ops.ledger_records import RequestRecord

_COLUMNS = {name: f"{name}_ms" for name in TIMES}


def counted(record: RequestRecord) -> Figures:
    """The figures of one request."""
    figures = Figures()
    count_into(figures, record)
    return figures


def count_into(figures: Figures, record: RequestRecord) -> None:
    """Add one request. Thumbs are not in its row, nor what was lost."""
    figures.count(str(record.outcome))
    figures.count("tokens_in", record.tokens_in)
    figures.count("tokens_cached", record.tokens_cached)
    figures.count("tokens_out", record.tokens_out)
    if record.outcome in SERVED:
        for name, column in _COLUMNS.items():
            figures.time(name, getattr(record, column))
