"""Documents over REST."""

from uuid import uuid4

import pytest

from apps.core.nodes import node_name
from apps.knowledge.models import VersionState
from apps.retrieval.models import NodeIndex
from ingest.models import Job, JobStage, JobState
from tests.factories import (
    ChunkFactory,
    CollectionFactory,
    DocumentFactory,
    JobFactory,
    VersionFactory,
)

pytestmark = pytest.mark.django_db
URL = "/api/v1/documents/"


def done(document, **job):
    """A document that was read, and whose node's index knows it."""
    version = VersionFactory(document=document)
    NodeIndex.objects.update_or_create(
        node=node_name(), defaults={"change_seq": version.change_seq}
    )
    values = {"state": JobState.DONE, "stage": JobStage.DONE, "progress": 1.0} | job
    return JobFactory(version=version, **values)


def test_a_ready_document_tells_all_about_itself(call, reader, handbook):
    document = DocumentFactory(collection=handbook, path="a.txt", metadata={"team": "hr"})
    job = done(document)

    body = call(reader).get(f"{URL}{document.uuid}/").json()

    assert body["id"] == str(document.uuid)
    assert body["collection"] == str(handbook.uuid)
    assert (body["status"], body["progress"], body["error"]) == ("ready", 1.0, None)
    assert (body["pages"], body["chunks"], body["metadata"]) == (1, 0, {"team": "hr"})
    assert (body["version"], body["job"]) == (str(job.version.uuid), str(job.uuid))


def test_a_failed_document_says_why_and_where(call, reader, handbook):
    failure = {"error_code": "damaged", "error_message": "Broken.", "error_page": 3}
    job = done(DocumentFactory(collection=handbook), state=JobState.FAILED, **failure)

    body = call(reader).get(f"{URL}{job.version.document.uuid}/").json()

    assert body["status"] == "failed"
    assert body["error"] == {"code": "damaged", "message": "Broken.", "page": 3}


def test_a_failed_job_says_why_in_the_language_of_the_request(call, reader, handbook):
    failure = {"error_code": "damaged", "error_message": "Broken.", "error_page": 3}
    job = done(DocumentFactory(collection=handbook), state=JobState.FAILED, **failure)
    address, chinese = f"/api/v1/jobs/{job.uuid}/", {"Accept-Language": "zh-CN"}

    english = call(reader).get(address).json()["error"]
    translated = call(reader).get(address, headers=chinese).json()["error"]

    assert english == {"code": "damaged", "message": "Broken.", "page": 3}
    assert (translated["code"], translated["page"]) == ("damaged", 3)
    assert translated["message"].startswith("文件已损坏")


def test_a_document_before_its_first_version_is_queued(call, reader, handbook):
    document = DocumentFactory(collection=handbook)

    body = call(reader).get(f"{URL}{document.uuid}/").json()

    assert (body["status"], body["version"], body["job"]) == ("queued", None, None)


def test_the_list_is_narrowed_by_collection_status_and_words(call, reader, handbook):
    travel = DocumentFactory(collection=handbook, path="x/travel.txt", title="差旅")
    done(travel)
    DocumentFactory(collection=handbook, path="menu.txt")
    done(DocumentFactory(collection=CollectionFactory(readers=[reader]), path="travel2.txt"))
    client = call(reader)

    asked = f"?collection={handbook.uuid}&status=ready&q=TRAVEL"
    found = client.get(URL + asked).json()["results"]

    assert [one["path"] for one in found] == ["x/travel.txt"]
    assert client.get(URL + "?q=差旅").json()["count"] == 1
    assert client.get(URL).json()["count"] == 3


@pytest.mark.parametrize("query", ["status=done", "collection=7", "q=%00"])
def test_a_filter_that_makes_no_sense_is_invalid(call, reader, query):
    assert call(reader).get(f"{URL}?{query}").status_code == 400


