"""What holds for many nodes, proved on three: one after the other, the destructive ones last.

One file, so that one process of pytest runs it all on one cluster.
"""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx

from tests.cluster.crowd import Crowd
from tests.cluster.node import ANSWERING
from tests.installation import wait_until
from tests.scripted_engine import Wait

QUESTION = "What is the vault code of house 5?"
TOO_MANY = httpx.codes.TOO_MANY_REQUESTS


def test_questions_are_spread_evenly_over_all_nodes(cluster, crowd):
    before = cluster.front.served()
    with crowd(askers=3) as asking:
        asking.wait_for_more(45)

    served = cluster.front.served() - before
    assert len(served) == 3
    assert min(served.values()) > max(served.values()) / 2
    assert not asking.lost


def test_each_word_of_a_stream_passes_nginx_while_the_next_is_not_yet_said(
    cluster, collection, engine
):
    held = Wait()
    engine.tell(["The vault code of house 5 is 555. [{555}]", " ", held, "It is 555. [{555}]"])
    body = {"question": QUESTION, "collections": [collection], "profile": "finance", "stream": True}

    with cluster.client().http.stream("POST", "ask/", json=body) as answer:
        events = answer.iter_lines()
        token = next(line for line in events if line.startswith("event: token"))
        is_held = held.is_waiting.wait(10) and not held.go_on.is_set()
        held.go_on.set()
        rest = list(events)

    assert (token, is_held) == ("event: token", True)
    assert "event: done" in rest


def test_who_signs_in_at_one_node_is_signed_in_at_all(cluster):
    with httpx.Client(base_url=cluster.front.address, trust_env=False) as browser:
        page = browser.get("/login/")
        form = {"username": "admin", "password": cluster.password}
        form["csrfmiddlewaretoken"] = browser.cookies["csrftoken"]
        signed_in = browser.post("/login/", data=form)
        cookies = {"sessionid": browser.cookies["sessionid"]}

    pages = [httpx.get(node.address, cookies=cookies, trust_env=False) for node in cluster.nodes]
    assert (page.status_code, signed_in.status_code) == (200, 302)
    assert [page.status_code for page in pages] == [200, 200, 200]


def test_a_limit_counts_what_was_asked_at_all_nodes_together(cluster, collection, keys):
    clients = [cluster.client(node, key=keys["hurried"]) for node in cluster.nodes] * 3
    body = {"question": QUESTION, "collections": [collection]}
    with ThreadPoolExecutor(len(clients)) as pool:
        told = list(pool.map(lambda client: client.http.post("ask/", json=body), clients))

    assert Counter(answer.status_code for answer in told) == {200: 5, TOO_MANY: 4}
    assert all("Retry-After" in answer.headers for answer in told if answer.status_code == TOO_MANY)


def test_what_is_uploaded_to_one_node_is_answered_by_all(cluster, collection):
    for node in cluster.nodes:
        fact = f"The ladder of {node.name} leans at wall {node.number}7."
        cluster.client(node).write(collection, fact)
        cluster.wait_until_found(fact, collection)

        question = f"At which wall leans the ladder of {node.name}?"
        answers = [cluster.client(one).ask(question, collection) for one in cluster.nodes]
        assert all(f"wall {node.number}7" in answer["answer"] for answer in answers)
