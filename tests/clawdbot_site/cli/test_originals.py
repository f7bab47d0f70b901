"""`clawdbot originals`: where they lie, moving them."""

import json

import pytest
from typer.testing import CliRunner

from apps.core.errors import Conflict
from apps.knowledge import blob_places, blobs
from apps.knowledge.blob_stores.folder import FolderStore
from clawdbot_site.cli import originals
from tests.factories import VersionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(tmp_path, configured):
    """The hash of an original in a folder, from which it shall move to the database."""
    blob_places._accepted.clear()
    configured("storage", originals=str(tmp_path))
    with blobs.incoming([b"the original"]) as blob:
        blob.keep()
    VersionFactory(has_blob=True, content_sha256=blob.sha256)
    configured("storage", originals="database", originals_also=str(tmp_path))
    yield blob.sha256
    blob_places._accepted.clear()


def call(*arguments):
    return CliRunner().invoke(originals.app, list(arguments))


def test_a_move_empties_the_old_place_and_says_how_much_it_was(sent, tmp_path):
    result = call("move")

    assert (result.exit_code, result.stdout) == (0, "1 original moved, 0.0 MB\n")
    held = json.loads(call("status", "--json").stdout)
    assert [(one["address"], one["originals"]) for one in held] == [
        ("database", 1),
        (str(tmp_path), 0),
    ]


def test_a_damaged_original_ends_the_move_with_1(sent, tmp_path):
    FolderStore(tmp_path).path_of(sent).write_bytes(b"another one")

    result = call("move", "--json")

    assert (result.exit_code, json.loads(result.stdout)["damaged"]) == (1, [sent])


def test_without_a_second_place_there_is_nothing_to_move(configured, tmp_path):
    configured("storage", originals=str(tmp_path))

    assert isinstance(call("move").exception, Conflict)
