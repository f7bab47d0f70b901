"""How much one address may ask for."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.clawdbot_site.front import fronts
from tests.clawdbot_site.front.fronts import STRANGER, reply, until

OTHER, EXEMPT = {"X-Forwarded-For": "203.0.113.10"}, {"X-Forwarded-For": "10.0.0.7"}


@pytest.fixture(scope="module")
def narrow():
    """A front that lets little through."""
    with (
        fronts.nodes(1) as nodes,
        fronts.open_folder() as folder,
        fronts.running(
            folder, nodes, requests_per_second=2, connections=3, unlimited=["10.0.0.0/8"]
        ) as running,
    ):
        running.wait_for(*nodes)
        yield running


def flood(running, headers, *, path="/page", method="GET", times=40):
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: running.ask(path, method, headers=headers), range(times)))
    return Counter(one.status for one in answers), answers


def test_who_asks_too_fast_is_told_so_and_others_are_not(narrow):
    statuses, answers = flood(narrow, STRANGER | {"Accept": "application/json"})

    refused = next(one for one in answers if one.status == 429)
    assert statuses[200] < 20 < statuses[429]
    assert refused.json["error"]["code"] == "rate_limited"
    assert refused.headers["Retry-After"] == "2"
    assert narrow.ask("/page", headers=OTHER).status == 200


def test_what_people_looked_for_is_in_no_log_when_they_are_refused(narrow):
    asked = {"X-Forwarded-For": "203.0.113.12"}
    assert 429 in flood(narrow, asked, path="/page?q=dismissal", times=20)[0]

    logs = [narrow.front.folder / "balancer.log", narrow.front.folder / "logs/access.log"]
    assert not any("dismissal" in log.read_text() for log in logs)


def test_exempt_networks_are_not_limited_and_assets_are_less(narrow):
    assert flood(narrow, EXEMPT)[0] == {200: 40}
    assert flood(narrow, STRANGER, path="/static/app.js")[0] == {200: 40}
    assert 429 in flood(narrow, STRANGER, path="/static/app.js", times=200)[0]


def test_one_address_has_so_many_requests_at_one_time(narrow):
    may_end, asked = threading.Event(), {"X-Forwarded-For": "203.0.113.11"}
    narrow.nodes[0].answers["/slow"] = lambda one: may_end.wait(20) and reply(one, {})
    with ThreadPoolExecutor(3) as pool:
        slow = [pool.submit(narrow.ask, "/slow", headers=asked) for _ in range(3)]
        until(lambda: narrow.nodes[0].seen.count("/slow") == 3)

        fourth = narrow.ask("/page", headers=asked)
        may_end.set()

    assert fourth.status == 429
    assert {one.result().status for one in slow} == {200}


def test_signing_in_has_a_limit_of_its_own(site, node):
    guesses, _ = flood(site, STRANGER, path="/login/", method="POST", times=60)
    pages, _ = flood(site, STRANGER, path="/login/", times=10)

    assert guesses[200] < 40 < guesses[200] + guesses[429] == 60
    assert pages == {200: 10}


def test_a_node_that_takes_too_long_is_told():
    may_end = threading.Event()
    hasty = ("proxy_read_timeout ", "proxy_read_timeout 100ms;  # ")
    with (
        fronts.nodes(1) as nodes,
        fronts.open_folder() as folder,
        fronts.running(folder, nodes, edit=hasty) as running,
    ):
        running.wait_for(*nodes)
        nodes[0].answers["/stuck"] = lambda _: may_end.wait(20)

        answer = running.ask("/stuck", "POST", headers={"Accept": "application/json"})
        may_end.set()

    assert (answer.status, answer.json["error"]["code"]) == (504, "timed_out")
