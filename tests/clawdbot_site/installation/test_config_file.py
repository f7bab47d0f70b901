"""Writing clawdbot.yaml."""

import pytest
import yaml

from apps.core.config import Config
from apps.core.errors import Conflict
from clawdbot_site.installation import config_file

TEXT = """\
# ours
service:
  port: 8000   # the port

ingest:
  # how many
  parse_workers: 2
"""


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("CLAWDBOT_HOME", str(tmp_path))
    return tmp_path


def test_the_first_file_holds_the_defaults():
    written = yaml.safe_load(config_file.TEMPLATE.read_text(encoding="utf-8"))
    defaults = Config.model_construct().model_dump()

    for section, values in written.items():
        expected = defaults[section]
        assert values == (
            {key: expected[key] for key in values} if expected.__class__ is dict else expected
        )


def test_the_first_file_is_for_its_owner_only(home):
    config_file.ensure()

    assert config_file.path().stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_there_is_left_as_it_is(home):
    (home / "clawdbot.yaml").write_text("profile: server\n")

    assert config_file.ensure("edge") is False
    assert config_file.path().read_text() == "profile: server\n"


def test_the_profile_asked_for_is_written(home):
    config_file.ensure("server")

    assert yaml.safe_load(config_file.path().read_text())["profile"] == "server"


def test_a_value_is_changed_and_every_comment_kept():
    changed = config_file.with_value(TEXT, "service", "port", "9000")

    assert changed == TEXT.replace("8000", "9000")


@pytest.mark.parametrize(
    ("section", "key"), [("ingest", "lease_s"), ("log", "level"), ("ingest", "parse_workers")]
)
def test_a_value_is_found_where_it_was_set(section, key):
    changed = yaml.safe_load(config_file.with_value(TEXT, section, key, "7"))

    assert changed[section][key] == 7
    assert changed["service"] == {"port": 8000}


@pytest.mark.parametrize(
    "text",
    [
        "ingest: {max_file: 1GB, lease_s: 120}   # ours\n",
        "ingest: {max_file: 1GB, parse_workers: 2, lease_s: 120}\n",
        "ingest: {\n  max_file: 1GB,\n  lease_s: 120,\n}\n",
        "{ingest: {max_file: 1GB, lease_s: 120}}\n",
        "ingest:\n    max_file: 1GB\n    lease_s: 120",
        '"ingest":\n  # how long\n  lease_s: 120\n  max_file: 1GB\n',
    ],
)
def test_the_other_values_of_a_section_stay_however_it_is_written(text):
    changed = config_file.with_value(text, "ingest", "parse_workers", "7")

    assert changed.count("ingest") == 1
    assert yaml.safe_load(changed) == {
        "ingest": {"max_file": "1GB", "lease_s": 120, "parse_workers": 7}
    }


@pytest.mark.parametrize(
    "text", ["", "# ours\n", "ingest:\n", "ingest: {}\n", "ingest:   # none\n"]
)
def test_a_value_is_added_where_there_is_none(text):
    changed = config_file.with_value(text, "ingest", "parse_workers", "7")

    assert yaml.safe_load(changed) == {"ingest": {"parse_workers": 7}}


@pytest.mark.parametrize(
    "text",
    ["ingest: [1]\n", "just text\n", "ingest: {", "log: &a {level: INFO}\ningest: *a\n"],
)
def test_a_file_that_cannot_be_edited_safely_is_left_as_it_is(home, text):
    (home / "clawdbot.yaml").write_text(text)

    with pytest.raises(Conflict, match="Set ingest"):
        config_file.set_value("ingest", "parse_workers", "7")
    assert config_file.path().read_text() == text
