"""The history and shared answers."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone, translation
from django.utils.formats import date_format

from apps.generation.models import Conversation, Share, Trace
from apps.generation.wording import REMOVED
from apps.knowledge.models import Grant
from apps.portal.conversations.days import by_stretch
from apps.portal.templatetags.highlighting import highlighted
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
HISTORY, DELETE = "/conversations/", "/conversations/delete/"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def talk(person):
    return conversation_of(person, "Hotels in Paris?")


def conversation_of(user, *questions):
    made = Conversation.objects.create(user=user, title=questions[0])
    for question in questions:
        Trace.objects.create(user=user, conversation=made, question=question)
    return made


@pytest.fixture
def share(person, passage):
    """A shared answer that cites the passage."""
    version = passage.version
    cited = {
        "n": 1, "chunk": str(passage.uuid), "document": str(version.document.uuid),
        "version": str(version.uuid), "title": "<b>Travel</b>", "path": "travel.txt", "page": 1,
        "heading": "", "quote": "Hotels cost 180 euros.", "start": 26, "end": 48, "url": "",
        "support": "supported",
    }  # fmt: skip
    trace = Trace.objects.create(
        user=UserFactory(first_name="Ann", last_name="Lee"),
        question="What do hotels cost?",
        answer="<i>180</i> euros. [1]",
        is_answered=True,
        citations=[cited],
    )
    return Share.objects.create(trace=trace)


def test_the_history_shows_ones_own_with_what_they_hold(browser, person, talk):
    Share.objects.create(trace=talk.traces.get())
    conversation_of(person, "Who <b>approves</b>?", "And then?")
    conversation_of(UserFactory(), "Secret?")

    page = browser.get(HISTORY).text

    assert "Hotels in Paris?" in page
    assert "1 link" in page
    assert "Who &lt;b&gt;approves&lt;/b&gt;?" in page
    assert "Last: And then?" in page
    assert "2 questions" in page
    assert "Secret?" not in page


def test_the_number_of_queries_does_not_grow(browser, person, django_assert_max_num_queries):
    for number in range(5):
        conversation_of(person, f"Question {number}?", "More?")

    with django_assert_max_num_queries(8):
        browser.get(HISTORY)


def test_search_gives_htmx_the_list_and_a_browser_the_page(browser, person, talk):
    conversation_of(person, "Printers?")

    part = browser.get(HISTORY, {"q": "paris"}, headers=HTMX).text

    assert "Hotels in <mark>Paris</mark>?" in part
    assert "Printers?" not in part
    assert "<html" not in part
    assert "<html" in browser.get(HISTORY, {"q": "paris"}).text


def test_only_shared_ones_are_listed_on_demand(browser, person, talk):
    Share.objects.create(trace=conversation_of(person, "Printers?").traces.get())

    part = browser.get(HISTORY, {"shared": "1"}, headers=HTMX).text

    assert "Printers?" in part
    assert "Paris" not in part


@pytest.mark.parametrize(
    ("query", "words"),
    [("", "No conversations yet"), ("?q=x%00y", "Nothing found"), ("?shared=1", "share no answer")],
)
def test_an_empty_history_says_why(browser, query, words):
    assert words in browser.get(HISTORY + query).text


def test_long_histories_have_pages(browser, person):
    for number in range(31):
        conversation_of(person, f"Question {number}?")

    assert "1–30 of 31" in browser.get(HISTORY).text
    assert "Question 0?" in browser.get(HISTORY, {"page": "2"}).text


@pytest.mark.parametrize(
    ("language", "names"),
    [("en", ["Today", "Yesterday", "Earlier this week", "October 2026"]),
     ("zh-hans", ["2026年11月", "2026年10月"])],
)  # fmt: skip
def test_days_are_named_as_people_name_them(person, language, names):
    thursday = date(2026, 11, 26)
    made = []
    for days in (0, 1, 2, 30):
        noon = datetime.combine(thursday - timedelta(days=days), datetime.min.time())
        made.append(Conversation(user=person, updated_at=timezone.make_aware(noon)))

    with translation.override(language):
        found = [stretch.name for stretch in by_stretch(made, today=thursday)]
        month = date_format(thursday - timedelta(days=30), "YEAR_MONTH_FORMAT")

    assert found[-1] == month == names[-1]
    assert len(found) == 4
    assert language != "en" or found == names


def test_renaming_in_place_answers_with_the_title(browser, talk):
    address = f"/conversations/{talk.uuid}/title/"
    assert 'name="title"' in browser.get(address, headers=HTMX).text

    part = browser.post(address, {"title": "<Trips>"}, headers=HTMX).text

    talk.refresh_from_db()
    assert talk.title == "<Trips>"
    assert part.count("&lt;Trips&gt;") == 2  # in the list and in the side bar
    assert "&lt;Trips&gt;</a>" in browser.get(f"{address}?cancel", headers=HTMX).text


def test_renaming_works_without_script(browser, talk):
    address = f"/conversations/{talk.uuid}/title/"
    assert "<html" in browser.get(address).text

    assert browser.post(address, {"title": "Trips"}).headers["Location"] == HISTORY
    assert "needs a title" in browser.post(address, {"title": " "}).text


def test_the_question_before_deleting_says_what_goes(browser, person, talk):
    Share.objects.create(trace=talk.traces.get())
    other = conversation_of(person, "One?", "Two?")

    asked = browser.get(DELETE, {"conversation": [talk.uuid, other.uuid]}).text

    assert "Delete 2 conversations?" in asked
    assert "3 questions with their answers" in asked
    assert "1 shared link" in asked
    assert Conversation.objects.count() == 2


def test_deleting_removes_the_chosen_ones_only(browser, person, talk):
    kept, theirs = conversation_of(person, "Kept?"), conversation_of(UserFactory(), "Theirs?")

    response = browser.post(DELETE, {"conversation": [talk.uuid, theirs.uuid]}, follow=True)

    assert "One conversation is deleted." in response.text
    assert set(Conversation.objects.all()) == {kept, theirs}


def test_all_are_deleted_at_once(browser, person, talk):
    conversation_of(person, "More?")
    assert "Delete all 2 conversations?" in browser.get(DELETE, {"all": "1"}).text

    browser.post(DELETE, {"all": "1"})

    assert not Conversation.objects.exists()


def test_deleting_the_open_conversation_leads_to_a_new_question(browser, talk):
    response = browser.post(DELETE, {"conversation": talk.uuid, "after": "ask"})

    assert response.headers["Location"] == "/"


def test_nothing_chosen_deletes_nothing(browser, talk):
    assert "nothing to delete" in browser.get(DELETE).text
    browser.post(DELETE)

    assert Conversation.objects.exists()


@pytest.mark.parametrize("address", [DELETE + "?conversation={}", "/conversations/{}/title/"])
def test_other_peoples_conversations_are_not_found(browser, address):
    theirs = conversation_of(UserFactory(), "Secret?")

    assert browser.get(address.format(theirs.uuid)).status_code == 404
    assert browser.get(address.format("x")).status_code == 404


def test_a_shared_answer_is_read_by_whoever_may_read_its_sources(browser, share):
    page = browser.get(f"/shared/{share.uuid}/").text

    assert "What do hotels cost?" in page
    assert "&lt;i&gt;180&lt;/i&gt; euros. [1]" in page
    assert "&lt;b&gt;Travel&lt;/b&gt;" in page
    assert "Ann Lee shared it on" in page
    assert "start=26&amp;end=48" in page
    assert "/?q=What%20do%20hotels%20cost%3F" in page
    assert "Withdraw" not in page


def test_without_the_right_to_a_source_nothing_is_told(browser, person, share):
    Grant.objects.filter(user=person).delete()

    response = browser.get(f"/shared/{share.uuid}/")

    assert response.status_code == 404
    assert "You may not see this answer" in response.text
    assert "hotels" not in response.text


def test_a_link_that_was_never_made_leads_nowhere(browser):
    response = browser.get(f"/shared/{uuid4()}/")

    assert response.status_code == 404
    assert "This link leads nowhere" in response.text


def test_a_removed_answer_says_so(browser, share):
    Trace.objects.update(answer=REMOVED["en"], citations=[])

    assert "A source of this answer was deleted" in browser.get(f"/shared/{share.uuid}/").text


def test_an_unanswered_question_is_shown_as_not_found(browser, share):
    Trace.objects.update(answer="…", is_answered=False, citations=[])

    assert "Not found: when it was asked" in browser.get(f"/shared/{share.uuid}/").text


def test_only_its_owner_withdraws_a_link(browser, person, share):
    assert browser.post(f"/shared/{share.uuid}/end/").status_code == 404
    Trace.objects.update(user=person)
    assert "Withdraw the link" in browser.get(f"/shared/{share.uuid}/").text

    assert browser.post(f"/shared/{share.uuid}/end/").headers["Location"] == HISTORY
    assert not Share.objects.exists()


def test_htmx_is_sent_to_sign_in_and_back_to_the_page(client):
    shown = {"HX-Request": "true", "HX-Current-URL": "https://evil.example/conversations/?q=x"}

    response = client.get(HISTORY, headers=shown)

    assert response.headers["HX-Redirect"] == "/login/?next=/conversations/%3Fq%3Dx"


@pytest.mark.parametrize(
    ("text", "query", "shown"),
    [
        ("a<b", "", "a&lt;b"),
        ("<b>Bold</b>", "b", "&lt;<mark>b</mark>&gt;<mark>B</mark>old&lt;/<mark>b</mark>&gt;"),
        ("1.5 (x)", "( .", "1<mark>.</mark>5 <mark>(</mark>x)"),
    ],
)
def test_highlighting_keeps_text_text(text, query, shown):
    assert highlighted(text, query) == shown
