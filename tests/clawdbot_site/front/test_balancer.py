"""Who is ready gets requests, and nobody else."""

import http.client
import os
import signal
import socket
import threading
from collections import Counter

import pytest

from clawdbot_site.front.upstream import Address, named_in, resolve, text_of
from clawdbot_site.front.watching import Answer, Opinion
from tests.clawdbot_site.front import fronts
from tests.clawdbot_site.front.fronts import until

YES, NO = Answer(is_ready=True), Answer(is_ready=False, reason="draining")
SILENT = Answer(is_ready=False, reason="silent", is_sure=False)


@pytest.fixture
def three():
    """Three nodes behind nginx, of the test's own."""
    with (
        fronts.nodes(3) as nodes,
        fronts.open_folder() as folder,
        fronts.running(folder, nodes) as running,
    ):
        running.wait_for(*nodes)
        yield running


def asked(running, times=12):
    return Counter(running.ask("/page").json["node"] for _ in range(times))


@pytest.mark.parametrize(
    ("was_ready", "answers", "is_ready"),
    [
        (True, [NO], False),  # a sure no counts at once
        (True, [SILENT], True),
        (True, [SILENT, SILENT], False),
        (True, [SILENT, YES, SILENT], True),
        (False, [YES], False),
        (False, [YES, YES], True),
        (False, [YES, NO, YES], False),
    ],
)
def test_an_opinion_changes_after_enough_looks(was_ready, answers, is_ready):
    opinion = Opinion(is_ready=was_ready)

    for answer in answers:
        opinion = opinion.after(answer, rise=2, fall=2)

    assert opinion.is_ready is is_ready


def test_a_node_that_says_no_gets_no_more_requests_and_comes_back(three):
    first, *others = three.nodes
    first.is_ready = False
    until(lambda: asked(three).keys() == {one.port for one in others})

    first.is_ready = True

    until(lambda: asked(three).keys() == {one.port for one in three.nodes})


def test_the_state_of_the_nodes_can_be_read(three):
    three.nodes[0].is_ready = False
    three.wait_for(*three.nodes[1:])

    until(lambda: "not ready: index" in three.ask("/-/nodes").text)

    states = {one["address"]: one["ready"] for one in three.ask("/-/nodes").json["nodes"]}
    assert states == {one.address: one is not three.nodes[0] for one in three.nodes}


def test_between_two_looks_a_node_that_died_costs_no_request():
    with (
        fronts.nodes(3) as nodes,
        fronts.open_folder() as folder,
        fronts.running(folder, nodes, interval=60) as running,
    ):
        nodes[0].stop()

        answers = [running.ask("/page", method, body=b"x") for method in ("GET", "POST") * 6]

    assert {one.status for one in answers} == {200}
    assert {one.json["node"] for one in answers} == {one.port for one in nodes[1:]}


def test_nodes_come_and_go_while_it_runs(three):
    with fronts.nodes(1) as (fourth,):
        nodes = [*three.nodes[1:], fourth]
        three.front.nodes.write_text("".join(f"{one.address}  # a node\n" for one in nodes))

        three.wait_for(*nodes)


def test_a_reload_cuts_no_answer(three):
    may_end = threading.Event()
    for one in three.nodes:
        one.answers["/v1/stream"] = fronts.in_two_parts(b"first\n", may_end, b"last\n")
    connection = http.client.HTTPConnection("127.0.0.1", three.port, timeout=20)
    connection.request("GET", "/v1/stream")
    response = connection.getresponse()
    begun = response.readline()

    three.nodes[0].is_ready = False
    until(lambda: three.nodes[0].port not in asked(three))
    may_end.set()

    assert (begun, response.read()) == (b"first\n", b"last\n")


def test_what_cannot_be_written_is_written_later_and_nginx_goes_on(three):
    run, away = three.front.run, three.front.folder / "away"
    run.rename(away)
    three.nodes[0].is_ready = False
    until(lambda: "cannot work" in (three.front.folder / "balancer.log").read_text())

    served = three.ask("/page").status
    away.rename(run)

    assert served == 200
    three.wait_for(*three.nodes[1:])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_nginx_ends_with_the_balancer(three, number):
    three.balancer.send_signal(number)
    three.balancer.wait()

    until(lambda: not _listens(three.port))


def test_the_balancer_ends_with_nginx(three):
    nginx = int(three.front.pid.read_text())

    os.kill(nginx, signal.SIGTERM)

    assert three.balancer.wait(20) == 1


def _listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_the_upstream_is_the_same_text_for_the_same_nodes():
    nodes = [Address("10.0.0.2", 8000), Address("10.0.0.1", 8000), Address("::1", 80)]

    assert text_of(nodes) == text_of(reversed(nodes))
    assert "server [::1]:80 " in text_of(nodes)
    assert "default 0" in text_of([])


def test_a_name_stands_for_every_address_that_it_has():
    assert {one.ip for one in resolve("localhost:8000")} <= {"127.0.0.1", "::1"}
    assert resolve("[::1]:8000") == [Address("::1", 8000)]
    with pytest.raises(ValueError, match="no host:port"):
        resolve("without-a-port")


def test_a_file_of_nodes_may_have_comments():
    assert named_in("# all\n10.0.0.1:8000\n\n web:8000 # the rest\n") == [
        "10.0.0.1:8000",
        "web:8000",
    ]
