"""The admin's first page: health, questions, failures."""

import os
import shutil
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.utils import timezone

from apps.generation.models import OpenQuestion
from apps.knowledge.models import Permission, Version
from apps.ops.health import health
from apps.retrieval.models import NodeIndex
from ingest import presence
from ingest.models import Job, JobState
from tests.admin_pages import client_of
from tests.factories import ChunkFactory, CollectionFactory, JobFactory
from tests.node_rows import told

pytestmark = pytest.mark.django_db


@pytest.fixture
def sign():
    """Where workers leave their sign of life; gone after the test."""
    path = django_settings.DATA_DIR / "run" / "worker-alive"
    yield path
    path.unlink(missing_ok=True)


def tones():
    return {str(check.name): check.tone for check in health().checks}


def wait_since(job: Job, minutes: int) -> None:
    since = timezone.now() - timedelta(minutes=minutes)
    Job.objects.filter(pk=job.pk).update(waiting_since=since)


def test_an_installation_without_work_is_well():
    assert set(tones().values()) == {"good", "quiet"}  # quiet: nobody asked for backups
    assert health().troubles == []


def test_a_job_that_nobody_takes_is_told_with_what_to_do(admin_client):
    wait_since(JobFactory(), minutes=5)

    page = admin_client.get("/admin/").content.decode()

    assert tones()["Workers"] == "bad"
    assert "No worker is running. Start it: clawdbot start." in page


def test_a_job_that_waits_behind_another_is_not_forgotten():
    wait_since(JobFactory(), minutes=5)
    JobFactory(state=JobState.RUNNING, lease_until=timezone.now() + timedelta(minutes=1))

    assert tones()["Workers"] == "busy"


def test_a_job_held_by_a_dead_worker_is_no_work():
    wait_since(JobFactory(), minutes=5)
    JobFactory(state=JobState.RUNNING, lease_until=timezone.now() - timedelta(minutes=1))

    assert tones()["Workers"] == "bad"


def test_a_pause_after_a_passing_fault_is_no_silence():
    job = JobFactory(not_before=timezone.now() + timedelta(minutes=5))
    wait_since(job, minutes=5)

    assert tones()["Workers"] == "good"


def test_workers_that_fell_silent_are_missed_before_anything_waits(sign):
    presence.give_sign()
    assert tones()["Workers"] == "good"

    an_hour_ago = timezone.now().timestamp() - 3600
    os.utime(sign, (an_hour_ago, an_hour_ago))

    assert tones()["Workers"] == "bad"


def test_a_worker_of_another_node_is_a_worker(sign):
    presence.give_sign()
    os.utime(sign, (0, 0))
    told("n2", "worker-parse")

    assert tones()["Workers"] == "good"


def test_an_index_that_does_not_follow_is_told():
    ChunkFactory()
    assert tones()["Index"] == "busy"

    Version.objects.update(published_at=timezone.now() - timedelta(minutes=5))

    assert tones()["Index"] == "bad"


def test_an_index_that_has_followed_is_well():
    version = ChunkFactory().version
    NodeIndex.objects.create(node=os.uname().nodename, change_seq=version.change_seq, rows=1)

    assert tones()["Index"] == "good"


def test_a_full_disk_is_told(monkeypatch):
    full = shutil.disk_usage("/")._replace(free=1000)
    monkeypatch.setattr("apps.ops.health.shutil.disk_usage", lambda path: full)

    assert [str(check.name) for check in health().troubles] == ["Disk of the data folder"]


@pytest.mark.parametrize("folder", ["embedder_dir", "reader_dir"])
def test_a_missing_model_is_told(monkeypatch, tmp_path, folder):
    monkeypatch.setattr(f"apps.core.config.Config.{folder}", tmp_path)

    assert tones()["Models"] == "bad"


def test_failures_can_be_retried_where_one_may(admin_client):
    job = JobFactory(state=JobState.FAILED, error_code="damaged", error_message="It is damaged.")

    page = admin_client.get("/admin/").content.decode()

    assert str(job.uuid) in page


def test_a_reader_among_the_staff_sees_failures_but_no_retry_and_no_machine(make_staff):
    staff = make_staff("view_job")
    job = JobFactory(state=JobState.FAILED, error_code="damaged", error_message="It is damaged.")
    job.collection.grants.create(user=staff, permission=Permission.READ)

    page = client_of(staff).get("/admin/").content.decode()

    assert "It is damaged." in page
    assert str(job.uuid) not in page
    assert "SQLite" not in page


def test_open_questions_are_shown_to_those_who_manage(make_staff):
    curator, reader = make_staff("view_collection"), make_staff("view_collection")
    collection = CollectionFactory(readers=[reader])
    collection.grants.create(user=curator, permission=Permission.MANAGE)

    pages = [client_of(user).get("/admin/").content.decode() for user in (curator, reader)]

    assert ["Open questions" in page for page in pages] == [True, False]


def test_home_counts_the_open_questions_that_the_desk_lists(admin_client):
    CollectionFactory()
    OpenQuestion.objects.create(text="left by nobody", key="1", last_asked_at=timezone.now())

    page = admin_client.get("/admin/")

    assert page.context["open_questions"] == 0
