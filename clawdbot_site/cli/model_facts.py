"""What `clawdbot model` says about a model."""

from collections.abc import Iterator, Mapping
from typing import Any

from apps.modelhub import files
from apps.modelhub.models import Model
from apps.modelhub.selectors import servers_of
from clawdbot_site.cli.console import megabytes

COLUMNS = ("name", "state", "params", "quant", "context", "size", "tokens/s", "held by")


def cells(model: Model) -> list[str]:
    """A row of `list`."""
    return [
        model.name,
        _state(model),
        _count(model.parameters),
        model.quantisation or "-",
        f"{model.context_length:,}" if model.context_length else "-",
        megabytes(model.size_bytes) if model.size_bytes else "-",
        _figure(model.measured, "generation_tokens_s"),
        ", ".join(server.node for server in servers_of(model)) or "-",
    ]


def as_json(model: Model) -> dict[str, Any]:
    """For machines."""
    return {
        "name": model.name,
        "state": model.state,
        "problem": model.problem,
        "path": str(files.path_of(model)) if model.path else None,
        "is_in_place": bool(model.path) and not files.is_ours(model),
        "source": model.source.split("?", 1)[0],
        "sha256": model.sha256,
        "size_bytes": model.size_bytes,
        "licence": model.licence,
        "architecture": model.architecture,
        "quantisation": model.quantisation,
        "parameters": model.parameters,
        "context_length": model.context_length,
        "is_embedding": model.is_embedding,
        "facts": model.facts,
        "measured": model.measured,
        "servers": [{"node": one.node, "url": one.url} for one in servers_of(model)],
        "created_at": model.created_at,
    }


def summary(model: Model) -> str:
    """One line of what it is."""
    kind = "embeddings" if model.is_embedding else f"context {model.context_length:,}"
    return (
        f"{model.architecture}, {_count(model.parameters)} parameters, {model.quantisation}, "
        f"{kind}, {megabytes(model.size_bytes)}, licence {model.licence or 'not said'}"
    )


def in_words(model: Model) -> Iterator[tuple[str, str]]:
    """Everything, line by line."""
    facts: Mapping[str, Any] = model.facts
    yield "name", model.name
    yield "state", _state(model)
    yield "what", summary(model)
    if facts:
        yield "calls itself", facts["name"] or "-"
        yield "layers", f"{facts['layers']}, {facts['width']} wide"
        yield "heads", f"{facts['heads']}, {facts['kv_heads']} for keys and values"
        yield "vocabulary", f"{facts['vocabulary']:,} tokens"
        yield "chat template", "yes" if facts["has_chat_template"] else "none in the file"
    yield "file", str(files.path_of(model)) if model.path else "-"
    yield "sha256", model.sha256 or "-"
    yield "from", model.source.split("?", 1)[0]
    for server in servers_of(model):
        yield "served by", f"{server.node} at {server.url}"
    yield from measured_in_words(model.measured)


def measured_in_words(measured: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What `test` measured, line by line."""
    if not measured:
        yield "measured", "not yet; run: clawdbot model test NAME"
        return
    yield "measured", f"{measured['at'][:10]} on {measured['node']}, {measured['threads']} threads"
    for label, name, unit in (
        ("reads", "prompt_tokens_s", "tokens/s"),
        ("writes", "generation_tokens_s", "tokens/s"),
        ("first token", "first_token_s", "s"),
        ("loaded in", "load_s", "s"),
    ):
        if name in measured:
            yield label, f"{_figure(measured, name)} {unit}"
    planned = megabytes(measured["planned_bytes"])
    yield "memory", f"{megabytes(measured['memory_bytes'])} ({planned} planned)"


def _state(model: Model) -> str:
    if model.state == Model.State.FETCHING and model.size_bytes:
        return f"fetching {model.fetched_bytes / model.size_bytes:.0%}"
    return str(model.state)


def _count(parameters: int) -> str:
    """494 M, 7.2 B."""
    if not parameters:
        return "-"
    if parameters >= 10**9:
        return f"{parameters / 10**9:.1f} B"
    return f"{parameters / 10**6:.0f} M" if parameters >= 10**6 else f"{parameters:,}"


def _figure(measured: Mapping[str, Any], name: str) -> str:
    value = measured.get(name)
    return "-" if value is None else f"{value:.{2 if value < 10 else 0}f}"
