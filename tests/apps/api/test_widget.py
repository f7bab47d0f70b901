"""The widget's token: who gets one, what it opens, when it ends."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import signing
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.api.widget import tokens
from apps.generation.models import Conversation, Feedback, Trace
from apps.knowledge.models import Collection, Grant, Widget
from tests.apps.api.test_access_matrix import (  # noqa: F401
    addresses,
    called,
    denied,
    granted,
    things,
)
from tests.factories import ChunkFactory, CollectionFactory, UserFactory

pytestmark = pytest.mark.django_db
TOKEN = "/api/v1/widget/token/"
INTRANET = "https://intranet.example"
TAKEN = {"ask/", "feedback/", "suggestions/"}


@pytest.fixture
def widget(handbook, reader):
    """A bubble on the intranet, with the rights of a reader."""
    return Widget.objects.create(
        collection=handbook, acts_as=reader, origins=[INTRANET], greeting="Hello!"
    )


@pytest.fixture
def visitor(widget):
    """A page of the intranet: asks with a fresh token."""
    return holder(token_of(widget))


def token_answer(widget, origin=INTRANET, **body):
    client = APIClient(headers={"Origin": origin} if origin else {})
    return client.post(TOKEN, {"collection": str(widget.collection.uuid), **body})


def token_of(widget, **options):
    return token_answer(widget, **options).json()["token"]


def holder(token):
    client = APIClient(raise_request_exception=False)
    client.credentials(HTTP_AUTHORIZATION=f"Widget {token}")
    return client


def ask(client, **body):
    return client.post("/api/v1/ask/", {"question": "What may a hotel in Paris cost?", **body})


def test_an_allowed_page_gets_a_token_and_may_read_the_answer(widget):
    response = token_answer(widget)

    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == INTRANET
    assert "Access-Control-Allow-Credentials" not in response.headers
    assert "Origin" in response.headers["Vary"]
    assert response.headers["Cache-Control"] == "no-store"
    assert response.json() | {"token": ""} == {
        "token": "",
        "expires_in_s": 600,
        "title": "Handbook",
        "greeting": "Hello!",
    }


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "http://intranet.example", f"{INTRANET}:8443", f"{INTRANET}.evil.com",
     "https://a.intranet.example", "null", "", INTRANET.upper()],
)  # fmt: skip
def test_any_other_page_is_refused_and_may_not_read_why(widget, origin):
    response = token_answer(widget, origin=origin)

    assert response.status_code == 403
    assert "Access-Control-Allow-Origin" not in response.headers
    assert "Origin" in response.headers["Vary"]
    assert "Handbook" not in response.text


def test_our_own_pages_may_show_every_widget(widget):
    assert token_answer(widget, origin="http://testserver").status_code == 200


@pytest.mark.parametrize(
    "end",
    [
        lambda widget: Widget.objects.update(is_active=False),
        lambda widget: Widget.objects.update(origins=["https://other.example"]),
        lambda widget: Widget.objects.all().delete(),
        lambda widget: User.objects.filter(pk=widget.acts_as_id).update(is_active=False),
        lambda widget: Grant.objects.all().delete(),
    ],
    ids=["deactivated", "origin removed", "deleted", "user deactivated", "user may not read"],
)
def test_what_ends_a_widget_ends_it_at_once(widget, visitor, travel_policy, end):
    assert ask(visitor).status_code == 200

    end(widget)

    assert ask(visitor).status_code == 401
    assert token_answer(widget).status_code == 403


def test_refusals_tell_nothing_of_what_there_is(widget):
    unlisted = token_answer(widget, origin="https://evil.example").json()
    without = CollectionFactory()
    client = APIClient(headers={"Origin": INTRANET})

    for collection in (without.uuid, uuid4()):
        assert client.post(TOKEN, {"collection": str(collection)}).json() == unlisted


@pytest.mark.parametrize(("origin", "is_told"), [(INTRANET, True), ("https://evil.example", False)])
def test_the_browsers_question_before_is_answered_for_listed_origins(widget, origin, is_told):
    response = APIClient(headers={"Origin": origin}).options(TOKEN)

    assert response.status_code == 204
    assert ("Access-Control-Allow-Origin" in response.headers) is is_told
    assert "Origin" in response.headers["Vary"]


@pytest.mark.parametrize("address", ["/api/v1/ask/", "/api/v1/feedback/", "/api/v1/search/"])
def test_no_other_address_answers_other_origins(widget, visitor, address):
    response = visitor.post(address, {}, headers={"Origin": INTRANET})

    assert "Access-Control-Allow-Origin" not in response.headers


def test_a_token_is_answered_from_its_collection_alone(widget, visitor, travel_policy, reader):
    other = CollectionFactory(readers=[reader])
    ChunkFactory(version__document__collection=other, text="Hotels in Paris cost 999 euros.")

    answer = ask(visitor).json()

    assert {cited["document"] for cited in answer["citations"]} == {str(travel_policy.uuid)}
    assert ask(visitor, collections=[str(other.uuid)]).status_code == 404


def test_questions_are_suggested_from_its_collection_alone(widget, visitor, reader):
    Collection.objects.filter(pk=widget.collection_id).update(suggested_questions=["Hotels?"])
    other = CollectionFactory(readers=[reader], suggested_questions=["Salaries?"])

    offered = visitor.get("/api/v1/suggestions/").json()["questions"]

    assert [question["text"] for question in offered] == ["Hotels?"]
    assert visitor.get(f"/api/v1/suggestions/?collection={other.uuid}").status_code == 404


def test_a_token_opens_nothing_else(visitor, things):  # noqa: F811
    others = [
        (method, address)
        for method, address in addresses()
        if address.removeprefix("v1/") not in TAKEN | {"schema/", "docs/", "widget/token/"}
    ]

    refused = [called(visitor, *one, things).status_code for one in others]

    assert len(refused) > 15
    assert set(refused) == {401}


@pytest.mark.parametrize("token", ["", "x", "x y", "a:b:c"])
def test_a_made_up_token_is_refused(token):
    assert ask(holder(token)).status_code == 401


def test_something_else_that_we_signed_is_no_token(widget, reader):
    claims = [str(widget.uuid), INTRANET, str(uuid4())]

    assert ask(holder(signing.dumps(claims, salt="another"))).status_code == 401


def test_a_token_ends_after_ten_minutes(widget, visitor, travel_policy, monkeypatch):
    later = signing.time.time() + tokens.VALID.total_seconds() + 1
    monkeypatch.setattr(signing.time, "time", lambda: later)

    assert ask(visitor).status_code == 401


def test_the_questions_of_a_session_are_one_conversation(widget, visitor, travel_policy):
    ask(visitor)
    renewed = holder(token_of(widget, token=visitor._credentials["HTTP_AUTHORIZATION"].split()[1]))
    ask(renewed, question="And in Rome?")
    ask(holder(token_of(widget)))

    turns = [conversation.traces.count() for conversation in Conversation.objects.order_by("pk")]
    assert turns == [2, 1]


def test_a_named_conversation_counts_for_nothing(widget, visitor, travel_policy, reader):
    private = Conversation.objects.create(user=reader)

    ask(visitor, conversation=str(private.uuid))

    assert not private.traces.exists()


def test_a_token_of_another_origin_is_not_continued(widget, travel_policy):
    Widget.objects.update(origins=[INTRANET, "https://wiki.example"])
    first = token_of(widget)

    second = token_of(widget, origin="https://wiki.example", token=first)

    assert tokens.token_read(first).session != tokens.token_read(second).session


def test_a_session_is_continued_for_hours_not_for_ever(widget, monkeypatch):
    first = token_of(widget)
    session = tokens.token_read(first).session
    now = signing.time.time()

    for hours, is_same in ((11, True), (13, False)):
        later = now + timedelta(hours=hours).total_seconds()
        monkeypatch.setattr(signing.time, "time", lambda later=later: later)
        assert (tokens.token_read(token_of(widget, token=first)).session == session) is is_same


def test_feedback_is_given_on_answers_of_the_session_only(widget, visitor, travel_policy, reader):
    own = ask(visitor).json()["trace"]
    of_another = ask(holder(token_of(widget))).json()["trace"]
    private = Trace.objects.create(user=reader, question="mine").uuid

    answers = [
        visitor.post("/api/v1/feedback/", {"trace": str(trace), "verdict": "up"}).status_code
        for trace in (own, of_another, private)
    ]

    assert answers == [201, 404, 404]
    assert [str(one.trace.uuid) for one in Feedback.objects.all()] == [own]


def test_too_many_questions_have_to_wait(widget, visitor, travel_policy):
    Widget.objects.update(questions_per_minute=2)

    answers = [ask(visitor) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 0 < int(answers[2].headers["Retry-After"]) <= 30
    assert "Ask again" in answers[2].json()["error"]["message"]


def test_a_person_signed_in_is_not_asked_for_by_their_cookie(widget, travel_policy):
    client = holder(token_of(widget))
    client.force_login(UserFactory())

    ask(client)

    assert Trace.objects.get().user == widget.acts_as
