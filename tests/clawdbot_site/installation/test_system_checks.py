"""`clawdbot doctor` on disks, limits, packages, owners."""

import json
import os
import resource

import pytest
from django.db import OperationalError
from typer.testing import CliRunner

from apps.core import config
from apps.core.config import Config
from clawdbot_site.cli import doctor
from clawdbot_site.installation import data_checks, disk_checks, machine_checks, system_checks
from clawdbot_site.installation.findings import Finding, Level

MOUNTS = """\
/dev/vda / ext4 rw 0 0
nas:/kb /mnt/my\\040kb nfs4 rw 0 0
tmpfs /mnt/my\\040kb/fast tmpfs rw 0 0
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [("/srv/data", "ext4"), ("/mnt/my kb/data", "nfs4"), ("/mnt/my kb/fast/x", "tmpfs"),
     ("/mnt/my kb2", "ext4")],
)  # fmt: skip
def test_a_folder_has_the_file_system_of_the_nearest_mount(tmp_path, folder, kind):
    assert disk_checks.file_system_of(tmp_path.__class__(folder), MOUNTS) == kind


@pytest.mark.parametrize(
    ("kind", "level"),
    [("ext4", Level.OK), ("cifs", Level.FIX), ("tmpfs", Level.FIX), ("overlay", Level.HINT)],
)
def test_sqlite_on_the_wrong_file_system_is_told(tmp_path, monkeypatch, kind, level):
    monkeypatch.setattr(disk_checks, "file_system_of", lambda *_: kind)

    assert disk_checks._kind(tmp_path, holds_sqlite=True).level == level


def test_a_slow_disk_is_a_hint_and_a_full_one_does_not_stop_the_doctor(tmp_path, monkeypatch):
    monkeypatch.setattr(disk_checks, "measure", lambda _: (0.3, 2.0))
    (slow,) = disk_checks._speed(tmp_path)
    monkeypatch.undo()
    (full,) = disk_checks._speed(tmp_path / "gone")

    assert (slow.seen, slow.level) == ("300.0 ms for a safe write, 2 MB/s", Level.HINT)
    assert full.seen == "No such file or directory"


def test_a_disk_without_inodes_is_full_though_there_is_room(tmp_path, monkeypatch):
    told = os.statvfs_result((4096, 4096, 9, 9, 9, 1000, 7, 7, 0, 255))
    monkeypatch.setattr(disk_checks.os, "statvfs", lambda _: told)

    assert disk_checks._inodes(tmp_path).level == Level.FIX


@pytest.mark.parametrize(
    ("soft", "level"),
    [(256, Level.FIX), (1024, Level.OK), (resource.RLIM_INFINITY, Level.OK)],
)
def test_few_open_files_are_told_with_the_command(soft, level):
    assert system_checks.files_finding(soft, 4096).level == level


def test_packages_that_are_not_those_of_the_lock_are_named(tmp_path):
    (tmp_path / ".installed-tiny").touch()
    lock = "django==0.1 \\\n    --hash=sha256:0\nnone-such==1.0 ; python_version < '3'\n"
    (tmp_path / "requirements-tiny.txt").write_text(lock)

    found = system_checks.packages_finding(tmp_path, tmp_path)

    assert (found.seen, found.level) == ("wanted: django 0.1", Level.FIX)


def test_files_of_another_user_are_named(tmp_path, monkeypatch):
    settings = Config(storage={"data_dir": str(tmp_path)})
    (tmp_path / "blobs").mkdir()
    (tmp_path / "blobs" / "x").touch()
    mine = tmp_path.stat().st_uid
    monkeypatch.setattr(
        machine_checks.Path, "lstat", lambda path: os.stat_result((0, 0, 0, 0, mine + 5, *[0] * 5))
    )

    (found,) = machine_checks._owners(settings)

    assert found.seen.startswith("2 files of another user")
    assert "chown -R" in found.remedy


def test_two_servers_on_one_port_are_told():
    settings = Config(service={"port": 8081}, serving={"models": ["a", "b"], "port": 8080})

    (found,) = machine_checks._ports(settings)

    assert "serving.port" in found.remedy


def test_a_time_zone_that_is_none_is_told():
    found = machine_checks._names(Config(service={"time_zone": "Mars/Olympus"}))

    assert (found.check, found.level) == ("locale", Level.FIX)


def test_a_database_that_is_away_is_a_finding_and_the_broker_is_looked_at(monkeypatch):
    def away():
        raise OperationalError("could not connect to server")
        yield

    monkeypatch.setattr(data_checks, "_all_findings", away)

    database, broker = data_checks.data_findings()

    assert "Check database.url" in database.remedy
    assert broker.check == "broker"


@pytest.mark.parametrize(
    ("finding", "options", "code"),
    [
        (Finding("a", "b"), (), 0),
        (Finding("a", "b", "do", is_urgent=False), (), 0),
        (Finding("a", "b", "do", is_urgent=False), ("--strict",), 1),
        (Finding("a", "b", "do"), (), 1),
    ],
)
def test_the_exit_code_says_whether_something_must_be_done(monkeypatch, finding, options, code):
    monkeypatch.setattr(doctor, "examine", lambda _: [finding])

    told = CliRunner().invoke(doctor.app, [*options, "--json"])

    assert told.exit_code == code
    assert json.loads(told.stdout)[0]["level"] == finding.level


@pytest.mark.django_db
def test_the_doctor_looks_at_everything(monkeypatch):
    monkeypatch.setattr(system_checks, "_walls", lambda: Finding("parsers", ""))
    monkeypatch.setattr(machine_checks.control, "is_running", lambda _: False)
    monkeypatch.setattr(config, "load", lambda: Config(node={"platform": "supervisor"}))

    checks = {finding.check for finding in doctor.examine(config.load())}

    assert checks >= {
        "port", "disk", "inodes", "disk speed", "memory", "file limit", "owner", "secrets",
        "database", "broker", "index", "model", "clock", "locale", "gpu", "jobs", "packages",
    }  # fmt: skip
