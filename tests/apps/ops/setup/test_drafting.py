"""What clawdbot.yaml would say: shown, checked, and with nothing secret in what is shown."""

import pytest
import yaml

from apps.core.config import Config
from apps.ops.setup.drafting import draft
from clawdbot_site.installation.config_file import first

CURRENT = Config()


def keys(problems):
    return [problem.key for problem in problems]


def test_only_what_changes_is_written_and_comments_stay():
    made = draft(first(), {"service.port": 8000, "service.max_concurrent": 4}, CURRENT)

    assert [change.key for change in made.changes] == ["service.max_concurrent"]
    assert made.new == first().replace("max_concurrent: 10", "max_concurrent: 4")
    assert "+  max_concurrent: 4" in made.diff


def test_what_is_so_already_changes_nothing():
    made = draft(first(), {"profile": "workstation", "resource.memory_limit": "8GB"}, CURRENT)

    assert made.new == made.old
    assert made.diff == ""


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("service.port", 0),
        ("service.prot", 80),
        ("resource.memory_limit", "much"),
        ("resource.cpu_limit", 3),
        ("profile", "huge"),
        ("nowhere.port", 1),
    ],
)
def test_nonsense_is_a_problem_that_names_the_key(key, value):
    assert keys(draft(first(), {key: value}, CURRENT).problems)[0] == key


def test_a_key_that_the_environment_sets_is_told(monkeypatch):
    monkeypatch.setenv("CLAWDBOT_SERVICE__PORT", "8000")

    made = draft(first(), {"service.port": 9000}, CURRENT)

    assert "CLAWDBOT_SERVICE__PORT" in str(made.problems[0])
    assert made.new == made.old


@pytest.mark.parametrize("text", ["just text\n", "service: {", "[1]\n"])
def test_a_file_that_cannot_be_edited_is_a_problem(text):
    made = draft(text, {"service.port": 9000}, CURRENT)

    assert made.problems
    assert made.new == text


def test_secrets_are_in_the_file_and_not_in_what_is_shown():
    old = 'engines: {remote_key: "sk-old"}\nmail:\n  password: pw-old\n'
    wanted = {
        "engines.remote_key": "sk-fresh",
        "database.url": "postgresql://kb:pg-fresh@db/kb",
        "service.secret_key": "k" * 40,
        "log.level": "DEBUG",
    }

    made = draft(old, wanted, CURRENT)

    assert yaml.safe_load(made.new)["engines"]["remote_key"] == "sk-fresh"
    for secret in ("sk-old", "sk-fresh", "pw-old", "pg-fresh", "k" * 40):
        assert secret not in made.diff
    assert "level: DEBUG" in made.diff
    assert "(new)" in made.diff
