"""Documents in the admin: seen within one's scope, deleted by the service, text beside chunks."""

import pytest

from apps.knowledge.models import Document, Erasure, VersionState
from ingest.admin.document_form import as_typed
from tests.admin_pages import client_of
from tests.factories import (
    ChunkFactory,
    CollectionFactory,
    DocumentFactory,
    JobFactory,
    VersionFactory,
)

pytestmark = pytest.mark.django_db

LIST = "/admin/knowledge/document/"
SCRIPT = "<script>alert(1)</script>"


def test_the_pages_of_a_document_open(admin_client):
    document = ChunkFactory().version.document

    pages = [
        admin_client.get(f"{LIST}{document.pk}/{page}/") for page in ("change", "text", "delete")
    ]

    assert [page.status_code for page in pages] == [200] * 3


def test_a_title_with_markup_stays_text_on_every_page(admin_client):
    document = DocumentFactory(title=SCRIPT, path=f"{SCRIPT}.md")
    ChunkFactory(version__document=document, text=f"{SCRIPT} in the text", heading=SCRIPT)

    pages = [
        admin_client.get(address).content.decode()
        for address in (LIST, *(f"{LIST}{document.pk}/{p}/" for p in ("change", "text", "delete")))
    ]

    assert all("&lt;script&gt;alert(1)" in page for page in pages)
    assert not any(SCRIPT in page for page in pages)


def test_the_list_costs_the_same_queries_for_many(admin_client, django_assert_max_num_queries):
    for _ in range(40):
        JobFactory()

    with django_assert_max_num_queries(14):
        page = admin_client.get(LIST)

    assert page.status_code == 200


@pytest.mark.parametrize(
    "status", ["queued", "parsing", "embedding", "indexing", "ready", "failed", "no such"]
)
def test_the_list_is_filtered_by_status(admin_client, status):
    assert admin_client.get(LIST, {"status": status, "q": "x"}).status_code == 200


def test_deleting_goes_through_the_service_and_leads_to_the_receipt(admin_client, admin_user):
    document = ChunkFactory().version.document

    answer = admin_client.post(f"{LIST}{document.pk}/delete/", {"post": "yes"})

    receipt = Erasure.objects.get()
    document.refresh_from_db()
    assert document.deleted_at is not None
    assert document.versions.get().state == VersionState.DEAD
    assert (receipt.target_uuid, receipt.requested_by) == (document.uuid, admin_user)
    assert answer.url == f"/admin/knowledge/erasure/{receipt.pk}/change/"


def test_the_receipt_opens_for_whoever_deleted(make_staff):
    staff = make_staff("view_document", "delete_document")
    document = DocumentFactory(collection=CollectionFactory(writers=[staff]))
    client = client_of(staff)

    receipt = client.post(f"{LIST}{document.pk}/delete/", {"post": "yes"}, follow=True)

    assert receipt.status_code == 200
    assert str(document.uuid) in receipt.content.decode()


def test_several_are_deleted_each_with_its_receipt(admin_client):
    documents = [ChunkFactory().version.document for _ in range(3)]
    chosen = {"action": "delete_selected", "_selected_action": [d.pk for d in documents]}

    asked = admin_client.post(LIST, chosen)
    admin_client.post(LIST, {**chosen, "post": "yes"})

    assert b"Delete for good" in asked.content
    assert Erasure.objects.count() == 3
    assert not Document.objects.filter(deleted_at=None).exists()


def test_staff_see_no_document_of_a_collection_they_may_not_read(make_staff):
    staff = make_staff("view_document", "change_document", "delete_document")
    secret = ChunkFactory(text="the vault code is 42").version.document
    client = client_of(staff)

    pages = [client.get(f"{LIST}{secret.pk}/{page}/") for page in ("text", "original")]
    listed = client.get(LIST)

    assert [page.status_code for page in pages] == [404, 404]
    assert secret.title not in listed.content.decode()


def test_a_reader_among_the_staff_cannot_change_or_delete(make_staff):
    staff = make_staff("view_document", "change_document", "delete_document")
    document = DocumentFactory(collection=CollectionFactory(readers=[staff]), title="as it was")
    client = client_of(staff)

    changed = client.post(f"{LIST}{document.pk}/change/", {"title": "x", "metadata": "{}"})
    deleted = client.post(f"{LIST}{document.pk}/delete/", {"post": "yes"})

    document.refresh_from_db()
    assert (changed.status_code, deleted.status_code) == (403, 403)
    assert (document.title, document.deleted_at) == ("as it was", None)


def test_a_title_is_changed_by_the_service(admin_client):
    document = DocumentFactory()
    form = {"title": "新标题", "url": "", "metadata-key": ["owner"], "metadata-value": ["HR"]}
    form |= {"grants-TOTAL_FORMS": 0, "grants-INITIAL_FORMS": 0}

    admin_client.post(f"{LIST}{document.pk}/change/", form)

    document.refresh_from_db()
    assert (document.title, document.metadata) == ("新标题", {"owner": "HR"})


