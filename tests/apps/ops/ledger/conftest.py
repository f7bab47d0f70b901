"""Callers of the API, and the ledger's rows of what they did."""

import pytest
from django.db.models import QuerySet

from apps.ops.ledger.writing import writer as ledger_writer
from apps.ops.models import RequestRecord
from tests.apps.api.conftest import (  # noqa: F401
    admin,
    call,
    handbook,
    outsider,
    reader,
    travel_policy,
    writer,
)


@pytest.fixture
def written():
    """The rows of all requests so far, oldest first."""

    def flushed() -> QuerySet[RequestRecord]:
        ledger_writer.flush()
        return RequestRecord.objects.order_by("id")

    return flushed
