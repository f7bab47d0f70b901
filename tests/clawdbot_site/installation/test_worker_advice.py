"""How many processes fit beside the models."""

import pytest

from apps.core.config import Config
from apps.serving.hardware import Hardware
from clawdbot_site.installation.worker_advice import advice

GB = 10**9
MACHINE = Hardware(cores=8, physical_cores=8, memory_bytes=32 * GB, free_bytes=30 * GB)


def advised(models_bytes=0, **settings):
    return {one.key: one for one in advice(Config(**settings), MACHINE, models_bytes)}


def test_the_defaults_fit_their_machine():
    assert all(one.fits for one in advised().values())


@pytest.mark.parametrize("models_bytes", [0, 6 * GB])
def test_more_parsers_than_memory_are_too_many(models_bytes):
    found = advised(models_bytes, ingest={"parse_workers": 60})["ingest.parse_workers"]

    assert not found.fits
    assert "too many" in found.line
    assert found.fitting < (8 if models_bytes else 17)


def test_one_of_each_always_counts_as_fitting():
    settings = {"ingest": {"parse_workers": 1}, "service": {"web_workers": 1}}

    assert all(one.fits for one in advised(40 * GB, **settings).values())
