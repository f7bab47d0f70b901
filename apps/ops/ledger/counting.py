"""From requests to figures."""

from apps.core.metering import Kind, Outcome
from apps.ops.ledger.figures import ASIDE, SERVED, TIMES, Figures
from apps.ops.ledger_records import RequestRecord

# No language model takes part in these; their tokens cost a hundredth of what one's do.
ENCODING = frozenset({Kind.EMBEDDINGS, Kind.RERANK})
_COLUMNS = {name: f"{name}_ms" for name in TIMES}


def counted(record: RequestRecord) -> Figures:
    """The figures of one request."""
    figures = Figures()
    count_into(figures, record)
    return figures


def count_into(figures: Figures, record: RequestRecord) -> None:
    """Add one request. Thumbs are not in its row, nor what was lost.

    Kind other is not timed: signing in and changing a setting take as long as they take, and most
    of it is written down only when it went wrong.
    """
    figures.count(str(record.outcome))
    if record.kind in ENCODING:
        figures.count("tokens_encoded", record.tokens_in)
    else:
        figures.count("tokens_in", record.tokens_in)
        figures.count("tokens_cached", record.tokens_cached)
        figures.count("tokens_out", record.tokens_out)
    is_served = record.outcome in SERVED
    if record.kind == Kind.OTHER:
        figures.count(ASIDE[is_served], int(is_served or record.outcome == Outcome.FAILED))
    elif is_served:
        for name, column in _COLUMNS.items():
            figures.time(name, getattr(record, column))
