"""Generated calls of every operation of the schema: no 5xx, nothing undocumented."""

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from apps.accounts.api_keys import api_key_create
from tests.factories import ChunkFactory, UserFactory

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@schemathesis.serializer("application/x-ndjson", "application/ndjson")
def as_lines(_, value):
    """Whatever was generated, as the bytes of a body."""
    return str(value).encode(errors="replace")


schema = schemathesis.openapi.from_wsgi("/api/schema/?format=json", get_wsgi_application())


@pytest.fixture
def known(transactional_db):
    """A key that opens everything, and the ids of what is there."""
    chunk = ChunkFactory()
    _, secret = api_key_create(user=UserFactory(is_superuser=True), name="schemathesis")
    document = chunk.version.document
    ids = {"collections": document.collection.uuid, "documents": document.uuid}
    return {"Authorization": f"Bearer {secret}"}, ids


@schema.parametrize()
@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_every_operation_keeps_to_the_schema(case, known):
    headers, ids = known
    kind = case.path.split("/")[3]
    if "uuid" in case.path_parameters and kind in ids:
        case.path_parameters["uuid"] = str(ids[kind])

    case.call_and_validate(headers=headers, checks=CHECKS)
