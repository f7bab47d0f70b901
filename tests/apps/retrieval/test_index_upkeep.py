"""An idle indexer reads its files again, verifies at night, and answers calls."""

import os
import sys
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from apps.core import config
from apps.core.nodes import node_name
from apps.retrieval import index_upkeep
from apps.retrieval.index_files import check_request, stored
from apps.retrieval.index_upkeep import Scrub, Upkeep, is_due
from apps.retrieval.models import NodeIndex

NIGHT = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)


@pytest.fixture
def files(tmp_path):
    (tmp_path / "one").write_bytes(os.urandom(3_000_000))
    (tmp_path / "two").write_bytes(b"2")
    return {tmp_path: stored(tmp_path, [tmp_path / "one", tmp_path / "two"])}


def scrubbed(files, seconds=3):
    """What is found while the files are read about seven times a second."""
    scrub, found = Scrub(20.0), []
    for _ in range(seconds):
        scrub._at -= 1
        found.append(scrub.step(files))
    return [damaged for damaged in found if damaged]


def test_intact_files_are_read_again_and_again(files):
    assert scrubbed(files) == []


@pytest.mark.parametrize("name", ["one", "two"])
def test_a_flipped_bit_is_found_in_the_background(name, files, tmp_path):
    content = bytearray((tmp_path / name).read_bytes())
    content[-1] ^= 1
    (tmp_path / name).write_bytes(content)

    assert str(tmp_path / name) in scrubbed(files)


def test_a_file_that_a_publish_replaced_is_left_alone(files, tmp_path):
    scrub, seen = Scrub(0.1), dict(files)
    scrub._at -= 1
    (tmp_path / "two").write_bytes(b"3")
    scrub.step(seen)

    seen[tmp_path] = ()
    scrub._bytes_s, scrub._at = 1e9, scrub._at - 1

    assert scrub.step(seen) == ""


def test_no_more_is_read_than_the_set_speed_allows(files):
    scrub = Scrub(0.0)

    assert [scrub.step(files) for _ in range(5)] == [""] * 5
    assert scrub._open is None


@pytest.mark.parametrize(
    ("now", "last", "due"),
    [
        (NIGHT + timedelta(minutes=1), NIGHT - timedelta(hours=20), True),
        (NIGHT + timedelta(minutes=1), NIGHT + timedelta(seconds=1), False),
        (NIGHT - timedelta(minutes=1), NIGHT - timedelta(hours=23), False),
        (NIGHT + timedelta(hours=7), NIGHT - timedelta(hours=20), False),
        (NIGHT + timedelta(hours=7), NIGHT - timedelta(hours=50), True),
    ],
    ids=["in the night", "once a night", "before its time", "not in office hours", "off at night"],
)
def test_when_a_node_verifies_itself(now, last, due):
    assert is_due(now, last) == due


@pytest.fixture
def configured(monkeypatch):
    """Has one section of the configuration say something else."""

    def change(section, **values):
        loaded = config.load()
        other = getattr(loaded, section).model_copy(update=values)
        changed = loaded.model_copy(update={section: other})
        monkeypatch.setattr(config, "load", lambda: changed)

    return change


def test_the_hour_is_that_of_the_people(configured):
    configured("service", time_zone="Asia/Shanghai")

    assert is_due(NIGHT - timedelta(hours=7), NIGHT - timedelta(hours=9))


def test_an_empty_hour_is_never(configured):
    configured("index", verify_at="")

    assert not is_due(NIGHT + timedelta(minutes=1), NIGHT - timedelta(days=9))


@pytest.fixture
def node():
    return NodeIndex.objects.create(node=node_name())


@pytest.fixture
def upkeep(tmp_path):
    writes = f"import sys; open({str(tmp_path / 'called')!r}, 'a').write(str(sys.argv[1:]))"
    upkeep = Upkeep([sys.executable, "-c", writes])
    yield upkeep
    upkeep.close()


def called(upkeep, tmp_path):
    upkeep.step({})
    if upkeep._running is None:
        return None
    upkeep._running.wait()
    return (tmp_path / "called").read_text()


@pytest.mark.django_db
def test_a_repair_that_was_asked_for_is_begun_once(node, upkeep, tmp_path):
    NodeIndex.objects.update(repair_asked_at=timezone.now())

    assert called(upkeep, tmp_path) == "['--repair']"
    upkeep._asked_at = 0.0
    assert called(upkeep, tmp_path) == "['--repair']"
    assert NodeIndex.objects.get().repair_asked_at is None


@pytest.mark.django_db
def test_the_nightly_verify_is_begun_when_it_is_due(node, upkeep, tmp_path, monkeypatch):
    monkeypatch.setattr(index_upkeep, "is_due", lambda now, last: True)

    assert called(upkeep, tmp_path) == "[]"


@pytest.mark.django_db
def test_nothing_is_begun_when_nothing_is_due(node, upkeep, tmp_path, monkeypatch):
    monkeypatch.setattr(index_upkeep, "is_due", lambda now, last: False)

    assert called(upkeep, tmp_path) is None


@pytest.mark.django_db
def test_a_call_to_check_is_answered_once(node, upkeep, tmp_path):
    check_request(tmp_path).touch()

    assert [upkeep.step({tmp_path: ()}) for _ in range(2)] == [True, False]
