"""Profiles on the wire, and whether a collection may leave the building."""

import pytest

from apps.knowledge.models import Collection, Grant, Permission

pytestmark = pytest.mark.django_db


def test_profiles_are_listed_with_what_they_are_for(call, reader):
    rows = {row["name"]: row for row in call(reader).get("/api/v1/profiles/").json()}

    assert list(rows) == ["general", "finance", "medical", "lite"]
    assert rows["finance"]["terms"] >= 450
    assert [name for name, row in rows.items() if row["is_default"]] == ["general"]


def test_an_unknown_profile_is_refused_with_the_names_of_those_there_are(call, reader):
    asked = {"question": "Who?", "profile": "legal"}

    answer = call(reader).post("/api/v1/ask/", asked, format="json")

    assert answer.status_code == 400
    assert "general, finance, medical, lite" in answer.content.decode()


@pytest.mark.parametrize("before", ["no", "allowed"])
def test_only_a_superuser_makes_a_collection_internal_or_ends_that(call, admin, writer, before):
    made = call(admin).post("/api/v1/collections/", {"name": "Board"}, format="json").json()
    address = f"/api/v1/collections/{made['id']}/"
    grant_manage(made["id"], writer)

    assert changed(call(writer), address, before) == (200, before)
    assert changed(call(writer), address, "internal")[0] == 403
    assert changed(call(admin), address, "internal") == (200, "internal")
    assert changed(call(writer), address, before)[0] == 403
    assert changed(call(admin), address, before) == (200, before)


def test_a_manager_of_an_internal_collection_may_change_the_rest(call, admin, writer):
    asked = {"name": "Board", "remote_use": "internal"}
    made = call(admin).post("/api/v1/collections/", asked, format="json").json()
    grant_manage(made["id"], writer)

    answer = call(writer).patch(
        f"/api/v1/collections/{made['id']}/", {"profile": "finance"}, format="json"
    )

    assert (answer.status_code, answer.json()["remote_use"]) == (200, "internal")


def changed(client, address, use):
    answer = client.patch(address, {"remote_use": use}, format="json")
    return answer.status_code, answer.json().get("remote_use")


def grant_manage(uuid, user):
    collection = Collection.objects.get(uuid=uuid)
    Grant.objects.create(collection=collection, user=user, permission=Permission.MANAGE)
