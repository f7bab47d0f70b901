"""What the dashboard calls things."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.core.metering import Kind, Outcome, Stage, Surface

OUTCOMES: Mapping[str, Any] = {
    Outcome.ANSWERED: _("Answered"),
    Outcome.NOT_FOUND: _("Not found"),
    Outcome.DONE: pgettext_lazy("requests", "Done"),
    Outcome.REFUSED: pgettext_lazy("requests", "Refused"),
    Outcome.DENIED: pgettext_lazy("requests", "Denied"),
    Outcome.CANCELLED: pgettext_lazy("requests", "Cancelled"),
    Outcome.FAILED: pgettext_lazy("requests", "Failed"),
}
TONES: Mapping[str, str] = {
    Outcome.ANSWERED: "good",
    Outcome.NOT_FOUND: "warn",
    Outcome.DONE: "good",
    Outcome.REFUSED: "warn",
    Outcome.DENIED: "warn",
    Outcome.CANCELLED: "quiet",
    Outcome.FAILED: "bad",
}
STAGES: Mapping[str, Any] = {
    Stage.QUEUE: _("Waiting for a place"),
    Stage.EMBED: _("Understanding the question"),
    Stage.DENSE: _("Searching by meaning"),
    Stage.LEXICAL: _("Searching by words"),
    Stage.FUSE: _("Putting both together"),
    Stage.READ: _("Reading the passages"),
    Stage.GENERATE: _("Writing the answer"),
    Stage.VERIFY: _("Checking the citations"),
}
KINDS: Mapping[str, Any] = {
    Kind.ASK: _("Question to documents"),
    Kind.SEARCH: pgettext_lazy("requests", "Search"),
    Kind.CHAT: _("Chat with a model"),
    Kind.EMBEDDINGS: _("Embeddings"),
    Kind.RERANK: _("Reranking"),
    Kind.UPLOAD: pgettext_lazy("requests", "Upload"),
    Kind.OPEN: _("Opening of documents"),
    Kind.OTHER: pgettext_lazy("requests", "Other"),
}
SURFACES: Mapping[str, Any] = {
    Surface.PORTAL: _("Portal"),
    Surface.API: _("REST API"),
    Surface.OPENAI: _("OpenAI's protocol"),
    Surface.ANTHROPIC: _("Anthropic's protocol"),
    Surface.OLLAMA: _("Ollama's protocol"),
    Surface.WIDGET: _("Widget"),
    Surface.ADMIN: _("Administration"),
    Surface.CLI: "clawdbot ask",
}
RANGES: Mapping[str, Any] = {
    "15m": _("15 min"),
    "1h": _("1 h"),
    "6h": _("6 h"),
    "24h": _("24 h"),
    "7d": _("7 days"),
    "30d": _("30 days"),
    "90d": _("90 days"),
}
QUEUES: Mapping[str, Any] = {"parse": _("Reading files"), "embed": _("Embedding")}


def told(words: Mapping[str, Any]) -> dict[str, str]:
    """In the language of this request."""
    return {str(name): str(word) for name, word in words.items()}
