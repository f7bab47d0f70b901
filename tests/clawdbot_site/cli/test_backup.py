"""`clawdbot backup` and `restore`: what they say, and what they refuse in one line."""

import json

import pytest
from typer.testing import CliRunner

from apps.core.errors import ClawdbotError, Invalid
from apps.knowledge import blobs
from apps.ops.backups.refusals import NotEmpty
from clawdbot_site.cli import backup, restore
from clawdbot_site.supervision import control
from tests.apps.ops.backups.backing import emptied
from tests.apps.ops.backups.conftest import (  # noqa: F401
    _no_originals_of_another_test,
    _passphrases_cost_little,
    files,
    place,
    submit,
)
from tests.apps.ops.packs.conftest import admin  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _nothing_runs(monkeypatch):
    monkeypatch.setattr(control, "is_running", lambda _: False)


@pytest.fixture
def passphrase(tmp_path):
    (tmp_path / "passphrase").write_text("a passphrase")
    return tmp_path / "passphrase"


def call(app, *arguments):
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if isinstance(result.exception, ClawdbotError):
        raise result.exception
    return result


def test_a_backup_prints_its_name_and_what_is_in_it(files, place, passphrase):  # noqa: F811
    done = call(backup.app, "--to", place, "--passphrase-file", passphrase)

    assert done.stdout.strip() == (place / "snapshots").iterdir().__next__().name
    assert "3 documents, 0 passages, 3 originals" in done.stderr


def test_without_a_passphrase_one_must_say_so(files, place):  # noqa: F811
    with pytest.raises(Invalid, match="backup --unencrypted"):
        call(backup.app, "--to", place)
    assert not place.exists()

    facts = json.loads(call(backup.app, "--to", place, "--unencrypted", "--json").stdout)
    assert facts["counts"]["documents"] == 3


def test_a_damaged_snapshot_does_not_hide_the_others(files, place):  # noqa: F811
    whole = call(backup.app, "--to", place, "--unencrypted").stdout.strip()
    (place / "snapshots/20200101T000000Z-abcdef").write_bytes(b"rotten")

    table = call(backup.app, "list", "--from", place)
    facts = json.loads(call(backup.app, "list", "--from", place, "--json").stdout)

    assert whole in table.stdout
    assert "1 cannot be read" in table.stderr
    assert facts[0] == {"name": "20200101T000000Z-abcdef", "is_damaged": True}


def test_without_a_folder_one_is_asked_for():
    with pytest.raises(Invalid, match=r"--to DIR, or backup\.to"):
        call(backup.app)


def test_lost_originals_are_told_and_are_exit_code_1(files, place):  # noqa: F811
    blobs.remove(files[0].version.content_sha256)

    done = call(backup.app, "--to", place, "--unencrypted")

    assert (done.exit_code, "1 original missing" in done.stderr) == (1, True)


def test_the_list_and_pruning_know_every_snapshot(files, place):  # noqa: F811
    for _ in range(2):
        call(backup.app, "--to", place, "--unencrypted")
    names = [
        one["name"]
        for one in json.loads(call(backup.app, "list", "--from", place, "--json").stdout)
    ]

    assert all(name in call(backup.app, "list", "--from", place).stdout for name in names)
    pruned = json.loads(call(backup.app, "prune", "--from", place, "--keep-daily", 1,
                             "--keep-weekly", 0, "--keep-monthly", 0, "--json").stdout)  # fmt: skip
    assert (pruned["removed"], pruned["kept"]) == (names[:1], names[1:])


def test_a_quick_verify_reads_every_byte_of_all(files, place):  # noqa: F811
    call(backup.app, "--to", place, "--unencrypted")

    done = call(backup.app, "verify", "--quick", "--from", place)

    assert (done.exit_code, "0 damaged" in done.stderr, "sound" in done.stderr) == (0, True, True)


def test_restore_tells_what_came_back_and_what_did_not(files, place):  # noqa: F811
    call(backup.app, "--to", place, "--unencrypted")
    with pytest.raises(NotEmpty):
        call(restore.app, "--from", place)
    emptied()

    said = call(restore.app, "--from", place)

    assert "3 documents, 0 passages, 3 originals" in said.stderr
    assert "everybody signs in anew" in said.stderr
    assert "what was deleted after it was taken is here again" in said.stderr


def test_restore_is_refused_while_the_node_runs(files, place, monkeypatch):  # noqa: F811
    call(backup.app, "--to", place, "--unencrypted")
    monkeypatch.setattr(control, "is_running", lambda _: True)

    with pytest.raises(ClawdbotError, match="clawdbot stop"):
        call(restore.app, "--from", place)


def test_lost_originals_are_brought_back_by_restore(files, place):  # noqa: F811
    call(backup.app, "--to", place, "--unencrypted")
    blobs.remove(files[0].version.content_sha256)

    done = json.loads(call(restore.app, "--originals", "--from", place, "--json").stdout)

    assert done == {"lost": 1, "back": 1}
