"""An import or export that is killed leaves nothing that anybody sees, and nothing for good."""

import json

import pytest

from tests.installation import Installation

SET_UP = """
from apps.accounts.models import User
from apps.knowledge.services import collection_create
from ingest import runner, services
from ingest.submissions import TextUpload, Upload
root = User.objects.create_superuser("root")
finance = collection_create(name="Finance", by=root)
for number in range(4):
    content = [f"The vault {number} opens at nine.".encode()]
    services.document_submit(
        collection=finance, upload=Upload(path=f"{number}.txt", content=content), by=root)
runner.drain()
from tests.apps.ops.packs.packing import packed
from pathlib import Path
packed(finance, root, Path("%(pack)s"))
"""
IMPORT = """
import os, signal
from pathlib import Path
from apps.accounts.models import User
from apps.knowledge import publishing
from apps.ops.packs import importing, rows, running
from apps.retrieval import vectors
from tests.apps.ops.packs.packing import taken
rows.SLICE_DOCUMENTS = 2
def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
%(trap)s
taken(Path("%(pack)s"), User.objects.get(), name="Copy")
"""
TRAPS = {
    "before the first rows": "rows.rows_write = die",
    "in the first transaction": "rows.Job.objects.bulk_create = die",
    "before the first original": "rows.originals_keep = die",
    "in the midst of the originals": "rows.blobs.Blob.keep = die",
    "after some documents": """
keep = rows.originals_keep
rows.originals_keep = lambda *args: die() if rows.Version.objects.count() > 6 else keep(*args)
""",
    "before the vectors": "vectors.store = die",
    "before it is published": "importing._publish = die",
    "while it is published": "importing.grants_take = die",
    "at the last moment": "importing.audit.record = die",
}
EXPORT = """
import os, signal
from pathlib import Path
from apps.accounts.models import User
from apps.knowledge.models import Collection
from apps.ops.packs import archive
from tests.apps.ops.packs.packing import packed
archive.seal = lambda _: os.kill(os.getpid(), signal.SIGKILL)
packed(Collection.objects.get(name="Finance"), User.objects.get(), Path("%(pack)s"))
"""
LOOK = """
import json
from apps.accounts.models import User
from apps.knowledge.access import Permission, collections_of, documents_of, Scope
from apps.ops.models import PackImport
from apps.ops.packs import running
from django.utils import timezone
from tests.apps.ops.packs.packing import everything
root = User.objects.get()
seen = [one.name for one in collections_of(root, Permission.READ)]
documents = documents_of(Scope.of(root)).count()
PackImport.objects.filter(state="running").update(lease_until=timezone.now())
swept = running.sweep() + running.sweep()
states = list(PackImport.objects.values_list("state", flat=True))
PackImport.objects.all().delete()
rows, files = everything()
files = sorted(name for name in files if not name.startswith(".incoming"))
print(json.dumps([seen, documents, swept, states, rows, files]))
"""


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    home = tmp_path_factory.mktemp("killed")
    started = Installation(home)
    started.django(SET_UP % {"pack": home / "finance.ckb"})
    yield started, home / "finance.ckb"
    started.close()


def killed(started, pack, trap):
    with pytest.raises(Exception, match=r"SIGKILL|-9"):
        started.django(IMPORT % {"trap": trap, "pack": pack})


@pytest.mark.parametrize("trap", TRAPS.values(), ids=TRAPS)
def test_a_killed_import_is_never_seen_and_swept_away(installation, trap):
    started, pack = installation
    *_, rows, files = json.loads(started.django(LOOK))

    killed(started, pack, trap)

    assert json.loads(started.django(LOOK)) == [["Finance"], 4, 1, ["failed"], rows, files]


def test_after_a_killed_one_the_pack_can_be_imported(installation):
    started, pack = installation
    killed(started, pack, TRAPS["before it is published"])

    started.django(IMPORT % {"trap": "", "pack": pack})

    assert json.loads(started.django(LOOK))[:3] == [["Copy", "Finance"], 8, 1]


def test_a_killed_export_leaves_no_pack(installation, tmp_path):
    started, _pack = installation

    with pytest.raises(Exception, match=r"SIGKILL|-9"):
        started.django(EXPORT % {"pack": tmp_path / "x.ckb"})

    assert not (tmp_path / "x.ckb").exists()
