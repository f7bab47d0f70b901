"""Asking a real model server: a process of its own on the tiny model, whose words mean nothing."""

import pytest

from apps.core.errors import Invalid, Retryable
from apps.generation.answer import answer
from apps.generation.answers import Question
from apps.generation.models import Trace
from apps.generation.upstream import (
    ChatOptions,
    ChatPiece,
    Target,
    breaker,
    chat,
    count_tokens,
    targets,
)
from benchmarks import gguf_models
from tests.apps.serving.http.processes import serving

pytestmark = pytest.mark.django_db  # all: those without a database would run last
LEAVE = "How many days of paid leave do employees get?"
HELLO = [{"role": "user", "content": "Hello"}]


@pytest.fixture(scope="module")
def process(tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    gguf_models.make(gguf_models.SHAPES["tiny"], folder / "tiny.gguf", name="tiny")
    with serving(folder / "tiny.gguf", folder) as running:
        yield running


@pytest.fixture
def near(process, configured):
    """Where it answers; the installation asks it, too."""
    breaker.breaker_of.cache_clear()
    targets.forget()
    configured("serving", servers=[process.address])
    yield Target(f"{process.address}/v1", "tiny")
    targets.forget()


def test_a_real_server_streams_counts_and_knows_what_it_read_before(near):
    options = ChatOptions(temperature=0.0, max_tokens=8)

    first, again = (list(chat(near, HELLO, options)) for _ in range(2))

    assert any(isinstance(event, ChatPiece) for event in first)
    assert first[-1].usage.completion_tokens == 8
    assert again[-1].usage.cached_tokens > 0
    assert count_tokens(near, "Hello") > 0


def test_a_real_server_says_by_how_much_a_prompt_is_too_long(near):
    long = [{"role": "user", "content": "word " * 20_000}]

    with pytest.raises(Invalid) as refused:
        list(chat(near, long, ChatOptions()))

    assert refused.value.code == "context_length_exceeded"
    assert refused.value.details["n_prompt_tokens"] > refused.value.details["n_ctx"] > 0


def test_nonsense_of_a_real_model_is_never_an_answer(near, scope, reader, configured):
    configured("model", temperature=0.0)

    given = answer(Question(LEAVE, scope, reader))

    assert (given.engine, given.is_answered) == ("local:tiny", False)
    assert Trace.objects.get().usage["completion_tokens"] > 0


def test_a_killed_process_ends_its_stream_and_the_reader_answers_instead(
    near, process, scope, reader
):
    stream = chat(near, HELLO, ChatOptions(max_tokens=4000))
    next(stream)

    process.process.kill()

    with pytest.raises(Retryable) as lost:
        list(stream)
    assert lost.value.code == "engine_lost"
    given = answer(Question(LEAVE, scope, reader))
    assert (given.engine, given.is_answered) == ("builtin", True)
    assert given.degraded[-1].startswith("engine: local")
