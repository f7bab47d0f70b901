"""`clawdbot index switch`, and what `up` does of it."""

import pytest
from typer.testing import CliRunner

from apps.retrieval import model_switch
from apps.retrieval.models import EmbeddingGeneration
from clawdbot_site.cli import index
from clawdbot_site.installation import prepare
from tests.apps.retrieval.indexing import indexed
from tests.factories import CollectionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def changed():
    indexed("The office opens at nine.", collection=CollectionFactory())
    EmbeddingGeneration.objects.update(model_sha256="0" * 64)


def switch():
    return CliRunner().invoke(index.app, ["switch"])


def test_passages_are_embedded_again_and_it_is_said(changed):
    result = switch()

    assert result.exit_code == 0
    assert not model_switch.is_due()
    assert "passages embedded again: 1" in result.stderr


def test_without_a_change_it_says_so():
    assert "nothing to do" in switch().stderr


def test_up_switches_before_anything_starts(changed):
    prepare.prepare(with_samples=False)

    assert not model_switch.is_due()
