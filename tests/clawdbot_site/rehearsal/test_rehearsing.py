"""A backup is sound when what it brings back is found again and answers as this one does."""

import json

import pytest
from typer.testing import CliRunner

from apps.core import config
from apps.modelhub.models import Profile
from clawdbot_site.cli import backup
from clawdbot_site.rehearsal import asking, rehearsing, scratch
from tests.apps.ops.backups.backing import PASSPHRASE, backed_up, opened, quiet
from tests.apps.ops.backups.conftest import (  # noqa: F401
    _no_originals_of_another_test,
    _passphrases_cost_little,
    place,
)
from tests.apps.ops.packs.conftest import admin, finance  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)
FIGURES = {"name": "Finance", "queries": 4, "recall_at_5": 1.0, "answer_right": 0.5}


class Scripted:
    """An installation that says what it is told to."""

    def __init__(self, said):
        self.said = said

    def clawdbot(self, *arguments):
        return json.dumps(self.said if arguments[0] == "rehearse-step" else {})


@pytest.fixture
def here(monkeypatch):
    """This process answers for the installation: the tests' database is nobody else's."""
    answer = {"golden": asking.golden_figures}

    class Ourselves:
        def clawdbot(self, *_):
            return json.dumps({"golden": answer["golden"]()})

    monkeypatch.setattr(rehearsing, "ourselves", Ourselves)


def verified(place, tmp_path, *arguments):  # noqa: F811
    (tmp_path / "passphrase").write_text(PASSPHRASE)
    named = ["--from", place, "--passphrase-file", tmp_path / "passphrase", "--json"]
    done = CliRunner().invoke(backup.app, ["verify", *map(str, [*named, *arguments])])
    return done.exit_code, json.loads(done.stdout)


@pytest.mark.usefixtures("finance", "here")
def test_a_sound_backup_answers_the_golden_set_as_this_installation_does(place, tmp_path):  # noqa: F811
    backed_up(place)

    exit_code, facts = verified(place, tmp_path, "--scratch", tmp_path / "room")

    rehearsed = facts["rehearsal"]
    assert (exit_code, rehearsed["problems"]) == (0, [])
    assert (rehearsed["documents"], rehearsed["found"]) == (4, rehearsed["looked_for"])
    there, ours = rehearsed["golden"][0]["there"], rehearsed["golden"][0]["here"]
    assert there["recall_at_5"] == ours["recall_at_5"] == 1.0
    assert [path.name for path in (tmp_path / "room").iterdir()] == [scratch.LOCK]


@pytest.mark.usefixtures("finance")
def test_a_damaged_backup_is_not_even_restored(place, tmp_path):  # noqa: F811
    made = backed_up(place)
    target = max((place / "objects").rglob("*"), key=lambda path: path.is_file() and len(path.name))
    target.write_bytes(b"rotten")

    exit_code, facts = verified(place, tmp_path)

    assert (exit_code, facts["is_sound"], facts["rehearsal"]) == (1, False, None)
    assert facts["checked"]["broken"] == [made.name]


def compared(monkeypatch, place, there, ours):  # noqa: F811
    made = backed_up(place, passphrase=None)
    counts = made.snapshot.counts
    holdings = {"documents": counts.documents, "passages": counts.chunks}
    said = {"holdings": holdings | {"looked_for": 10, "found": 10}, "golden": {"u": there}}
    monkeypatch.setattr(scratch, "Installation", lambda _: Scripted(said))
    monkeypatch.setattr(rehearsing, "ourselves", lambda: Scripted({"golden": {"u": ours}}))
    order = rehearsing.RehearsalOrder(place, None, made.name, place.parent)
    return rehearsing.rehearse(order, opened(place, None).snapshot(made.name), quiet).problems


def test_worse_answers_than_here_are_a_problem(place, monkeypatch):  # noqa: F811
    worse = FIGURES | {"recall_at_5": 0.75}

    assert compared(monkeypatch, place, worse, FIGURES) == [
        "Finance: recall_at_5 is 0.75, here it is 1.0"
    ]


def test_answers_that_a_model_writes_here_are_not_compared(place, monkeypatch):  # noqa: F811
    Profile.objects.update_or_create(name="general", defaults={"engine": "local"})

    assert compared(monkeypatch, place, FIGURES | {"answer_right": 0.1}, FIGURES) == []


def test_equal_or_better_answers_are_none(place, monkeypatch):  # noqa: F811
    better = FIGURES | {"answer_right": 0.75}

    assert compared(monkeypatch, place, better, FIGURES) == []


def test_where_something_changed_since_figures_are_told_not_judged(place, monkeypatch):  # noqa: F811
    monkeypatch.setattr("apps.knowledge.changes.latest", iter([5, 6]).__next__)

    assert compared(monkeypatch, place, FIGURES | {"recall_at_5": 0.1}, FIGURES) == []


def test_without_room_nothing_is_restored(tmp_path):
    with pytest.raises(Exception, match="Name another folder"), scratch.scratch(tmp_path, 10**18):
        pass


def test_the_scratch_installation_shares_nothing_with_this_one(tmp_path, monkeypatch):
    monkeypatch.setenv("CLAWDBOT_DATABASE__URL", "postgresql://elsewhere/db")

    with scratch.scratch(tmp_path, 0) as (home, installation):
        text = (home / "clawdbot.yaml").read_text()

    assert "CLAWDBOT_DATABASE__URL" not in installation.environment
    assert installation.environment["CLAWDBOT_HOME"] == str(home) != str(config.home())
    assert "url: sqlite" in text
    assert not home.exists()
