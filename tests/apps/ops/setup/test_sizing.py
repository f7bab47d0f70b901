"""Which size suits a machine, and whether what it sets fits there."""

import pytest

from apps.core.config import Config
from apps.core.sizes import parse_size
from apps.ops.setup import choices, sizing
from apps.ops.setup.sizing import PARSER_BYTES, REST_BYTES, WEB_BYTES
from tests.apps.ops.setup.machines import machine


@pytest.mark.parametrize(
    ("here", "profile"),
    [
        (machine(cores=2, memory=1), "edge"),
        (machine(cores=16, memory=2), "edge"),
        (machine(cores=2, memory=4), "workstation"),
        (machine(cores=32, memory=32), "workstation"),
        (machine(cores=2, memory=128), "workstation"),
        (machine(cores=32, memory=128), "server"),
        (machine(cores=4, memory=16, gpu=80), "server"),
        (machine(cores=4, memory=16, gpu=4), "workstation"),
    ],
)
def test_the_size_follows_the_machine_and_says_why(here, profile):
    suggestion = sizing.suggest(here)

    assert suggestion.profile == profile
    assert f"{here.cores} cores" in str(suggestion.reasons[0])


@pytest.mark.parametrize("profile", sizing.PROFILES)
@pytest.mark.parametrize("memory", [1, 2, 4, 16, 128, 1000])
def test_what_a_size_sets_is_allowed_and_fits_into_the_machine(profile, memory):
    here = machine(cores=64, memory=memory)

    found = sizing.values_of(profile, here)

    limit = parse_size(found["resource.memory_limit"])
    web, parse = found["service.web_workers"], found["ingest.parse_workers"]
    assert limit <= here.memory_bytes
    assert REST_BYTES + web * WEB_BYTES + parse * PARSER_BYTES <= limit or web == parse == 1


def test_what_the_environment_sets_is_left_to_it(monkeypatch):
    monkeypatch.setenv("CLAWDBOT_SERVICE__WEB_WORKERS", "1")

    found = choices.proposal("server", machine(cores=64, memory=256), Config())

    assert found["service.web_workers"] == 1


def test_what_somebody_set_here_survives_another_size():
    current = Config(service={"max_concurrent": 33}, retrieval={"read": 10}, profile="edge")

    found = choices.proposal("workstation", machine(), current)

    assert found["service.max_concurrent"] == 33
    assert found["retrieval.read"] == 20  # edge had set it
    assert found["profile"] == "workstation"
