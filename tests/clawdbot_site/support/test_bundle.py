"""What is in a bundle, and what never is: things are planted wherever they could get in."""

import json
import tarfile
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from apps.accounts.api_keys import api_key_create
from apps.core import config
from apps.core.config import Config
from apps.core.errors import Conflict, Invalid
from clawdbot_site.cli import support_bundle as command
from clawdbot_site.logbook.choosing import Choice
from clawdbot_site.supervision import places
from clawdbot_site.support.bundle import Order, bundle_read, bundle_write
from clawdbot_site.support.redaction import Keep
from tests.factories import CollectionFactory, DocumentFactory, UserFactory
from tests.home import HOME
from tests.node_rows import told

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 13, tzinfo=UTC)
QUESTION = "will Falcon be sold to Acme next spring"
CHINESE = "猎鹰项目明年会卖给谁"
SECRETS = [
    "db-Pa55/word", "db-Pa55%2Fword", "metrics-t0ken-xyz", "redis-hush", "first-passw0rd",
    "Bearer-abcdef123", "MIIEvQIBADANBgkq", "s3cr3t-in-a-message",
]  # fmt: skip
PERSONAL = [
    "wei.zhang", "wei.zhang@acme.example", "Weizhang", "Falcon", "Acme", "10.20.30.40",
    "2001:db8:77::5", "kb-node-shanghai", "kb-host-7", CHINESE, "猎鹰", "falcon-offer.pdf",
    "secret-board",
]  # fmt: skip
LOG = f"""\
2026-11-23 12:00:01,000 ERROR apps.ops.erasure [-] deletion {QUESTION} is not purged
Traceback (most recent call last):
  File "/home/wei.zhang/x.py", line 3, in falcon
    sell("Acme")
apps.core.errors.Invalid: {QUESTION}
and {CHINESE}
2026-11-23 12:00:02,000 WARNING strange.logger [-] asked {QUESTION} by wei.zhang
2026-11-23 12:00:03,000 INFO celery.worker.strategy [-] Task ops.purge_dead[{CHINESE}] received
a line of its own: {QUESTION} password=s3cr3t-in-a-message
2026-11-23 12:00:04,000 ERROR apps.core.refusals [{"ab" * 16}] the database is away: {CHINESE}
2026-11-23 12:00:05,000 INFO gunicorn.error [-] Authorization: Bearer Bearer-abcdef123
{{"time": "2026-11-23T12:00:06Z", "level": "error", "logger": "x", "message": "{QUESTION}", "q": 1}}
-----BEGIN PRIVATE KEY-----
MIIEvQIBADANBgkq
Falcon
2026-11-23 12:00:09,000 INFO Falcon.sold [Weizhang-12345678] Acme
  File "{HOME}/secret-board", line 1, in Acme buys
    Falcon
  File "{HOME}/secret-board.py", line 1, in Falcon
    Falcon
"""
JSON = [
    {"time": "2026-11-23T12:00:07Z", "level": "ERROR", "logger": "apps.core.refusals",
     "message": f"the database is away: {QUESTION}", "node": "kb-node-shanghai",
     "exception": f"Traceback (most recent call last):\nValueError: {CHINESE}"},
    {"time": "2026-11-23T12:00:08Z", "level": "INFO", "logger": "gunicorn.access", "status": 503,
     "message": "GET /documents/secret-board/ 503", "client": "10.20.30.40", "method": "GET",
     "path": "/documents/secret-board/", "seconds": 0.5, "bytes": 3, "agent": "Weizhang"},
]  # fmt: skip
ACCESS = (
    '[23/Nov/2026:12:00:00 +0000] 10.20.30.40 "GET /documents/secret-board/falcon-offer.pdf"'
    f' 404 9 0.1s [{"cd" * 16}] "Weizhang 2001:db8:77::5"\n'
)


@pytest.fixture
def planted(monkeypatch):
    """An installation with something to hide in every corner."""
    user = UserFactory(
        username="wei.zhang", email="wei.zhang@acme.example", last_name="Weizhang",
        is_superuser=True,
    )  # fmt: skip
    collection = CollectionFactory(name="Falcon Acme 猎鹰")
    DocumentFactory(collection=collection, title=CHINESE)
    _, key = api_key_create(user=user, name="Falcon key")
    told("kb-node-shanghai", host="kb-host-7", reason=f"{CHINESE} wei.zhang", facts={"a": key})
    settings = Config(
        database={"url": "postgresql://kb:db-Pa55%2Fword@10.20.30.40/falcon"},
        broker={"url": "redis://:redis-hush@10.20.30.40:6379/0"},
        service={"metrics_token": "metrics-t0ken-xyz", "public_url": "https://kb.acme.example"},
    )
    monkeypatch.setattr(config, "load", lambda: settings)
    _plant_files()
    yield [*SECRETS, key]
    for path in places.log_dir(settings).iterdir():
        path.unlink()
    (HOME / "data" / "secrets" / "admin_password").unlink()


def _plant_files():
    logs, secrets = HOME / "data" / "logs", HOME / "data" / "secrets"
    for folder in (logs, secrets):
        folder.mkdir(parents=True, exist_ok=True)
    (HOME / "secret-board.py").write_text("Falcon\n")
    (logs / "web.log").write_text(LOG)
    (logs / "beat.log").write_text("".join(json.dumps(one) + "\n" for one in JSON))
    (logs / "access.log").write_text(ACCESS)
    crash = LOG[LOG.index("Traceback") :]
    (logs / "cli-errors.log").write_text(f"2026-11-23T12:00:00+00:00 ask {QUESTION}\n{crash}\n")
    (secrets / "admin_password").write_text("first-passw0rd\n")


