"""Search, ask, feedback, traces, conversations over REST, on a real index with the real model."""

import json
from uuid import uuid4

import pytest

from apps.core.errors import Overloaded
from apps.generation import answer as answering
from apps.generation.models import Feedback, Trace
from tests.factories import CollectionFactory
from tests.scripted_engine import Cut, Refusal

pytestmark = pytest.mark.django_db
QUESTION = "How much may a hotel in Paris cost?"


def ask(client, **body):
    return client.post("/api/v1/ask/", {"question": QUESTION} | body, format="json")


def events_of(response):
    text = b"".join(response.streaming_content).decode()
    blocks = [block for block in text.split("\n\n") if block.startswith("event: ")]
    pairs = [block.split("\ndata: ", 1) for block in blocks]
    return [(name.removeprefix("event: "), json.loads(data)) for name, data in pairs]


def test_search_finds_the_passage(call, reader, travel_policy):
    body = call(reader).post("/api/v1/search/", {"query": QUESTION}, format="json").json()

    assert set(body) == {"hits", "timings_ms", "degraded", "trace"}
    hit = body["hits"][0]
    assert {"chunk", "document", "title", "path", "page", "heading", "text", "score", "spans"} <= (
        set(hit)
    )
    assert (hit["document"], hit["path"]) == (str(travel_policy.uuid), "travel.md")


def test_search_finds_nothing_for_an_outsider(call, outsider, travel_policy):
    body = call(outsider).post("/api/v1/search/", {"query": QUESTION}, format="json").json()

    assert body["hits"] == []


def test_search_is_narrowed_by_filters(call, reader, travel_policy):
    other = {"query": QUESTION, "filters": {"documents": [str(uuid4())]}}
    same = {"query": QUESTION, "filters": {"documents": [str(travel_policy.uuid)]}}
    client = call(reader)

    assert client.post("/api/v1/search/", other, format="json").json()["hits"] == []
    assert client.post("/api/v1/search/", same, format="json").json()["hits"] != []


def test_search_is_narrowed_by_metadata(call, reader, travel_policy):
    travel_policy.metadata = {"team": "hr", "in": 5, "部门": "人事"}
    travel_policy.save(update_fields=["metadata"])
    client = call(reader)

    def hits(**metadata):
        body = {"query": QUESTION, "filters": {"metadata": metadata}}
        return client.post("/api/v1/search/", body, format="json").json()["hits"]

    assert hits(**{"in": 5, "部门": "人事"}) != []
    assert hits(team="it") == hits(**{"in": 6}) == hits(contains="hr") == []


@pytest.mark.parametrize(
    "narrowing",
    [{"collections": []}, {"filters": {"documents": []}}, {"filters": {"media_types": []}},
     {"filters": {"languages": []}}, {"filters": {"metadata": {"team": ["hr"]}}},
     {"filters": {"metadata": {"team": {"in": ["hr"]}}}}],
)  # fmt: skip
@pytest.mark.parametrize("address", ["search", "ask"])
def test_narrowing_to_nothing_is_refused_and_never_means_everything(
    call, reader, travel_policy, address, narrowing
):
    body = {"query": QUESTION, "question": QUESTION} | narrowing

    response = call(reader).post(f"/api/v1/{address}/", body, format="json")

    assert response.status_code == 400
    assert set(response.json()["error"]["details"]) == set(narrowing)


@pytest.mark.parametrize(
    "narrowing", [{"collections": None, "filters": None}, {"filters": {"documents": None}}]
)
def test_null_narrows_nothing(call, reader, travel_policy, narrowing):
    body = {"query": QUESTION} | narrowing

    assert call(reader).post("/api/v1/search/", body, format="json").json()["hits"] != []


@pytest.mark.parametrize("address", ["javascript:alert(1)", "https://intranet/travel"])
def test_a_citation_leads_to_a_web_address_or_to_the_portal(call, reader, travel_policy, address):
    travel_policy.url = address
    travel_policy.save(update_fields=["url"])

    url = ask(call(reader)).json()["citations"][0]["url"]

    assert url == address if address.startswith("https") else url.startswith("/documents/")


