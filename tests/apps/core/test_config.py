"""Configuration: defaults < clawdbot.yaml < environment; a bad value stops the start."""

import json

import pytest

from apps.core import config, config_environment
from apps.core.sizes import parse_size

KEYS = [
    (section, key, inner.default)
    for section, field in config.Config.model_fields.items()
    for key, inner in getattr(field.annotation, "model_fields", {}).items()
]


def test_without_a_file_the_defaults_hold(home):
    assert config.load().service.port == 8000
    assert config.load().data_dir == home / "data"


def test_the_file_is_read_and_the_environment_wins(home, monkeypatch):
    (home / "clawdbot.yaml").write_text("service: {port: 9000, web_threads: 3}\n")
    monkeypatch.setenv("CLAWDBOT_SERVICE__PORT", "9001")

    loaded = config.load()

    assert (loaded.service.port, loaded.service.web_threads) == (9001, 3)


def test_a_secret_may_come_from_a_file(home, monkeypatch):
    secret = home / "database"
    secret.write_text("postgresql://u:p@db/clawdbot\n")
    monkeypatch.setenv("CLAWDBOT_DATABASE__URL_FILE", str(secret))

    assert config.load().database.url == "postgresql://u:p@db/clawdbot"


def test_a_missing_file_of_a_secret_stops_the_start_and_names_the_key(home, monkeypatch):
    monkeypatch.setenv("CLAWDBOT_DATABASE__URL_FILE", str(home / "nothing"))

    with pytest.raises(SystemExit, match=r"configuration: database\.url: cannot read .+nothing"):
        config.load()


def test_a_file_for_no_key_is_refused_like_any_unknown_key(home, monkeypatch):
    monkeypatch.setenv("CLAWDBOT_DATABASE__PASSWORD_FILE", "/run/secrets/x")

    with pytest.raises(SystemExit, match=r"database\.password_file: there is no such key"):
        config.load()


@pytest.mark.parametrize(("section", "key", "default"), KEYS, ids=str)
def test_every_key_can_come_from_the_environment(home, monkeypatch, section, key, default):
    name = f"CLAWDBOT_{section}__{key}".upper()
    monkeypatch.setenv(name, default if isinstance(default, str) else json.dumps(default))

    assert getattr(getattr(config.load(), section), key) == default


def test_a_list_that_is_no_json_is_refused_in_one_line(home, monkeypatch):
    monkeypatch.setenv("CLAWDBOT_SERVICE__ALLOWED_HOSTS", "a, b")

    with pytest.raises(SystemExit, match="CLAWDBOT_SERVICE__ALLOWED_HOSTS: write lists as JSON"):
        config.load()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("CLAWDBOT_SERVICE__PORT", "service.port: Input should be a valid integer"),
        ("CLAWDBOT_SERVICE__PROT", "service.prot: there is no such key"),
        ("CLAWDBOT_SERVCE__PORT", "there is no such section"),
    ],
)
def test_a_bad_variable_stops_the_start_and_is_named_itself(home, monkeypatch, name, said):
    monkeypatch.setenv(name, "x")

    with pytest.raises(SystemExit, match=rf"configuration: {said}.*, in the variable {name} \("):
        config.load()


def test_variables_that_set_nothing_are_known(home, monkeypatch):
    for name in ("PROFILE", "VERSION", "SERVICE__PORT", "SERVICE_PORT"):
        monkeypatch.setenv(f"CLAWDBOT_{name}", "edge" if name == "PROFILE" else "1")

    assert config.load().profile == "edge"
    assert config_environment.of_no_key(config.Config) == ["CLAWDBOT_SERVICE_PORT"]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("service: {public_url: kb.company.lan}", "service.public_url"),
        ("service: {port: 99999}", "service.port"),
        ("service: {colour: red}", "service.colour"),
        ("front: {certificate: a.pem}", "front.certificate: write a full path"),
        ("nonsense: 1", "nonsense"),
        ("resource: {memory_limit: much}", "resource.memory_limit: 'much' is not a size"),
    ],
)
def test_a_bad_value_stops_the_start_and_names_the_key(home, text, key):
    (home / "clawdbot.yaml").write_text(text + "\n")

    with pytest.raises(SystemExit, match=rf"configuration: {key}[:;,] "):
        config.load()


@pytest.mark.parametrize(
    "text", ["service:\n  port: 1\nservice:\n  host: a", "log:\n  level: INFO\n  level: ERROR"]
)
def test_a_key_that_is_there_twice_is_refused_with_both_lines(home, text):
    (home / "clawdbot.yaml").write_text(text)

    with pytest.raises(SystemExit, match=r"line 3: `\w+` is there already, in line [12]"):
        config.load()


def test_a_folder_in_the_place_of_the_file_is_no_empty_configuration(home):
    (home / "clawdbot.yaml").mkdir()

    with pytest.raises(SystemExit, match=r"no file .*clawdbot\.yaml"):
        config.load()


@pytest.mark.parametrize(
    ("text", "size_bytes"), [("8GB", 8 * 10**9), ("512 MiB", 512 * 2**20), ("1.5kb", 1500)]
)
def test_sizes_are_read_as_people_write_them(text, size_bytes):
    assert parse_size(text) == size_bytes


@pytest.mark.parametrize("text", ["", "GB", "-1", "5 apples", "0"])
def test_what_is_no_size_is_refused(text):
    with pytest.raises(ValueError, match="size"):
        parse_size(text)


@pytest.mark.parametrize(("value", "read"), [("auto", None), ("null", None), ("0.4", 0.4)])
def test_how_sure_answers_must_be_is_automatic_or_a_number(home, value, read):
    (home / "clawdbot.yaml").write_text(f"answers: {{min_confidence: {value}}}")

    assert config.load().answers.min_confidence == read
