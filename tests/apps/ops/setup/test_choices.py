"""What choices mean for clawdbot.yaml, and which cannot be meant."""

import pytest

from apps.core.config import Config
from apps.ops.setup import engines, notes
from apps.ops.setup.choices import Choices, Engine, Wish, opened, wanted
from apps.ops.setup.nonsense import problems
from clawdbot_site.supervision import keeper_presence
from tests.apps.ops.setup.machines import machine

CURRENT = Config()
POSTGRESQL = {"database.url": "postgresql://db/kb", "broker.url": "redis://r:6379/0"}


def told(choices, here=None, current=CURRENT):
    return {problem.key for problem in problems(choices, here or machine(), current)}


@pytest.mark.parametrize("profile", ["edge", "workstation", "server"])
def test_a_size_by_itself_is_no_problem(profile):
    assert told(Choices(profile)) == set()


@pytest.mark.parametrize(
    ("choices", "key"),
    [
        (Choices("huge"), "profile"),
        (Choices(values={"resource.memory_limit": "64GB"}), "resource.memory_limit"),
        (Choices(values={"ingest.max_file": "900GB"}), "ingest.max_file"),
        (Choices(values={"service.host": "0.0.0.0"}), "service.allowed_hosts"),
        (Choices(values=opened(["http://kb.lan"])), "service.allowed_hosts"),
        (Choices(values=opened(["kb lan"])), "service.allowed_hosts"),
        (Choices(wish=Wish(Engine.GGUF)), "model"),
        (Choices(wish=Wish(Engine.SERVER, url="models:8080")), "serving.servers"),
        (Choices(wish=Wish(Engine.SERVER, url="http://[x")), "serving.servers"),
        (Choices(wish=Wish(Engine.SERVER, url="http://m:8080", key="k")), "serving.servers"),
        (Choices(wish=Wish(Engine.REMOTE, url="https://u:p@h", model="m")), "engines.remote_url"),
        (Choices(wish=Wish(Engine.REMOTE, url="https://h")), "engines.remote_model"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_its_key(choices, key):
    assert told(choices) == {key}


def test_a_cluster_needs_what_its_nodes_share():
    assert told(Choices("cluster")) == {"database.url", "broker.url", "storage.originals"}
    assert told(Choices("cluster", values=POSTGRESQL | {"storage.originals": "database"})) == set()


def test_parts_that_are_not_installed_are_told_with_what_installs_them():
    bare = machine(has_llama=False, has_postgresql=False, has_redis=False)
    choices = Choices(wish=Wish(Engine.GGUF, path="/m.gguf"), values=POSTGRESQL)

    said = " ".join(map(str, problems(choices, bare, CURRENT)))

    assert "make serving" in said
    assert said.count("make nodes") == 2


def test_a_database_with_documents_is_not_left_behind(tmp_path, monkeypatch):
    monkeypatch.setenv("CLAWDBOT_HOME", str(tmp_path))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "clawdbot.sqlite3").touch()

    assert told(Choices(values=POSTGRESQL)) == {"database.url"}


@pytest.mark.parametrize(
    ("wish", "values"),
    [
        (Wish(), {"engines.default": "auto"}),
        (Wish(Engine.GGUF, path="/m.gguf"), {"engines.default": "auto"}),
        (
            Wish(Engine.SERVER, url=" http://m:8080/ "),
            {"engines.default": "auto", "serving.servers": ["http://m:8080"]},
        ),
        (
            Wish(Engine.REMOTE, url="https://h/v1", key="k", model="m"),
            {
                "engines.default": "remote", "engines.remote_url": "https://h/v1",
                "engines.remote_model": "m", "engines.remote_key": "k",
            },
        ),
    ],
)  # fmt: skip
def test_each_engine_sets_what_it_needs(wish, values):
    assert wanted(Choices(wish=wish), machine(), CURRENT) == values


def test_the_built_in_reader_is_named_where_others_would_answer():
    current = Config(serving={"servers": ["http://m:8080"]})

    assert wanted(Choices(wish=Wish()), machine(), current) == {"engines.default": "builtin"}


def test_the_built_in_reader_is_named_where_this_node_keeps_models(tmp_path, monkeypatch):
    monkeypatch.setenv("CLAWDBOT_HOME", str(tmp_path))
    assert wanted(Choices(wish=Wish()), machine(), CURRENT) == {"engines.default": "auto"}

    keeper_presence.mark(CURRENT, is_needed=True)

    assert wanted(Choices(wish=Wish()), machine(), CURRENT) == {"engines.default": "builtin"}
    assert engines.now(CURRENT) == Engine.GGUF


def test_the_network_is_let_in_under_names_and_this_machine_stays():
    found = opened(["kb.lan", "localhost"])

    assert found["service.host"] == "0.0.0.0"
    assert found["service.allowed_hosts"] == ["localhost", "127.0.0.1", "[::1]", "kb.lan"]


def test_choices_wait_in_a_file_of_the_owner_until_they_are_settled(tmp_path, monkeypatch):
    monkeypatch.setenv("CLAWDBOT_HOME", str(tmp_path))
    wish = Wish(Engine.REMOTE, url="https://h", key="sk", model="m")

    notes.choose(CURRENT, "machine", Choices("edge"))
    notes.choose(CURRENT, "engine", Choices(wish=wish))

    assert notes.read(CURRENT) == notes.Notes({"machine", "engine"}, Choices("edge", wish))
    assert (tmp_path / "data" / "setup.json").stat().st_mode & 0o777 == 0o600
    notes.settle(CURRENT, ["limits"])
    assert notes.read(CURRENT) == notes.Notes({"machine", "engine", "limits"})
    assert "sk" not in (tmp_path / "data" / "setup.json").read_text()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"settled": 1}', '{"settled": [], "wish": {}}'])
def test_damaged_notes_are_none(tmp_path, monkeypatch, text):
    monkeypatch.setenv("CLAWDBOT_HOME", str(tmp_path))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "setup.json").write_text(text)

    assert notes.read(CURRENT) == notes.Notes()
