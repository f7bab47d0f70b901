"""A keeper of models only where there are models."""

import pytest

from apps.core.config import Config
from apps.modelhub.models import Model
from clawdbot_site.supervision import conf, control, keeper_presence, node_chores, places
from clawdbot_site.supervision.control import ProcessState


@pytest.fixture
def supervisor(monkeypatch):
    """Stands for a running supervisor: what was added to it."""
    added: list[str] = []
    monkeypatch.setattr(
        control, "states", lambda _: [ProcessState(name, "RUNNING", 1, 1) for name in added]
    )
    monkeypatch.setattr(control, "add", lambda _, name: added.append(name))
    return added


@pytest.mark.django_db
def test_a_node_without_models_gets_no_keeper(supervisor):
    assert not node_chores.keep_models()
    assert supervisor == []


@pytest.mark.django_db
def test_the_first_model_brings_one_keeper_to_a_running_node(supervisor):
    Model.objects.create(name="a")

    node_chores.keep_models()
    node_chores.keep_models()

    assert supervisor == [conf.KEEPER]


@pytest.mark.django_db
def test_a_model_that_the_configuration_names_needs_a_keeper():
    assert keeper_presence.is_needed(Config(serving={"models": ["a"]}))
    assert not keeper_presence.is_needed(Config())


@pytest.mark.parametrize("is_needed", [True, False])
def test_the_next_start_is_told(is_needed):
    keeper_presence.mark(Config(), is_needed=is_needed)

    assert keeper_presence.is_marked(Config()) is is_needed
    assert places.run_dir(Config()).exists()