@pytest.fixture
def hurried(monkeypatch):
    """Without the doctor, who reads every model's bytes."""
    monkeypatch.setattr("clawdbot_site.support.contents.examine", lambda _: [])


def status():
    return {"documents": {"ready": 1}, "address": "http://10.20.30.40:8000", "by": "wei.zhang",
            "told": f"{CHINESE} first-passw0rd"}  # fmt: skip


def write(tmp_path, *keep, at_most=10**7):
    target = tmp_path / "bundle.tar.gz"
    order = Order(target, Choice(), frozenset(keep), at_most)
    return bundle_write(order, status=status, now=NOW), bundle_read(target)


def test_nothing_planted_is_in_any_file(planted, tmp_path):
    _, files = write(tmp_path)

    found = {(name, one) for name, text in files.items() for one in [*planted, *PERSONAL]
             if one in text}  # fmt: skip
    assert found == set()


@pytest.mark.parametrize("keep", [[Keep.MESSAGES], [Keep.NAMES, Keep.ADDRESSES, Keep.MESSAGES]])
@pytest.mark.usefixtures("hurried")
def test_secrets_are_gone_whatever_may_stay(planted, tmp_path, keep):
    _, files = write(tmp_path, *keep)

    everything = "".join(files.values())
    assert [one for one in planted if one in everything] == []
    assert QUESTION in files["logs/web.log"]


@pytest.mark.usefixtures("planted", "hurried")
def test_what_helps_is_left(tmp_path):
    _, files = write(tmp_path)

    log = files["logs/web.log"]
    assert "ERROR apps.ops.erasure [-] deletion ‹" in log
    assert "is not purged\nTraceback (most recent call last):\n  File " in log
    assert "apps.core.errors.Invalid: ‹" in log
    assert f"[{'ab' * 16}] the database is away: ‹" in log
    assert "› GET /‹no such page› 404 9 0.1s" in files["logs/access.log"]
    assert (
        "is away: ‹39›\nTraceback (most recent call last):\nValueError: ‹" in files["logs/beat.log"]
    )
    assert "WARNING gunicorn.access [-] ‹address" in files["logs/beat.log"]
    assert "2026-11-23T12:00:00+00:00 clawdbot ask\nTraceback" in files["crashes.log"]


@pytest.mark.usefixtures("planted", "hurried")
def test_the_same_name_has_the_same_stand_in_everywhere(tmp_path):
    _, files = write(tmp_path)

    shown = json.loads(files["status.json"])
    assert shown["by"].startswith("‹user")
    who = files["logs/access.log"].split("] ")[1].split(" GET")[0]
    assert shown["address"] == f"http://{who}:8000"
    assert "url: postgresql://‹set›" in files["configuration.yaml"]


@pytest.mark.usefixtures("planted", "hurried")
def test_the_manifest_names_every_file_and_only_this_user_may_read_the_bundle(tmp_path):
    made, files = write(tmp_path)

    manifest = json.loads(files["manifest.json"])
    assert {one["name"] for one in manifest["files"]} | {"manifest.json"} == set(files)
    assert made.taken_out == manifest["taken_out"] > 0
    assert made.path.stat().st_mode & 0o777 == 0o600


@pytest.mark.usefixtures("planted", "hurried")
def test_of_long_logs_the_end_is_kept(tmp_path):
    line = "2026-11-23 12:00:04,{:03} ERROR apps.core.refusals [-] the database is away: x\n"
    (HOME / "data" / "logs" / "web.log").write_text("".join(map(line.format, range(1000))))

    _, files = write(tmp_path, at_most=130_000)

    log = files["logs/web.log"].splitlines()
    assert log[0].endswith(" lines before›")
    assert ".999+00:00" in log[-1]
    assert sum(map(len, files.values())) < 140_000


@pytest.mark.usefixtures("planted", "hurried")
def test_a_part_that_breaks_says_where_and_costs_no_other(tmp_path, monkeypatch):
    monkeypatch.setattr("clawdbot_site.support.facts.jobs", lambda: [1 / 0])

    _, files = write(tmp_path)

    assert files["jobs.json"].startswith("this could not be looked at\nTraceback")
    assert "ZeroDivisionError: ‹" in files["jobs.json"]
    assert "clawdbot" in json.loads(files["versions.json"])


def test_a_file_that_is_there_is_not_written_over(tmp_path):
    (tmp_path / "bundle.tar.gz").write_text("mine")

    with pytest.raises(Conflict, match="--to"):
        write(tmp_path)
    assert (tmp_path / "bundle.tar.gz").read_text() == "mine"


def test_what_is_no_bundle_is_not_shown(tmp_path):
    empty, cut, text = (tmp_path / name for name in ("empty", "cut", "text"))
    with tarfile.open(empty, "w:gz"):
        pass
    cut.write_bytes(empty.read_bytes()[:20])
    text.write_text("a letter")

    for path in (empty, cut, text):
        with pytest.raises(Invalid, match="no bundle"):
            bundle_read(path)


def test_a_size_that_is_none_is_wrong_usage():
    assert CliRunner().invoke(command.app, ["--max-size", "lots"]).exit_code == 2


@pytest.mark.usefixtures("hurried")
def test_the_command_says_what_is_in_it_and_that_nothing_was_sent(tmp_path, monkeypatch):
    monkeypatch.setattr(command, "facts", status)
    target = tmp_path / "b.tar.gz"

    made = CliRunner().invoke(command.app, ["--to", str(target)])
    shown = CliRunner().invoke(command.app, ["--show", str(target)])

    assert (made.exit_code, shown.exit_code) == (0, 0)
    assert "configuration.yaml" in made.stdout
    assert "nothing was sent" in made.stderr
    assert "──── doctor.json" in shown.stdout
