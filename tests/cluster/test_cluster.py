"""What holds for many nodes, proved on three: one after the other, the destructive ones last.

The clock of the second node is two minutes ahead, that of the third two minutes behind, from the
first test to the last.
"""

import os
import shutil
import signal
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime

import httpx

from tests.cluster import upgrade
from tests.cluster.node import ANSWERING
from tests.installation import wait_until
from tests.scripted_engine import Wait

QUESTION = "What is the vault code of house 5?"
TOO_MANY = httpx.codes.TOO_MANY_REQUESTS
ASKERS = 3


def test_the_clocks_of_the_nodes_are_minutes_apart(cluster):
    answers = [httpx.get(f"{node.address}/healthz", trust_env=False) for node in cluster.nodes]
    first, ahead, behind = [parsedate_to_datetime(one.headers["Date"]) for one in answers]

    assert 110 < (ahead - first).total_seconds() < 130
    assert 110 < (first - behind).total_seconds() < 130


def test_questions_are_spread_evenly_over_all_nodes(cluster, crowd):
    before = cluster.front.served()
    with crowd(askers=ASKERS) as asking:
        asking.wait_for_more(45)

    served = cluster.front.served() - before
    assert len(served) == 3
    assert min(served.values()) > served.total() / 6
    assert not asking.lost


def test_each_word_of_a_stream_passes_nginx_while_the_next_is_not_yet_said(
    cluster, collection, engine
):
    held = Wait()
    engine.tell(["The vault code of house 5 is 555. [{555}] And", " so on", held, " it goes."])
    body = {"question": QUESTION, "collections": [collection], "profile": "finance", "stream": True}

    with cluster.client().http.stream("POST", "ask/", json=body) as answer:
        events = answer.iter_lines()
        said = next(line for line in events if line.startswith('data: {"text"'))
        held.go_on.set()
        rest = list(events)

    assert "house 5 is 555" in said
    assert not held.is_given_up.is_set()
    assert "event: done" in rest


def test_who_signs_in_at_one_node_is_signed_in_at_all(cluster):
    with httpx.Client(base_url=cluster.front.address, trust_env=False) as browser:
        browser.get("/login/")
        token = browser.cookies["csrftoken"]
        form = {"username": "admin", "password": cluster.password, "csrfmiddlewaretoken": token}
        browser.post("/login/", data=form)
        cookies = {"sessionid": browser.cookies["sessionid"]}

    pages = [f"{node.address}/documents/" for node in cluster.nodes]
    seen = [httpx.get(page, cookies=cookies, trust_env=False).status_code for page in pages]
    assert seen == [200, 200, 200]


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


def test_an_original_that_one_node_took_is_given_out_by_all(cluster, collection):
    document = cluster.client(cluster.nodes[1]).upload(collection, "a.md", b"# A\n\nThe attic.")
    cluster.wait_until_found("The attic.", collection)

    clients = [cluster.client(node) for node in cluster.nodes]
    assert [client.original(document) for client in clients] == [b"# A\n\nThe attic."] * 3


def test_a_job_that_lasts_longer_than_its_lease_is_not_taken_by_a_node_of_another_clock(
    cluster, collection
):
    with ThreadPoolExecutor() as pool:
        pool.submit(cluster.client().upload, collection, "slow.md", b"# Slow\n\nThe snail crept.")
        frozen = cluster.freeze_a_parser()
    cluster.wait_for_sweeps(2)
    running = cluster.postgresql.query("SELECT attempts FROM ingest_job WHERE state = 'running'")
    os.kill(frozen, signal.SIGCONT)

    cluster.wait_until_found("The snail crept.", collection)
    assert running == [(0,)]
    assert cluster.postgresql.query("SELECT max(attempts) FROM ingest_job") == [(0,)]


