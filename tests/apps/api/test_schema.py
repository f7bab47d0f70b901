"""The OpenAPI schema and its page."""

import io

import pytest
import yaml
from django.core.management import call_command
from rest_framework.test import APIClient

from tests.apps.api.test_access_matrix import addresses


@pytest.fixture(scope="module")
def schema():
    out = io.StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out)
    return yaml.safe_load(out.getvalue())


def test_the_schema_is_valid_and_made_without_a_warning(schema):
    assert schema["openapi"].startswith("3.")


def test_every_address_is_described(schema):
    described = {
        (method.upper(), path) for path, methods in schema["paths"].items() for method in methods
    }

    assert len(described) == len([one for one in addresses() if one[1].startswith("v1/")])


def test_every_way_of_signing_in_is_described(schema):
    assert set(schema["components"]["securitySchemes"]) == {
        "apiKey",
        "cookieAuth",
        "widgetToken",
    }


def test_every_error_has_the_one_form(schema):
    error = {"$ref": "#/components/schemas/Error"}
    for operations in schema["paths"].values():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                if int(status) >= 400 and status != "416":
                    assert response["content"]["application/json"]["schema"] == error


def test_the_stream_is_described(schema):
    answers = schema["paths"]["/api/v1/ask/"]["post"]["responses"]["200"]

    assert set(answers["content"]) == {"application/json", "text/event-stream"}


def test_files_texts_and_lines_are_described(schema):
    add = schema["paths"]["/api/v1/collections/{uuid}/documents/"]["post"]["requestBody"]
    bulk = schema["paths"]["/api/v1/collections/{uuid}/documents/import/"]["post"]["requestBody"]

    assert set(add["content"]) == {"multipart/form-data", "application/json"}
    assert set(bulk["content"]) == {"application/x-ndjson", "application/ndjson"}


@pytest.mark.django_db
def test_the_page_loads_nothing_from_elsewhere(settings):
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }

    response = APIClient().get("/api/docs/", HTTP_ACCEPT="text/html")

    assert response.status_code == 200
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]
    assert "//cdn" not in response.text
    assert "<script>" not in response.text
