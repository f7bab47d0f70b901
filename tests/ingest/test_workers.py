"""Real Celery workers over the filesystem and over Redis; killed ones lose nothing."""

import pytest

from tests import services
from tests.installation import EMBEDDER, PARSER, Installation, wait_until

SEND = """
from apps.accounts.models import User
from apps.knowledge.models import Collection
from apps.knowledge.services import collection_create
from ingest import services
from ingest.submissions import Upload
by, _ = User.objects.get_or_create(username="admin", is_superuser=True)
collection = Collection.objects.first() or collection_create(name="C", by=by)
for n in range({count}):
    upload = Upload(path=f"d{{n}}.md", content=[f"# Title {{n}}\\n\\nThe code is {{n}}.".encode()])
    services.document_submit(collection=collection, upload=upload, by=by)
"""
COUNT_LIVE = """
from apps.knowledge.models import Version
print(Version.objects.filter(state="live").count())
"""
COUNTS = """
from apps.knowledge.models import Change, Chunk
from ingest.models import Job
print(Chunk.objects.count(), Change.objects.count(), Job.objects.exclude(state="done").count())
"""
SWEEP = "from ingest.tasks import sweep_jobs; sweep_jobs()"


@pytest.fixture(params=["filesystem", "redis"])
def installation(request, tmp_path):
    if request.param == "filesystem":
        running = Installation(tmp_path, CLAWDBOT_INGEST__LEASE_S="5")
        yield running
        running.close()
        return
    with services.redis(tmp_path) as url:
        running = Installation(tmp_path, CLAWDBOT_BROKER__URL=url, CLAWDBOT_INGEST__LEASE_S="5")
        yield running
        running.close()


def live(installation):
    return int(installation.django(COUNT_LIVE))


def test_workers_take_documents_from_upload_to_live(installation):
    installation.start_worker(*PARSER)
    installation.start_worker(*EMBEDDER)

    installation.django(SEND.format(count=3))

    wait_until(lambda: live(installation) == 3, what="three live documents")


def test_workers_killed_in_the_middle_lose_and_double_nothing(installation):
    workers = [installation.start_worker(*PARSER), installation.start_worker(*EMBEDDER)]
    installation.django(SEND.format(count=40))
    wait_until(lambda: live(installation) > 0, what="a first live document")
    for worker in workers:
        installation.kill(worker)

    installation.start_worker(*PARSER)
    installation.start_worker(*EMBEDDER)

    def everything_is_live():
        installation.django(SWEEP)  # what beat does every ten seconds
        return live(installation) == 40

    wait_until(everything_is_live, what="forty live documents")
    assert installation.django(COUNTS) == "40 40 0"
