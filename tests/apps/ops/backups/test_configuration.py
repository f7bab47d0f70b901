"""clawdbot.yaml and the keys: with their secrets only where nobody reads along."""

import pytest

from apps.core import config
from apps.ops.backups import configuration, restoring
from tests.apps.ops.backups.backing import backed_up, emptied, opened, restored

pytestmark = pytest.mark.django_db(transaction=True)
TEXT = """# ours
database: {url: "postgresql://clawdbot:s3cret-word@db/clawdbot"}
engines: {remote_key: sk-12345}
"""


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An installation whose configuration holds secrets."""
    (tmp_path / "clawdbot.yaml").write_text(TEXT)
    current = config.load()
    changes = {
        "database": current.database.model_copy(
            update={"url": "postgresql://clawdbot:s3cret-word@db/clawdbot"}
        ),
        "engines": current.engines.model_copy(update={"remote_key": "sk-12345"}),
    }
    changed = current.model_copy(update=changes)
    monkeypatch.setattr(config, "load", lambda: changed)
    monkeypatch.setattr(config, "home", lambda: tmp_path)
    return tmp_path


def test_with_a_passphrase_the_configuration_is_stored_as_it_is(home, place):
    snapshot = backed_up(place).snapshot

    assert opened(place).get(snapshot.configuration).decode() == TEXT


def test_without_one_its_secrets_are_left_out(home, place):
    snapshot = backed_up(place, passphrase=None).snapshot

    text = opened(place, None).get(snapshot.configuration).decode()
    assert "s3cret-word" not in text
    assert "sk-12345" not in text
    assert text.startswith("# ours\ndatabase:")


@pytest.mark.parametrize(
    "line",
    ["broker: {url: 'redis://:it''s-old@r/0'}", r'broker: {url: "redis://:it\x27s-old@r/0"}'],
)
def test_a_secret_that_is_written_otherwise_or_not_in_use_is_left_out_too(home, place, line):
    (home / "clawdbot.yaml").write_text(f"{TEXT}{line}\n")
    snapshot = backed_up(place, passphrase=None).snapshot

    text = opened(place, None).get(snapshot.configuration) if snapshot.configuration else b""

    assert b"s-old" not in text
    assert b"s3cret-word" not in text


def test_it_is_put_beside_the_one_that_is_there(home, place):
    backed_up(place)
    emptied()
    (home / "clawdbot.yaml").write_text("service: {port: 1}\n")

    done = restored(place)

    assert done.configuration == home / "clawdbot.restored.yaml"
    assert done.configuration.read_text() == TEXT
    assert (home / "clawdbot.yaml").read_text() == "service: {port: 1}\n"


def test_where_there_is_none_it_is_the_configuration(home, place):
    backed_up(place)
    emptied()
    (home / "clawdbot.yaml").unlink()

    assert restored(place).configuration == home / "clawdbot.yaml"


def test_keys_come_back_only_when_they_were_asked_for(place):
    key = config.load().data_dir / "secrets" / "api_key"
    key.parent.mkdir(exist_ok=True)
    key.write_text("ck_1")
    assert backed_up(place).snapshot.keys is None
    backed_up(place, has_keys=True)
    emptied()
    key.unlink()

    restored(place)

    assert (key.read_text(), key.stat().st_mode & 0o777) == ("ck_1", 0o600)
    key.unlink()
    (key.parent / "secret_key").unlink(missing_ok=True)


def test_keys_are_there_before_the_rows_after_which_no_second_try_is_taken(place, monkeypatch):
    key = config.load().data_dir / "secrets" / "api_key"
    key.parent.mkdir(exist_ok=True)
    key.write_text("ck_1")
    backed_up(place, has_keys=True)
    emptied()
    key.unlink()
    monkeypatch.setattr(restoring, "rows_load", None)  # as if it were killed there

    with pytest.raises(TypeError):
        restored(place)

    assert key.read_text() == "ck_1"
    key.unlink()
    (key.parent / "secret_key").unlink(missing_ok=True)


def test_a_key_that_is_no_name_of_a_file_is_refused():
    with pytest.raises(Exception, match="no name of a file"):
        configuration.keys_put_back(b'{"../clawdbot.yaml": ""}')
