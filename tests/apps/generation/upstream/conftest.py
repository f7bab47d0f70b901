"""Asking the scripted server."""

import pytest

from apps.generation.upstream import ChatOptions, ChatPiece, Target, chat


@pytest.fixture
def target(server):
    return Target(url=f"{server.url}/v1", model="scripted")


@pytest.fixture
def asked(target):
    """Asks; all that came."""
    return lambda **options: list(
        chat(target, [{"role": "user", "content": "Hello?"}], ChatOptions(**options))
    )


def text_of(events) -> str:
    return "".join(event.text for event in events if isinstance(event, ChatPiece))
