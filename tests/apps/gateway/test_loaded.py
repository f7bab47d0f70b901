"""Which models are loaded, as Ollama's clients are told."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.modelhub.models import Model, ModelServer
from tests.apps.api.conftest import call, reader  # noqa: F401  fixtures

pytestmark = pytest.mark.django_db


def make(name: str, **values) -> None:
    model = Model.objects.create(name=name, path=f"{name}.gguf")
    values = {"state": "ready", "url": "http://b:1", "seen_at": timezone.now()} | values
    ModelServer.objects.create(model=model, node="busy", **values)


def test_models_that_are_loaded_are_listed_in_as_many_queries_however_many(call, reader):  # noqa: F811
    make("one")
    make("stopped", state="stopped")
    make("hidden", url="http://127.0.0.1:1")
    ask = lambda: call(reader).get("/api/ps").json()["models"]  # noqa: E731
    names = {one["name"] for one in ask()}
    with CaptureQueriesContext(connection) as few:
        ask()

    make("two")
    with CaptureQueriesContext(connection) as more:
        ask()

    assert names & {"one:latest", "stopped:latest", "hidden:latest"} == {"one:latest"}
    assert len(more) == len(few)
