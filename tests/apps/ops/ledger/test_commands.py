"""Questions on the command line are in the ledger, whatever becomes of them."""

import pytest

from apps.core.traffic.protocols import Priority
from apps.generation import answer as answering
from apps.generation.answers import Question
from apps.knowledge.access import Scope
from clawdbot_site.cli.ask import answered
from tests.apps.api.test_answers import QUESTION

pytestmark = pytest.mark.django_db


def asked(reader):
    scope = Scope.of(reader)
    return Question(text=QUESTION, scope=scope, user=reader, priority=Priority.PORTAL)


def test_a_question_on_the_command_line_leaves_a_row(reader, travel_policy, written):
    told = answered(asked(reader))

    row = written().get()
    assert (row.surface, row.kind, row.outcome) == ("cli", "ask", "answered")
    assert (row.user_id, row.trace, row.network) == (reader.pk, told.trace, "")
    assert 0 < row.read_ms < row.total_ms


def test_one_that_breaks_has_failed(reader, travel_policy, written, monkeypatch):
    monkeypatch.setattr(answering, "search", lambda *_, **__: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        answered(asked(reader))

    row = written().get()
    assert (row.outcome, row.status, row.code) == ("failed", 500, "internal_error")
