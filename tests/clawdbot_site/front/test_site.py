"""What passes nginx, and how."""

import http.client
import json
import threading
from collections import Counter

import pytest

from tests.clawdbot_site.front.fronts import STRANGER, in_two_parts, reply, until


def logged_of(site, path):
    """The line of the one request of a path; nginx writes it after the answer."""
    file = site.front.folder / "logs" / "access.log"
    until(lambda: f'"{path}"' in file.read_text())
    (line,) = (one for one in file.read_text().splitlines() if f'"{path}"' in one)
    return json.loads(line)


def test_requests_are_spread_over_the_nodes(site, node):
    asked = Counter(site.ask("/page").json["node"] for _ in range(20))

    assert min(asked[one.port] for one in site.nodes) >= 7


def test_a_busy_node_is_spared(site, node):
    is_over = threading.Event()
    node.answers["/slow"] = lambda handler: is_over.wait(20) and reply(handler, {})
    slow = threading.Thread(target=site.ask, args=("/slow",))
    slow.start()
    until(lambda: any("/slow" in one.seen for one in site.nodes))
    busy = next(one for one in site.nodes if "/slow" in one.seen)

    others = {site.ask("/page").json["node"] for _ in range(6)}
    is_over.set()
    slow.join()

    assert others == {one.port for one in site.nodes if one is not busy}


def test_events_arrive_when_they_are_written(site, node):
    has_read = threading.Event()
    node.answers["/api/v1/ask/"] = in_two_parts(b"data: 1\n\n", has_read, b"data: 2\n\n")
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=20)
    connection.request("POST", "/api/v1/ask/", b"{}")
    response = connection.getresponse()

    assert response.readline() == b"data: 1\n"
    has_read.set()
    assert b"data: 2" in response.read()


def test_the_client_is_who_the_trusted_proxy_says_and_cannot_be_forged(site, node):
    forged = {"X-Forwarded-For": "6.6.6.6, 203.0.113.9", "X-Forwarded-Proto": "nonsense",
              "X-Forwarded-Host": "evil", "Forwarded": "for=6.6.6.6"}  # fmt: skip

    headers = site.ask("/page", headers=forged).json["headers"]

    assert headers["X-Forwarded-For"] == "203.0.113.9"
    assert headers["X-Forwarded-Proto"] == "http"
    assert not {"X-Forwarded-Host", "Forwarded"} & headers.keys()


def test_one_id_is_in_the_log_at_the_node_and_in_the_answer(site, node):
    answer = site.ask("/traced?q=what-they-ask", headers={"Referer": "http://kb/?q=secret"})

    trace_id = answer.headers["X-Request-ID"]
    logged = logged_of(site, "/traced")
    assert answer.json["headers"]["X-Request-ID"] == logged["trace_id"] == trace_id
    assert len(trace_id) == 32
    assert "what-they-ask" not in str(logged)
    assert logged["referer"] == "http://kb/"


@pytest.mark.parametrize(("given", "is_kept"), [("abc-12345", True), ("a b; c", False)])
def test_an_id_that_the_client_gives_is_kept_when_it_is_one(site, node, given, is_kept):
    answer = site.ask("/page", headers={"X-Request-ID": given})

    assert (answer.headers["X-Request-ID"] == given) is is_kept
    assert answer.headers.get_all("X-Request-ID") == [answer.headers["X-Request-ID"]]


def test_headers_that_the_node_sets_are_not_doubled(site, node):
    node.answers["/page"] = lambda handler: reply(
        handler, {}, x_content_type_options="nosniff", referrer_policy="no-referrer",
        content_security_policy="default-src 'self'", x_request_id="its-own-one",
    )  # fmt: skip

    headers = site.ask("/page").headers

    assert headers.get_all("X-Content-Type-Options") == ["nosniff"]
    assert headers.get_all("Referrer-Policy") == ["no-referrer"]
    assert headers.get_all("Content-Security-Policy") == ["default-src 'self'"]
    assert headers.get_all("X-Request-ID") != ["its-own-one"]
    assert len(headers.get_all("X-Request-ID")) == 1


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/-/nodes", "/-/nginx"])
def test_what_watches_the_nodes_is_closed_to_strangers(site, node, path):
    assert site.ask(path, headers=STRANGER).status == 404
    assert site.ask(path).status == 200
    assert [one.seen for one in site.nodes] in ([[], []], [[path], []], [[], [path]])


def test_a_balancer_before_nginx_may_ask_whether_nginx_is_there(site):
    assert site.ask("/-/alive", headers=STRANGER).status == 204


def test_a_nodes_own_refusal_is_passed_on_as_it_is(site, node):
    node.answers["/page"] = lambda handler: reply(handler, {"mine": 1}, status=503, retry_after="7")

    answer = site.ask("/page")

    assert (answer.status, answer.json) == (503, {"mine": 1})
    assert answer.headers.get_all("Retry-After") == ["7"]


def test_forms_and_files_and_bulk_lines_have_limits_of_their_own(site, node):
    upload = "/api/v1/collections/1b4e28ba-2fa1-11d2-883f-0016d3cca427/documents/"
    megabytes = {"/form": 12, upload: 4 * 239 + 2, f"{upload}import/": 2000}

    answers = [answer_to_length(site, path, size * 2**20) for path, size in megabytes.items()]

    assert answers == [413, 413, "is wanted"]
    assert answer_to_length(site, upload, 200 * 2**20) == "is wanted"


def answer_to_length(site, path, length):
    """The status that nginx gives to a request of so many bytes before it has them."""
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=20)
    connection.putrequest("POST", path)
    connection.putheader("Content-Length", str(length))
    connection.putheader("Expect", "100-continue")
    connection.endheaders()
    status = int(connection.sock.recv(100).split()[1])
    connection.close()
    return "is wanted" if status == 100 else status


def test_lines_in_bulk_reach_the_node_as_they_come(site, node):
    got, path = [], "/api/v1/collections/x/documents/import/"

    def take(handler):
        got.append(handler.headers["Transfer-Encoding"])
        got.append(handler.rfile.readline())
        reply(handler, {}, connection="close")

    node.answers[path] = take
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=20)
    connection.putrequest("POST", path)
    connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders()
    connection.send(b"3\r\n{}\n\r\n")

    until(lambda: len(got) == 2)  # though the body has not ended
    connection.close()
    assert got == ["chunked", b"3\r\n"]
