"""Conversations, shares and suggestions over REST."""

import pytest
from django.core.cache import cache
from django.urls import resolve

from apps.generation.models import Conversation, Share, Trace
from apps.knowledge.models import Grant, VersionState
from ingest.services import text_submit
from ingest.submissions import TextUpload
from tests.factories import CollectionFactory

pytestmark = pytest.mark.django_db
QUESTION = "How much may a hotel in Paris cost?"
LIST = "/api/v1/conversations/"


@pytest.fixture
def client(call, reader):
    return call(reader)


@pytest.fixture
def talk(client):
    return client.post(LIST, {}, format="json").json()["id"]


def ask(client, talk, question=QUESTION, **values):
    body = {"question": question, "conversation": talk} | values
    return client.post("/api/v1/ask/", body, format="json")


def turns_of(client, talk):
    return client.get(f"{LIST}{talk}/").json()["turns"]


def test_a_conversation_is_read_again_as_it_was_answered(client, talk, travel_policy):
    given = [ask(client, talk).json(), ask(client, talk, "Who invented the telephone?").json()]

    turns = turns_of(client, talk)

    assert [turn["question"] for turn in turns] == [QUESTION, "Who invented the telephone?"]
    for turn, answer in zip(turns, given, strict=True):
        nearest = [hit["chunk"] for hit in turn.pop("nearest")]
        assert nearest == [hit["chunk"] for hit in answer.pop("nearest")]
        assert answer.items() <= turn.items()
    assert (turns[0]["feedback"], turns[0]["share"], turns[0]["reported"]) == (None, "", False)


def test_a_citation_tells_its_version_and_where_it_is_kept(client, talk, travel_policy):
    citation = ask(client, talk).json()["citations"][0]

    assert citation["version_number"] == 1
    assert citation["is_current"] is True
    assert citation["collection"] == str(travel_policy.collection.uuid)
    assert citation["media_type"].startswith("text/")


def test_a_citation_of_an_older_version_says_so(client, talk, travel_policy, writer):
    trace = ask(client, talk).json()["trace"]
    version = travel_policy.versions.get()
    upload = TextUpload(path="travel.md", title="Travel policy", text="Hotels cost 200.")
    text_submit(collection=travel_policy.collection, text=upload, by=writer)
    version.state = VersionState.SUPERSEDED
    version.save()
    type(travel_policy).objects.update(current_version=None)

    assert turns_of(client, talk)[0]["citations"][0]["is_current"] is False
    shown = client.get(f"/api/v1/traces/{trace}/").json()
    assert shown["citations"][0]["is_current"] is False


def test_verdict_report_and_share_are_shown_with_their_turn(client, talk, travel_policy):
    trace = ask(client, talk).json()["trace"]
    body = {"trace": trace, "verdict": "down", "reason": "wrong", "comment": "No."}
    client.post("/api/v1/feedback/", body, format="json")
    client.post(f"/api/v1/traces/{trace}/report/", {}, format="json")
    shared = client.post(f"/api/v1/traces/{trace}/share/").json()["url"]

    (turn,) = turns_of(client, talk)

    assert turn["feedback"] == {
        "verdict": "down", "reason": "wrong", "comment": "No.", "correct_answer": ""
    }  # fmt: skip
    assert (turn["share"], turn["reported"]) == (shared, True)


def test_nothing_of_a_document_out_of_reach_is_shown(client, talk, reader, travel_policy):
    ask(client, talk)
    ask(client, talk, "Who invented the telephone?")
    Grant.objects.filter(user=reader).delete()

    answered, unanswered = turns_of(client, talk)

    assert "180" not in answered["answer"] + answered["short_answer"]
    assert answered["citations"] == unanswered["nearest"] == []


