"""`clawdbot index` about embedding models, and what `up` does when the configured one changed."""

import json

import pytest
from typer.testing import CliRunner

from apps.core import config
from apps.core.config import Config
from apps.core.errors import Conflict, Invalid
from apps.retrieval import embedding, generation_switching, indexer, model_switch
from apps.retrieval.models import EmbeddingGeneration
from clawdbot_site.cli import index, switching
from clawdbot_site.installation import prepare
from tests.apps.retrieval.generations import STATIC, built, switched
from tests.apps.retrieval.indexing import indexed
from tests.factories import CollectionFactory

pytestmark = pytest.mark.django_db
State = EmbeddingGeneration.State


@pytest.fixture
def first():
    indexed("The office opens at nine.", collection=CollectionFactory(name="Hours"))
    return embedding.current_generation()


@pytest.fixture
def changed(first):
    EmbeddingGeneration.objects.update(model_sha256="0" * 64)


@pytest.fixture
def configured(monkeypatch):
    """clawdbot.yaml names the static model."""
    settings = config.load()
    other = settings.model.model_copy(update={"embedder": str(STATIC)})
    changed: Config = settings.model_copy(update={"model": other})
    monkeypatch.setattr(config, "load", lambda: changed)


def run(*arguments):
    return CliRunner().invoke(index.app, list(arguments))


def test_passages_are_embedded_again_and_it_is_said(changed):
    result = run("switch")

    assert result.exit_code == 0
    assert not model_switch.is_due()
    assert "1 text to embed" in result.stderr
    assert "passages embedded again: 1" in result.stderr


def test_without_a_change_it_says_so():
    assert "nothing to do" in run("switch").stderr


def test_another_model_is_built_and_left_for_a_decision(first):
    result = run("switch", "--model", str(STATIC), "--no-flip")

    assert "it is not in use yet: clawdbot index flip" in result.stderr
    assert embedding.current_generation() == first
    assert EmbeddingGeneration.objects.get(dimension=192).state == State.READY


def test_the_commands_switch_go_back_and_discard(first):
    second = built()

    assert run("flip", str(second.pk)).exit_code == 0
    assert embedding.current_generation() == second
    assert run("rollback").exit_code == 0
    assert embedding.current_generation() == first
    assert run("discard", str(second.pk)).exit_code == 0
    assert second.vectors.count() == 0


def test_generations_are_listed_for_machines(first):
    second = built()
    run("measure", str(second.pk))

    listed = json.loads(run("generations", "--json").stdout)

    assert [one["state"] for one in listed] == ["current", "ready"]
    assert listed[1]["report"]["measured"]["against"]["id"] == first.pk


def test_a_collection_without_golden_questions_is_refused_before_anything_is_built(first):
    refused = run("switch", "--model", str(STATIC), "--golden", "Hours")

    assert isinstance(refused.exception, Invalid)
    assert EmbeddingGeneration.objects.get() == first


def test_the_one_in_use_is_not_discarded(first):
    assert isinstance(run("discard", str(first.pk)).exception, Conflict)


def test_up_switches_before_anything_starts(changed):
    prepare.prepare(with_samples=False)

    assert not model_switch.is_due()


def test_up_builds_a_configured_model_that_was_never_built(first, configured):
    prepare.prepare(with_samples=False)

    assert embedding.current_generation().dimension == 192
    first.refresh_from_db()
    assert first.state == State.RETIRED


def test_up_does_not_switch_back_what_an_administrator_went_away_from(first, configured):
    switched()
    generation_switching.rollback(by=None)

    assert switching.switch_model() is None
    assert embedding.current_generation() == first


def test_up_leaves_a_model_that_waits_for_a_decision(first, configured, capsys):
    second = built()

    assert switching.switch_model() is None
    assert embedding.current_generation() == first
    assert f"clawdbot index flip {second.pk}" in capsys.readouterr().err


def test_up_does_not_build_again_what_was_given_up(first, configured):
    generation_switching.discard(built(), by=None)

    assert switching.switch_model() is None
    assert model_switch.standing() == model_switch.Standing.DISCARDED


def test_a_switch_by_hand_takes_up_what_was_given_up(first, configured):
    run("discard", str(built().pk))

    assert run("switch").exit_code == 0
    indexer.catch_up()
    assert embedding.current_generation().dimension == 192
