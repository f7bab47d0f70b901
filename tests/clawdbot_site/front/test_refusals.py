"""What nginx says by itself."""

import json
import re

import pytest

from clawdbot_site.front import refusals
from clawdbot_site.front.messages import FAILURES, LANGUAGES
from tests.clawdbot_site.front import fronts
from tests.clawdbot_site.front.fronts import STRANGER

UPLOAD = "/api/v1/collections/1b4e28ba-2fa1-11d2-883f-0016d3cca427/documents/"


@pytest.fixture(scope="module")
def empty():
    """A front without a node that is ready."""
    with fronts.open_folder() as folder, fronts.running(folder, []) as running:
        yield running


def test_browsers_get_a_page_that_looks_again(empty):
    answer = empty.ask("/", headers={"Accept": "text/html,*/*", "Accept-Language": "de,en"})

    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "One moment" in answer.text
    assert 'http-equiv="refresh"' in answer.text
    assert answer.headers["X-Request-ID"] in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert not re.search(r"src=|href=|url\(", answer.text)


def test_a_form_that_is_posted_gets_the_page_too(empty):
    answer = empty.ask("/login/", "POST", body=b"username=mei")

    assert (answer.status, "<h1>" in answer.text) == (503, True)


@pytest.mark.parametrize(
    ("headers", "word"),
    [
        ({"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"}, "请稍候"),
        ({"Accept-Language": "zh-TW,en"}, "請稍候"),
        ({"Accept-Language": "en-US,zh"}, "One moment"),
        ({"Accept-Language": "fr"}, "One moment"),
        ({"Accept-Language": "en", "Cookie": "django_language=zh-hans"}, "请稍候"),
        ({"Accept-Language": "zh-TW", "Cookie": "django_language=en"}, "One moment"),
        ({}, "One moment"),
    ],
)
def test_the_page_is_in_the_language_that_the_portal_would_take(empty, headers, word):
    assert word in empty.ask("/", headers=headers).text


def test_programs_get_the_json_of_the_api_that_they_use(empty):
    bodies = {path: empty.ask(path, "POST").json for path in
              ("/api/v1/ask/", "/v1/chat/completions", "/v1/messages", "/api/chat")}  # fmt: skip

    ours, openai, anthropic, ollama = bodies.values()
    assert ours["error"]["code"] == "not_ready"
    assert len(ours["error"]["details"]["trace_id"]) == 32
    assert openai["error"]["type"] == "service_unavailable_error"
    assert (anthropic["type"], anthropic["error"]["type"]) == ("error", "api_error")
    assert "starting" in ollama["error"]


def test_scripts_of_the_portal_get_json(empty):
    answer = empty.ask("/anything/", headers={"Accept": "application/json"})

    assert answer.json["error"]["code"] == "not_ready"


def test_what_is_too_large_is_told_so(site):
    answer = site.ask(UPLOAD, "POST", headers={"Content-Length": str(10**10)})

    assert (answer.status, answer.json["error"]["code"]) == (413, "too_large")


def test_a_node_that_breaks_off_is_told_and_the_request_is_not_repeated(site, node):
    node.answers["/form"] = lambda handler: handler.connection.close()

    answer = site.ask("/form", "POST", body=b"x", headers={"Accept": "application/json"})

    assert (answer.status, answer.json["error"]["code"]) == (502, "node_failed")
    assert sum(one.seen.count("/form") for one in site.nodes) == 1


def test_during_maintenance_people_get_its_page_and_monitors_get_through(site, node):
    site.front.closed.touch()
    try:
        page = site.ask("/", headers=STRANGER | {"Accept-Language": "zh-CN"})
        api = site.ask("/api/v1/search/", "POST", headers=STRANGER)
        through, alive = site.ask("/page"), site.ask("/-/alive", headers=STRANGER)
    finally:
        site.front.closed.unlink()

    assert (page.status, page.headers["Retry-After"]) == (503, "60")
    assert "系统维护中" in page.text
    assert api.json["error"]["code"] == "maintenance"
    assert (through.status, alive.status) == (200, 204)
    assert site.ask("/", headers=STRANGER).status == 200


def test_each_failure_has_words_in_each_language_that_nginx_can_hold():
    for failure in FAILURES:
        texts = [text for pair in failure.words for text in pair]

        assert len(failure.words) == len(LANGUAGES)
        assert not [text for text in texts if set(text) & set("'\"\\${}")]


def test_each_kind_of_json_is_json():
    for body in refusals._BODIES.values():
        assert json.loads(re.sub(r"\$\w+", "x", body))
