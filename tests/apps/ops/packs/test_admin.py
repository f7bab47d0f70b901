"""Knowledge packs in the administration: as a download, and by upload in the background."""

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from apps.core import config
from apps.knowledge.blobs import exists
from apps.knowledge.models import Collection, Permission
from apps.ops import tasks
from apps.ops.models import PackImport
from apps.ops.packs import rows, running, uploads
from ingest import originals
from tests.admin_pages import client_of, make_staff, plain_static_files  # noqa: F401
from tests.apps.ops.packs.packing import everything, manifest_of, packed

pytestmark = pytest.mark.django_db(transaction=True)
LIST = "admin:ops_packimport_changelist"


@pytest.fixture
def pack(finance, admin, tmp_path):
    return packed(finance, admin, tmp_path / "finance.ckb")


@pytest.fixture(autouse=True)
def no_bells(monkeypatch):
    monkeypatch.setattr(uploads.doorbell, "ring", lambda *_: None)


def upload(user, data, name="Copy"):
    file = SimpleUploadedFile("finance.ckb", data)
    address = reverse("admin:ops_packimport_upload")
    return client_of(user).post(address, {"file": file, "name": name}, follow=True)


def files_left():
    """Of packs that came or went, here or with the originals."""
    here = (config.load().data_dir / "packs").rglob("*")
    uploaded = PackImport.objects.values_list("sha256", flat=True)
    return [path for path in here if path.is_file()] + [one for one in uploaded if exists(one)]


def everything_but(pack):
    counts, files = everything()
    return counts, {name: size for name, size in files.items() if name != sha256_of(pack)}


def sha256_of(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_collection_is_downloaded_as_a_pack(finance, admin, tmp_path):
    page = reverse("admin:knowledge_collection_change", args=[finance.pk])
    address = reverse("admin:knowledge_collection_pack", args=[finance.pk])
    assert address in client_of(admin).get(page).content.decode()

    response = client_of(admin).post(address)

    assert response["Content-Disposition"] == 'attachment; filename="Finance.ckb"'
    (tmp_path / "got.ckb").write_bytes(b"".join(response.streaming_content))
    assert manifest_of(tmp_path / "got.ckb")["counts"]["documents"] == 4
    assert files_left() == []


@pytest.mark.parametrize(
    ("permission", "status"), [(Permission.WRITE, 404), (Permission.MANAGE, 200)]
)
def test_only_who_manages_a_collection_exports_it(finance, make_staff, permission, status):  # noqa: F811
    staff = make_staff("view_collection", "change_collection")
    finance.grants.create(user=staff, permission=permission)

    address = reverse("admin:knowledge_collection_pack", args=[finance.pk])
    assert client_of(staff).post(address).status_code == status


def test_an_uploaded_pack_is_imported_by_a_worker(pack, admin):
    assert "is being imported" in upload(admin, pack.read_bytes()).content.decode()
    row = PackImport.objects.get()

    assert originals.release([row.sha256]) == 0  # it is needed, and any node finds it
    assert tasks.import_pack(row.pk) == "done"

    assert Collection.objects.filter(name="Copy", deleted_at=None).exists()
    page = client_of(admin).get(reverse("admin:ops_packimport_change", args=[row.pk]))
    assert "Copy" in page.content.decode()
    assert files_left() == []


def test_a_damaged_upload_is_refused_at_once(pack, admin):
    response = upload(admin, pack.read_bytes()[:-100])

    assert "cut off" in response.content.decode()
    assert (PackImport.objects.count(), files_left()) == (0, [])


def test_a_name_that_is_taken_is_told_in_the_list(pack, admin):
    upload(admin, pack.read_bytes(), name="Finance")
    before = everything_but(pack)

    assert tasks.import_pack(PackImport.objects.get().pk) == "failed"

    page = client_of(admin).get(reverse(LIST)).content.decode()
    assert "There is already a collection “Finance”" in page
    assert everything_but(pack) == before


def test_a_worker_that_died_is_followed_by_another(pack, admin, monkeypatch):
    upload(admin, pack.read_bytes())
    key = PackImport.objects.get().pk
    running.claim(key)
    PackImport.objects.update(lease_until=timezone.now())

    assert tasks.sweep_packs() == 1

    assert tasks.import_pack(key) == "done"


def test_after_some_dead_workers_it_fails(pack, admin):
    upload(admin, pack.read_bytes())
    for _ in range(running.MOST_ATTEMPTS):
        running.claim(PackImport.objects.get().pk)
        PackImport.objects.update(lease_until=timezone.now())
        tasks.sweep_packs()

    row = PackImport.objects.get()
    assert (row.state, row.message) == ("failed", running.CUT_SHORT)
    assert files_left() == []


def test_two_workers_take_a_pack_once(pack, admin):
    upload(admin, pack.read_bytes())
    key = PackImport.objects.get().pk

    assert [tasks.import_pack(key), tasks.import_pack(key)] == ["done", "skipped"]


def test_a_bug_leaves_nothing_behind(pack, admin, monkeypatch):
    upload(admin, pack.read_bytes())
    before = everything_but(pack)
    monkeypatch.setattr(rows, "originals_keep", lambda *_: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        tasks.import_pack(PackImport.objects.get().pk)

    assert everything_but(pack) == before
    assert PackImport.objects.get().message == running.BUG


def test_only_superusers_see_imports(make_staff):  # noqa: F811
    staff = make_staff("view_packimport", "add_packimport")

    assert client_of(staff).get(reverse(LIST)).status_code == 403
    assert upload(staff, b"x").status_code == 403
