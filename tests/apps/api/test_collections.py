"""Collections over REST."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission as DjangoPermission

from apps.knowledge.models import Collection, Grant, Permission
from tests.factories import CollectionFactory, DocumentFactory, VersionFactory

pytestmark = pytest.mark.django_db
URL = "/api/v1/collections/"


def test_only_readable_collections_are_listed(call, reader, handbook):
    CollectionFactory(name="Secret")

    body = call(reader).get(URL).json()

    assert body["count"] == 1
    assert body["results"][0]["id"] == str(handbook.uuid)
    assert set(body["results"][0]) == {
        "id", "name", "description", "language", "profile", "remote_use",
        "min_confidence", "created_at",
    }  # fmt: skip


def test_listing_takes_the_same_queries_for_one_and_for_many(
    call, admin, django_assert_num_queries
):
    CollectionFactory.create_batch(30)
    client = call(admin)
    client.get(URL)  # notes that the key was used

    with django_assert_num_queries(3):  # key, count, page
        assert len(client.get(URL + "?page_size=30").json()["results"]) == 30


def test_pages_are_at_most_200_long(call, admin):
    CollectionFactory.create_batch(201)

    assert len(call(admin).get(URL + "?page_size=1000").json()["results"]) == 200


def test_who_may_create_collections_manages_the_new_one(call, reader):
    reader.user_permissions.add(DjangoPermission.objects.get(codename="add_collection"))

    response = call(reader).post(URL, {"name": "规章制度", "language": "zh", "profile": "finance"})

    assert response.status_code == 201
    made = Collection.objects.get(uuid=response.json()["id"])
    assert (made.name, made.language, made.profile) == ("规章制度", "zh", "finance")
    assert Grant.objects.get(collection=made, user=reader).permission == Permission.MANAGE


def test_how_sure_its_answers_must_be_is_set_and_left_to_the_installation_again(call, admin):
    made = call(admin).post(URL, {"name": "Law", "min_confidence": 0.8}, format="json").json()
    address = f"{URL}{made['id']}/"

    changed = call(admin).patch(address, {"min_confidence": None}, format="json").json()

    assert (made["min_confidence"], changed["min_confidence"]) == (0.8, None)


@pytest.mark.parametrize("value", [1.5, -0.1, "nan", "sure"])
def test_an_impossible_confidence_is_refused(call, admin, handbook, value):
    address = f"{URL}{handbook.uuid}/"

    assert call(admin).patch(address, {"min_confidence": value}, format="json").status_code == 400


def test_others_may_not_create_collections(call, reader):
    assert call(reader).post(URL, {"name": "Mine"}).status_code == 403


def test_a_name_that_is_taken_conflicts(call, admin, handbook):
    response = call(admin).post(URL, {"name": handbook.name})

    assert response.status_code == 409
    assert response.json()["error"]["code"] == "conflict"


def test_only_what_is_given_changes(call, admin, handbook):
    response = call(admin).patch(f"{URL}{handbook.uuid}/", {"description": "For everyone"})

    assert response.status_code == 200
    assert response.json()["description"] == "For everyone"
    assert response.json()["name"] == "Handbook"


def test_renaming_to_a_taken_name_conflicts(call, admin, handbook):
    CollectionFactory(name="Other")

    assert call(admin).patch(f"{URL}{handbook.uuid}/", {"name": "Other"}).status_code == 409


def test_an_unknown_and_an_unreadable_collection_look_the_same(call, outsider, handbook):
    unreadable = call(outsider).get(f"{URL}{handbook.uuid}/")
    unknown = call(outsider).get(f"{URL}{uuid4()}/")

    assert unreadable.status_code == unknown.status_code == 404
    assert unreadable.json() == unknown.json()


def test_deleting_gives_a_receipt_and_hides_all_documents(call, admin, handbook):
    document = VersionFactory(document__collection=handbook).document
    client = call(admin)

    response = client.delete(f"{URL}{handbook.uuid}/")

    assert response.status_code == 202
    receipt = client.get(f"/api/v1/erasures/{response.json()['erasure']}/").json()
    assert (receipt["target"], receipt["target_id"]) == ("collection", str(handbook.uuid))
    assert client.get(f"/api/v1/documents/{document.uuid}/").status_code == 404


def test_a_manifest_is_compared_with_the_newest_versions(call, reader, handbook):
    same = VersionFactory(document__collection=handbook, document__path="same.txt")
    VersionFactory(document__collection=handbook, document__path="changed.txt")
    DocumentFactory(collection=handbook, path="only-here.txt")
    manifest = [
        {"path": "same.txt", "sha256": same.content_sha256.upper()},
        {"path": "changed.txt", "sha256": "0" * 64},
        {"path": "only-there.txt", "sha256": "1" * 64},
    ]

    response = call(reader).post(f"{URL}{handbook.uuid}/sync/diff/", manifest, format="json")

    assert response.json() == {
        "added": ["only-there.txt"],
        "modified": ["changed.txt"],
        "deleted": ["only-here.txt"],
    }


@pytest.mark.parametrize("manifest", [{}, [1], [{"path": "a"}], [{"path": "a", "sha256": "x"}]])
def test_a_manifest_that_is_none_is_invalid(call, reader, handbook, manifest):
    response = call(reader).post(f"{URL}{handbook.uuid}/sync/diff/", manifest, format="json")

    assert response.status_code == 400
    assert isinstance(response.json()["error"]["details"], dict)
