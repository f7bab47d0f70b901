"""Replies while they come: who left, and what was spent."""

from types import SimpleNamespace

import pytest

from apps.accounts.api_keys import api_key_create
from apps.core.traffic.protocols import Priority
from apps.gateway import counting, streaming, talking
from apps.gateway.asked import Asked, Ended, Piece, Role, Turn
from apps.gateway.counting import tokens_in
from apps.gateway.keys import Asker
from apps.gateway.names import Talker
from apps.gateway.sources import Site
from apps.generation.admission import Admission
from apps.generation.upstream import Usage
from apps.retrieval.model_files import ModelDamaged
from tests.factories import UserFactory
from tests.scripted_engine import Raw


@pytest.mark.django_db(transaction=True)
def test_nobody_writes_on_for_a_client_that_left_while_words_come(monkeypatch):
    monkeypatch.setattr(streaming, "is_gone", lambda request: True)
    events = [*[Piece("word ")] * 9, Ended("stop", Usage())]

    with pytest.raises(streaming.ClientGone):
        streaming.collected(iter(events), object())


@pytest.mark.django_db
def test_words_are_counted_where_the_server_does_not_count(local_model, monkeypatch):
    spent = []
    monkeypatch.setattr(Admission, "spend", lambda _self, tokens: spent.append(tokens))
    local_model.tell(["Hello ", "there.", Raw(b"data: [DONE]\n\n")])
    user = UserFactory()
    key, _secret = api_key_create(user=user, name="test")
    asker = Asker(user, key, Priority.API, Site("http://kb"))

    list(talking.replied(Asked("scripted", [Turn(Role.USER, "Hi")]), Talker("scripted"), asker))

    assert spent == [2]


def test_tokens_are_estimated_on_a_node_without_the_embedder(monkeypatch):
    def missing():
        raise ModelDamaged("It is not there.")

    monkeypatch.setattr(counting, "embedder", missing)

    assert 2 <= tokens_in(["two words", ""]) <= 9


def test_of_a_very_long_text_only_the_beginning_is_counted(monkeypatch):
    seen = []
    counter = SimpleNamespace(count_tokens=lambda text: seen.append(len(text)) or len(text) / 4)
    monkeypatch.setattr(counting, "embedder", lambda: counter)

    assert tokens_in(["a" * 1_000_000, "", "b" * 1_000_000]) == 500_000
    assert sum(seen) == counting.MOST_COUNTED
