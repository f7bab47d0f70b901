"""Feedback on answers."""

import pytest

from apps.core.errors import Invalid, NotFound
from apps.generation.feedback import MAX_CHARACTERS, Opinion, feedback_give
from apps.generation.models import Feedback, Trace
from tests.factories import UserFactory


@pytest.fixture
def asker(db):
    return UserFactory()


@pytest.fixture
def trace(asker):
    return Trace.objects.create(user=asker, question="Who?")


def test_the_last_verdict_counts(asker, trace):
    feedback_give(trace=trace.uuid, by=asker, opinion=Opinion("up"))

    feedback_give(trace=trace.uuid, by=asker, opinion=Opinion("down", correct_answer="Anna"))

    kept = Feedback.objects.get(trace=trace)
    assert (kept.verdict, kept.correct_answer) == ("down", "Anna")


def test_nobody_judges_another_users_answer(trace):
    with pytest.raises(NotFound):
        feedback_give(trace=trace.uuid, by=UserFactory(), opinion=Opinion("up"))


@pytest.mark.parametrize(
    "given", [{"verdict": "maybe"}, {"verdict": "up", "comment": "x" * (MAX_CHARACTERS + 1)}]
)
def test_an_unknown_verdict_or_endless_comment_is_refused(given, asker, trace):
    with pytest.raises(Invalid):
        feedback_give(trace=trace.uuid, by=asker, opinion=Opinion(**given))
