"""Which engines are asked, in which order, and who steps in."""

from dataclasses import replace

import pytest

from apps.generation.engines import choosing
from apps.generation.upstream import targets
from apps.modelhub.glossaries import Glossary
from apps.modelhub.profiles import ProfileSpec
from tests.apps.generation.engines.contract import ASKED
from tests.scripted_engine import Raw, Refusal, scripted_engine

pytestmark = pytest.mark.django_db
SAID = "Employees get 25 days of paid leave a year. [{25 days}]"
REMOTE = {"remote_url": "http://127.0.0.1:1/v1", "remote_model": "big"}


def prompt(engine="auto", model="", may_leave=True):
    profile = ProfileSpec("general", engine, model, {}, {}, Glossary(), max_tokens=256)
    return replace(ASKED[0], profile=profile, may_leave=may_leave)


def names(asked) -> list[str]:
    return [engine.name for engine in choosing.engines_for(asked)]


@pytest.mark.parametrize(
    ("asked", "order"),
    [
        (prompt("builtin", "qwen"), ["builtin"]),
        (prompt("auto"), ["builtin"]),
        (prompt("auto", "qwen"), ["local:qwen", "builtin"]),
        (prompt("local"), ["local", "builtin"]),
        (prompt("remote"), ["remote:127.0.0.1:1", "builtin"]),
        (prompt("remote", may_leave=False), ["builtin"]),
        (prompt("hybrid", "qwen"), ["local:qwen", "remote:127.0.0.1:1", "builtin"]),
        (prompt("hybrid", "qwen", may_leave=False), ["local:qwen", "builtin"]),
    ],
)
def test_engines_are_asked_in_turn(asked, order, configured):
    configured("engines", **REMOTE)

    assert names(asked) == order


def test_the_installation_chooses_where_the_profile_does_not(configured):
    configured("engines", default="builtin")

    assert names(prompt("auto", "qwen")) == ["builtin"]


def test_the_built_in_engine_costs_no_query(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert names(prompt("builtin")) == ["builtin"]


@pytest.fixture
def two(server, configured):
    """A local and a remote server, both scripted; the local queue is long."""
    targets.forget()
    with scripted_engine() as far:
        configured("serving", servers=[server.url])
        configured("engines", remote_url=f"{far.url}/v1", attempts=1, max_wait_s=20)
        server.tell([Raw(b": queued position=9 wait_s=60\n\n"), SAID])
        far.tell([SAID])
        yield server, far
    targets.forget()


def wrote(asked) -> choosing.Written:
    writing = choosing.write(asked)
    while True:
        try:
            next(writing)
        except StopIteration as done:
            return done.value


def test_a_long_queue_sends_what_may_leave_to_the_remote_engine(two):
    written = wrote(prompt("hybrid"))

    assert written.engine.startswith("remote:")
    assert written.degraded == ("engine: local:scripted did not answer (overloaded)",)


def test_what_may_not_leave_waits_for_the_local_engine(two):
    _server, far = two

    written = wrote(prompt("hybrid", may_leave=False))

    assert (written.engine, far.requests) == ("local:scripted", [])


@pytest.mark.parametrize("status", [503, 400, 404, 422])
def test_when_all_fail_the_built_in_reader_answers(status, two):
    for server in two:
        server.tell([Refusal(status, {"message": "max_tokens is not supported"})])

    written = wrote(prompt("hybrid"))

    assert (written.engine, written.draft.is_answered, len(written.degraded)) == (
        "builtin",
        True,
        2,
    )


def test_a_missing_model_is_told(configured):
    written = wrote(prompt("auto", "qwen"))

    assert written.degraded == ("engine: local:qwen did not answer (no_model)",)
