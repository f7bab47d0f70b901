"""A POST repeated with its Idempotency-Key is carried out once."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from apps.api import idempotency, idempotency_work
from apps.api.models import IdempotencyRecord
from apps.generation.models import Trace
from apps.knowledge.models import Collection
from ingest.models import Job
from tests.installation import wait_until

pytestmark = pytest.mark.django_db
URL = "/api/v1/collections/"


def make(client, name="Handbook", key="k1"):
    return client.post(URL, {"name": name}, HTTP_IDEMPOTENCY_KEY=key)


def test_the_first_answer_is_given_again(call, admin):
    client = call(admin)
    first = make(client)

    again = make(client)

    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotent-Replayed"] == "true"
    assert Collection.objects.count() == 1


def test_another_request_with_a_used_key_conflicts(call, admin):
    client = call(admin)
    make(client)

    response = make(client, name="Other")

    assert response.status_code == 409
    assert response.json()["error"]["code"] == "idempotency_key_reused"


def test_keys_of_two_users_do_not_meet(call, admin, django_user_model):
    make(call(admin))
    second = django_user_model.objects.create(username="second", is_superuser=True)

    assert make(call(second), name="Other").status_code == 201


def test_a_request_that_is_still_worked_on_conflicts(call, admin):
    client = call(admin)
    make(client)
    IdempotencyRecord.objects.update(status=None)

    response = make(client)

    assert response.status_code == 409
    assert response.json()["error"]["code"] == "idempotency_in_progress"


def test_a_request_whose_process_died_may_be_sent_again(call, admin):
    client = call(admin)
    make(client)
    Collection.objects.all().delete()
    long_ago = timezone.now() - timedelta(seconds=16)
    IdempotencyRecord.objects.update(status=None, started_at=long_ago)

    assert make(client).status_code == 201
    assert Collection.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_request_under_way_keeps_its_record_fresh(admin, monkeypatch):
    monkeypatch.setattr(idempotency_work, "RENEWED_EVERY_S", 0.02)
    long_ago = timezone.now() - timedelta(seconds=16)
    record = IdempotencyRecord.objects.create(user=admin, key="k", started_at=long_ago)

    with idempotency_work.under_way(record):
        wait_until(lambda: _started_at(record) > long_ago, what="a renewal")

    record.refresh_from_db()
    assert not idempotency_work.take_over(record)
    wait_until(lambda: not idempotency_work._threads, what="an end of the thread")


def _started_at(record):
    return IdempotencyRecord.objects.get(pk=record.pk).started_at


def test_a_refused_request_may_be_corrected_under_its_key(call, admin):
    client = call(admin)
    assert make(client, name="").status_code == 400

    assert make(client).status_code == 201


def test_who_was_overtaken_does_not_forget_what_the_other_did(call, admin, monkeypatch):
    @contextmanager
    def overtaken(record):
        """This process slept; another took the request over, and did it."""
        IdempotencyRecord.objects.filter(pk=record.pk).update(status=201, body='{"name": "x"}')
        yield

    monkeypatch.setattr(idempotency, "under_way", overtaken)
    make(call(admin), name="")

    assert make(call(admin), name="").json() == {"name": "x"}


def test_a_key_is_forgotten_after_a_day(call, admin):
    client = call(admin)
    make(client)
    IdempotencyRecord.objects.update(started_at=timezone.now() - timedelta(hours=25))

    assert make(client, name="Other").status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 201, "käse"])
def test_a_key_that_is_none_is_invalid(call, admin, key):
    assert make(call(admin), key=key).status_code == 400


def test_an_upload_is_known_by_its_bytes(call, writer, handbook):
    client, url = call(writer), f"{URL}{handbook.uuid}/documents/"

    def upload(content):
        form = {"file": SimpleUploadedFile("a.txt", content)}
        return client.post(url, form, format="multipart", HTTP_IDEMPOTENCY_KEY="u")

    assert upload(b"one").json()["is_new"] is True
    assert upload(b"one").json()["is_new"] is True  # the first answer, again
    assert upload(b"two").status_code == 409


def test_an_import_is_known_by_its_lines(call, writer, handbook):
    client, url = call(writer), f"{URL}{handbook.uuid}/documents/import/"

    def send(lines):
        return client.generic(
            "POST", url, lines, content_type="application/x-ndjson", HTTP_IDEMPOTENCY_KEY="i"
        )

    first = send('{"id": "1", "text": "a"}\n')
    assert send('{"id": "1", "text": "a"}\n').json() == first.json()
    assert send('{"id": "2", "text": "a"}\n').status_code == 409
    assert Job.objects.count() == 1


def test_what_people_wrote_is_not_kept_a_second_time(call, admin):
    trace = Trace.objects.create(user=admin, question="Who?")
    verdict = {"trace": str(trace.uuid), "verdict": "down", "correct_answer": "Anna Keller"}
    url = "/api/v1/feedback/"
    first = call(admin).post(url, verdict, HTTP_IDEMPOTENCY_KEY="k1").json()

    again = call(admin).post(url, verdict, HTTP_IDEMPOTENCY_KEY="k1").json()

    assert (first["correct_answer"], again["correct_answer"]) == ("Anna Keller", "")
    assert again["id"] == first["id"]
    assert "Keller" not in IdempotencyRecord.objects.get().body
