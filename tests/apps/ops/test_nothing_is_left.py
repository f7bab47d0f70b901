"""What was deleted is shown by nothing at once, and in no file of the installation once purged."""

import json
import re

import pytest

from tests.apps.ops.nothing_is_left import DELETE, LOOK, PURGE, STALE, USE, WORDS
from tests.installation import Installation


@pytest.fixture
def home(tmp_path):
    return tmp_path


@pytest.fixture
def installation(home):
    running = Installation(home)
    yield running
    running.close()


def forms(word):
    """The bytes in which a word may lie in a file."""
    spelled = {word, word.lower()}
    return {one.encode(code) for one in spelled for code in ("utf-8", "utf-16-le", "utf-16-be")} | {
        json.dumps(one)[1:-1].encode() for one in spelled
    }


def holding(home, needles):
    """Files below the folder that hold one of these bytes, in their name or content."""
    files = (path for path in home.rglob("*") if path.is_file())
    return [
        str(path.relative_to(home))
        for path in files
        if any(needle in path.name.encode() + path.read_bytes() for needle in needles)
    ]


@pytest.fixture
def used(installation):
    """The answers that were given, and the bytes of the vectors."""
    return json.loads(installation.django(USE))


@pytest.fixture
def needles(used):
    """What must be nowhere in the end."""
    words = {form for word in WORDS for form in forms(word)}
    return words | {bytes.fromhex(one) for one in used["vectors"]}


def test_what_was_deleted_is_shown_by_nothing_at_once(installation, used):
    assert all(word in answer for answer, word in zip(used["answers"], WORDS, strict=True))
    before = installation.django(LOOK)

    installation.django(DELETE)
    shown = installation.django(LOOK)

    assert all(word in before for word in WORDS)
    assert [line[:90] for line in shown.splitlines() if any(word in line for word in WORDS)] == []
    assert re.findall(r"^/(?!shared)\S+ (?!200)\d+", shown, re.MULTILINE) == []


def test_what_was_deleted_is_in_no_file_once_its_receipt_is_complete(installation, needles, home):
    assert {path.split("/")[1] for path in holding(home, needles)} >= {"blobs", "index"}
    installation.django(DELETE)

    assert installation.django(PURGE) == "0"

    assert holding(home, needles) == []


def test_a_process_that_never_opens_a_newer_index_finds_nothing_of_it(installation, used):
    told = installation.django(STALE).splitlines()[-1]

    before, after = json.loads(told)
    assert WORDS[0] in str(before)
    assert not any(word in str(after) for word in WORDS)
    assert after[0]  # it still finds the rest
