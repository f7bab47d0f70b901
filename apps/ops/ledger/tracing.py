"""Sends what the ledger knows of each request to a collector of OpenTelemetry, as a trace.

One span of the request, and below it one of each stage, from its first part's beginning to its last
one's end. Nothing of OpenTelemetry is loaded unless telemetry.otlp_endpoint names a collector. What
was asked is not in it, nor by whom.
"""

import atexit
import threading
import time
from functools import cache
from typing import TYPE_CHECKING

from apps.core import config, request_ids
from apps.core.metering import Meter, Outcome
from apps.core.nodes import node_name
from apps.core.version import VERSION
from apps.ops.ledger_records import RequestRecord

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import TracerProvider

SEND_S, END_S = 3.0, 2.0
NS = 1_000_000_000
_telling = threading.local()


def trace_send(record: RequestRecord, meter: Meter, *, path: str) -> None:
    """Have the request's spans sent soon, by a thread of their own. Never waits, never raises for
    a collector that is away: what it does not take is dropped."""
    if config.load().telemetry.otlp_endpoint:
        _record(_provider(), record, meter, path)


def _record(provider: "TracerProvider", record: RequestRecord, meter: Meter, path: str) -> None:
    from opentelemetry.trace import SpanKind, Status, StatusCode, set_span_in_context

    tracer = provider.get_tracer("clawdbot", VERSION)
    behind = time.time_ns() - int(time.perf_counter() * NS)  # from this counter to the time
    root = tracer.start_span(
        f"{record.kind}",
        context=_called_by(),
        kind=SpanKind.SERVER,
        start_time=behind + int(meter.begun_at * NS),
        attributes=_attributes(record, path),
    )
    for stage, spent in meter.stages.items():
        span = tracer.start_span(
            str(stage),
            context=set_span_in_context(root),
            start_time=behind + int(spent.begun_at * NS),
            attributes={"clawdbot.spent_ms": round(1000 * spent.seconds, 3)},
        )
        span.end(behind + int(spent.ended_at * NS))
    if meter.first_token_at is not None:
        root.add_event("first token", timestamp=behind + int(meter.first_token_at * NS))
    if record.outcome == Outcome.FAILED:
        root.set_status(Status(StatusCode.ERROR, record.code))
    root.end(behind + int((meter.begun_at + record.total_ms / 1000) * NS))


def _attributes(record: RequestRecord, path: str) -> dict[str, str | int | float]:
    told: dict[str, str | int | float] = {
        "url.path": path,
        "http.response.status_code": record.status,
        "clawdbot.surface": str(record.surface),
        "clawdbot.outcome": str(record.outcome),
        "clawdbot.code": record.code,
        "clawdbot.engine": record.engine,
        "clawdbot.model": record.model,
        "clawdbot.index_generation": record.generation,
        "clawdbot.request_id": record.request_id,
        "clawdbot.trace": str(record.trace or ""),
        "gen_ai.usage.input_tokens": record.tokens_in,
        "gen_ai.usage.output_tokens": record.tokens_out,
    }
    return {name: value for name, value in told.items() if value not in ("", 0)}


def _called_by() -> "Context | None":
    """The span of who called us; else the trace begins here, under the id that the logs have."""
    from opentelemetry.trace import (
        NonRecordingSpan,
        SpanContext,
        TraceFlags,
        set_span_in_context,
    )

    trace_id, span_id = request_ids.trace()
    _telling.trace_id = int(trace_id, 16) if trace_id else 0
    if not span_id:
        return None
    flags = TraceFlags(TraceFlags.SAMPLED)
    caller = SpanContext(_telling.trace_id, int(span_id, 16), is_remote=True, trace_flags=flags)
    return set_span_in_context(NonRecordingSpan(caller))


@cache
def _provider() -> "TracerProvider":
    """One for this process, made with its first request: its thread does not survive a fork."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
    from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased

    class Ids(RandomIdGenerator):
        def generate_trace_id(self) -> int:
            return getattr(_telling, "trace_id", 0) or super().generate_trace_id()

    settings = config.load().telemetry
    resource = Resource(
        {"service.name": "clawdbot", "service.version": VERSION, "host.name": node_name()}
    )
    sampled = TraceIdRatioBased(settings.sample)
    provider = TracerProvider(
        sampler=ParentBased(sampled, remote_parent_sampled=sampled),
        resource=resource,
        shutdown_on_exit=False,  # it waits too long for a collector that is away
        id_generator=Ids(),
    )
    address = f"{settings.otlp_endpoint.rstrip('/')}/v1/traces"
    processor = BatchSpanProcessor(OTLPSpanExporter(endpoint=address, timeout=SEND_S))
    provider.add_span_processor(processor)
    atexit.register(processor.force_flush, int(1000 * END_S))
    return provider
