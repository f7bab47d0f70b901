"""Collections in the admin: grants, readers, counts, deletion."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.knowledge.models import Collection, Document, Erasure, Grant, Permission
from apps.retrieval.protocols import Calibration
from ingest.admin import sureness
from ingest.models import Job, JobState
from tests.admin_pages import client_of
from tests.factories import (
    CollectionFactory,
    DocumentFactory,
    GroupFactory,
    JobFactory,
    UserFactory,
    VersionFactory,
)

pytestmark = pytest.mark.django_db

LIST = "/admin/knowledge/collection/"


def form_of(collection: Collection, *grants: dict[str, object]):
    form = {"name": collection.name, "description": "", "language": "auto", "profile": "general"}
    form |= {"suggested_questions": "", "remote_use": "no"}
    form |= {"grants-TOTAL_FORMS": len(grants), "grants-INITIAL_FORMS": 0}
    for number, grant in enumerate(grants):
        form |= {f"grants-{number}-{name}": value for name, value in grant.items()}
    return form


def test_a_new_collection_is_managed_by_its_maker_and_asks_for_documents(admin_client, admin_user):
    form = {"name": "Handbook", "description": "", "language": "zh", "profile": "general"}

    answer = admin_client.post(f"{LIST}add/", form)

    collection = Collection.objects.get(name="Handbook")
    assert collection.grants.get().user == admin_user
    assert answer.url == f"{LIST}{collection.pk}/upload/"


def test_a_name_that_is_taken_is_said_on_the_form(admin_client):
    CollectionFactory(name="Handbook")
    form = {"name": "Handbook", "description": "", "language": "auto", "profile": "general"}

    page = admin_client.post(f"{LIST}add/", form)

    assert page.status_code == 200
    assert Collection.objects.count() == 1


def test_a_group_and_everyone_are_granted_on_one_page(admin_client):
    collection, group = CollectionFactory(), GroupFactory()
    grants = [
        {"group": group.pk, "permission": Permission.WRITE.value},
        {"is_everyone": "on", "permission": Permission.READ.value},
    ]

    admin_client.post(f"{LIST}{collection.pk}/change/", form_of(collection, *grants))

    found = Grant.objects.filter(collection=collection)
    assert {(g.group, g.is_everyone, g.permission) for g in found} == {
        (group, False, 20),
        (None, True, 10),
    }


def test_a_grant_to_two_at_once_is_explained(admin_client):
    collection, group, user = CollectionFactory(), GroupFactory(), UserFactory()
    both = {"group": group.pk, "user": user.pk, "permission": Permission.READ.value}

    page = admin_client.post(f"{LIST}{collection.pk}/change/", form_of(collection, both))

    assert "Choose one: a user, a group, or everyone." in page.content.decode()
    assert not Grant.objects.exists()


def test_a_grant_is_taken_back(admin_client):
    reader = UserFactory()
    collection = CollectionFactory(readers=[reader])
    grant = collection.grants.get()
    row = {"id": grant.pk, "user": reader.pk, "permission": 10, "DELETE": "on"}

    form = form_of(collection, row) | {"grants-INITIAL_FORMS": 1}
    admin_client.post(f"{LIST}{collection.pk}/change/", form)

    assert not Grant.objects.exists()


def test_the_readers_are_listed_with_the_reason(admin_client):
    group, member, stranger = GroupFactory(name="HR"), UserFactory(), UserFactory()
    member.groups.add(group)
    collection = CollectionFactory()
    Grant.objects.create(collection=collection, group=group)

    page = admin_client.get(f"{LIST}{collection.pk}/readers/").content.decode()

    assert member.username in page
    assert "group HR: Read" in page
    assert f"<strong>{stranger.username}</strong>" not in page


def test_many_readers_cost_no_more_queries(admin_client, django_assert_max_num_queries):
    group = GroupFactory()
    group.user_set.set(UserFactory.create_batch(49))
    collection = CollectionFactory()
    Grant.objects.create(collection=collection, group=group)

    with django_assert_max_num_queries(13):
        admin_client.get(f"{LIST}{collection.pk}/readers/")


def test_a_collection_is_deleted_by_the_service(admin_client):
    document = VersionFactory().document

    admin_client.post(f"{LIST}{document.collection.pk}/delete/", {"post": "yes"})

    document.collection.refresh_from_db()
    assert document.collection.deleted_at is not None
    assert Erasure.objects.get().target == "collection"


@pytest.mark.parametrize("typed", ["", "handbook", " Our  handbook "])
@pytest.mark.parametrize("is_chosen", [True, False])
def test_a_collection_of_many_documents_goes_once_its_name_was_typed(
    admin_client, typed, is_chosen
):
    collection = CollectionFactory(name="Our handbook")
    DocumentFactory.create_batch(21, collection=collection)
    address = LIST if is_chosen else f"{LIST}{collection.pk}/delete/"
    form = {"action": "delete_selected", "_selected_action": [collection.pk]} if is_chosen else {}

    asked = admin_client.post(address, form) if is_chosen else admin_client.get(address)
    form |= {"post": "yes", f"name-{collection.pk}": typed}
    admin_client.post(address, form)

    collection.refresh_from_db()
    assert "holds 21 documents. Type its name" in asked.content.decode()
    assert (collection.deleted_at is not None) == (typed == " Our  handbook ")


def test_staff_see_only_collections_they_may_read(make_staff):
    staff = make_staff("view_collection", "change_collection")
    CollectionFactory(name="Open shelf", readers=[staff])
    CollectionFactory(name="Board minutes")

    page = client_of(staff).get(LIST).content.decode()

    assert "Open shelf" in page
    assert "Board minutes" not in page


def test_staff_who_may_only_read_cannot_grant_themselves_more(make_staff):
    staff = make_staff("view_collection", "change_collection")
    collection = CollectionFactory(readers=[staff])
    grant = {"user": staff.pk, "permission": Permission.MANAGE.value}

    page = client_of(staff).post(f"{LIST}{collection.pk}/change/", form_of(collection, grant))

    assert page.status_code == 403
    assert collection.grants.get().permission == Permission.READ


def test_suggested_questions_are_edited_one_a_line(admin_client):
    collection = CollectionFactory(suggested_questions=["Old one?"])
    lines = "How many days?\r\n\r\n 年假几天？ \r\nHow many days?"
    form = form_of(collection) | {"suggested_questions": lines}

    page = admin_client.get(f"{LIST}{collection.pk}/change/").content.decode()
    admin_client.post(f"{LIST}{collection.pk}/change/", form)

    collection.refresh_from_db()
    assert "Old one?</textarea>" in page
    assert collection.suggested_questions == ["How many days?", "年假几天？"]


@pytest.mark.parametrize("lines", ["x" * 301, "\n".join(f"Question {n}?" for n in range(21))])
def test_too_much_to_suggest_is_told_on_the_form(admin_client, lines):
    collection = CollectionFactory()
    form = form_of(collection) | {"suggested_questions": lines}

    page = admin_client.post(f"{LIST}{collection.pk}/change/", form)

    collection.refresh_from_db()
    assert page.status_code == 200
    assert collection.suggested_questions == []


CURVE = ((0.1, 0.99, 0.2, 0.5), (0.6, 0.9, 0.05, 0.94), (0.9, 0.6, 0.01, 0.99))


@pytest.fixture
def measured(monkeypatch):
    """A reader with figures in both languages."""
    known = {language: Calibration(threshold=0.6, curve=CURVE) for language in ("en", "zh")}
    monkeypatch.setattr(sureness, "calibrations", lambda: known)


def test_how_sure_answers_must_be_is_chosen_with_what_it_means(admin_client, measured):
    collection = CollectionFactory(min_confidence=0.25, language="zh")
    address = f"{LIST}{collection.pk}/change/"

    page = admin_client.get(address).content.decode()
    admin_client.post(address, form_of(collection) | {"min_confidence": "0.9"})

    collection.refresh_from_db()
    assert 'value="0.25"' in page
    assert "[0.6, 0.9, 0.05, 0.94]" in page
    assert "Chinese: answers 99 of 100 questions" in page
    assert '"language": "Chinese"' in page
    assert '"language": "English"' not in page
    assert collection.min_confidence == 0.9


def test_the_choice_is_left_to_the_installation(admin_client, measured):
    collection = CollectionFactory(min_confidence=0.25)
    left = {"min_confidence": "0.9", "min_confidence-usual": "on"}

    admin_client.post(f"{LIST}{collection.pk}/change/", form_of(collection) | left)

    collection.refresh_from_db()
    page = admin_client.get(f"{LIST}{collection.pk}/change/").content.decode()
    assert collection.min_confidence is None
    assert 'value="0.60"' in page


@pytest.mark.parametrize("value", ["1.5", "-1", "nan", "much"])
def test_an_impossible_choice_is_told_on_the_form(admin_client, value):
    collection = CollectionFactory(min_confidence=0.25)
    form = form_of(collection) | {"min_confidence": value}

    page = admin_client.post(f"{LIST}{collection.pk}/change/", form)

    collection.refresh_from_db()
    assert page.status_code == 200
    assert collection.min_confidence == 0.25


def test_without_a_reader_the_slider_says_so(admin_client, monkeypatch, tmp_path):
    monkeypatch.setattr("apps.core.config.Config.reader_dir", tmp_path)
    collection = CollectionFactory()

    page = admin_client.get(f"{LIST}{collection.pk}/change/").content.decode()

    assert "there is no reader" in page


def failed(collection) -> Job:
    job = JobFactory(
        version__document__collection=collection,
        state=JobState.FAILED,
        error_code="damaged",
        error_message="It is damaged.",
    )
    Document.objects.filter(pk=job.version.document_id).update(latest_version=job.version)
    return job


def test_the_page_says_why_documents_failed_and_how_many(admin_client):
    collection = CollectionFactory()
    failed(collection), failed(collection)

    page = admin_client.get(f"{LIST}{collection.pk}/change/")

    (failure,) = page.context["failures"]
    assert (failure.message, failure.count) == ("It is damaged.", 2)


def test_everything_that_failed_is_retried_at_once(admin_client):
    collection = CollectionFactory()
    failed(collection), failed(collection)

    answer = admin_client.post(f"{LIST}{collection.pk}/retry/")

    assert answer.url == f"{LIST}{collection.pk}/change/"
    assert set(Job.objects.values_list("state", flat=True)) == {JobState.QUEUED}


def test_who_may_only_read_cannot_retry_all(make_staff):
    staff = make_staff("view_collection", "change_collection")
    collection = CollectionFactory(readers=[staff])
    job = failed(collection)

    answer = client_of(staff).post(f"{LIST}{collection.pk}/retry/")

    job.refresh_from_db()
    assert (answer.status_code, job.state) == (404, JobState.FAILED)


def test_the_list_costs_the_same_queries_for_many(admin_client, django_assert_max_num_queries):
    for _ in range(30):
        Grant.objects.create(collection=CollectionFactory(), group=GroupFactory())

    with django_assert_max_num_queries(14):
        admin_client.get(LIST)


def test_the_page_costs_the_same_queries_for_many(admin_client, django_assert_max_num_queries):
    collection = CollectionFactory()
    for _ in range(20):
        failed(collection)

    with django_assert_max_num_queries(49):
        admin_client.get(f"{LIST}{collection.pk}/change/")


def test_what_a_collection_holds_is_added_up(admin_client):
    collection = CollectionFactory()
    for kind in ("application/pdf", "application/pdf", "text/html"):
        VersionFactory(document__collection=collection, media_type=kind, language="zh")

    holdings = admin_client.get(f"{LIST}{collection.pk}/change/").context["holdings"]

    assert (holdings.size_bytes, holdings.pages) == (30, 3)
    assert holdings.media_types == [("application/pdf", 2), ("text/html", 1)]
    assert holdings.languages == [("zh", 3)]


@pytest.mark.parametrize("kind", ["collection", "document"])
def test_a_page_asks_once_for_each_right(make_staff, kind):
    staff = make_staff("view_collection", "change_collection", "view_document", "change_document")
    document = VersionFactory().document
    Grant.objects.create(collection=document.collection, user=staff, permission=Permission.MANAGE)
    shown = document if kind == "document" else document.collection

    with CaptureQueriesContext(connection) as asked:
        client_of(staff).get(f"/admin/knowledge/{kind}/{shown.pk}/change/")

    checks = [one["sql"] for one in asked if '."permission" >=' in one["sql"]]
    assert len([sql for sql in checks if sql.startswith("SELECT 1 AS")]) <= 3
