"""Nodes on the administrator's pages and over the API."""

import pytest
from rest_framework.test import APIClient

from apps.core.models import NodeProcess
from apps.ops.health import health
from tests.node_rows import told

pytestmark = pytest.mark.django_db


def home(admin_client) -> str:
    return admin_client.get("/admin/").content.decode()


def check() -> tuple[str, str]:
    return next(((one.tone, one.words) for one in health().checks if one.name == "Nodes"), ("", ""))


def test_one_machine_is_not_told_of_nodes():
    told("n1")

    assert check() == ("", "")


def test_the_home_page_tells_how_many_nodes_answer(admin_client):
    told("n1")
    told("n2", state=NodeProcess.State.STARTING)

    assert check() == ("good", "1 of 2 nodes answer")
    assert "n2" in home(admin_client)


def test_a_node_that_crashed_is_told_with_where_to_look(admin_client):
    told("n1")
    told("n2", silent_s=300)

    assert check()[0] == "bad"
    assert "n2 has not been heard of for 5" in home(admin_client)


def test_the_page_shows_each_node_with_its_processes(admin_client):
    told("n1", "web", figures={"memory_bytes": 2 * 2**20, "cpu": 0.5})
    told("n2", "indexer", silent_s=90, version="0.1.9")

    page = admin_client.get("/admin/nodes/").content.decode()

    assert all(words in page for words in ("n1", "2.0", "50%", "0.1.9", "not heard of"))


def test_why_a_node_does_not_answer_is_said_in_words(admin_client):
    told("n1", state=NodeProcess.State.UNREADY, reason="index, models")

    page = admin_client.get("/admin/nodes/").content.decode()

    assert "its index is behind, or is being made, its models are not loaded" in page


def test_who_does_not_see_machines_does_not_see_them(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("clerk", is_staff=True))

    assert client.get("/admin/nodes/").status_code == 403


def test_programs_see_what_the_page_shows(admin_user):
    told("n1", figures={"requests": 3})
    client = APIClient()
    client.force_authenticate(admin_user)

    (node,) = client.get("/api/v1/ops/nodes/").json()

    assert (node["name"], node["state"], node["requests"]) == ("n1", "ready", 3)
    assert node["processes"][0]["kind"] == "web"
    assert "key_fingerprint" not in str(node)
