"""The signing key: one for all nodes, or the installation's own file."""

import stat

import pytest

from apps.core import config
from clawdbot_site.secret_key import secret_key

SHARED = "a-key-that-all-nodes-share-0123456789"


def test_without_a_configured_key_a_private_file_is_made_once(home):
    first, again = secret_key(config.load()), secret_key(config.load())

    path = home / "data" / "secrets" / "secret_key"
    assert first == again == path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((home / "data").stat().st_mode) == 0o700  # the database comes into it


def test_nodes_with_the_same_secret_file_sign_with_the_same_key(home, monkeypatch):
    (home / "key").write_text(f"{SHARED}\n")
    monkeypatch.setenv("CLAWDBOT_SERVICE__SECRET_KEY_FILE", str(home / "key"))

    assert secret_key(config.load()) == SHARED
    assert not (home / "data").exists()


def test_a_key_that_can_be_guessed_stops_the_start_and_is_not_told(home, monkeypatch):
    monkeypatch.setenv("CLAWDBOT_SERVICE__SECRET_KEY", "hunter2")

    with pytest.raises(SystemExit, match=r"service\.secret_key") as refused:
        config.load()

    assert "hunter2" not in str(refused.value)
