"""Every list of the admin opens, for superusers and for staff with few rights, in each language."""

import pytest
from django.utils import translation

from tests.admin_pages import client_of
from tests.factories import ChunkFactory, CollectionFactory, JobFactory

pytestmark = pytest.mark.django_db

PAGES = [
    "",
    "knowledge/collection/",
    "knowledge/collection/add/",
    "knowledge/document/",
    "knowledge/erasure/",
    "ingest/job/",
    "generation/trace/",
    "generation/feedback/",
    "accounts/user/",
    "accounts/apikey/",
    "auth/group/",
    "retrieval/nodeindex/",
    "retrieval/embeddinggeneration/",
]
OF_SUPERUSERS = ["generation/trace/", "generation/feedback/"]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_page_opens_for_a_superuser(admin_client, page, language):
    ChunkFactory()
    JobFactory()

    with translation.override(language):
        answer = admin_client.get(f"/admin/{page}", headers={"Accept-Language": language})

    assert answer.status_code == 200


@pytest.mark.parametrize("page", OF_SUPERUSERS)
def test_what_people_asked_is_for_superusers_only(make_staff, page):
    staff = make_staff("view_trace", "view_feedback", "change_trace")

    assert client_of(staff).get(f"/admin/{page}").status_code == 403


def test_home_counts_only_what_one_may_read(make_staff):
    staff = make_staff("view_collection", "view_document", "view_job")
    CollectionFactory(name="Open shelf", readers=[staff])
    CollectionFactory(name="Board minutes")

    page = client_of(staff).get("/admin/").content.decode()

    assert "Open shelf" in page
    assert "Board minutes" not in page


def test_home_costs_the_same_queries_for_many(admin_client, django_assert_max_num_queries):
    for _ in range(20):
        JobFactory()

    with django_assert_max_num_queries(41):
        admin_client.get("/admin/")


def test_a_list_without_rows_says_why(admin_client):
    plain = admin_client.get("/admin/ops/anomaly/").content.decode()
    searched = admin_client.get("/admin/ops/anomaly/?q=nobody").content.decode()

    assert "Nothing unusual." in plain
    assert "Nothing matches" in searched
    assert "Nothing matches" not in plain


def test_nothing_on_a_page_comes_from_elsewhere(admin_client):
    page = admin_client.get("/admin/").content.decode()

    assert 'src="http' not in page
    assert 'rel="stylesheet" href="http' not in page


def test_the_way_out_of_a_filter_keeps_what_narrowed_the_list_before(admin_client):
    JobFactory()
    here = "/admin/ingest/job/?state__in=queued,running"

    narrowed = admin_client.get(f"{here}&kind__exact=archive").context["cl"]
    cleared = admin_client.get(f"/admin/ingest/job/{narrowed.clear_all_filters_qs}").context["cl"]

    assert (narrowed.result_count, cleared.result_count) == (0, 1)


def test_a_job_opens_read_only(admin_client):
    job = JobFactory()

    page = admin_client.get(f"/admin/ingest/job/{job.pk}/change/")
    written = admin_client.post(f"/admin/ingest/job/{job.pk}/change/", {"state": "done"})

    assert (page.status_code, written.status_code) == (200, 403)


def test_the_page_of_a_job_is_headed_by_its_document(admin_client):
    job = JobFactory()

    page = admin_client.get(f"/admin/ingest/job/{job.pk}/change/").context

    assert str(page["original"]) == job.version.document.title


def test_staff_find_the_way_back_to_the_administration(admin_client, client):
    assert 'href="/admin/"' in admin_client.get("/admin/none/").content.decode()
    assert 'href="/admin/"' not in client.get("/none/").content.decode()


@pytest.mark.parametrize("key", ["abc", "9" * 22, "-1", "1.5"])
@pytest.mark.parametrize(
    "page", ["collection/{}/change/", "collection/{}/delete/", "collection/{}/history/",
             "collection/{}/upload/", "collection/{}/readers/", "document/{}/change/",
             "document/{}/delete/"],
)  # fmt: skip
def test_a_key_of_nothing_is_not_found(admin_client, page, key):
    answer = admin_client.get(f"/admin/knowledge/{page.format(key)}", follow=True)

    assert (answer.status_code, answer.wsgi_request.path) in {
        (404, f"/admin/knowledge/{page.format(key)}"), (200, "/admin/"),
    }  # fmt: skip


@pytest.mark.parametrize("page", ["knowledge/document/", "ingest/job/", "knowledge/erasure/"])
@pytest.mark.parametrize("key", ["abc", "9" * 22, "-1", "²"])
def test_a_filter_by_nothing_filters_nothing(admin_client, page, key):
    ChunkFactory()

    answer = admin_client.get(f"/admin/{page}", {"collection": key}, follow=True)

    assert answer.status_code == 200
