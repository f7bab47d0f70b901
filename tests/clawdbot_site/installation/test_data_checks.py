"""`clawdbot doctor` names the model that is missing or damaged."""

import pytest
from celery import Celery

from apps.core import config
from apps.retrieval import embedding
from apps.retrieval.models import EmbeddingGeneration
from clawdbot_site.installation import data_checks
from clawdbot_site.installation.data_checks import data_findings
from tests.small_reader import write_small_reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr("apps.core.config.Config.reader_dir", tmp_path)
    return write_small_reader(tmp_path)


def reader():
    return next(finding for finding in data_findings() if finding.check == "reader")


def test_a_reader_as_published_is_fine(folder):
    assert reader().seen.endswith("2 files as published")
    assert reader().is_fine


def test_a_damaged_reader_is_named_with_what_to_do(folder):
    (folder / "model.onnx").write_bytes(b"broken")

    assert reader().seen == "model.onnx damaged"
    assert "git checkout -- models" in reader().remedy


def test_a_missing_reader_is_told(folder):
    (folder / "model.json").unlink()

    assert "no model in" in reader().seen


def test_a_reader_that_is_switched_off_need_not_be_there(folder, monkeypatch):
    (folder / "model.json").unlink()
    off = config.load().retrieval.model_copy(update={"read": 0})
    settings = config.load().model_copy(update={"retrieval": off})
    monkeypatch.setattr(config, "load", lambda: settings)

    assert reader().is_fine


def test_vectors_of_another_model_are_told_with_what_to_do():
    embedding.current_generation()
    EmbeddingGeneration.objects.update(model_sha256="0" * 64)

    told = next(finding for finding in data_findings() if finding.check == "vectors")

    assert "clawdbot index switch" in told.remedy


def test_a_broker_that_is_away_is_told(monkeypatch):
    monkeypatch.setattr(data_checks, "celery_app", Celery(broker="redis://127.0.0.1:1/0"))

    found = next(finding for finding in data_findings() if finding.check == "broker")

    assert (found.seen, found.remedy) == ("redis: no answer", "Start it, or check broker.url.")


def test_a_named_model_that_is_not_there_is_told_before_the_start_refuses_it(tmp_path, monkeypatch):
    embedding.current_generation()
    monkeypatch.setattr("apps.core.config.Config.embedder_dir", tmp_path)
    monkeypatch.setattr(data_checks, "_embedder_dir", lambda: tmp_path / "in use")

    found = next(finding for finding in data_findings() if finding.check == "embedder")

    assert (found.level, "model.embedder" in found.remedy) == ("fix", True)
