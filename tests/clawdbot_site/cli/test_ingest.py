"""`clawdbot ingest`."""

import zipfile

import pytest
from typer.testing import CliRunner

from apps.core.errors import Invalid, NotFound
from apps.knowledge.models import Collection
from apps.retrieval.indexer import catch_up
from clawdbot_site.cli import ingest
from ingest.runner import drain
from ingest.services import document_submit
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def admin():
    return UserFactory(username="admin", is_superuser=True)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "in" / "hr").mkdir(parents=True)
    (tmp_path / "in" / "hr" / "lunch.md").write_text("# Lunch\n\nAt noon.\n")
    (tmp_path / "in" / ".hidden").write_text("no")
    return tmp_path / "in"


@pytest.fixture
def archive(tmp_path):
    with zipfile.ZipFile(tmp_path / "plans.zip", "w") as packed:
        packed.writestr("lunch.md", "# Lunch\n\nAt noon.\n")
        packed.writestr("dinner.md", "# Dinner\n\nAt seven.\n")
    return tmp_path / "plans.zip"


@pytest.fixture
def working_node(monkeypatch):
    """The workers and the indexer are quick: all is done as soon as it is submitted."""

    def submit(**values):
        submitted = document_submit(**values)
        drain()
        catch_up()
        return submitted

    monkeypatch.setattr(ingest, "document_submit", submit)


def call(*arguments):
    return CliRunner().invoke(ingest.app, [str(argument) for argument in arguments])


def test_a_folder_keeps_its_structure(folder):
    result = call(folder, "-c", "Ours", "--create")

    assert result.exit_code == 0
    (document,) = Collection.objects.get(name="Ours").documents.all()
    assert document.path == "hr/lunch.md"


def test_a_file_that_cannot_be_taken_is_named_and_exit_code_1(folder):
    (folder / "program.exe").write_bytes(b"MZ\x90\x00" + bytes(200))

    result = call(folder, "-c", "Ours", "--create")

    assert result.exit_code == 1
    assert "program.exe:" in result.stdout
    assert Collection.objects.get(name="Ours").documents.count() == 1


def test_an_unknown_collection_is_refused_with_those_there_are(folder):
    assert isinstance(call(folder, "-c", "Nope").exception, NotFound)


def test_a_path_that_does_not_exist_is_refused():
    assert isinstance(call("/nowhere", "-c", "Ours", "--create").exception, Invalid)


@pytest.mark.usefixtures("working_node")
def test_waiting_is_also_for_what_an_earlier_call_sent_and_failed_files_fail_again(folder):
    (folder / "empty.txt").write_text("")
    sent = [call(folder, "-c", "Ours", "--create", *more) for more in ([], ["--wait"])]

    assert [one.exit_code for one in sent] == [0, 1]
    assert "0 files submitted, 2 unchanged, 0 refused" in sent[1].stderr
    assert "1 document ready, 1 failed" in sent[1].stderr
    assert "empty.txt: " in sent[1].stdout


@pytest.mark.usefixtures("working_node")
def test_waiting_for_an_archive_is_waiting_for_what_is_in_it(archive):
    result = call(archive, "-c", "Ours", "--create", "--wait")

    assert result.exit_code == 0
    assert "2 documents ready, 0 failed" in result.stderr


@pytest.mark.usefixtures("working_node")
def test_what_an_archive_could_not_give_is_named_and_exit_code_1(archive):
    with zipfile.ZipFile(archive, "a") as packed:
        packed.writestr("bin/program.exe", b"MZ\x90\x00" + bytes(200))
        packed.writestr("broken.pdf", b"%PDF-1.4\nnothing")

    result = call(archive, "-c", "Ours", "--create", "--wait")

    assert result.exit_code == 1
    assert "plans.zip: bin/program.exe: " in result.stdout
    assert "broken.pdf: " in result.stdout
    assert "2 documents ready, 2 failed" in result.stderr


@pytest.mark.usefixtures("working_node")
def test_an_archive_that_cannot_be_opened_is_named_and_exit_code_1(archive):
    archive.write_bytes(archive.read_bytes()[:-30])

    result = call(archive, "-c", "Ours", "--create", "--wait")

    assert result.exit_code == 1
    assert "plans.zip: " in result.stdout
