"""An address of a database that this installation cannot use."""

import pytest

from apps.core.config import Config
from apps.core.config_sections import Database
from clawdbot_site import databases
from clawdbot_site.installation import examination
from clawdbot_site.installation.findings import Finding


def asked_for(url: str) -> Config:
    return Config(database=Database(url=url))


@pytest.mark.parametrize("url", ["mysql://db/clawdbot", ""])
def test_what_is_no_address_of_a_database_is_refused_with_what_to_write(url):
    with pytest.raises(SystemExit, match=r"database\.url: write `sqlite` or postgresql://"):
        databases.database(asked_for(url))


def test_without_the_driver_of_postgresql_the_command_that_installs_it_is_named(monkeypatch):
    monkeypatch.setattr(databases, "find_spec", lambda name: None)

    with pytest.raises(SystemExit, match=r"database\.url: the driver .+ run: make nodes"):
        databases.database(asked_for("postgresql://db/clawdbot"))


def test_doctor_tells_of_settings_that_cannot_be_used_after_what_it_saw_before(
    tmp_path, monkeypatch
):
    def refuse() -> None:
        raise SystemExit("clawdbot: configuration: database.url: no driver")

    monkeypatch.setattr(examination, "machine_findings", lambda _: [Finding("disk", "room")])
    monkeypatch.setattr(examination, "setup_django", refuse)
    monkeypatch.setattr(Config, "data_dir", tmp_path)

    found = [(finding.check, finding.seen) for finding in examination.examine(Config())]

    assert found == [("disk", "room"), ("configuration", "database.url: no driver")]
