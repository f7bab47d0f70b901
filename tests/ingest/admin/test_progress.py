"""Progress and retry: what the pages' scripts ask for."""

import json
import uuid

import pytest

from ingest.models import Job, JobState
from tests.admin_pages import client_of
from tests.factories import CollectionFactory, DocumentFactory, JobFactory, VersionFactory

pytestmark = pytest.mark.django_db

PROGRESS = "/admin/ingest/job/progress/"
RETRY = "/admin/ingest/job/retry/"
JSON = {"Accept": "application/json"}


def ask(client, *, documents=(), jobs=()):
    body = {
        "documents": [str(document.uuid) for document in documents],
        "jobs": [str(job.uuid) for job in jobs],
    }
    return client.post(PROGRESS, json.dumps(body), content_type="application/json")


def failed_job(**values) -> Job:
    job = JobFactory(
        state=JobState.FAILED, error_code="damaged", error_message="It is damaged.", **values
    )
    job.version.document.latest_version = job.version
    job.version.document.save()
    return job


def test_a_failed_document_says_why_and_where(admin_client):
    document = failed_job(error_page=3).version.document

    entry = ask(admin_client, documents=[document]).json()["documents"][str(document.uuid)]

    assert (entry["status"], entry["is_final"]) == ("failed", True)
    assert entry["error"] == "It is damaged. (page 3)"


def test_many_documents_cost_the_queries_of_one(admin_client, django_assert_max_num_queries):
    documents = [JobFactory().version.document for _ in range(40)]

    with django_assert_max_num_queries(7):
        answer = ask(admin_client, documents=documents)

    assert len(answer.json()["documents"]) == 40


def test_documents_that_one_may_not_read_are_left_out(make_staff):
    document = VersionFactory().document

    answer = ask(client_of(make_staff("view_document")), documents=[document])

    assert answer.json() == {"documents": {}, "jobs": {}}


def test_what_is_not_json_is_refused(admin_client):
    answer = admin_client.post(PROGRESS, "nonsense", content_type="application/json")

    assert answer.status_code == 400


def test_retry_queues_a_failed_job_again(admin_client):
    job = failed_job()

    answer = admin_client.post(RETRY, {"job": str(job.uuid)}, headers=JSON)

    job.refresh_from_db()
    assert (answer.status_code, job.state) == (200, JobState.QUEUED)


def test_retry_of_a_job_at_work_is_a_conflict(admin_client):
    job = JobFactory()

    answer = admin_client.post(RETRY, {"job": str(job.uuid)}, headers=JSON)

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "conflict")


def test_retry_from_a_form_goes_back_to_its_page_only(admin_client):
    job = failed_job()

    answer = admin_client.post(RETRY, {"job": str(job.uuid), "next": "https://evil.example/"})

    assert answer.url == "/admin/ingest/job/"


def test_a_reader_may_not_retry(make_staff):
    staff = make_staff("view_job")
    collection = CollectionFactory(readers=[staff])
    document = DocumentFactory(collection=collection)
    job = failed_job(version__document=document)

    answer = client_of(staff).post(RETRY, {"job": str(job.uuid)}, headers=JSON)

    assert answer.status_code == 403


def test_retry_of_a_job_that_is_none_says_so(admin_client):
    answers = [
        admin_client.post(RETRY, {"job": name}, headers=JSON)
        for name in ("", "x", str(uuid.uuid4()))
    ]

    assert [answer.status_code for answer in answers] == [404] * 3
