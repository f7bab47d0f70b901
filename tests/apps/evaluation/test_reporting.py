"""What the monthly report hears of golden sets."""

from datetime import timedelta

import pytest

from apps.core import clock, measured
from apps.evaluation.models import EvaluationRun, GoldenSet
from tests.factories import CollectionFactory

pytestmark = pytest.mark.django_db


def test_of_each_set_the_last_run_with_what_was_in_force_is_told():
    now = clock.now()
    golden = GoldenSet.objects.create(collection=CollectionFactory(name="HR"), name="Leave")
    for days, value, candidate in ((3, 0.5, {}), (2, 0.9, {}), (1, 0.1, {"generation": 2})):
        EvaluationRun.objects.create(
            golden_set=golden, state="done", candidate=candidate,
            finished_at=now - timedelta(days=days),
            figures={"answer_right": {"value": value, "low": 0.4, "high": 0.95, "n": 40}},
        )  # fmt: skip

    (told,) = measured.measured(now - timedelta(days=9), now)

    assert (told.of, told.name, told.value, told.low) == ("HR / Leave", "answer_right", 0.9, 0.4)
    assert measured.measured(now - timedelta(days=9), now - timedelta(days=5)) == []
