"""Prometheus, the dashboard's figures and the ledger's rows say the same."""

from collections import Counter

import pytest
from prometheus_client.parser import text_string_to_metric_families

from apps.accounts.models import TrafficLimit
from apps.core.metering import Outcome
from apps.core.nodes import node_name
from apps.generation import answer as answering
from apps.generation import limits
from apps.ops.dashboard.asked import asked
from apps.ops.dashboard.figures import figures
from apps.ops.ledger import rolling
from apps.ops.ledger.selectors import totals, window
from apps.ops.metrics import exposition
from tests.apps.api.test_answers import ask
from tests.apps.ops.ledger.entries import entry, write
from tests.apps.ops.ledger.test_requests import UNKNOWN

pytestmark = pytest.mark.django_db(transaction=True)


def exposed(*names):
    """Values by name and the labels' values, in the order of the labels' names."""
    families = text_string_to_metric_families(exposition().decode())
    samples = (sample for family in families for sample in family.samples)
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for sample in samples
        if sample.name in names
    }


@pytest.fixture
def requests(call, reader, outsider, travel_policy, monkeypatch, written):
    """One or more real requests of each outcome."""
    client, refused = call(reader), call(outsider)
    TrafficLimit.objects.create(user=outsider, requests_per_minute=1)
    limits._rules.cache_clear()
    for body in ({}, {}, {"question": UNKNOWN}, {"question": ""}):
        ask(client, **body)
    client.get(f"/api/v1/documents/{travel_policy.uuid}/")
    refused.get(f"/api/v1/documents/{travel_policy.uuid}/")
    ask(refused), ask(refused)
    stream = ask(client, stream=True)
    next(iter(stream.streaming_content))
    stream.close()
    monkeypatch.setattr(answering, "search", lambda *_, **__: 1 / 0)
    ask(client)
    limits._rules.cache_clear()
    return written()


@pytest.mark.parametrize("is_rolled_up", [False, True], ids=["pending", "rolled up"])
def test_each_outcome_is_told_alike_by_all_three(requests, is_rolled_up):
    if is_rolled_up:
        rolling.roll_up()
    rows = Counter((str(row.kind), str(row.outcome), str(row.surface)) for row in requests)

    counters = {tuple(labels): n for (_, *labels), n in exposed("clawdbot_requests_total").items()}
    shown = totals(window("1h"))

    assert {labels: count for labels, count in counters.items() if count} == rows
    assert {outcome for _, outcome, _ in rows} == set(Outcome)
    assert {one: getattr(shown, one) for one in Outcome} == Counter(row.outcome for row in requests)


@pytest.mark.parametrize("is_rolled_up", [False, True], ids=["pending", "rolled up"])
def test_tokens_of_language_models_are_told_alike_and_those_of_embeddings_apart(is_rolled_up):
    here = {"node": node_name()}
    write(
        entry(**here, tokens_in=7, tokens_cached=2, tokens_out=3),
        entry(**here, kind="embeddings", outcome="done", tokens_in=500),
        entry(**here, kind="rerank", outcome="done", tokens_in=40),
    )
    if is_rolled_up:
        rolling.roll_up()

    told = exposed("clawdbot_tokens_total", "clawdbot_encoder_tokens_total")
    shown = figures(asked({}))["sum"]

    assert [value for (_, label), value in sorted(told.items())] == [500, 40, 2, 7, 3]
    names = ("tokens_encoded", "tokens_cached", "tokens_in", "tokens_out")
    assert [shown[name] for name in names] == [540, 2, 7, 3]


def test_times_of_what_was_served_are_told_alike(requests):
    rolling.roll_up()
    served = [row for row in requests if row.outcome in {"answered", "not_found", "done"}]
    seconds = exposed("clawdbot_request_seconds_sum", "clawdbot_request_seconds_count")

    spent = Counter()
    for (name, *_), value in seconds.items():
        spent[name.rpartition("_")[2]] += value
    assert spent["count"] == len(served) == totals(window("1h")).total.count
    assert spent["sum"] == pytest.approx(sum(row.total_ms for row in served) / 1000, abs=1e-5)
    reads = exposed("clawdbot_stage_seconds_bucket")
    assert reads["clawdbot_stage_seconds_bucket", "ask", "+Inf", "read"] == len(
        [row for row in served if row.read_ms is not None and row.kind == "ask"]
    )
