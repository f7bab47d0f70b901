"""One cluster for all tests of this folder, whole again before each."""

import json
import shutil
import tempfile
from pathlib import Path

import pytest

from tests.cluster.client import PATIENCE_S
from tests.cluster.cluster import Cluster
from tests.cluster.crowd import Crowd
from tests.cluster.network import SUBNETS
from tests.cluster.node import ROOT
from tests.scripted_engine import ScriptedEngine, serving
from tests.small_reader import write_small_reader

FACTS = [f"The vault code of house {n} is {n}{n}{n}." for n in range(1, 9)]
AHEAD_S = 120
MORE = """
import json
from apps.accounts.api_keys import api_key_create
from apps.accounts.models import TrafficLimit, User
from apps.modelhub.models import Profile
keys = {}
for name, limits in {"hurried": {"requests_per_minute": 5}, "busy": {"streams": 1}}.items():
    user = User.objects.create_superuser(name)
    TrafficLimit.objects.create(user=user, **limits)
    keys[name] = api_key_create(user=user, name=name)[1]
Profile.objects.update_or_create(name="finance", defaults={"engine": "local"})
print(json.dumps(keys))
"""


def pytest_collection_modifyitems(items):
    """The tests of this folder reach the nodes, not only what listens on 127.0.0.1."""
    for item in items:
        if "tests/cluster" in item.path.as_posix():
            item.add_marker(pytest.mark.allow_hosts(["127.0.0.0/8", SUBNETS]))


@pytest.fixture(scope="module")
def folder(request):
    """Where PostgreSQL and nginx, which are other users, can enter; kept when a test failed."""
    made, failed = Path(tempfile.mkdtemp(prefix="clawdbot-cluster-")), request.session.testsfailed
    made.chmod(0o755)
    yield made
    if request.session.testsfailed == failed:
        shutil.rmtree(made)


@pytest.fixture(scope="module")
def cluster(folder):
    running = Cluster(
        folder,
        CLAWDBOT_MODEL__READER=str(write_small_reader(folder / "reader")),
        CLAWDBOT_ANSWERS__MIN_CONFIDENCE="0",  # the small reader knows nothing
        CLAWDBOT_ENGINES__DEFAULT="builtin",
        CLAWDBOT_INGEST__PARSE_WORKERS="1",
        CLAWDBOT_INGEST__LEASE_S="5",
        CLAWDBOT_NODE__DRAIN_S="2",
        CLAWDBOT_NODE__MAX_LAG="5",
    )
    try:
        running.prepare()
        running.nodes[1].set_clock(AHEAD_S)
        running.nodes[2].set_clock(-AHEAD_S)
        yield running
    finally:
        running.close()


@pytest.fixture(scope="module")
def engine(cluster):
    """A language model that says what the test tells it to."""
    with serving(ScriptedEngine(cluster.network.hub)) as server:
        for node in cluster.nodes:
            node.settings["CLAWDBOT_SERVING__SERVERS"] = json.dumps([server.url])
        yield server


@pytest.fixture(scope="module")
def keys(cluster, engine):
    """Secrets of callers with limits, by name."""
    return json.loads(cluster.nodes[0].run(str(ROOT / "manage.py"), "shell", "-v", "0", "-c", MORE))


@pytest.fixture(scope="module")
def collection(cluster, keys):
    """The facts, which every node has in its index."""
    cluster.start()
    client = cluster.client()
    made = client.collection("houses")
    for fact in FACTS:
        client.write(made, fact)
    cluster.wait_until_found(FACTS[-1], made)
    return made


@pytest.fixture(autouse=True)
def _whole(cluster, collection):
    """What a test broke is whole again before the next one."""
    cluster.mend()
    yield
    left = {node.name: node.ended() for node in cluster.nodes if node.ended()}
    assert not left, "processes ended by themselves"


@pytest.fixture
def crowd(cluster, collection):
    """Makes a crowd of so many askers and writers."""

    def make(*, patience_s: float = PATIENCE_S, **numbers: int) -> Crowd:
        return Crowd(lambda: cluster.client(patience_s=patience_s), collection, **numbers)

    return make
