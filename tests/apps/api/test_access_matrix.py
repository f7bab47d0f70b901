"""Every address of the API, called by everyone: generated from the URL configuration.

`HELD` says what each kind of caller gets for an address about something that exists. A new address
fails here until it is listed.
"""

from uuid import UUID

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.test import APIClient

from apps.api.views.addresses import UnknownAddress
from apps.generation.models import Conversation, Trace
from apps.knowledge.models import Erasure, Permission
from tests.factories import ChunkFactory, CollectionFactory, JobFactory, UserFactory

pytestmark = pytest.mark.django_db
CALLERS = ("anonymous", "outsider", "granted", "denied", "reader", "writer", "admin")
PUBLIC = {("GET", "schema/"), ("GET", "docs/"), ("POST", "v1/widget/token/")}
COLLECTION, DOCUMENT = "v1/collections/<uuid:uuid>/", "v1/documents/<uuid:uuid>/"
GRANT = f"{DOCUMENT}grants/<uuid:grant>/"
# (method, address) -> status for outsider, granted (the document alone), denied (may write in the
# collection, must not read the document), reader, writer, admin
HELD = {
    ("GET", "v1/collections/"): (200, 200, 200, 200, 200, 200),
    ("POST", "v1/collections/"): (403, 403, 403, 403, 403, 201),
    ("GET", COLLECTION): (404, 200, 200, 200, 200, 200),
    ("PATCH", COLLECTION): (404, 403, 403, 403, 403, 200),
    ("DELETE", COLLECTION): (404, 403, 403, 403, 403, 202),
    ("POST", f"{COLLECTION}documents/"): (404, 403, 202, 403, 202, 202),
    ("POST", f"{COLLECTION}documents/import/"): (404, 403, 202, 403, 202, 202),
    ("POST", f"{COLLECTION}sync/diff/"): (404, 200, 200, 200, 200, 200),
    ("GET", "v1/documents/"): (200, 200, 200, 200, 200, 200),
    ("GET", DOCUMENT): (404, 200, 404, 200, 200, 200),
    ("DELETE", DOCUMENT): (404, 403, 404, 403, 202, 202),
    ("DELETE", f"{DOCUMENT}versions/<uuid:version>/"): (404, 403, 404, 403, 202, 202),
    ("GET", f"{DOCUMENT}file/"): (404, 200, 404, 200, 200, 200),
    ("GET", f"{DOCUMENT}pages/<int:number>/"): (404, 200, 404, 200, 200, 200),
    ("GET", f"{DOCUMENT}chunks/"): (404, 200, 404, 200, 200, 200),
    ("POST", f"{DOCUMENT}retry/"): (404, 403, 404, 403, 409, 409),
    ("GET", f"{DOCUMENT}grants/"): (404, 403, 404, 403, 403, 200),
    ("POST", f"{DOCUMENT}grants/"): (404, 403, 404, 403, 403, 201),
    ("DELETE", GRANT): (404, 403, 404, 403, 403, 204),
    ("GET", "v1/jobs/<uuid:uuid>/"): (404, 200, 404, 200, 200, 200),
    ("DELETE", "v1/jobs/<uuid:uuid>/documents/"): (404, 403, 404, 403, 202, 202),
    ("DELETE", "v1/me/data/"): (202, 202, 202, 202, 202, 202),
    ("GET", "v1/me/limits/"): (200, 200, 200, 200, 200, 200),
    ("GET", "v1/erasures/<uuid:uuid>/"): (404, 404, 404, 404, 404, 200),
    ("POST", "v1/search/"): (404, 200, 200, 200, 200, 200),
    ("POST", "v1/ask/"): (404, 200, 200, 200, 200, 200),
    ("POST", "v1/feedback/"): (404, 404, 404, 404, 404, 404),
    ("GET", "v1/traces/<uuid:uuid>/"): (404, 404, 404, 404, 404, 200),
    ("POST", "v1/traces/<uuid:uuid>/report/"): (404, 404, 404, 404, 404, 404),
    ("POST", "v1/traces/<uuid:uuid>/share/"): (404, 404, 404, 404, 404, 404),
    ("DELETE", "v1/traces/<uuid:uuid>/share/"): (404, 404, 404, 404, 404, 404),
    ("GET", "v1/profiles/"): (200, 200, 200, 200, 200, 200),
    ("GET", "v1/suggestions/"): (404, 200, 200, 200, 200, 200),
    ("GET", "v1/conversations/"): (200, 200, 200, 200, 200, 200),
    ("POST", "v1/conversations/"): (201, 201, 201, 201, 201, 201),
    ("GET", "v1/conversations/<uuid:uuid>/"): (404, 404, 404, 404, 404, 404),
    ("PATCH", "v1/conversations/<uuid:uuid>/"): (404, 404, 404, 404, 404, 404),
    ("DELETE", "v1/conversations/<uuid:uuid>/"): (404, 404, 404, 404, 404, 404),
    ("GET", "v1/explain-access/"): (404, 200, 404, 200, 200, 200),
    ("GET", "v1/ops/nodes/"): (403, 403, 403, 403, 403, 200),
    ("GET", "v1/ops/summary/"): (403, 403, 403, 403, 403, 200),
    ("GET", "v1/ops/anomalies/"): (403, 403, 403, 403, 403, 200),
}


