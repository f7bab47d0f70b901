"""Behind a proxy that ends TLS on another host."""

import pytest
from django.test import Client

from apps.core.config_sections import Service
from clawdbot_site.public_address import public_address
from tests.admin_pages import plain_static_files  # noqa: F401

PROXIED = Service(public_url="https://KB.company.lan:8443", allowed_hosts=["localhost"])


def test_without_a_public_address_nothing_is_added():
    address = public_address(Service(allowed_hosts=["localhost"]))

    assert address.hosts == ["localhost"]
    assert (address.trusted_origins, address.https_header) == ([], None)


def test_a_public_address_is_a_host_and_an_origin():
    address = public_address(PROXIED)

    assert address.hosts == ["localhost", "kb.company.lan"]
    assert address.trusted_origins == ["https://kb.company.lan:8443"]
    assert address.https_header == ("HTTP_X_FORWARDED_PROTO", "https")


def test_a_plain_public_address_trusts_no_header():
    assert public_address(Service(public_url="http://kb/")).https_header is None


@pytest.mark.django_db
@pytest.mark.parametrize(("forwarded", "status"), [("https", 302), ("http", 403)])
def test_a_form_posted_through_the_proxy_is_taken(settings, forwarded, status):
    address = public_address(Service(public_url="https://kb.company.lan"))
    settings.ALLOWED_HOSTS = address.hosts
    settings.SECURE_PROXY_SSL_HEADER = address.https_header
    settings.CSRF_COOKIE_SECURE = True
    client, host = Client(enforce_csrf_checks=True), {"host": "kb.company.lan"}
    headers = host | {"origin": "https://kb.company.lan", "x-forwarded-proto": forwarded}
    client.get("/i18n/setlang/", headers=headers)
    client.cookies["csrftoken"] = token = "a" * 32
    form = {"language": "en", "next": "/login/", "csrfmiddlewaretoken": token}

    assert client.post("/i18n/setlang/", form, headers=headers).status_code == status