def test_the_text_page_marks_the_exact_span_of_a_chunk(admin_client):
    chunk = ChunkFactory(ordinal=5, text="The office opens at nine.", start=4, end=10)

    page = admin_client.get(f"{LIST}{chunk.version.document.pk}/text/?view=text").content.decode()

    assert 'The <span class="cb-span" data-keys="5 ">office</span> opens' in page


def test_a_chunk_is_switched_off_and_on_from_the_text_page(admin_client):
    chunk = ChunkFactory(ordinal=5)
    address = f"{LIST}{chunk.version.document.pk}/text/"

    admin_client.post(address, {"chunk": "5"})
    chunk.refresh_from_db()

    assert chunk.is_excluded


def test_the_text_of_a_replaced_version_is_not_shown(admin_client):
    version = VersionFactory()
    ChunkFactory(version=version, text="what it said before")
    version.state = VersionState.SUPERSEDED
    version.save()

    page = admin_client.get(f"{LIST}{version.document.pk}/text/?version=1")

    assert b"what it said before" not in page.content


def described(client, document, **form):
    values = {"title": document.title, "url": "", "metadata-key": [], "metadata-value": []} | form
    values |= {"grants-TOTAL_FORMS": 0, "grants-INITIAL_FORMS": 0}
    return client.post(f"{LIST}{document.pk}/change/", values)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("HR", "HR"), ("2024", 2024), ('"2024"', "2024"), ("true", True), ("[1, 2]", [1, 2]),
     ("", ""), ("人事部", "人事部"), ("{not json", "{not json")],
)  # fmt: skip
def test_a_value_is_kept_as_it_is_meant(admin_client, typed, stored):
    document = DocumentFactory()

    described(admin_client, document, **{"metadata-key": "key", "metadata-value": typed})

    document.refresh_from_db()
    assert document.metadata == {"key": stored}


def test_metadata_that_is_saved_unchanged_stays_the_same(admin_client):
    metadata = {"year": "2024", "n": 3, "tags": ["a"], "deep": {"x": None}, "text": " spaced "}
    document = DocumentFactory(metadata=metadata)
    rows = [(key, as_typed(value)) for key, value in metadata.items()]
    keys, values = zip(*rows, strict=True)

    described(admin_client, document, title="x", **{"metadata-key": keys, "metadata-value": values})

    document.refresh_from_db()
    assert (document.title, document.metadata) == ("x", metadata)


@pytest.mark.parametrize(
    ("keys", "values", "said"),
    [
        (["a", "a"], ["1", "2"], "The key “a” is there twice."),
        ([""], ["lost"], "Give a key for “lost”."),
        (["a"], ["NaN"], "cannot be stored"),
        (["a"], ["x" * 20_001], "longer than 20,000 characters"),
    ],
)
def test_metadata_that_cannot_be_is_told_and_stays_on_the_form(admin_client, keys, values, said):
    document = DocumentFactory(metadata={"before": 1})

    page = described(admin_client, document, **{"metadata-key": keys, "metadata-value": values})

    document.refresh_from_db()
    assert said in page.content.decode()
    assert document.metadata == {"before": 1}


@pytest.mark.parametrize("address", ["javascript:alert(1)", "intranet"])
def test_an_address_that_cannot_be_opened_is_told(admin_client, address):
    document = DocumentFactory()

    described(admin_client, document, url=address)

    document.refresh_from_db()
    assert document.url == ""


def test_the_original_is_shown_beside_its_chunks(admin_client):
    chunk = ChunkFactory(start=3, end=9)
    version = chunk.version

    page = admin_client.get(f"{LIST}{version.document.pk}/text/").content.decode()

    address = f"/documents/{version.document.uuid}/pages/1/?version={version.uuid}&amp;embedded=1"
    assert f'src="{address}"' in page
    assert 'data-start="3" data-end="9"' in page


@pytest.mark.parametrize("narrowing", [{"kind": "text/html"}, {"language": "zh"}])
def test_the_list_is_narrowed_by_kind_and_language(admin_client, narrowing):
    VersionFactory(document__title="Found", media_type="text/html", language="zh")
    VersionFactory(document__title="Other", media_type="application/pdf", language="en")

    page = admin_client.get(LIST, narrowing).content.decode()

    assert ("Found" in page, "Other" in page) == (True, False)


@pytest.mark.parametrize("asked", ["version", "page", "from"])
def test_numbers_too_long_to_be_meant_do_not_fail_the_text_page(admin_client, asked):
    chunk = ChunkFactory()

    address = f"{LIST}{chunk.version.document.pk}/text/?{asked}={'9' * 5000}"

    assert admin_client.get(address).status_code == 200
