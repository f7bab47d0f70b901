"""A model in words: what it is, what it needs, how it is."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.formats import localize
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.adminsite import moment, pill
from apps.modelhub import files
from apps.modelhub.models import Model, ModelServer
from apps.modelhub.services import users_of

State, ServerState = Model.State, ModelServer.State
STATES: Mapping[str, tuple[str, Any]] = {
    State.READY: ("good", gettext_lazy("Ready")),
    State.FETCHING: ("busy", gettext_lazy("Being fetched")),
    State.DAMAGED: ("bad", gettext_lazy("Damaged")),
    State.FAILED: ("bad", gettext_lazy("Could not be fetched")),
}
SERVER_TONES: Mapping[str, str] = {
    ServerState.READY: "good",
    ServerState.LOADING: "busy",
    ServerState.WANTED: "busy",
    ServerState.FAILED: "bad",
    ServerState.REFUSED: "warn",
    ServerState.STOPPED: "quiet",
}
CACHE_BYTES = 2  # of an element: keys and values are kept as 16-bit numbers
EXAMPLE_TOKENS = 4096


def card(model: Model) -> dict[str, Any]:
    """What the list shows of a model."""
    return {
        "row": model,
        "pill": pill(*STATES[model.state]),
        "kind": kind(model),
        "context": f"{model.context_length:,}",
        "speed": speed(model),
        "servers": [(one, pill(SERVER_TONES[one.state], one.get_state_display())) for one in
                    model.servers.all() if one.state != ServerState.STOPPED],
        "progress": progress(model),
        "source": model.source.split("?", 1)[0],
    }  # fmt: skip


def kind(model: Model) -> str:
    """One line: architecture, size in weights, quantisation."""
    facts = [model.architecture, parameters(model.parameters), model.quantisation]
    if model.is_embedding:
        facts.append(_("makes embeddings"))
    return " · ".join(filter(None, facts))


def parameters(count: int) -> str:
    """494 million, 7.2 billion."""
    if count >= 10**9:
        return _("%(count)s billion weights") % {"count": localize(round(count / 10**9, 1))}
    if count >= 10**6:
        return _("%(count)s million weights") % {"count": localize(round(count / 10**6))}
    return _("%(count)s weights") % {"count": f"{count:,}"} if count else ""


def speed(model: Model) -> str:
    """Tokens a second as measured here; empty: not measured."""
    measured: Mapping[str, float] = model.measured
    parts = []
    if "generation_tokens_s" in measured:
        parts.append(_("writes %(n)s tokens/s") % {"n": _rounded(measured["generation_tokens_s"])})
    if "prompt_tokens_s" in measured:
        parts.append(_("reads %(n)s tokens/s") % {"n": _rounded(measured["prompt_tokens_s"])})
    return ", ".join(parts)


def progress(model: Model) -> dict[str, Any] | None:
    """How far fetching is; None: it is not being fetched."""
    if model.state != State.FETCHING:
        return None
    done, total = model.fetched_bytes, model.size_bytes
    words = _("Waits for a worker")
    if done:
        of = {"done": filesizeformat(done), "total": filesizeformat(total)}
        words = _("%(done)s of %(total)s") % of if total else of["done"]
    if done and done == total:
        words = _("All of it is here; it is being checked")
    if model.problem:
        words = _("%(problem)s It is tried again by itself.") % {"problem": model.problem}
    return {"done": done, "total": total, "words": words}


def sentences(model: Model) -> Sequence[str]:
    """What the header says, for people who are no engineers."""
    facts: Mapping[str, Any] = model.facts
    if not facts:
        return []
    bits = facts["tensor_bytes"] * 8 / max(1, facts["parameters"])
    said = [
        _("It calls itself “%(name)s”.") % {"name": facts["name"]} if facts["name"] else "",
        _("%(weights)s in %(layers)s layers, kept as %(quantisation)s: %(bits)s bits for each.")
        % {
            "weights": parameters(facts["parameters"])[:1].upper()
            + parameters(facts["parameters"])[1:],
            "layers": facts["layers"],
            "quantisation": facts["quantisation"],
            "bits": localize(round(bits, 1)),
        },
        _("It was trained on texts of up to %(tokens)s tokens.")
        % {"tokens": f"{facts['context_length']:,}"},
        *_reading(facts, is_embedding=model.is_embedding),
    ]
    return [one for one in said if one]


def _reading(facts: Mapping[str, Any], *, is_embedding: bool) -> Sequence[str]:
    if is_embedding:
        return [_("It makes vectors of texts; it writes no answers.")]
    tokens = min(EXAMPLE_TOKENS, facts["context_length"])
    memory = _("A conversation of %(tokens)s tokens takes %(size)s of memory beside the file.") % {
        "tokens": f"{tokens:,}",
        "size": filesizeformat(facts["cache_per_token"] * CACHE_BYTES * tokens),
    }
    template = (
        _("It brings its own form of a conversation.")
        if facts["has_chat_template"]
        else _("It brings no form of a conversation: it may be made to go on with texts only.")
    )
    return [memory, template]


def details(model: Model) -> dict[str, Any]:
    """What a model's own page shows beside its card."""
    measured = model.measured
    return {
        "sentences": sentences(model),
        "path": str(files.path_of(model)) if model.path else "",
        "is_ours": files.is_ours(model),
        "added": moment(model.created_at),
        "users": users_of(model),
        "measured": measured,
        "all_servers": [
            (one, pill(SERVER_TONES[one.state], one.get_state_display()), moment(one.last_used_at))
            for one in model.servers.all()
        ],
    }


def what_goes(model: Model) -> Sequence[str]:
    """What removing does, line by line."""
    if model.state in {State.FETCHING, State.FAILED}:
        return [_("What was fetched of it is deleted.")]
    gone = (
        _("Its file is deleted: %(size)s of disk become free.")
        if files.is_ours(model)
        else _("Its file stays where it is: %(path)s")
    ) % {"size": filesizeformat(model.size_bytes), "path": files.path_of(model)}
    held = model.servers.filter(state__in=[ServerState.READY, ServerState.LOADING])
    ended = [_("The server on %(node)s that holds it is ended.") % {"node": o.node} for o in held]
    return [gone, *ended]


def state_pill(model: Model) -> SafeString:
    """Its state, coloured."""
    return pill(*STATES[model.state])


def _rounded(figure: float) -> str:
    return localize(round(figure) if figure >= 10 else round(figure, 1))
