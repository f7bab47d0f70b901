"""Errors have one form, and never tell what is inside."""

import logging
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from apps.core.errors import Overloaded
from apps.knowledge import access

pytestmark = pytest.mark.django_db


def assert_error(response, status, code):
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/json"
    error = response.json()["error"]
    assert set(error) == {"code", "message", "details"}
    assert error["code"] == code
    return error


def test_an_invalid_field_is_named_in_the_details(call, admin):
    response = call(admin).post("/api/v1/collections/", {"name": ""})

    assert "name" in assert_error(response, 400, "invalid")["details"]


def test_a_misspelt_filter_is_refused_and_those_there_are_are_named(call, reader):
    body = {"query": "leave", "filters": {"year": 2026}}
    misspelt = {"query": "leave", "collection": ["7"]}

    response = call(reader).post("/api/v1/search/", body, format="json")
    near = call(reader).post("/api/v1/search/", misspelt, format="json")
    without_key = APIClient().post("/api/v1/search/", body, format="json")

    assert "media_types" in assert_error(response, 400, "invalid")["details"]["filters"]["year"][0]
    assert "collections" in assert_error(near, 400, "invalid")["details"]["collection"][0]
    assert "Bearer" in assert_error(without_key, 401, "unauthenticated")["message"]


@pytest.mark.parametrize("body", ["{", "[" * 100_000, '{"name": NaN}', "\xff", ""])
def test_a_body_that_is_no_json_is_invalid(call, admin, body):
    response = call(admin).generic(
        "POST", "/api/v1/collections/", body, content_type="application/json"
    )

    assert_error(response, 400, "invalid")


def test_a_json_body_above_the_limit_is_too_large(call, admin, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100

    response = call(admin).post("/api/v1/collections/", {"name": "x" * 200}, format="json")

    assert_error(response, 413, "too_large")


@pytest.mark.parametrize("address", ["nothing/", "v1/nothing/", "v1/documents/7/", "v2/", "x"])
@pytest.mark.parametrize("method", ["get", "post", "put", "delete", "options"])
def test_an_unknown_address_is_not_found(call, reader, address, method):
    response = getattr(call(reader), method)(f"/api/{address}")

    assert_error(response, 404, "not_found")


def test_a_forgotten_slash_is_put_right_without_losing_method_and_query(call, reader):
    response = call(reader).post("/api/v1/search?a=b", {"query": "x"})

    assert response.status_code == 308
    assert response.headers["Location"] == "/api/v1/search/?a=b"


def test_a_method_that_is_not_offered_is_named_so(call, reader):
    response = call(reader).put("/api/v1/collections/", {})

    assert_error(response, 405, "method_not_allowed")
    assert "GET" in response.headers["Allow"]


def test_a_form_that_is_not_offered_is_not_acceptable(call, reader):
    response = call(reader).get("/api/v1/collections/", HTTP_ACCEPT="text/html")

    assert_error(response, 406, "not_acceptable")


def test_a_body_of_another_kind_is_unsupported(call, admin):
    response = call(admin).generic(
        "POST", "/api/v1/collections/", "<a/>", content_type="application/xml"
    )

    assert_error(response, 415, "unsupported")


def test_a_page_beyond_the_last_is_not_found(call, reader):
    assert_error(call(reader).get("/api/v1/collections/?page=99"), 404, "not_found")


def test_a_bug_is_logged_and_told_by_its_id_only(call, reader, monkeypatch, caplog):
    def fail(*_):
        raise RuntimeError("secret words of a driver")

    monkeypatch.setattr(access, "collections_of", fail)
    with caplog.at_level(logging.ERROR):
        response = call(reader).get(f"/api/v1/collections/{uuid4()}/")

    trace_id = assert_error(response, 500, "internal_error")["details"]["trace_id"]
    assert "secret" not in response.text
    assert trace_id in caplog.text
    assert "secret words of a driver" in caplog.text


def test_overload_says_when_to_come_back(call, reader, monkeypatch):
    def fail(*_):
        raise Overloaded("Too many.", retry_after_s=7)

    monkeypatch.setattr(access, "collections_of", fail)
    response = call(reader).get("/api/v1/collections/")

    assert_error(response, 429, "overloaded")
    assert response.headers["Retry-After"] == "7"