@pytest.mark.parametrize("address", ["search", "ask"])
def test_an_unreadable_collection_is_not_found_before_anything_is_searched(call, reader, address):
    secret = CollectionFactory()
    body = {"query": "x", "question": "x", "collections": [str(secret.uuid)]}

    response = call(reader).post(f"/api/v1/{address}/", body, format="json")

    assert response.status_code == 404


def test_an_answer_cites_its_source_and_leads_to_the_page(call, reader, travel_policy):
    body = ask(call(reader)).json()

    assert body["answered"] is True
    assert "180" in body["answer"]
    citation = body["citations"][0]
    assert (citation["n"], citation["document"]) == (1, str(travel_policy.uuid))
    assert citation["url"].startswith(f"/documents/{travel_policy.uuid}/pages/1/?")
    assert f"version={citation['version']}" in citation["url"]
    assert body["nearest"] == []


def test_what_is_not_in_the_documents_is_not_answered(call, reader, travel_policy):
    body = ask(call(reader), question="Who invented the telephone?").json()

    assert body["answered"] is False
    assert body["citations"] == []
    assert body["nearest"][0]["document"] == str(travel_policy.uuid)


@pytest.mark.parametrize(
    "body",
    [{"question": ""}, {"question": "x" * 2001}, {"question": None}, {"collections": ["x"]},
     {"profile": "secret"}, {"stream": "perhaps"}, {"conversation": 7}, {"filters": []}],
)  # fmt: skip
def test_a_question_that_makes_no_sense_is_invalid(call, reader, body):
    assert ask(call(reader), **body).status_code == 400


@pytest.mark.django_db(transaction=True)
def test_a_stream_tells_status_tokens_citations_and_ends_with_the_answer(
    call, reader, travel_policy
):
    response = call(reader).post(
        "/api/v1/ask/",
        {"question": QUESTION, "stream": True},
        format="json",
        HTTP_ACCEPT="text/event-stream",
    )

    assert response.headers["Content-Type"].startswith("text/event-stream")
    assert response.headers["X-Accel-Buffering"] == "no"
    assert response.headers["Cache-Control"] == "no-cache"
    events = events_of(response)
    names = list(dict.fromkeys(name for name, _ in events))
    assert names == ["status", "token", "citations", "done"]
    told = "".join(data["text"] for name, data in events if name == "token")
    assert told == events[-1][1]["answer"]
    assert events[-2][1]["citations"] == events[-1][1]["citations"]


@pytest.mark.django_db(transaction=True)
def test_a_refusal_before_the_stream_is_an_ordinary_error(call, reader, monkeypatch):
    def overloaded(*_):
        raise Overloaded("Too many.", retry_after_s=2)
        yield

    monkeypatch.setattr(answering, "_answered", overloaded)
    response = ask(call(reader), stream=True)

    assert response.status_code == 429
    assert response.headers["Retry-After"] == "2"
    assert response.json()["error"]["code"] == "overloaded"


@pytest.mark.django_db(transaction=True)
def test_a_bug_inside_the_stream_ends_it_with_an_error_event(call, reader, monkeypatch):
    def broken(*_):
        yield answering.StatusEvent("searching")
        raise RuntimeError("secret words")

    monkeypatch.setattr(answering, "_answered", broken)
    events = events_of(ask(call(reader), stream=True))

    assert [name for name, _ in events] == ["status", "error"]
    assert events[-1][1]["error"]["code"] == "internal_error"
    assert "secret" not in json.dumps(events)


def test_feedback_on_an_own_answer_is_kept_and_the_last_counts(call, reader, travel_policy):
    client = call(reader)
    trace = ask(client).json()["trace"]
    client.post("/api/v1/feedback/", {"trace": trace, "verdict": "up"}, format="json")

    body = {"trace": trace, "verdict": "down", "comment": "错了", "correct_answer": "200"}
    response = client.post("/api/v1/feedback/", body, format="json")

    assert response.status_code == 201
    assert Feedback.objects.get().verdict == "down"


def test_feedback_on_the_answer_of_another_is_not_found(call, reader, outsider, travel_policy):
    trace = ask(call(reader)).json()["trace"]

    body = {"trace": trace, "verdict": "up"}
    assert call(outsider).post("/api/v1/feedback/", body, format="json").status_code == 404


