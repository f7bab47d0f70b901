"""A Redis that is emptied, restarted or cut off costs bells, and bells are rung again.

The worker that listens has a clock two minutes ahead.
"""

import itertools
import os
import subprocess
import sys

import pytest
import redis as client
from kombu.exceptions import OperationalError

from apps.core import doorbell
from apps.core.config import Broker, Config
from clawdbot_site.celery_settings import SCHEDULE
from tests.installation import wait_until
from tests.outages.clocks import clock_ahead
from tests.outages.conftest import ROOT
from tests.outages.listening import HEAR, application
from tests.outages.proxy import Proxy

SHORTEST = SCHEDULE["sweep-jobs"]["schedule"]
NUMBERS = itertools.count()


def configured(port):
    return Config(broker=Broker(url=f"redis://127.0.0.1:{port}/0"))


@pytest.fixture(scope="module")
def cable(redis):
    proxy = Proxy(redis.port)
    yield proxy
    proxy.close()


@pytest.fixture(scope="module")
def heard(redis, cable, servers_folder):
    """The file of what the worker heard."""
    file = servers_folder / "heard"
    file.touch()
    environment = os.environ | clock_ahead(120)
    environment |= {
        "CLAWDBOT_BROKER__URL": f"redis://127.0.0.1:{cable.port}/0",
        "HEARD": str(file),
    }
    with (servers_folder / "worker.log").open("wb") as log:
        worker = subprocess.Popen(
            [sys.executable, "-m", "tests.outages.listening"],
            cwd=ROOT, env=environment, stdout=log, stderr=log,
        )  # fmt: skip
        yield file
        worker.kill()
        worker.wait()


@pytest.fixture
def ring(redis, heard, monkeypatch):
    """Rings until it is heard, as the sweepers do."""
    monkeypatch.setattr(doorbell, "current_app", application(configured(redis.port)))
    monkeypatch.setattr(doorbell, "SILENT_S", 0.0)

    def until_heard(*, pause_s=0):
        number = next(NUMBERS)

        def is_heard():
            doorbell._send(HEAR, (number, pause_s), SHORTEST)
            return str(number) in heard.read_text().split()

        wait_until(is_heard, what="the bell is heard", tries=96)  # 48 s; kombu alone takes 51

    return until_heard


def test_a_bell_does_not_expire_by_the_clock_of_another(ring):
    ring()


def test_a_worker_hears_what_is_rung_after_redis_was_emptied(ring, redis):
    ring()
    client.Redis.from_url(redis.url).flushall()

    ring()


def test_a_worker_listens_again_when_redis_was_restarted_and_knows_nothing(ring, redis):
    ring()
    redis.close()
    redis.start()

    ring()


def test_a_worker_notices_that_its_connection_is_dead(ring, cable):
    ring()
    cable.cut()

    ring()


def test_a_worker_listens_again_whose_connection_died_while_it_worked(ring, cable):
    ring(pause_s=1)
    cable.cut()

    ring()


def test_who_rings_while_redis_is_away_is_not_held_up_each_time(monkeypatch):
    rung = []

    class Away:
        def send_task(self, *args, **kwargs):
            rung.append(args)
            raise OperationalError

    monkeypatch.setattr(doorbell, "current_app", Away())
    monkeypatch.setattr(doorbell, "_silent_until", 0.0)

    for _ in range(3):
        doorbell._send(HEAR, (1,), SHORTEST)

    assert len(rung) == 1


def test_a_lost_bell_is_no_error(monkeypatch, caplog):
    monkeypatch.setattr(doorbell, "current_app", application(configured(1)))
    monkeypatch.setattr(doorbell, "_silent_until", 0.0)

    doorbell._send(HEAR, (1,), SHORTEST)

    assert "rung again later" in caplog.text
