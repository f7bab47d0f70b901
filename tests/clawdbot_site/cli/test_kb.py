"""`clawdbot kb`: export and import say what they did, refusals are one line."""

import json

import pytest
from typer.testing import CliRunner

from apps.core.errors import ClawdbotError, Conflict, Invalid, NotFound
from apps.knowledge.models import Collection
from apps.ops.packs.refusals import PackRefused
from clawdbot_site.cli import kb
from clawdbot_site.cli.progress import Failure, Outcome
from tests.apps.ops.packs.conftest import admin, finance, forget_groups  # noqa: F401

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("finance")]


def call(*arguments):
    result = CliRunner().invoke(kb.app, [str(argument) for argument in arguments])
    if isinstance(result.exception, ClawdbotError):
        raise result.exception
    return result


@pytest.fixture
def pack(tmp_path):
    call("export", "Finance", "-o", tmp_path / "finance.ckb")
    return tmp_path / "finance.ckb"


def test_export_prints_the_file_on_stdout(tmp_path):
    done = call("export", "Finance", "-o", tmp_path / "a.ckb")

    assert done.stdout.strip() == str(tmp_path / "a.ckb")
    assert "4 documents, 4 passages, 2 originals" in done.stderr


def test_an_export_lies_here_under_the_collections_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    facts = json.loads(call("export", "Finance", "--json").stdout)

    assert facts["path"] == str(tmp_path / "Finance.ckb")
    assert facts["size_bytes"] == (tmp_path / "Finance.ckb").stat().st_size


def test_import_takes_it_under_another_name(pack):
    facts = json.loads(call("import", pack, "--as", "Copy", "--json").stdout)

    assert (facts["name"], facts["to_embed"]) == ("Copy", 0)
    assert Collection.objects.filter(name="Copy", deleted_at=None).exists()


def test_import_waits_for_every_document_when_asked_to(pack, monkeypatch):
    failures = (Failure("notes/vault", "It cannot be read."),)
    waited = []
    monkeypatch.setattr(kb, "follow", lambda ids: waited.extend(ids) or Outcome(3, failures, 0))

    done = call("import", pack, "--as", "Copy", "--wait")

    assert (len(waited), done.exit_code, done.stdout) == (4, 1, "notes/vault: It cannot be read.\n")


def test_who_is_not_here_is_listed(pack):
    forget_groups()

    said = call("import", pack, "--as", "Copy").stderr

    assert "not here, so without rights: group board, group traders" in said
    assert "denied to somebody who is not here: notes/board" in said


def test_refusals_are_errors_with_one_line(pack, tmp_path):
    with pytest.raises(Conflict, match="already a collection"):
        call("import", pack)
    with pytest.raises(Invalid, match="There is no file"):
        call("import", tmp_path / "nothing.ckb")
    with pytest.raises(NotFound, match="There is no collection"):
        call("export", "Unknown")
    with pytest.raises(Invalid, match="There is no folder"):
        call("export", "Finance", "-o", tmp_path / "no" / "a.ckb")


def test_a_cut_off_pack_is_refused(pack):
    pack.write_bytes(pack.read_bytes()[:-9])

    with pytest.raises(PackRefused, match="cut off"):
        call("import", pack, "--as", "Copy")