def test_a_trace_is_for_whoever_asked(call, reader, outsider, travel_policy):
    trace = ask(call(reader)).json()["trace"]

    shown = call(reader).get(f"/api/v1/traces/{trace}/").json()

    assert (shown["question"], shown["kind"], shown["answered"]) == (QUESTION, "ask", True)
    assert shown["candidates"][0]["document"] == str(travel_policy.uuid)
    assert call(outsider).get(f"/api/v1/traces/{trace}/").status_code == 404


def test_a_trace_tells_ranks_reader_scores_and_versions(call, reader, travel_policy):
    trace = ask(call(reader)).json()["trace"]

    shown = call(reader).get(f"/api/v1/traces/{trace}/").json()

    best = shown["candidates"][0]
    assert (best["title"], best["cited"], best["legs"]["lexical"]) == (travel_policy.title, 1, 1)
    assert best["relevance"] is not None
    assert shown["made_with"]["considered"]["fused"] >= 1
    assert shown["made_with"]["embedder_sha256"]


def test_a_trace_counts_what_was_left_out_and_names_nothing_of_it(call, reader, travel_policy):
    CollectionFactory(name="Board minutes")
    trace = ask(call(reader)).json()["trace"]

    answer = call(reader).get(f"/api/v1/traces/{trace}/")

    assert answer.json()["made_with"]["left_out"]["collections"] >= 1
    assert "Board minutes" not in answer.content.decode()


def test_a_trace_from_before_versions_were_kept_is_shown_without(call, reader, travel_policy):
    trace = ask(call(reader)).json()["trace"]
    Trace.objects.update(made_with={})

    shown = call(reader).get(f"/api/v1/traces/{trace}/").json()

    assert shown["made_with"]["program"] == ""
    assert shown["made_with"]["left_out"] == {"collections": 0, "partly": 0, "documents": 0}


def test_a_conversation_is_opened_used_listed_and_deleted_by_its_owner(
    call, reader, outsider, travel_policy
):
    client = call(reader)
    made = client.post("/api/v1/conversations/", {}, format="json").json()["id"]

    assert ask(client, conversation=made).status_code == 200
    listed = client.get("/api/v1/conversations/").json()["results"]
    assert [(one["id"], one["title"]) for one in listed] == [(made, QUESTION)]
    assert ask(call(outsider), conversation=made).status_code == 404
    assert call(outsider).delete(f"/api/v1/conversations/{made}/").status_code == 404
    assert client.delete(f"/api/v1/conversations/{made}/").status_code == 204


def test_deleted_words_are_not_answered_from_again(call, reader, writer, travel_policy):
    assert ask(call(reader)).json()["answered"] is True

    call(writer).delete(f"/api/v1/documents/{travel_policy.uuid}/")

    assert ask(call(reader)).json()["answered"] is False


def test_an_answer_tells_what_each_sentence_is_held_up_by(call, reader, travel_policy, local_model):
    said = "Hotels in Paris cost at most 180 euros a night. [1]"
    local_model.tell([f"{said} Breakfast is free. [1]"])

    response = ask(call(reader))

    body = response.json()
    assert [one["support"] for one in body["sentences"]] == ["supported", "unsupported"]
    assert body["sentences"][0]["end"] == len(said)
    assert (body["profile"], body["usage"]["prompt_tokens"]) == ("general", 500)
    assert "X-Clawdbot-Degraded" not in response.headers


def test_who_steps_in_for_a_model_is_told_in_the_head(call, reader, travel_policy, local_model):
    local_model.tell([Refusal(500)])

    response = ask(call(reader))

    note = "engine: local:scripted did not answer (engine_unreachable)"
    assert response.headers["X-Clawdbot-Degraded"] == note
    assert response.json()["engine"] == "builtin"


@pytest.mark.django_db(transaction=True)
def test_a_model_that_breaks_off_ends_the_stream_with_an_error(
    call, reader, travel_policy, local_model
):
    local_model.tell(["Hotels in Paris cost at most 180 euros a night. [1] And", " so", Cut()])

    *events, (name, data) = events_of(ask(call(reader), stream=True))

    assert "token" in [event for event, _data in events]
    assert (name, data["error"]["code"]) == ("error", "engine_lost")