def addresses(patterns=None, prefix=""):
    """Every (method, address) of the API."""
    for entry in get_resolver("apps.api.urls").url_patterns if patterns is None else patterns:
        here = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry.url_patterns, here)
        elif isinstance(entry, URLPattern) and entry.callback.cls is not UnknownAddress:
            methods = (name.upper() for name in entry.callback.cls.http_method_names)
            offered = {m for m in methods if hasattr(entry.callback.cls, m.lower())}
            yield from ((method, here) for method in sorted(offered - {"OPTIONS", "HEAD"}))


@pytest.fixture
def granted():
    return UserFactory(username="granted")


@pytest.fixture
def denied(handbook):
    user = UserFactory(username="denied")
    handbook.grants.create(user=user, permission=Permission.WRITE)
    return user


@pytest.fixture
def things(handbook, writer, granted, denied):
    """One of everything, none of it the callers' own."""
    chunk = ChunkFactory(version__document__collection=handbook)
    job = JobFactory(version=chunk.version)
    rules = chunk.version.document.grants
    rules.create(user=denied, is_denied=True)
    stranger = CollectionFactory(writers=[writer]).grants.create(user=None, is_everyone=True)
    owner = type(writer).objects.create(username="owner")
    erasure = Erasure.objects.create(
        target="document", target_uuid=handbook.uuid, change_seq=1, requested_by=owner
    )
    return {
        "collections": handbook.uuid,
        "documents": chunk.version.document.uuid,
        "grant": rules.create(user=granted).uuid,
        "jobs": job.uuid,
        "version": chunk.version.uuid,
        "erasures": erasure.uuid,
        "traces": Trace.objects.create(user=owner, question="secret?").uuid,
        "conversations": Conversation.objects.create(user=owner).uuid,
        "everyone": stranger.collection.uuid,
    }


def called(client, method, address, things: dict[str, UUID]):
    """Call an address about the things; the body is one that it accepts."""
    kind = address.split("/")[1]
    path = "/api/" + address.replace("<uuid:uuid>", str(things.get(kind)))
    path = path.replace("<int:number>", "1").replace("<uuid:grant>", str(things.get("grant")))
    path = path.replace("<uuid:version>", str(things.get("version")))
    if "explain-access" in path:
        path += f"?document={things['documents']}"
    if "suggestions" in path:
        path += f"?collection={things['collections']}"
    if path.endswith("import/"):
        return client.generic(method, path, b'{"id": "1"}\n', content_type="application/x-ndjson")
    collections = [str(things["collections"])]
    body = {"name": "Renamed", "path": "a", "text": "b", "query": "q", "question": "q"}
    body |= {"collections": collections, "trace": str(things["traces"]), "verdict": "up"}
    body |= {"everyone": True, "effect": "allow"} if path.endswith("grants/") else {}
    sent = [] if path.endswith("diff/") else body
    return (
        client.generic(method, path)
        if method == "GET"
        else getattr(client, method.lower())(path, sent, format="json")
    )


def test_every_address_is_in_the_matrix():
    assert set(addresses()) == set(HELD) | PUBLIC


@pytest.mark.parametrize(("method", "address"), sorted(HELD), ids=str)
def test_nobody_gets_in_without_a_key(method, address, things):
    response = called(APIClient(), method, address, things)

    assert response.status_code == 401


@pytest.mark.parametrize("caller", CALLERS[1:])
@pytest.mark.parametrize(("method", "address"), sorted(HELD), ids=str)
def test_each_caller_gets_what_the_matrix_says(method, address, caller, call, things, request):
    client = call(request.getfixturevalue(caller))

    response = called(client, method, address, things)

    assert response.status_code == HELD[method, address][CALLERS.index(caller) - 1]


@pytest.mark.parametrize("address", sorted(a for method, a in HELD if method == "GET"))
def test_no_page_tells_of_a_document_to_whom_it_is_denied(
    address, call, denied, things, travel_policy
):
    travel_policy.grants.create(user=denied, is_denied=True)
    job = travel_policy.latest_version.job
    things |= {"documents": travel_policy.uuid, "jobs": job.uuid}

    told = called(call(denied), "GET", address, things).getvalue()

    assert b"Paris" not in told
    assert b"ravel" not in told


@pytest.mark.parametrize("word", ["search", "ask"])
@pytest.mark.parametrize("caller", ["denied", "granted"])
def test_only_readers_of_a_document_find_it(word, caller, call, request, handbook, travel_policy):
    user = request.getfixturevalue(caller)
    travel_policy.grants.create(user=user, is_denied=caller == "denied")
    body = {"query": "Hotels in Paris", "question": "What may hotels in Paris cost?"}

    told = call(user).post(f"/api/v1/{word}/", body, format="json").content

    assert (b"180 euros" in told) == (caller == "granted")


@pytest.mark.parametrize(("method", "address"), sorted(HELD), ids=str)
def test_an_unreadable_thing_and_an_unknown_one_are_told_alike(
    method, address, call, things, outsider
):
    client = call(outsider)
    unknown = {name: UUID(int=7, version=4) for name in things}

    unreadable = called(client, method, address, things)
    missing = called(client, method, address, unknown)

    if unreadable.status_code == 404:
        assert missing.status_code == 404
        assert _kind(unreadable) == _kind(missing)


def _kind(response):
    error = response.json()["error"]
    return error["code"], error["message"], sorted(error["details"])
