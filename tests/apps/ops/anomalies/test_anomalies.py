"""Findings become anomalies: merged, told, acted on by policy, settled by people."""

from datetime import timedelta

import pytest

from apps.accounts.api_keys import api_key_authenticate, api_key_create
from apps.accounts.models import Restriction
from apps.core import clock
from apps.core.errors import Conflict, Forbidden
from apps.ops.anomalies.findings import Finding
from apps.ops.anomalies.kinds import Deed, Measure, Outcome, Rule, Severity, State
from apps.ops.anomalies.measures import measures_lift, measures_of, restriction_impose
from apps.ops.anomalies.selectors import open_anomalies
from apps.ops.anomalies.services import anomalies_prune, anomaly_settle, findings_report
from apps.ops.erasing.people import user_data_delete
from apps.ops.models import Anomaly, AnomalyDeed, AnomalyPolicy
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
FIGURES = {"documents": 90, "usual": 25, "span": "hour"}


def finding(subject="user:7", severity=Severity.MEDIUM, minutes_ago=0, **figures) -> Finding:
    at = (clock.now() - timedelta(minutes=minutes_ago)).timestamp()
    return Finding(Rule.BULK_ENUMERATION, severity, subject, at, FIGURES | figures, [0, 1, 2])


def reported(**rest) -> Anomaly:
    findings_report([finding(**rest)])
    return Anomaly.objects.latest("pk")


def policy(**what) -> None:
    AnomalyPolicy.objects.create(rule=Rule.BULK_ENUMERATION, **what)


def test_the_same_again_adds_to_what_is_known():
    first = findings_report([finding(minutes_ago=5)])
    second = findings_report([finding(documents=95)])

    row = Anomaly.objects.get()
    assert (len(first), second, row.count, row.evidence["figures"]["documents"]) == (1, [], 2, 95)


def test_what_gets_worse_or_comes_back_after_a_quiet_day_is_news():
    row = reported(minutes_ago=3 * 1440)
    anomaly_settle(row, State.ACKNOWLEDGED, by=UserFactory())

    again = findings_report([finding(minutes_ago=5)])
    worse = findings_report([finding(severity=Severity.HIGH)])

    row.refresh_from_db()
    assert (again, worse, row.state) == ([row], [row], State.OPEN)


def test_a_closed_one_is_found_anew_and_a_false_alarm_is_not():
    anomaly_settle(reported(), State.CLOSED, by=UserFactory())
    anomaly_settle(reported(), State.FALSE_ALARM, by=UserFactory())

    assert findings_report([finding()]) == []
    assert len(findings_report([finding(severity=Severity.HIGH)])) == 1


def test_one_that_was_closed_is_not_opened_beside_a_newer_one():
    closed = reported()
    anomaly_settle(closed, State.CLOSED, by=UserFactory())
    reported()

    with pytest.raises(Conflict):
        anomaly_settle(closed, State.OPEN, by=UserFactory())


def test_a_rule_that_is_switched_off_says_nothing():
    policy(is_on=False)

    assert findings_report([finding()]) == []


def test_a_policy_suspends_the_key_and_a_false_alarm_lets_it_in_again():
    key, secret = api_key_create(user=UserFactory(), name="crawler")
    policy(measure=Measure.BLOCK, measure_from=Severity.MEDIUM)
    row = reported(subject=f"key:{key.pk}")

    with pytest.raises(Forbidden):
        api_key_authenticate(secret)
    anomaly_settle(row, State.FALSE_ALARM, by=UserFactory(), note="the new sync")

    assert api_key_authenticate(secret) == key
    assert [one.deed for one in row.deeds.all()] == [Deed.BLOCK, Deed.FALSE_ALARM, Deed.LIFT]


def test_what_is_less_severe_than_the_policy_says_is_only_written_down():
    policy(measure=Measure.BLOCK, measure_from=Severity.HIGH)

    row = reported(subject=f"user:{UserFactory().pk}")

    assert (measures_of(row), row.deeds.count()) == ([], 0)


def test_the_last_administrator_is_not_suspended_and_the_row_says_so():
    boss = UserFactory(is_superuser=True)
    policy(measure=Measure.BLOCK, measure_from=Severity.MEDIUM)

    row = reported(subject=f"user:{boss.pk}")

    deed = AnomalyDeed.objects.get(anomaly=row)
    assert (deed.outcome, Restriction.objects.count()) == (Outcome.FAILED, 0)
    assert "last administrator" in deed.note


def test_a_lifted_restriction_names_who_lifted_it():
    row, boss = reported(subject=f"user:{UserFactory().pk}"), UserFactory(is_superuser=True)
    made = restriction_impose(row, Measure.THROTTLE, minutes=60, by=boss)

    assert measures_lift(row, by=boss) == 1
    made.refresh_from_db()
    assert (made.lifted_by, measures_of(row)) == (boss, [])


def test_open_ones_are_listed_with_names_the_worst_first(django_assert_max_num_queries):
    user = UserFactory(username="ann")
    reported(subject=f"user:{user.pk}")
    reported(subject="user:12345", severity=Severity.HIGH)

    with django_assert_max_num_queries(3):
        seen = open_anomalies()

    assert [(one.subject, one.tone) for one in seen] == [("12345", "bad"), ("ann", "warn")]


def test_what_was_settled_long_ago_is_forgotten():
    row = reported()
    anomaly_settle(row, State.CLOSED, by=UserFactory())
    Anomaly.objects.update(settled_at=clock.now() - timedelta(days=500))
    reported()

    assert (anomalies_prune(), Anomaly.objects.count()) == (1, 1)


def test_one_whose_restriction_holds_is_kept_so_that_it_can_be_lifted(configured):
    configured("anomalies", keep_days=1)
    key, _secret = api_key_create(user=UserFactory(), name="crawler")
    row = reported(subject=f"key:{key.pk}")
    restriction_impose(row, Measure.BLOCK)
    anomaly_settle(row, State.CLOSED, by=UserFactory())
    Anomaly.objects.update(settled_at=clock.now() - timedelta(days=9))

    assert anomalies_prune() == 0
    measures_lift(row, by=None)
    assert anomalies_prune() == 1


def test_who_restricted_somebody_stands_nowhere_once_they_are_erased():
    administrator = UserFactory(is_superuser=True)
    row = reported(subject=f"user:{UserFactory().pk}")
    restriction_impose(row, Measure.THROTTLE, by=administrator)
    measures_lift(row, by=administrator)

    user_data_delete(user=administrator, by=administrator)

    restriction = Restriction.objects.get()
    assert (restriction.made_by, restriction.lifted_by) == (None, None)
