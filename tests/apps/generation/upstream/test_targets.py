"""Where a model answers."""

import pytest
from django.utils import timezone

from apps.core import config
from apps.core.errors import NotFound, Retryable
from apps.core.nodes import node_name
from apps.generation.upstream import Target, target_for, targets, usual_model
from apps.modelhub.models import Model, ModelServer

State = ModelServer.State


@pytest.fixture
def model(db):
    return Model.objects.create(name="qwen", path="qwen.gguf", sha256="a" * 64)


@pytest.fixture
def loaded(model):
    return ModelServer.objects.create(
        model=model, node=node_name(), url="http://127.0.0.1:8081", state=State.READY,
        seen_at=timezone.now(), plan={"context": 4096},
    )  # fmt: skip


@pytest.fixture
def elsewhere(server, configured):
    targets.forget()
    configured("serving", servers=[server.url])
    yield server
    targets.forget()


def test_a_loaded_model_answers_at_its_server(loaded):
    url = "http://127.0.0.1:8081/v1"

    assert target_for("qwen") == Target(url, "qwen", sha256="a" * 64, context=4096)
    assert usual_model() == "qwen"


def test_a_model_that_is_not_loaded_is_wanted(model):
    with pytest.raises(Retryable) as loading:
        target_for("qwen")

    assert loading.value.code == "model_loading"
    assert loading.value.details["retry_after_s"] > 0
    assert ModelServer.objects.get(model=model).state == State.WANTED


def test_a_server_that_was_not_heard_of_lately_is_not_asked(loaded):
    ModelServer.objects.update(seen_at=timezone.now() - 2 * targets.FRESH)

    with pytest.raises(Retryable):
        target_for("qwen")


def test_a_model_that_nobody_has_is_not_found(db):
    with pytest.raises(NotFound):
        target_for("qwen")


def test_servers_elsewhere_are_asked_what_they_have(db, elsewhere):
    assert target_for("scripted") == Target(f"{elsewhere.url}/v1", "scripted")
    assert usual_model() == "scripted"


def test_without_models_none_is_usual(db, django_assert_max_num_queries):
    with django_assert_max_num_queries(1):
        assert usual_model() == ""


def test_a_configured_model_is_the_usual_one(db, configured):
    configured("serving", models=["small", "large"])

    assert usual_model() == "small"


def test_the_remote_engine_is_off_until_it_has_an_address(configured):
    assert targets.remote_target() is None

    configured("engines", remote_url="https://far.example/v1/", remote_model="big", remote_key="k")

    assert targets.remote_target() == Target("https://far.example/v1", "big", "k", is_remote=True)
    assert config.load().engines.remote_context == 0
