"""Processes that go round for ever go round an outage of the database, too."""

import pytest
from django.db import InterfaceError, OperationalError

from apps.retrieval import index_following
from clawdbot_site.supervision import model_keeper

OUTAGES = [OperationalError("server closed the connection"), InterfaceError("already closed")]


class Rounds:
    """Fails as an outage does, then goes on; the process is told to stop after that."""

    def __init__(self, outage):
        self.outcomes = [outage, SystemExit(0)]

    def round(self, *args):
        raise self.outcomes.pop(0)


@pytest.mark.parametrize("outage", OUTAGES)
def test_the_indexer_goes_on_over_a_fresh_connection(monkeypatch, tmp_path, outage):
    rounds, closed = Rounds(outage), []
    monkeypatch.setattr(index_following.signal, "signal", lambda *args: None)
    monkeypatch.setattr(index_following.connections, "close_all", lambda: closed.append(1))
    monkeypatch.setattr(index_following.shared_vectors, "start_following", lambda stopping: None)
    monkeypatch.setattr(index_following, "_follow", rounds.round)
    monkeypatch.setattr(index_following, "RETRY_S", 0.0)

    with pytest.raises(SystemExit):
        index_following.run_forever()

    assert (rounds.outcomes, closed) == ([], [1])


def test_the_indexer_begins_when_the_database_comes_up_after_it(monkeypatch):
    rounds = Rounds(OUTAGES[0])
    monkeypatch.setattr(index_following.signal, "signal", lambda *args: None)
    monkeypatch.setattr(index_following.connections, "close_all", lambda: None)
    monkeypatch.setattr(index_following.shared_vectors, "start_following", rounds.round)
    monkeypatch.setattr(index_following, "RETRY_S", 0.0)

    with pytest.raises(SystemExit):
        index_following.run_forever()

    assert rounds.outcomes == []


@pytest.mark.parametrize("outage", OUTAGES)
def test_the_keeper_of_models_keeps_them_through_an_outage(monkeypatch, outage):
    rounds, closed = Rounds(outage), []
    monkeypatch.setattr(model_keeper, "Keeper", lambda *args, **kwargs: rounds)
    monkeypatch.setattr("django.db.close_old_connections", lambda: closed.append(1))
    monkeypatch.setattr(model_keeper, "ROUND_S", 0.0)

    with pytest.raises(SystemExit):
        model_keeper.keep()

    assert (rounds.outcomes, closed) == ([], [1])
