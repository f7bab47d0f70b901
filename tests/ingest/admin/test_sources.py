"""Where documents come from, as the jobs recorded it."""

import pytest

from apps.accounts.api_keys import api_key_create, api_key_revoke
from apps.knowledge.access import Scope
from ingest import runner, services
from ingest.holdings import origins_of
from ingest.models import JobState
from ingest.submissions import TextUpload, Upload
from tests.admin_pages import client_of
from tests.factories import CollectionFactory, JobFactory, UserFactory

pytestmark = pytest.mark.django_db

PAGE = "/admin/sources/"


@pytest.fixture
def writer():
    return UserFactory(username="lina")


@pytest.fixture
def collection(writer):
    return CollectionFactory(name="Handbook", writers=[writer])


def test_each_way_in_is_told_apart(collection, writer):
    upload = Upload(path="a.txt", content=[b"The office opens at nine."])
    services.document_submit(collection=collection, upload=upload, by=writer)
    text = TextUpload(path="b", text="The office closes at six.")
    services.text_submit(collection=collection, text=text, by=writer)
    lines = [b'{"id": "c", "text": "There is tea."}\n', b'{"id": "d", "text": "And coffee."}\n']
    services.import_submit(collection=collection, lines=lines, by=writer)
    runner.drain()

    found = {
        origin.way: (origin.documents, origin.sender) for origin in origins_of(Scope.of(writer))
    }

    assert found == {"upload": (1, "lina"), "text": (1, "lina"), "import": (2, "lina")}


def test_failures_are_counted(admin_client, collection):
    JobFactory(
        version__document__collection=collection, state=JobState.FAILED, error_code="damaged"
    )

    page = admin_client.get(PAGE)

    (row,) = page.context["places"][0].rows
    assert (row.origin.documents, row.origin.failed) == (1, 1)


def test_keys_in_use_are_shown_beside_the_user_they_act_as(admin_client, collection, writer):
    JobFactory(version__document__collection=collection, created_by=writer)
    api_key_create(user=writer, name="intranet")
    api_key_revoke(api_key_create(user=writer, name="old")[0])

    (row,) = admin_client.get(PAGE).context["places"][0].rows

    assert row.keys == 1


def test_staff_see_only_collections_they_may_read(make_staff, collection):
    staff = make_staff("view_collection")
    JobFactory(version__document__collection=CollectionFactory(name="Open", readers=[staff]))
    JobFactory(version__document__collection=collection)

    page = client_of(staff).get(PAGE).content.decode()

    assert ("Open" in page, "Handbook" in page) == (True, False)


def test_an_empty_installation_says_so(admin_client):
    assert b"There is no collection that you may read." in admin_client.get(PAGE).content


def test_of_many_senders_the_newest_are_shown_and_all_on_the_collections_own_page(
    admin_client, collection
):
    for _ in range(7):
        JobFactory(version__document__collection=collection, created_by=UserFactory())

    (some,) = admin_client.get(PAGE).context["places"]
    (every,) = admin_client.get(PAGE, {"collection": collection.pk}).context["places"]

    assert [(len(some.rows), some.more), (len(every.rows), every.more)] == [(5, 2), (7, 0)]


def test_many_jobs_cost_the_queries_of_one(admin_client, django_assert_max_num_queries):
    for _ in range(30):
        JobFactory()

    with django_assert_max_num_queries(11):
        admin_client.get(PAGE)
