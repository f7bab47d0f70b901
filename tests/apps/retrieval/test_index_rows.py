"""What the index has the database know about its rows."""

import pytest
from django.db import connection

from apps.retrieval.index_rows import refresh_statistics
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
