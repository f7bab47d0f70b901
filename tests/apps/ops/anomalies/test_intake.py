"""From rows of the ledger to anomalies: each request is looked at once, whoever looks."""

from datetime import timedelta

import pytest

from apps.accounts.api_keys import api_key_create
from apps.core import clock
from apps.ops.anomalies import intake
from apps.ops.anomalies.kinds import Rule
from apps.ops.erasing.people import user_data_delete
from apps.ops.models import Anomaly, AnomalyCursor, AnomalyHabit, RequestRecord
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def denied(user: int, count: int, *, minutes_ago: float = 10, key: int | None = None) -> None:
    """Different documents, one each second from the beginning of a minute on."""
    begin = (clock.now() - timedelta(minutes=minutes_ago)).replace(second=0)
    RequestRecord.objects.bulk_create(
        RequestRecord(
            at=begin + timedelta(seconds=n), surface="api", kind="open", outcome="denied", node="n",
            user_id=user, key_id=key, network="10.0.0.0/24", document=f"{n:032x}",
        )
        for n in range(count)
    )  # fmt: skip


def test_requests_become_an_anomaly_and_are_looked_at_once():
    denied(7, 20)

    assert (intake.requests_look(), intake.requests_look()) == (20, 0)
    row = Anomaly.objects.get()
    assert (row.count, row.first_seen < row.last_seen) == (1, False)
    assert (row.rule, row.user_id, row.evidence["figures"]["denied"]) == (Rule.DENIALS, 7, 20)


def test_what_is_seen_piece_by_piece_adds_up():
    for minutes_ago in (9, 8, 7, 6):
        denied(7, 5, minutes_ago=minutes_ago)
        intake.requests_look()

    assert Anomaly.objects.get().evidence["figures"]["denied"] >= 15


def test_the_past_is_learned_from_and_not_told():
    denied(7, 20, minutes_ago=3000)

    intake.requests_look()

    assert (Anomaly.objects.count(), AnomalyHabit.objects.filter(pk="user:7").count()) == (0, 1)


def test_a_number_that_is_not_there_yet_is_waited_for():
    denied(7, 4, minutes_ago=1)
    first = RequestRecord.objects.earliest("pk")
    AnomalyCursor.objects.create(record_id=first.pk)
    RequestRecord.objects.filter(pk=first.pk + 2).delete()

    assert intake.requests_look() == 1
    assert AnomalyCursor.objects.get().record_id == first.pk + 1


def test_who_was_slower_writes_nothing(monkeypatch):
    denied(7, 20)
    monkeypatch.setattr(intake, "_advanced", lambda _seen, _last: False)

    intake.requests_look()

    assert (Anomaly.objects.count(), AnomalyHabit.objects.count()) == (0, 0)


def test_what_our_own_restrictions_refuse_is_no_trouble():
    denied(7, 20)
    RequestRecord.objects.update(code="throttled")

    intake.requests_look()

    assert Anomaly.objects.count() == 0


def test_what_is_asked_on_the_machine_itself_restricts_nobody():
    denied(7, 20)
    RequestRecord.objects.update(surface="cli")

    intake.requests_look()

    assert Anomaly.objects.count() == 0


@pytest.mark.parametrize(("status", "rules"), [(302, set()), (200, {Rule.DENIALS})])
def test_guessed_passwords_are_found_and_a_page_left_open_overnight_is_not(status, rules):
    denied(7, 40)
    RequestRecord.objects.update(user_id=None, kind="other", document=None, status=status)

    intake.requests_look()

    assert set(Anomaly.objects.values_list("rule", flat=True)) == rules


def test_habits_and_anomalies_of_a_person_go_with_them():
    user = UserFactory()
    key, _secret = api_key_create(user=user, name="script")
    denied(user.pk, 20)
    denied(user.pk, 20, key=key.pk, minutes_ago=8)
    intake.requests_look()
    assert Anomaly.objects.count() == 2

    user_data_delete(user=user, by=user)

    assert Anomaly.objects.count() == 0
    told = str(list(AnomalyHabit.objects.values_list("subject", "learned")))
    assert f"user:{user.pk}" not in told
    assert f"key:{key.pk}" not in told