def test_a_node_that_lags_is_asked_nothing_until_it_caught_up(cluster, collection):
    lagging = cluster.nodes[2]
    lagging.freeze("indexer")
    for number in range(12):
        cluster.client(cluster.nodes[0]).write(collection, f"Bucket {number} is full.")
    cluster.wait_until_asked(lagging, is_asked=False)

    lagging.thaw("indexer")
    cluster.wait_until_asked(lagging)

    cluster.wait_until_found("Bucket 11 is full.", collection, [lagging])


def test_a_node_that_rebuilds_its_index_is_asked_nothing_until_it_has_one(cluster, collection):
    rebuilding = cluster.nodes[1]
    rebuilding.stop("indexer")
    shutil.rmtree(rebuilding.data / "index")
    cluster.wait_until_asked(rebuilding, is_asked=False)

    rebuilding.start("indexer")
    cluster.wait_until_asked(rebuilding)

    assert "555" in cluster.client(rebuilding).ask(QUESTION, collection)["answer"]


def test_a_restart_of_one_node_after_the_other_loses_no_request(cluster, crowd):
    with crowd(askers=ASKERS, writers=1) as asking:
        for node in cluster.nodes:
            node.stop(*ANSWERING)
            node.start(*ANSWERING)
            cluster.wait_until_ready([node])

    assert not asking.lost
    assert not asking.refusals


def test_a_killed_node_costs_at_most_what_it_had_in_flight(cluster, crowd, collection):
    killed = cluster.nodes[0]
    with crowd(askers=ASKERS, writers=1) as asking:
        killed.kill()
        asking.wait_for_more(20)
        cluster.wait_until_asked(killed, is_asked=False)

    assert len(asking.lost) <= ASKERS
    assert all(refusal.status == 409 for refusal in asking.refusals[1:])  # seems under way
    cluster.mend()
    cluster.wait_until_ingested(collection, asking.accepted)


def test_a_node_that_was_cut_off_is_left_alone_and_back_by_itself(cluster, crowd, collection):
    alone = cluster.nodes[2]
    with crowd(askers=ASKERS, writers=1, patience_s=5) as asking:
        cluster.network.cut(alone.number)
        cluster.wait_until_asked(alone, is_asked=False)
        asking.wait_for_more(20)
        wait_until(lambda: not alone.is_ready_inside(), what="it knows that it is cut off")
        cluster.network.mend(alone.number)
        cluster.wait_until_ready([alone])

    assert len(asking.lost) <= ASKERS
    cluster.wait_until_ingested(collection, asking.accepted)


def test_a_redis_that_forgot_everything_costs_nothing(cluster, crowd, collection):
    with crowd(askers=2, writers=2) as asking:
        cluster.redis.kill()
        asking.wait_for_more(10)
        asking.wait_for_more_accepted(4)
        cluster.redis.start()
        asking.wait_for_more(10)
        asking.wait_for_more_accepted(4)

    assert not asking.lost
    assert not asking.refusals
    cluster.wait_until_ingested(collection, asking.accepted)


def test_a_database_that_crashed_costs_no_more_than_the_time_it_was_away(
    cluster, crowd, collection
):
    with crowd(askers=2, writers=2) as asking:
        cluster.postgresql.crash()
        wait_until(lambda: len(asking.lost) > 5, what="refusals")
        cluster.postgresql.start()
        asking.wait_for_more(10)
        asking.wait_for_more_accepted(4)

    assert {one.said for one in asking.lost if not one.is_told_when} == set()
    assert {refusal.status for refusal in asking.refusals} <= {409, 503}  # 409: seems under way
    cluster.wait_until_ingested(collection, asking.accepted)


def test_an_upgrade_with_a_migration_loses_no_request(cluster, crowd, tmp_path):
    newer = upgrade.write_newer_program(tmp_path / "newer")
    with crowd(askers=ASKERS, writers=1) as asking:
        cluster.migrate(newer)
        asking.wait_for_more(10)
        for node in cluster.nodes:
            node.stop()
            node.program = newer
            node.start()
            cluster.wait_until_ready([node])

    assert {node.readiness()["version"] for node in cluster.nodes} == {upgrade.VERSION}
    assert not asking.lost
    assert not asking.refusals
