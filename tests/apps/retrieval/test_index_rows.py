"""What the index has the database know about its rows."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.retrieval.index_rows import refresh_statistics, rows_of
from tests.factories import ChunkFactory


def counted(table):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT MAX(CAST(stat AS INTEGER)) FROM sqlite_stat1 WHERE tbl = %s", [table]
        )
        return cursor.fetchone()[0]


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="other databases count by themselves")
def test_rows_are_counted_again_when_there_are_more():
    ChunkFactory()
    refresh_statistics()

    ChunkFactory.create_batch(4)
    refresh_statistics()

    assert counted("knowledge_chunk") == 5


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="other databases count by themselves")
def test_rows_are_looked_up_by_their_versions_also_before_they_were_counted():
    chunk = ChunkFactory()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("DELETE FROM sqlite_stat1")
        cursor.execute("ANALYZE sqlite_schema")  # forget them
    with CaptureQueriesContext(connection) as asked:
        rows = list(rows_of([chunk.version_id]))

    plans = [planned(query["sql"]) for query in asked]

    assert [row.chunk_id for row in rows] == [chunk.pk]
    assert [plan[0].split()[1] for plan in plans] == ["knowledge_version", "knowledge_chunk"]
    assert all("(rowid=?)" in plan[0] or "(version_id=?)" in plan[0] for plan in plans)


def planned(sql):
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        return [row[3] for row in cursor.fetchall()]
