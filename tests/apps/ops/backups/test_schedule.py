"""One backup a day, whichever node is asked; a failure is told and tried again."""

import socket
from datetime import UTC, datetime, time, timedelta

import pytest

from apps.core import clock, config
from apps.core.errors import ClawdbotError, Conflict
from apps.ops.backups import repository, running, schedule, words
from apps.ops.backups.outlook import outlook
from apps.ops.backups.refusals import BackupDamaged
from apps.ops.health import health
from apps.ops.models import Backup
from apps.ops.tasks import back_up
from clawdbot_site.installation.backup_checks import backup_finding
from tests.admin_pages import client_of
from tests.apps.ops.backups.backing import PASSPHRASE, backed_up, opened
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
State = Backup.State


@pytest.fixture
def configured(place, tmp_path, monkeypatch):
    """Backups are made every day, with a passphrase."""
    (tmp_path / "passphrase").write_text(PASSPHRASE + "\n")
    settings = {
        "to": str(place),
        "passphrase_file": str(tmp_path / "passphrase"),
        "with_keys": True,
    }
    backup = config.load().backup.model_copy(update=settings)
    changed = config.load().model_copy(update={"backup": backup})
    monkeypatch.setattr(config, "load", lambda: changed)
    return tmp_path / "passphrase"


def row(begun, state=State.DONE, **values):
    lease = clock.now() if state == State.RUNNING else None
    made = Backup.objects.create(
        place="x", is_scheduled=True, state=state, lease_until=lease, **values
    )
    Backup.objects.filter(pk=made.pk).update(created_at=begun, finished_at=begun)
    return made


def check():
    return next(one for one in health().checks if str(one.name) == "Backup")


@pytest.mark.parametrize(
    ("begun", "state", "at", "is_due"),
    [
        (None, None, time(1), True),
        (NOON - timedelta(hours=10), State.DONE, time(1), False),
        (NOON - timedelta(hours=12), State.DONE, time(1), True),
        (NOON - timedelta(hours=12), State.DONE, time(13), False),
        (NOON - timedelta(hours=24), State.DONE, time(13), True),
        (NOON - timedelta(hours=1), State.RUNNING, time(1), False),
        (NOON - timedelta(hours=1), State.FAILED, time(1), True),
        (NOON - timedelta(minutes=5), State.FAILED, time(1), False),
    ],
)
def test_it_is_due_once_a_day_and_again_after_a_failure(begun, state, at, is_due):
    if begun:
        row(begun, state)

    assert schedule.is_due(NOON, at) is is_due


def test_after_three_failures_the_day_is_over():
    for hours in (3, 2, 1):
        row(NOON - timedelta(hours=hours), State.FAILED)

    assert not schedule.is_due(NOON, time(1))


def test_the_task_makes_todays_backup_once(files, place, configured):
    first = back_up()

    assert opened(place).folder.snapshots() == [first]
    assert opened(place).snapshot(first).keys
    assert back_up() == "not due"
    assert check().tone == "good"
    assert backup_finding().is_fine


def test_a_backup_after_which_old_ones_could_not_go_says_so(files, place, configured):
    backed_up(place)
    bad = "20200101T000000Z-abcdef"
    (place / "snapshots" / bad).write_bytes(b"rotten")

    back_up()

    made = Backup.objects.get(is_scheduled=True)
    assert (made.state, made.figures["documents"]) == (State.DONE, 3)
    assert f"The snapshot {bad} cannot be read" in made.message
    assert bad in backup_finding().seen
    assert next(one for one in health().checks if one.name == "Backup").advice == made.message


def test_where_no_folder_is_named_none_is_made():
    assert back_up() == "not set up"
    assert not Backup.objects.exists()
    found = backup_finding()
    assert (found.level, found.seen) == ("hint", "not set up (backup.to)")
    assert "backup.passphrase_file" in found.remedy


def test_a_missing_passphrase_is_told_at_home_and_by_the_doctor(files, configured):
    configured.unlink()

    assert back_up() == "refused"

    assert check().tone == "bad"
    assert "cannot be read" in check().advice
    assert "cannot be read" in backup_finding().seen
    assert back_up() == "not due"


def test_a_backup_whose_maker_was_killed_is_told_and_made_anew(files, place):
    killed = row(clock.now() - timedelta(hours=1), State.RUNNING)

    told = backup_finding().seen
    backed_up(place)

    killed.refresh_from_db()
    assert "cut short" in told
    assert (killed.state, killed.message) == (State.FAILED, running.CUT_SHORT)


def test_after_a_kill_on_this_machine_nobody_waits_for_the_lease(files, place):
    worker = f"{socket.gethostname()}:{2**22 + 1}:abc"  # no process has such a number
    lease = clock.now() + timedelta(minutes=1)
    Backup.objects.create(place="y", worker=worker, lease_until=lease)

    assert backed_up(place).name


def test_while_one_is_made_no_other_begins(files, place):
    Backup.objects.create(place="y", lease_until=clock.now() + timedelta(minutes=1))

    with pytest.raises(Conflict, match="Another backup"):
        backed_up(place)

    assert outlook().is_running


def test_a_daily_backup_that_is_not_made_any_more_is_told(configured):
    row(clock.now() - timedelta(days=3))

    assert check().tone == "warn"
    assert "beat" in backup_finding().remedy


def test_the_page_of_backups_tells_why_one_failed():
    row(clock.now(), State.FAILED, message="The disk is full.")

    assert "The disk is full." in _page()


def test_the_page_of_backups_says_how_to_begin(db):
    assert "passphrase_file: /etc" in _page()


def test_the_page_of_backups_says_when_they_are_made(configured, place):
    page = _page()

    assert "Every day at 01:00" in page
    assert str(place) in page
    assert "passphrase_file: /etc" not in page


def _page():
    visitor = client_of(UserFactory(is_staff=True, is_superuser=True))
    return visitor.get("/admin/ops/backup/").content.decode()


def test_why_one_failed_is_told_in_the_readers_language(files, place, monkeypatch):
    backed_up(place)
    (place / repository.HEADER).write_text("{}")
    monkeypatch.setattr(words, "gettext", lambda text: f"[{text}]")

    with pytest.raises(BackupDamaged):
        backed_up(place)

    failed = Backup.objects.get(state=State.FAILED)
    assert words.reason_words(failed).startswith(f"[{repository.HEADER} cannot be read")


def test_no_folder_is_begun_that_everybody_can_read_unless_somebody_says_so(files, place):
    with pytest.raises(ClawdbotError, match="--unencrypted"):
        backed_up(place, passphrase=None, may_be_open=False)

    assert not place.exists()


def test_an_empty_passphrase_is_refused(configured):
    configured.write_text("\n")

    with pytest.raises(ClawdbotError, match="is empty"):
        schedule.passphrase_of(None)
