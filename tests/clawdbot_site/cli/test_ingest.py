"""`clawdbot ingest`."""

import pytest
from typer.testing import CliRunner

from apps.core.errors import Invalid, NotFound
from apps.knowledge.models import Collection
from clawdbot_site.cli import ingest
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
