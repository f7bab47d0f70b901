"""What a report tells of questions: nothing that one person wrote."""

import pytest

from apps.generation.models import OpenQuestion, Trace
from apps.ops.reports.questions import open_topics, top_topics
from tests.apps.ops.reports.conftest import OCTOBER

pytestmark = pytest.mark.django_db


def top():
    return top_topics(*OCTOBER.ends())


def test_a_wording_is_told_when_three_people_used_it(asked):
    asked("How many vacation days do I get?", 3)
    asked("how many vacation days do I get", 1, first=3)
    asked("What does the canteen serve for Jane Doe?", 2)

    (topic,) = top().topics
    assert (topic.text, topic.asked, topic.people) == ("How many vacation days do I get?", 4, 4)
    assert (top().asked, top().apart) == (6, 2)


def test_wordings_of_the_same_are_one_topic_named_by_the_words_that_they_share(asked):
    asked("How do I reset my VPN password?", 2)
    asked("VPN password forgotten", 2, first=1)
    asked("reset password for the vpn", 1, first=3)

    (topic,) = top().topics
    assert (topic.text, topic.asked, topic.people) == ("", 5, 4)
    assert set(topic.terms) == {"password", "reset", "vpn"}


def test_what_holds_an_address_is_never_told_however_many_ask(asked):
    asked("What is the salary of j.doe@company.lan?", 9)

    assert (top().topics, top().apart) == ([], 9)


def test_fewer_people_are_enough_where_the_administrator_says_so(asked, configured):
    configured("reports", min_people=1)
    asked("When is the canteen open?", 1)

    assert [topic.text for topic in top().topics] == ["When is the canteen open?"]


def test_what_was_asked_in_another_month_is_not_told(asked):
    asked("When is the canteen open?", 3)

    assert top_topics(*OCTOBER.following.ends()).asked == 0
    assert top_topics(*OCTOBER.before.ends()).asked == 0


def test_open_questions_are_told_until_they_are_settled(asked):
    asked("Is there parental leave?", 4, is_answered=False)
    assert [topic.asked for topic in open_topics(*OCTOBER.ends()).topics] == [4]

    OpenQuestion.objects.update(state=OpenQuestion.State.ANSWERED)

    assert open_topics(*OCTOBER.ends()).asked == 0


def test_without_the_embedding_model_each_wording_stands_for_itself(asked, configured, tmp_path):
    configured("model", embedder=str(tmp_path))
    asked("How do I reset my VPN password?", 3)
    asked("reset my VPN password", 3)

    assert [topic.asked for topic in top().topics] == [3, 3]
    assert Trace.objects.count() == 6
