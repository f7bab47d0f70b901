"""A web server of its own, with a few documents, their readers, and a scripted language model."""

import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from tests.installation import ROOT, Installation, wait_until
from tests.scripted_engine import ScriptedEngine
from tests.services import free_port

SEED = """
import json
from apps.accounts.api_keys import api_key_create
from apps.accounts.models import TrafficLimit
from apps.retrieval.indexer import catch_up
from ingest.runner import drain
from ingest.services import text_submit
from ingest.submissions import TextUpload
from tests.factories import CollectionFactory, UserFactory

reader, outsider = UserFactory(username="reader"), UserFactory(username="outsider")
handbook = CollectionFactory(name="Staff Handbook", readers=[reader])
chinese = CollectionFactory(name="差旅 制度", readers=[reader])
papers = [
    (handbook, "travel.md", "Travel policy", "Trips are booked by the travel desk. Hotels in "
     "Paris cost at most 180 euros a night. Hotels in Rome cost at most 150 euros a night."),
    (handbook, "leave.md", "Leave", "Every employee has 28 days of paid leave a year."),
    (chinese, "chailv.md", "差旅", "员工出差乘坐高铁可以报销二等座车票。"),
]
writer = UserFactory(is_superuser=True)
documents = [
    text_submit(collection=where, text=TextUpload(path=path, title=title, text=text), by=writer)
    for where, path, title, text in papers
]
drain()
catch_up()
hurried = UserFactory(username="hurried")
TrafficLimit.objects.create(user=hurried, requests_per_minute=1)
people = (reader, outsider, hurried)
keys = {user.username: api_key_create(user=user, name="test")[1] for user in people}
print(json.dumps({"keys": keys, "handbook": str(handbook.uuid),
                  "travel": str(documents[0].document.uuid)}))
"""


class Node(Installation):
    """One gunicorn worker over a seeded database. `engine`: what answers as model `scripted`;
    `server`: the address of a real model server."""

    def __init__(self, home: Path, engine: ScriptedEngine, server: str) -> None:
        self.port, self.engine, self.home = free_port(), engine, home
        self.url = f"http://127.0.0.1:{self.port}"
        super().__init__(
            home,
            CLAWDBOT_SERVICE__PORT=str(self.port),
            CLAWDBOT_SERVICE__WEB_WORKERS="1",
            CLAWDBOT_SERVICE__WEB_THREADS="16",
            CLAWDBOT_SERVING__SERVERS=json.dumps([engine.url, server]),
            CLAWDBOT_ENGINES__DEFAULT="builtin",
        )
        seeded = json.loads(self.django(SEED).splitlines()[-1])
        self.keys: Mapping[str, str] = seeded["keys"]
        self.handbook, self.travel = seeded["handbook"], seeded["travel"]

    def start(self) -> None:
        """Until it says that it is ready."""
        with (self.home / "web.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "clawdbot_site.supervision.processes", "web"],
                cwd=ROOT, env=self.environment, start_new_session=True, stdout=log, stderr=log,
            )  # fmt: skip
        self.processes.append(process)
        wait_until(self._is_ready, what=f"a ready web server; see {self.home}/web.log")

    def _is_ready(self) -> bool:
        assert self.processes[-1].poll() is None, (self.home / "web.log").read_text()[-2000:]
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=10):
                return True
        except (urllib.error.URLError, OSError):
            return False