def test_an_answer_is_replaced_in_its_conversation(client, talk, travel_policy):
    first = ask(client, talk).json()["trace"]

    second = ask(client, talk, replaces=first).json()["trace"]

    assert [turn["trace"] for turn in turns_of(client, talk)] == [second]
    assert ask(client, None, replaces=first).status_code == 400
    assert ask(client, talk, replaces=talk).status_code == 404


def test_it_is_renamed_and_narrowed(client, talk, handbook):
    narrowing = {
        "collections": [str(handbook.uuid)],
        "filters": {"languages": ["en"], "created_after": "2026-01-01T00:00:00Z"},
    }
    body = {"title": "Trips", "narrowing": narrowing | {"extra": 1}}

    changed = client.patch(f"{LIST}{talk}/", body, format="json").json()

    assert (changed["title"], changed["narrowing"]) == ("Trips", narrowing)
    assert client.get(f"{LIST}{talk}/").json()["narrowing"] == narrowing
    cleared = client.patch(f"{LIST}{talk}/", {"narrowing": {}}, format="json").json()
    assert (cleared["title"], cleared["narrowing"]) == ("Trips", {})


@pytest.mark.parametrize("body", [{"title": " "}, {"title": "x" * 301}, {"narrowing": []}])
def test_what_makes_no_sense_is_refused(client, talk, body):
    assert client.patch(f"{LIST}{talk}/", body, format="json").status_code == 400


def test_narrowing_to_what_may_not_be_read_is_not_found(client, talk):
    body = {"narrowing": {"collections": [str(CollectionFactory().uuid)]}}

    assert client.patch(f"{LIST}{talk}/", body, format="json").status_code == 404
    assert client.post(LIST, body, format="json").status_code == 404


def test_conversations_are_searched(client, talk, travel_policy):
    ask(client, talk)

    assert [one["id"] for one in client.get(LIST, {"q": "paris hotel"}).json()["results"]] == [talk]
    assert client.get(LIST, {"q": "telephone"}).json()["results"] == []


def test_the_owner_alone_reads_and_changes_it(call, outsider, talk):
    other = call(outsider)

    assert other.get(f"{LIST}{talk}/").status_code == 404
    assert other.patch(f"{LIST}{talk}/", {"title": "x"}, format="json").status_code == 404
    assert Conversation.objects.get().title == ""


def test_a_share_has_one_link_until_it_ends(client, talk, travel_policy):
    trace = ask(client, talk).json()["trace"]
    address = f"/api/v1/traces/{trace}/share/"

    made = client.post(address)

    assert made.status_code == 201
    assert resolve(made.json()["url"]).url_name == "shared"
    assert client.post(address).json() == made.json()
    assert client.delete(address).status_code == 204
    assert not Share.objects.exists()


def test_only_the_asker_shares(call, outsider, client, talk, travel_policy):
    trace = ask(client, talk).json()["trace"]

    assert call(outsider).post(f"/api/v1/traces/{trace}/share/").status_code == 404


def test_suggestions_come_in_the_language_of_the_request(client, handbook):
    handbook.suggested_questions = ["怎么办？", "How?"]
    handbook.save()
    cache.clear()

    body = client.get("/api/v1/suggestions/", {"limit": 1}, HTTP_ACCEPT_LANGUAGE="zh-hans").json()

    assert body == {"questions": [{"text": "怎么办？", "collection": str(handbook.uuid)}]}


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 21}, {"collection": "x"}])
def test_suggestions_refuse_what_makes_no_sense(client, query):
    assert client.get("/api/v1/suggestions/", query).status_code == 400


def test_the_number_of_queries_does_not_grow_with_the_turns(
    client, talk, reader, travel_policy, django_assert_num_queries
):
    ask(client, talk)
    given = Trace.objects.get()
    for _ in range(5):
        given.pk, given.uuid = None, type(given.uuid)(int=given.uuid.int ^ (7 << _))
        given.save()

    with django_assert_num_queries(7):
        turns = turns_of(client, talk)

    assert len(turns) == 6
