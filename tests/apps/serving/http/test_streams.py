"""Waiting, leaving and stopping, in the midst of answers."""

import signal
import socket
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.apps.serving.http.processes import serving

LONG = {"prompt": "Once", "max_tokens": 16_000, "temperature": 0}
OUTCOME = "clawdbot_model_requests_total[cancelled]"


@contextmanager
def streaming(server):
    """A long answer; its lines from the first text on."""
    asked = LONG | {"stream": True}
    with httpx.stream("POST", f"{server.address}/v1/completions", json=asked) as response:
        lines = response.iter_lines()
        next(line for line in lines if line.startswith("data:"))
        yield lines


def test_a_client_that_leaves_a_stream_frees_its_place(server):
    before = server.figures().get(OUTCOME, 0)

    with streaming(server):
        server.wait_for("clawdbot_model_running", 1)

    server.wait_for(OUTCOME, before + 1)
    server.wait_for("clawdbot_model_running", 0)


def test_a_client_that_leaves_before_its_whole_answer_frees_its_place(server):
    before = server.figures().get(OUTCOME, 0)
    asked = httpx.Request("POST", f"{server.address}/v1/completions", json=LONG)
    head = "".join(f"{name}: {value}\r\n" for name, value in asked.headers.items())

    with socket.create_connection((asked.url.host, asked.url.port)) as connection:
        connection.sendall(f"POST {asked.url.path} HTTP/1.1\r\n{head}\r\n".encode())
        connection.sendall(asked.read())
        server.wait_for("clawdbot_model_running", 1)

    server.wait_for(OUTCOME, before + 1)


def test_who_waits_reads_the_place_in_the_queue_and_who_comes_then_is_sent_away(server):
    asked = LONG | {"stream": True}
    with (
        streaming(server),
        httpx.stream("POST", f"{server.address}/v1/completions", json=asked) as waiting,
    ):
        lines = waiting.iter_lines()
        told = next(lines)
        refused = httpx.post(f"{server.address}/v1/completions", json=LONG)

    assert told.startswith(": queued position=1 wait_s=")
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "queue_full")
    assert int(refused.headers["Retry-After"]) >= 1


def test_figures_tell_of_times_tokens_and_memory(server):
    httpx.post(f"{server.address}/v1/completions", json=LONG | {"max_tokens": 2})

    figures = server.figures()

    assert figures["clawdbot_model_completion_tokens_total"] >= 2
    assert figures["clawdbot_model_prompt_tokens_total"] >= 1
    assert figures["clawdbot_model_first_token_seconds_count"] >= 1
    assert figures["process_resident_memory_bytes"] > 10_000_000


def test_a_server_says_how_it_was_planned_and_confined(server):
    health = httpx.get(f"{server.address}/healthz").json()
    status = Path(f"/proc/{server.process.pid}/status").read_text()

    assert (health["status"], health["model"], health["parallel"]) == ("ok", "tiny", 1)
    assert (health["context"], health["chat_template"]) == (16384, "from the file")
    assert "Seccomp:\t2" in status
    assert "tiny on http://127.0.0.1" in server.log.read_text()


def test_told_to_stop_it_ends_streams_with_an_error_and_itself_with_success(tiny_model, tmp_path):
    key = tmp_path / "key"
    key.write_text("s3cret\n")
    with serving(tiny_model, tmp_path, "--key-file", str(key), extra_buffers=True) as server:
        asked, shown = LONG | {"stream": True}, {"Authorization": "Bearer s3cret"}
        url = f"{server.address}/v1/completions"
        assert httpx.post(url, json=asked).status_code == 401
        with httpx.stream("POST", url, json=asked, headers=shown) as response:
            lines = response.iter_lines()
            next(lines)
            server.process.terminate()
            last = [line for line in lines if line][-1]

        assert '"code":"stopping"' in last
        assert server.process.wait(timeout=30) == 0


def test_killed_it_cuts_its_streams(tiny_model, tmp_path):
    with serving(tiny_model, tmp_path, extra_buffers=True) as server, streaming(server) as lines:
        server.process.send_signal(signal.SIGKILL)

        with pytest.raises(httpx.RemoteProtocolError):
            list(lines)
