"""An OpenAI-compatible server that says what a test tells it to, over real sockets."""

import json
import re
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Refusal:
    """A response of another status than 200."""

    status: int
    error: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


class Cut:
    """The connection breaks."""


@dataclass
class Raw:
    """Bytes of the event stream as they stand."""

    data: bytes


@dataclass
class Wait:
    """Until the test sets the event; `is_waiting` is set meanwhile, `is_given_up` after 10 s."""

    go_on: threading.Event = field(default_factory=threading.Event)
    is_waiting: threading.Event = field(default_factory=threading.Event)
    is_given_up: threading.Event = field(default_factory=threading.Event)


Step = str | Refusal | Cut | Raw | Wait


_PASSAGE = re.compile(r'<passage n="(\d+)"[^>]*>(.*?)</passage>', re.DOTALL)


def number_of(request: dict[str, Any], words: str) -> str:
    """The number of the passage in the request that has these words; 99 when none has."""
    prompt = "".join(message["content"] for message in request["messages"])
    return next((n for n, text in _PASSAGE.findall(prompt) if words in text), "99")


class ScriptedEngine(ThreadingHTTPServer):
    """`script`: what the next requests are told, one list each; the last is told for ever.

    In a text `{words}` becomes the number of the passage that has the words.
    """

    daemon_threads = True

    def __init__(self, host: str = "127.0.0.1") -> None:
        super().__init__((host, 0), _Handler)
        self.script: list[Sequence[Step]] = [["Nothing. [1]"]]
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.models = ["scripted"]
        self.is_left = threading.Event()  # a client went away before the end
        self.characters_per_token = 4

    @property
    def url(self) -> str:
        return f"http://{self.server_address[0]}:{self.server_port}"

    def tell(self, *script: Sequence[Step]) -> None:
        """Forget what was asked, and say this from now on."""
        self.script, self.requests = list(script), []
        self.is_left.clear()

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that hang up are what is tested."""

    def next_steps(self) -> Sequence[Step]:
        return self.script.pop(0) if len(self.script) > 1 else self.script[0]


class _Handler(BaseHTTPRequestHandler):
    server: ScriptedEngine
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._json(200, {"data": [{"id": name} for name in self.server.models]})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/tokenize":
            count = len(body["content"]) // self.server.characters_per_token
            self._json(200, {"tokens": [0] * count})
        elif self.path == "/v1/embeddings":
            rows = [{"index": n, "embedding": [float(n), 1.0]} for n in range(len(body["input"]))]
            self._json(200, {"data": rows[::-1], "usage": {"prompt_tokens": 7}})
        else:
            self.server.requests.append(body)
            self.server.headers.append(dict(self.headers))
            self._chat([_numbered(step, body) for step in self.server.next_steps()])

    def _chat(self, steps: Sequence[Step]) -> None:
        if steps and isinstance(steps[0], Refusal):
            return self._json(steps[0].status, {"error": steps[0].error}, steps[0].headers)
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            for step in steps:
                if isinstance(step, Cut):
                    self.close_connection = True
                    return self.connection.shutdown(socket.SHUT_RDWR)
                self._step(step)
            self._end()
        except OSError:
            self.close_connection = True
            self.server.is_left.set()

    def _step(self, step: Step) -> None:
        if isinstance(step, Wait):
            step.is_waiting.set()
            for _ in range(200):
                if step.go_on.wait(0.05):
                    break
                self._chunk(b": tick\n\n")
            else:
                step.is_given_up.set()
        elif isinstance(step, Raw):
            self._chunk(step.data)
        else:
            choice = {"index": 0, "delta": {"content": step}, "finish_reason": None}
            self._chunk(_event({"model": "scripted", "choices": [choice]}))

    def _end(self) -> None:
        choice = {"index": 0, "delta": {}, "finish_reason": "stop"}
        self._chunk(_event({"choices": [choice]}))
        usage = {
            "prompt_tokens": 500,
            "completion_tokens": 9,
            "prompt_tokens_details": {"cached_tokens": 20},
        }
        self._chunk(_event({"choices": [], "usage": usage}) + b"data: [DONE]\n\n")
        self._chunk(b"")

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def _json(self, status: int, body: object, headers: dict[str, str] | None = None) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args: object) -> None:
        pass


def _numbered(step: Step, request: dict[str, Any]) -> Step:
    if not isinstance(step, str):
        return step
    return re.sub(r"\{([^{}]+)\}", lambda found: number_of(request, found[1]), step)


def _event(data: object) -> bytes:
    return b"data: " + json.dumps(data, ensure_ascii=False).encode() + b"\n\n"


@contextmanager
def scripted_engine() -> Iterator[ScriptedEngine]:
    """A server on a free port."""
    with serving(ScriptedEngine()) as server:
        yield server


@contextmanager
def serving(server: ScriptedEngine) -> Iterator[ScriptedEngine]:
    """Have it answer during the block."""
    threading.Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
