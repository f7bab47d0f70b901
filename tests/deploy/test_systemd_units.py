"""The units as systemd's own tools see them, and what the installer leaves."""

import os
import re
import shutil
import stat
import subprocess

import pytest
import yaml

from apps.core.config import Config
from clawdbot_site.supervision import conf
from tests.deploy.charts import ROOT
from tests.services import program

UNITS = ("clawdbot.service", "clawdbot-front.service", "clawdbot-model@general.service")
EXPOSED = {"clawdbot.service": 20, "clawdbot-front.service": 17}  # of 100; others 17
PLACE = "etc/systemd/system"


def analyze(*arguments, units=None):
    around = os.environ | ({"SYSTEMD_UNIT_PATH": f"{units}:"} if units else {})
    return subprocess.run(
        [program("systemd-analyze", package="systemd"), *arguments],
        env=around, capture_output=True, text=True, check=False,
    )  # fmt: skip


def install(root, *options):
    return subprocess.run(
        ["sh", ROOT / "deploy/systemd/install.sh", "--root", root, *options],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    program("systemd-sysusers", package="systemd")
    root = tmp_path_factory.mktemp("machine")
    done = install(root)
    assert done.returncode == 0, done.stderr
    units = root / PLACE
    shutil.copy(units / "clawdbot-model@.service", units / "clawdbot-model@general.service")
    return root


@pytest.mark.parametrize("unit", UNITS)
def test_systemd_has_nothing_to_complain_of(installed, unit):
    units = installed / PLACE

    done = analyze("verify", "--recursive-errors=no", str(units / unit), units=units)

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("line", "wrong"),
    [("NoNewPrivileges=yes", "NoNewPrivilege=yes"), ("Type=notify", "Type=notified")],
)
def test_a_line_that_systemd_does_not_know_is_found(installed, tmp_path, line, wrong):
    text = (installed / PLACE / "clawdbot.service").read_text()
    (tmp_path / "clawdbot.service").write_text(text.replace(line, wrong))

    done = analyze("verify", str(tmp_path / "clawdbot.service"), units=tmp_path)

    assert re.search(r"clawdbot\.service:\d+: ", done.stderr)
    assert re.search("|".join(wrong.split("=")), done.stderr)


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_may_do_little(installed, unit):
    most = EXPOSED.get(unit, 17)

    done = analyze("security", "--offline=yes", f"--root={installed}", f"--threshold={most}", unit)

    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.parametrize("line", ["ProtectSystem=strict", "NoNewPrivileges=yes"])
def test_a_unit_that_may_do_more_is_found(installed, tmp_path, line):
    text = (installed / PLACE / "clawdbot.service").read_text()
    (tmp_path / PLACE).mkdir(parents=True)
    (tmp_path / PLACE / "clawdbot.service").write_text(text.replace(line, ""))

    done = analyze(
        "security", "--offline=yes", f"--root={tmp_path}", "--threshold=20", "clawdbot.service"
    )

    assert "Overall exposure level" in done.stdout
    assert done.returncode == 1


def test_systemd_waits_longer_than_the_supervisor_does(installed):
    text = (installed / PLACE / "clawdbot.service").read_text()

    assert "TimeoutStopSec=2min" in text
    assert conf.stop_limit_s(Config(_env_file=None)) + 10 < 120


def test_the_configuration_that_comes_with_it_is_one_that_the_program_reads(installed, monkeypatch):
    monkeypatch.setenv("CLAWDBOT_HOME", str(installed / "etc/clawdbot"))

    found = Config()

    assert (found.profile, str(found.data_dir)) == ("server", "/var/lib/clawdbot")


def test_a_second_time_leaves_what_was_configured(tmp_path):
    install(tmp_path)
    written = tmp_path / "etc/clawdbot/clawdbot.yaml"
    written.write_text("service: {port: 9000}\n")

    assert install(tmp_path).returncode == 0
    assert yaml.safe_load(written.read_text()) == {"service": {"port": 9000}}


def test_a_link_that_the_service_left_leads_root_nowhere(tmp_path):
    (tmp_path / "etc/clawdbot").mkdir(parents=True)
    (tmp_path / "shadow").write_text("root's")
    (tmp_path / "etc/clawdbot/clawdbot.yaml.fresh").symlink_to(tmp_path / "shadow")

    assert install(tmp_path).returncode == 0
    assert (tmp_path / "shadow").read_text() == "root's"


def test_configuration_and_data_are_for_their_user_only(installed):
    modes = [
        stat.S_IMODE((installed / path).stat().st_mode) & 0o007
        for path in ("etc/clawdbot", "etc/clawdbot/clawdbot.yaml", "var/lib/clawdbot")
    ]

    assert modes == [0, 0, 0]


def test_devices_are_opened_where_there_is_a_gpu_only(installed, tmp_path):
    install(tmp_path, "--gpu")

    assert not (installed / PLACE / "clawdbot.service.d").exists()
    assert (tmp_path / PLACE / "clawdbot.service.d/gpu.conf").exists()
    assert not (tmp_path / PLACE / "clawdbot-front.service.d").exists()


@pytest.mark.parametrize(
    ("given", "done"),
    [
        (["restart"], "systemctl restart clawdbot.service"),
        (["up", "--no-sample"], "systemctl start clawdbot.service"),
        (["stop"], "systemctl stop clawdbot.service"),
        (["stop", "--model", "general"], "setpriv --reuid clawdbot"),
        (["status", "--detail"], "setpriv --reuid clawdbot"),
    ],
)
@pytest.mark.skipif(os.geteuid() != 0, reason="others ask sudo")
def test_the_command_leaves_starting_and_stopping_to_systemd(installed, tmp_path, given, done):
    assert command(installed, tmp_path, *given).startswith(done)


@pytest.mark.skipif(os.geteuid() != 0, reason="others ask sudo")
def test_the_command_finds_the_secrets_that_were_added_to_the_unit(installed, tmp_path):
    said = command(installed, tmp_path, "doctor")

    assert "CLAWDBOT_DATABASE__URL_FILE=/run/credentials/clawdbot.service/database-url" in said
    assert "LANG=C.UTF-8" not in said


def command(installed, programs, *given):
    """What the command calls, and the environment that it calls it in."""
    shown = (
        "LANG=C.UTF-8 CLAWDBOT_DATABASE__URL_FILE=/run/credentials/clawdbot.service/database-url"
    )
    answers = {"systemctl": f'[ "$1" = show ] && echo {shown} && exit', "setpriv": "trap env EXIT"}
    for name, answer in answers.items():
        (programs / name).write_text(f'#!/bin/sh\n{answer}\necho {name} "$@"\n')
        (programs / name).chmod(0o755)
    return subprocess.run(
        ["sh", installed / "usr/local/bin/clawdbot", *given],
        env={"PATH": f"{programs}:/usr/bin:/bin"}, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
