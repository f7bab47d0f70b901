"""The client of OpenAI-compatible servers: our own model servers and those elsewhere."""

from apps.generation.upstream.calling import chat, complete, count_tokens, embed
from apps.generation.upstream.targets import (
    remote_target,
    served_elsewhere,
    target_for,
    usual_model,
)
from apps.generation.upstream.values import (
    ChatDone,
    ChatEvent,
    ChatOptions,
    ChatPiece,
    ChatQueued,
    Embedded,
    Message,
    Target,
    Usage,
)

__all__ = [
    "ChatDone",
    "ChatEvent",
    "ChatOptions",
    "ChatPiece",
    "ChatQueued",
    "Embedded",
    "Message",
    "Target",
    "Usage",
    "chat",
    "complete",
    "count_tokens",
    "embed",
    "remote_target",
    "served_elsewhere",
    "target_for",
    "usual_model",
]
