"""Starts that fail, and what is said before the model is there."""

import asyncio
import socket
from dataclasses import replace

import httpx
import pytest

from apps.serving.http.application import application
from apps.serving.http.service import Service
from tests.apps.serving.http.processes import PLAN, started


def last_words(process, folder):
    """Its exit status and its last line."""
    return process.wait(timeout=60), (folder / "log").read_text().splitlines()[-1]


def test_a_damaged_file_ends_the_process_with_a_line(tmp_path):
    (tmp_path / "bad.gguf").write_bytes(b"GGUF" + b"\0" * 100)

    process, _ = started(replace(PLAN, path=str(tmp_path / "bad.gguf")), tmp_path)

    status, line = last_words(process, tmp_path)
    assert status == 1
    assert line.startswith("clawdbot: the model tiny cannot be served: ")


def test_a_port_that_is_taken_ends_the_process_with_a_line(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        process, _ = started(PLAN, tmp_path, "--port", str(other.getsockname()[1]))
        status, line = last_words(process, tmp_path)

    assert status == 1
    assert line.endswith("of 127.0.0.1 cannot be used: Address already in use")


def test_a_plan_that_is_none_ends_the_process_with_a_line(tmp_path):
    process, _ = started(PLAN, tmp_path, "--plan", __file__)

    status, line = last_words(process, tmp_path)
    assert status == 1
    assert line.startswith("clawdbot: ")


@pytest.mark.parametrize("path", ["/healthz", "/v1/chat/completions", "/tokenize"])
def test_while_it_is_loaded_a_model_is_not_there_yet(path):
    async def ask():
        transport = httpx.ASGITransport(application(Service(PLAN)))
        async with httpx.AsyncClient(transport=transport, base_url="http://model") as client:
            return await client.request("GET" if path == "/healthz" else "POST", path, json={})

    answer = asyncio.run(ask())

    assert answer.status_code == 503
    assert "loading" in answer.text