def test_a_list_of_an_unreadable_collection_is_not_found(call, outsider, handbook):
    assert call(outsider).get(f"{URL}?collection={handbook.uuid}").status_code == 404
    assert call(outsider).get(f"{URL}?collection={uuid4()}").status_code == 404


def test_listing_takes_the_same_queries_for_one_and_for_many(
    call, reader, handbook, django_assert_num_queries
):
    for _ in range(12):
        done(DocumentFactory(collection=handbook))
    client = call(reader)
    client.get(URL)  # notes that the key was used

    with django_assert_num_queries(5):  # key, scope, count, page, index
        assert len(client.get(URL).json()["results"]) == 12


def test_a_writer_deletes_and_gets_a_receipt(call, writer, handbook):
    job = done(DocumentFactory(collection=handbook))
    document, client = job.version.document, call(writer)

    response = client.delete(f"{URL}{document.uuid}/")

    assert response.status_code == 202
    assert client.get(f"{URL}{document.uuid}/").status_code == 404
    receipt = client.get(f"/api/v1/erasures/{response.json()['erasure']}/").json()
    assert (receipt["target"], receipt["target_id"]) == ("document", str(document.uuid))


def test_a_reader_may_not_delete(call, reader, handbook):
    document = DocumentFactory(collection=handbook)

    assert call(reader).delete(f"{URL}{document.uuid}/").status_code == 403


def test_a_receipt_is_for_whoever_deleted_and_for_administrators(
    call, writer, reader, admin, handbook
):
    document = DocumentFactory(collection=handbook)
    erasure = call(writer).delete(f"{URL}{document.uuid}/").json()["erasure"]

    assert call(reader).get(f"/api/v1/erasures/{erasure}/").status_code == 404
    assert call(admin).get(f"/api/v1/erasures/{erasure}/").status_code == 200


def test_a_failed_document_is_retried(call, writer, handbook):
    failure = {"state": JobState.FAILED, "error_code": "damaged", "error_message": "Broken."}
    job = done(DocumentFactory(collection=handbook), **failure)

    response = call(writer).post(f"{URL}{job.version.document.uuid}/retry/")

    assert response.status_code == 202
    assert response.json()["state"] == "queued"
    assert Job.objects.get(pk=job.pk).state == JobState.QUEUED


def test_a_document_that_has_not_failed_is_not_retried(call, writer, handbook):
    job = done(DocumentFactory(collection=handbook))

    response = call(writer).post(f"{URL}{job.version.document.uuid}/retry/")

    assert response.status_code == 409


def test_chunks_come_in_reading_order_with_their_spans(call, reader, handbook):
    version = VersionFactory(document__collection=handbook)
    ChunkFactory(version=version, ordinal=1, start=10, end=14, text="beta")
    first = ChunkFactory(version=version, ordinal=0, start=0, end=5, text="alpha")

    body = call(reader).get(f"{URL}{version.document.uuid}/chunks/").json()

    assert [chunk["text"] for chunk in body["results"]] == ["alpha", "beta"]
    shown = body["results"][0]
    assert (shown["id"], shown["start"], shown["end"]) == (str(first.uuid), 0, 5)


def test_a_document_that_was_not_read_yet_has_no_chunks(call, reader, handbook):
    document = DocumentFactory(collection=handbook)

    body = call(reader).get(f"{URL}{document.uuid}/chunks/").json()

    assert (body["count"], body["results"]) == (0, [])


def test_a_replaced_version_is_not_shown_unless_kept_as_history(call, reader, handbook):
    old = VersionFactory(document__collection=handbook)
    ChunkFactory(version=old, text="old words")
    old.state, old.is_history_kept = VersionState.SUPERSEDED, False
    old.save()
    address, client = f"{URL}{old.document.uuid}/pages/1/?version={old.uuid}", call(reader)

    assert client.get(address).status_code == 404
    type(old).objects.update(is_history_kept=True)
    assert client.get(address).json()["text"] == "old words"
