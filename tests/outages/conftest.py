"""One PostgreSQL and one Redis for all tests of this folder."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from django.db import ConnectionHandler

from apps.core import clock
from apps.core.config import Config, Database
from clawdbot_site.databases import database
from tests.cluster.servers import PostgreSQL, Redis
from tests.outages.clocks import clock_ahead

ROOT = Path(__file__).resolve().parents[2]
ONLY_THE_CORE = """
import django
from django.conf import settings
from django.core.management import call_command
from apps.core import config
from clawdbot_site.databases import database
settings.configure(
    INSTALLED_APPS=["apps.core"], DATABASES={"default": database(config.load())}, USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
)
django.setup()
call_command("migrate", verbosity=0)
"""


def pytest_collection_modifyitems(items):
    """One process of pytest for all of them: they share their servers."""
    for item in items:
        if "tests/outages" in item.path.as_posix():
            item.add_marker(pytest.mark.xdist_group("outages"))


@pytest.fixture(scope="session")
def servers_folder():
    folder = Path(tempfile.mkdtemp(prefix="clawdbot-outages-"))
    folder.chmod(0o755)  # PostgreSQL is another user
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgresql(servers_folder):
    server = PostgreSQL(servers_folder / "postgresql", "127.0.0.1")
    yield server
    server.close()


@pytest.fixture(scope="session")
def redis(servers_folder):
    server = Redis(servers_folder, "127.0.0.1")
    yield server
    server.close()


@pytest.fixture
def connected(postgresql, django_db_blocker):
    """Makes connections of Django's to the server; `query` is what its address ends in."""
    made = []

    def connect(query=""):
        configuration = Config(database=Database(url=postgresql.url + query))
        made.append(ConnectionHandler({"default": database(configuration)})["default"])
        made[-1].inc_thread_sharing()
        return made[-1]

    with django_db_blocker.unblock():  # for this server; the test has no database of its own
        yield connect
        for connection in made:
            connection.close()


@pytest.fixture
def on_postgresql(connected, monkeypatch):
    """The clock asks PostgreSQL, and has not done so yet."""
    monkeypatch.setattr(clock, "connection", connected())
    monkeypatch.setattr(clock, "_last", None)
    return clock.connection


@pytest.fixture
def on_node(postgresql, tmp_path):
    """Runs code in a process of its own whose clock is ahead by so much; what it prints."""

    def run(code, *, ahead_s):
        environment = os.environ | clock_ahead(ahead_s)
        environment |= {
            "CLAWDBOT_HOME": str(tmp_path), "CLAWDBOT_DATABASE__URL": postgresql.url
        }  # fmt: skip
        command = [sys.executable, "-c", ONLY_THE_CORE + code]
        ended = subprocess.run(
            command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True
        )
        return ended.stdout.strip()

    return run
