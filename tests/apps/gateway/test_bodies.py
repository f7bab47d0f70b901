"""Requests that are no requests: told in each protocol's own shape, without a server of its own."""

import pytest
from rest_framework.test import APIClient

from apps.core.errors import Forbidden, Overloaded, Retryable
from apps.gateway.anthropic import errors as anthropic_errors
from apps.gateway.openai import errors as openai_errors
from apps.knowledge import access
from tests.apps.api.conftest import call, reader  # noqa: F401  fixtures

pytestmark = pytest.mark.django_db
ADDRESSES = ("/v1/chat/completions", "/v1/messages", "/api/chat")


def shape_of(body):
    error = body["error"]
    return "ollama" if isinstance(error, str) else body.get("type", "openai")


SHAPES = dict(zip(ADDRESSES, ("openai", "error", "ollama"), strict=True))


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("body", ["{", "[" * 100_000, "\xff", "", "[]", '"kb"', '{"model": 3}'])
def test_what_is_no_request_is_a_bad_request(call, reader, address, body):  # noqa: F811
    response = call(reader).generic("POST", address, body, content_type="application/json")

    assert (response.status_code, shape_of(response.json())) == (400, SHAPES[address])


@pytest.mark.parametrize("address", ADDRESSES)
def test_half_a_character_is_a_bad_request(call, reader, address):  # noqa: F811
    body = r'{"model": "kb", "max_tokens": 1, "messages": [{"role": "user", "content": "\ud800"}]}'

    response = call(reader).generic("POST", address, body, content_type="application/json")

    assert (response.status_code, shape_of(response.json())) == (400, SHAPES[address])


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_infinite_number_is_a_bad_request_and_goes_to_no_server(call, reader, address):  # noqa: F811
    body = """{"model": "m", "max_tokens": 1, "messages": [{"role": "user", "content": "Hi"}],
               "repeat_penalty": 1e999, "options": {"repeat_penalty": 1e999}}"""

    response = call(reader).generic("POST", address, body, content_type="application/json")

    assert (response.status_code, shape_of(response.json())) == (400, SHAPES[address])


@pytest.mark.parametrize("address", ADDRESSES)
def test_what_is_too_large_is_not_read(call, reader, address, settings):  # noqa: F811
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100

    response = call(reader).generic("POST", address, b" " * 101)

    assert (response.status_code, shape_of(response.json())) == (413, SHAPES[address])


@pytest.mark.parametrize("address", ADDRESSES)
def test_another_method_is_refused(call, reader, address):  # noqa: F811
    response = call(reader).get(address)

    assert (response.status_code, shape_of(response.json())) == (405, SHAPES[address])


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_refusal_without_a_key_says_how_to_come_in(address):
    response = APIClient().post(address, {}, format="json")

    assert (response.status_code, shape_of(response.json())) == (401, SHAPES[address])
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_bug_is_told_by_its_id_only(call, reader, address, monkeypatch):  # noqa: F811
    def broken(*_):
        raise ValueError("secret")

    monkeypatch.setattr(access.Scope, "of", broken)
    body = {"model": "kb", "messages": [{"role": "user", "content": "?"}], "max_tokens": 1}
    response = call(reader).post(address, body, format="json")

    assert (response.status_code, shape_of(response.json())) == (500, SHAPES[address])
    assert b"secret" not in response.content


def test_no_other_site_may_call():
    response = APIClient().options("/v1/models", HTTP_ORIGIN="https://elsewhere.example")

    assert not [name for name in response.headers if name.startswith("Access-Control")]


@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [
        (Overloaded("full"), 529, "overloaded_error"),
        (Overloaded("too much", code="rate_limited"), 429, "rate_limit_error"),
        (Overloaded("too much", code="quota_exceeded"), 429, "rate_limit_error"),
        (Retryable("soon"), 503, "api_error"),
        (Forbidden("no"), 403, "permission_error"),
    ],
)
def test_anthropic_tells_a_full_house_from_a_greedy_caller(error, status, kind):
    body, told_as = anthropic_errors.body_of(error)

    assert (told_as, body["error"]["type"]) == (status, kind)


@pytest.mark.parametrize(
    ("error", "code", "kind"),
    [
        (Overloaded("full"), "overloaded", "rate_limit_error"),
        (Overloaded("too much", code="rate_limited"), "rate_limit_exceeded", "rate_limit_error"),
        (Retryable("soon", code="model_loading"), "model_loading", "service_unavailable_error"),
        (Forbidden("no"), "forbidden", "permission_error"),
    ],
)
def test_openai_is_told_by_code_and_type(error, code, kind):
    told = openai_errors.body_of(error)["error"]

    assert (told["code"], told["type"], told["message"]) == (code, kind, error.message)
