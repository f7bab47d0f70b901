"""Every address of the gateway, called by everyone: generated from the URL configuration.

What is asked for is a collection that not everybody may read. A new address fails here until it is
listed.
"""

import json

import pytest
from django.urls import get_resolver
from rest_framework.test import APIClient

from apps.gateway.addresses import Unknown
from apps.knowledge.models import Permission
from tests.apps.api.conftest import (  # noqa: F401  fixtures
    admin,
    call,
    handbook,
    outsider,
    reader,
    travel_policy,
    writer,
)
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
KB = "kb/Handbook"
CALLERS = ("outsider", "granted", "denied", "reader", "writer", "admin")
SAID = [{"role": "user", "content": "What may hotels in Paris cost?"}]
TALK = {"model": KB, "messages": SAID, "max_tokens": 9, "stream": False}
EMBED = {"model": "clawdbot-embedder", "input": "a", "prompt": "a"}
READERS_ONLY, ALL, NOBODY = (404, 200, 200, 200, 200, 200), (200,) * 6, (403,) * 6
# (method, address) -> status for each caller, and the body sent
HELD = {
    ("POST", "v1/chat/completions"): (READERS_ONLY, TALK),
    ("POST", "v1/completions"): ((400,) * 6, {"model": KB, "prompt": "a"}),
    ("POST", "v1/embeddings"): (ALL, EMBED),
    ("POST", "v1/rerank"): (ALL, {"query": "a", "documents": ["b"]}),
    ("POST", "v1/messages"): (READERS_ONLY, TALK),
    ("POST", "v1/messages/count_tokens"): (READERS_ONLY, TALK),
    ("GET", "v1/models"): (ALL, None),
    ("GET", "v1/models/<path:name>"): (READERS_ONLY, None),
    ("POST", "api/chat"): (READERS_ONLY, TALK),
    ("POST", "api/generate"): (READERS_ONLY, TALK | {"prompt": SAID[0]["content"]}),
    ("GET", "api/tags"): (ALL, None),
    ("GET", "api/ps"): (ALL, None),
    ("POST", "api/show"): (READERS_ONLY, {"model": KB}),
    ("GET", "api/version"): (ALL, None),
    ("POST", "api/embed"): (ALL, EMBED),
    ("POST", "api/embeddings"): (ALL, EMBED),
    ("POST", "^api/(?P<what>pull|push|create|copy|delete)$"): (NOBODY, {}),
    ("DELETE", "^api/(?P<what>pull|push|create|copy|delete)$"): (NOBODY, {}),
}


def addresses():
    """Every (method, address) of the gateway, but what stands for all that is not there."""
    for entry in get_resolver("apps.gateway.urls").url_patterns:
        view = entry.callback.cls
        if view is not Unknown:
            offered = {name for name in view.http_method_names if hasattr(view, name)}
            yield from ((m.upper(), str(entry.pattern)) for m in offered - {"options", "head"})


@pytest.fixture
def granted(travel_policy):  # noqa: F811
    user = UserFactory(username="granted")
    travel_policy.grants.create(user=user)
    return user


@pytest.fixture
def denied(handbook, travel_policy):  # noqa: F811
    user = UserFactory(username="denied")
    handbook.grants.create(user=user, permission=Permission.WRITE)
    travel_policy.grants.create(user=user, is_denied=True)
    return user


def called(client, method, address):
    """The response to the body that is listed."""
    path = "/" + address.replace("<path:name>", KB)
    path = path.replace("^api/(?P<what>pull|push|create|copy|delete)$", "api/pull")
    body = HELD[method, address][1]
    if method == "GET":
        return client.get(path)
    return client.generic(method, path, json.dumps(body), content_type="application/json")


def test_every_address_is_in_the_matrix():
    assert set(addresses()) == set(HELD)


def test_nobody_gets_in_without_a_key(handbook):  # noqa: F811
    client = APIClient()
    client.force_login(UserFactory(is_superuser=True))  # a browser's session is no key

    told = {at: called(client, *at).status_code for at in HELD}

    assert told == dict.fromkeys(HELD, 401)


@pytest.mark.django_db(transaction=True)  # replies are written in threads of their own
@pytest.mark.parametrize("caller", CALLERS)
def test_each_caller_gets_what_the_matrix_says(caller, call, travel_policy, request):  # noqa: F811
    client = call(request.getfixturevalue(caller))

    told = {at: called(client, *at) for at in HELD}

    statuses = {at: response.status_code for at, response in told.items()}
    assert statuses == {at: held[CALLERS.index(caller)] for at, (held, _) in HELD.items()}
    text = b"".join(response.content for response in told.values())
    assert (b"180 euros" in text) == (caller not in {"outsider", "denied"})
    assert (b"Handbook" in told["GET", "v1/models"].content) == (caller != "outsider")
