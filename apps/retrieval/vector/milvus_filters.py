"""A row filter as Milvus expressions."""

from collections.abc import Collection, Iterable, Iterator

from apps.core.errors import Retryable
from apps.retrieval.protocols import RowFilter

IDS_AT_ONCE = 100_000  # of one expression that can be split into several searches
MOST_IDS = 1_000_000  # that cannot: ~8 MB of text, where Milvus takes 64 MB a request


def expressions(rows: RowFilter, retired: Collection[int] = ()) -> list[str]:
    """Expressions whose rows together are exactly the allowed ones; empty when there are none.

    No row is in two of them. `retired`: versions whose rows do not count. Milvus has no limit on
    the length of a list but on that of a request: what would pass it is refused (Retryable),
    never cut.
    """
    live = f" and version not in {_listed(retired)}" if retired else ""
    return [f"({allowed}){live}" for allowed in _allowed(rows)]


def _allowed(rows: RowFilter) -> Iterator[str]:
    if rows.document_ids is None:
        for part in _parts(rows.granted_ids):
            yield f"document in {part}"
        if rows.collection_ids:
            yield _outside(rows, rows.granted_ids | rows.denied_ids)
        return
    for part in _parts(rows.document_ids & rows.granted_ids):
        yield f"document in {part}"
    if rows.collection_ids:
        for part in _parts(rows.document_ids - rows.granted_ids - rows.denied_ids):
            yield f"collection in {_listed(rows.collection_ids)} and document in {part}"


def _outside(rows: RowFilter, document_ids: Collection[int]) -> str:
    """Rows of the collections save those of `document_ids`, which are denied or found already."""
    if len(document_ids) > MOST_IDS:
        raise Retryable(f"more than {MOST_IDS} single documents are granted or denied to the asker")
    inside = f"collection in {_listed(rows.collection_ids)}"
    return f"{inside} and document not in {_listed(document_ids)}" if document_ids else inside


def _parts(ids: Iterable[int]) -> Iterator[str]:
    ordered = sorted(ids)
    for start in range(0, len(ordered), IDS_AT_ONCE):
        yield _listed(ordered[start : start + IDS_AT_ONCE])


def _listed(ids: Iterable[int]) -> str:
    return f"[{', '.join(map(str, sorted(ids)))}]"
