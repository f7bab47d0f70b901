"""The widget's script, its panel, its preview."""

import json
import re

import pytest
from django.test import Client

from apps.knowledge.models import Grant, Permission, Widget
from apps.portal.widget.script import SOURCE
from tests.factories import CollectionFactory, UserFactory

pytestmark = pytest.mark.django_db
INTRANET = "https://intranet.example"
MAX_SCRIPT_BYTES = 10_000


@pytest.fixture
def widget():
    visitor = UserFactory()
    collection = CollectionFactory(name="Handbook", readers=[visitor])
    return Widget.objects.create(
        collection=collection, acts_as=visitor, origins=[INTRANET, "https://wiki.example:8443"]
    )


def panel(widget, origin=INTRANET, **asked):
    return Client().get(
        "/widget/", {"collection": widget.collection.uuid, "origin": origin, **asked}
    )


def test_the_script_is_small_and_speaks_every_language():
    response = Client().get("/widget.js")

    words = json.loads(re.search(r"ALL_WORDS = (\{.*\});", response.text).group(1))
    assert response.headers["Content-Type"].startswith("text/javascript")
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert set(words) == {"en", "zh-hans", "zh-hant"}
    assert len(response.content) < MAX_SCRIPT_BYTES


def test_the_script_is_sent_once():
    first = Client().get("/widget.js")

    again = Client().get("/widget.js", headers={"If-None-Match": first.headers["ETag"]})

    assert again.status_code == 304


def test_the_script_runs_nothing_that_a_strict_page_forbids():
    source = SOURCE.read_text()

    assert not re.search(
        r"innerHTML|insertAdjacent|document\.write|eval\(|Function\(|\.style\b", source
    )
    assert re.findall(r"window\.(\w+) =", source) == ["ClawdbotWidget"]


def test_only_the_widgets_origins_may_frame_the_panel(widget):
    response = panel(widget)

    policy = response.headers["Content-Security-Policy"]
    assert response.status_code == 200
    assert f"frame-ancestors 'self' {INTRANET} https://wiki.example:8443" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "X-Frame-Options" not in response.headers


@pytest.mark.parametrize(
    "asked",
    [{"origin": "https://evil.example"}, {"origin": ""}, {"collection": "7"}, {"collection": ""}],
)
def test_nobody_else_gets_a_panel_or_learns_of_the_collection(widget, asked):
    asked = {"collection": widget.collection.uuid, "origin": INTRANET, **asked}

    response = Client().get("/widget/", asked)

    assert response.status_code == 403
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
    assert "Handbook" not in response.text
    assert str(widget.collection.uuid) not in response.text


def test_a_widget_switched_off_has_no_panel(widget):
    Widget.objects.update(is_active=False)

    assert panel(widget).status_code == 403


def test_the_panel_holds_no_name_of_the_collection_and_sets_no_cookie(widget):
    response = panel(widget)

    assert "Handbook" not in response.text
    assert not response.cookies


@pytest.mark.parametrize(
    ("language", "shown"),
    [("zh-hans", "zh-hans"), ("zh-hant", "zh-hant"), ("xx", "en"), ("", "en")],
)
def test_the_panel_speaks_the_language_of_the_page(widget, language, shown):
    assert f'<html lang="{shown}"' in panel(widget, language=language).text


@pytest.mark.parametrize(
    ("theme", "shown"), [("dark", "dark"), ('"><script>', "auto"), ("", "auto")]
)
def test_the_panel_has_the_theme_of_the_page(widget, theme, shown):
    assert f'data-theme="{shown}"' in panel(widget, theme=theme).text


def test_the_preview_is_for_those_who_manage_the_collection(widget):
    manager, reader = UserFactory(), widget.acts_as
    Grant.objects.create(collection=widget.collection, user=manager, permission=Permission.MANAGE)
    codes = []
    for user in (manager, reader):
        client = Client()
        client.force_login(user)
        codes.append(client.get(f"/widget/preview/{widget.collection.uuid}/").status_code)

    assert codes == [200, 404]
