"""Looking at engines before they are chosen: a real server on a socket, real GGUF files."""

import json
import os
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from apps.core.config import Config
from apps.ops.setup import engines
from tests.apps.ops.setup.machines import machine


@pytest.fixture
def server():
    """Answers as `server.says` is set: a status and a body."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            status, body = self.server.says
            self.server.seen.append((self.path, self.headers["Authorization"]))
            self.send_response(status)
            self.send_header("Location", "http://192.0.2.1/")
            self.end_headers()
            self.wfile.write(body if isinstance(body, bytes) else json.dumps(body).encode())

        def log_message(self, *_):
            pass

    http = HTTPServer(("127.0.0.1", 0), Answer)
    http.seen = []
    Thread(target=http.serve_forever, daemon=True).start()
    yield http
    http.shutdown()
    http.server_close()


def address(server):
    return f"http://127.0.0.1:{server.server_port}"


@pytest.mark.parametrize("end", ["", "/", "/v1", "/v1/"])
def test_a_server_tells_its_models(server, end):
    server.says = 200, {"data": [{"id": "qwen3"}, {"id": "bad\nname"}]}

    found = engines.models_at(address(server) + end, "sk")

    assert found == (("qwen3",), None)
    assert server.seen == [("/v1/models", "Bearer sk")]


@pytest.mark.parametrize(
    ("says", "words"),
    [
        ((401, {}), "wants a key"),
        ((404, {}), "not as an OpenAI"),
        ((302, {}), "not as an OpenAI"),
        ((200, b"<html>"), "not as an OpenAI"),
        ((200, {"models": []}), "not as an OpenAI"),
        ((200, b" " * 3_000_000), "not as an OpenAI"),
    ],
)
def test_what_is_no_such_server_is_told(server, says, words):
    server.says = says

    names, problem = engines.models_at(address(server))

    assert names == ()
    assert words in str(problem)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "http://[bad", "nowhere", ""])
def test_nobody_at_the_address_is_told(url):
    assert "Nothing answers" in str(engines.models_at(url)[1])


def test_a_file_that_fits_says_how_it_would_be_loaded(tiny):
    found = engines.candidate(tiny, Config())

    assert found.refusal == ""
    assert any(reason.startswith("memory:") for reason in found.reasons)


def test_a_file_that_does_not_fit_says_why(tiny):
    assert "free of" in engines.candidate(tiny, Config(), "600MB").refusal


def test_what_is_no_model_is_told_and_not_raised(tmp_path):
    (tmp_path / "no.gguf").write_bytes(b"nonsense")

    assert engines.candidate(tmp_path / "no.gguf", Config()).refusal
    assert engines.candidate(tmp_path / "gone.gguf", Config()).refusal
    os.mkfifo(tmp_path / "pipe.gguf")
    assert "no file" in engines.candidate(tmp_path / "pipe.gguf", Config()).refusal


def test_files_are_found_where_they_lie_those_that_fit_first(tiny, tmp_path, monkeypatch):
    monkeypatch.setenv("CLAWDBOT_HOME", str(tmp_path))
    folder = tmp_path / "data" / "models" / "deep"
    folder.mkdir(parents=True)
    (folder / "a.gguf").write_bytes(b"nonsense")
    (folder / "b.gguf").write_bytes(tiny.read_bytes())

    found = engines.files_near(Config(), machine())

    assert [one.path.name for one in found] == ["b.gguf", "a.gguf"]
    assert engines.files_near(Config(), machine(has_llama=False)) == []
