"""Traces for a collector of OpenTelemetry, over a real socket."""

import pytest

from apps.ops.ledger import tracing
from tests.apps.api.test_answers import QUESTION, ask
from tests.apps.ops.ledger.collector import collecting

pytestmark = pytest.mark.django_db
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.fixture
def collector(configured):
    with collecting() as found:
        configured("telemetry", otlp_endpoint=found.url)
        tracing._provider.cache_clear()
        yield found
        tracing._provider().shutdown()
        tracing._provider.cache_clear()


@pytest.fixture
def sent(collector):
    """All that was sent so far has arrived."""
    return lambda: tracing._provider().force_flush() and collector


def test_a_request_is_a_span_with_one_for_each_stage_below_it(call, reader, travel_policy, sent):
    ask(call(reader))

    collector = sent()
    root = collector.named("ask")
    stages = {span.name: span for span in collector.spans if span.name != "ask"}
    assert {"lexical", "dense", "embed", "fuse", "read", "generate", "verify"} <= set(stages)
    assert {span.parent_span_id for span in stages.values()} == {root.span_id}
    assert {span.trace_id for span in collector.spans} == {root.trace_id}
    assert all(
        root.start_time_unix_nano <= span.start_time_unix_nano <= span.end_time_unix_nano
        <= root.end_time_unix_nano
        for span in stages.values()
    )  # fmt: skip
    assert (collector.paths[0], collector.resources[0]["service.name"]) == (
        "/v1/traces", "clawdbot"
    )  # fmt: skip


def test_a_trace_begins_under_the_id_of_the_logs_or_goes_on_where_a_caller_began_it(
    call, reader, travel_policy, sent
):
    client = call(reader)
    response = ask(client)
    first = sent().named("ask")
    client.post(
        "/api/v1/search/", {"query": QUESTION}, format="json",
        headers={"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"},
    )  # fmt: skip
    second = sent().named("search")

    assert first.trace_id.hex() == response["X-Request-ID"]
    assert not first.parent_span_id
    assert (second.trace_id.hex(), second.parent_span_id.hex()) == (TRACE, "00f067aa0ba902b7")


def test_neither_the_question_nor_the_asker_is_sent(call, reader, travel_policy, sent):
    ask(call(reader))

    told = str(sent().spans)
    assert "clawdbot.outcome" in told
    assert QUESTION not in told
    assert reader.username not in told
