"""Values of clawdbot.yaml that stand at its top, and several at once."""

import pytest
import yaml

from apps.core import config_file

TEXT = "# ours\nprofile: edge  # small\nservice:\n  port: 8000   # the port\n"


@pytest.mark.parametrize("text", [TEXT, "", "# ours\n", "{service: {port: 1}}\n", "log: {}\n"])
def test_a_value_at_the_top_is_set(text):
    changed = yaml.safe_load(config_file.with_value(text, "", "profile", "server"))

    assert changed == (yaml.safe_load(text) or {}) | {"profile": "server"}


def test_several_values_are_set_and_comments_stay():
    hosts = ["kb.lan", "[::1]"]

    changed = config_file.with_values(TEXT, {"profile": "server", "service.allowed_hosts": hosts})

    assert yaml.safe_load(changed)["service"] == {"port": 8000, "allowed_hosts": hosts}
    assert "# ours" in changed
    assert "# small" in changed
    assert "# the port" in changed


@pytest.mark.parametrize("value", ["", "a: b", "# no", "yes", "8GB", 0.5, True, 7, "密钥"])
def test_whatever_is_written_is_read_again(value):
    changed = config_file.with_values("", {"engines.remote_key": value})

    assert yaml.safe_load(changed) == {"engines": {"remote_key": value}}


def test_mode_of_a_file_that_is_there_stays(tmp_path, monkeypatch):
    monkeypatch.setenv("CLAWDBOT_HOME", str(tmp_path))
    config_file.replace("profile: edge\n")
    config_file.path().chmod(0o640)

    config_file.replace("profile: server\n")

    assert config_file.path().stat().st_mode & 0o777 == 0o640
    assert config_file.text() == "profile: server\n"
