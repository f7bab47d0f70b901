"""Probes come by address."""

import pytest
from django.test import Client

from apps.api import readiness
from tests.immediate import Immediate


@pytest.mark.django_db
@pytest.mark.parametrize("host", ["10.9.9.9:8000", "web-0.nodes"])
def test_a_probe_is_answered_under_any_host(settings, monkeypatch, host):
    monkeypatch.setattr(readiness.checker, "_pool", Immediate())
    settings.ALLOWED_HOSTS = ["kb.company.lan"]
    client = Client(headers={"host": host})

    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").json()["checks"]
    assert client.get("/login/").status_code == 400


@pytest.mark.django_db
def test_a_probe_is_looked_at_only(settings):
    assert Client().post("/readyz").status_code == 405
