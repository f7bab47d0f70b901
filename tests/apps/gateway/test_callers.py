"""Who calls, in which class of traffic, and at which of our addresses."""

import pytest
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from apps.accounts.api_keys import api_key_create
from apps.core import config
from apps.core.errors import Unauthenticated
from apps.core.traffic.protocols import Priority
from apps.gateway.keys import Asker, GatewayKey
from apps.gateway.sources import Site
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def secret():
    return api_key_create(user=UserFactory(username="reader"), name="test")[1]


def asker(secret, **headers):
    request = APIRequestFactory().get("/", HTTP_X_API_KEY=secret, **headers)
    return Asker.of(Request(request, authenticators=[GatewayKey()]))


def test_programs_go_behind_people_and_batches_behind_programs(secret):
    assert asker(secret).priority is Priority.API
    assert asker(secret, HTTP_X_CLAWDBOT_PRIORITY="Batch").priority is Priority.BATCH
    assert asker(secret, HTTP_X_CLAWDBOT_PRIORITY="portal").priority is Priority.API


def test_the_limits_of_the_key_count(secret):
    told = asker(secret)

    assert told.user.username == "reader"
    assert (told.caller.user_id, told.caller.key_id) == (told.user.pk, told.key.pk)


def test_a_bearer_is_as_good_as_a_key(secret):
    request = APIRequestFactory().get("/", HTTP_AUTHORIZATION=f"bearer {secret}")

    assert GatewayKey().authenticate(Request(request))[0].username == "reader"


@pytest.mark.parametrize("header", ["Bearer", "Bearer a b", "Bearer wrong"])
def test_what_is_no_key_is_refused(header):
    request = APIRequestFactory().get("/", HTTP_AUTHORIZATION=header)

    with pytest.raises(Unauthenticated):
        GatewayKey().authenticate(Request(request))


def test_sources_are_opened_where_people_reach_us(monkeypatch):
    request = Request(APIRequestFactory().get("/"))
    called = Site.of(request).root
    service = config.load().service.model_copy(update={"public_url": "https://kb.company.lan/"})
    loaded = config.load().model_copy(update={"service": service})
    monkeypatch.setattr(config, "load", lambda: loaded)

    assert (called, Site.of(request).root) == ("http://testserver", "https://kb.company.lan")


def test_a_document_with_an_address_of_its_own_is_opened_there():
    place = {"document": 1, "version": 2, "page": 3, "start": 4, "end": 5}
    site = Site("http://kb")

    assert site.opened({**place, "url": "https://wiki/a"}) == "https://wiki/a"
    assert site.opened({**place, "url": "javascript:alert(1)"}).startswith("http://kb/documents/1")
