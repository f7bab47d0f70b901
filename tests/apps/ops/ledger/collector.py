"""A collector of OpenTelemetry, small: takes OTLP over HTTP and decodes it."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


class Collector:
    """What came, span by span."""

    def __init__(self) -> None:
        self.spans = []
        self.resources = []
        self.paths = []
        self.url = ""

    def take(self, path: str, body: bytes) -> None:
        self.paths.append(path)
        told = ExportTraceServiceRequest.FromString(body)
        for one in told.resource_spans:
            self.resources.append({a.key: a.value.string_value for a in one.resource.attributes})
            self.spans += [span for scope in one.scope_spans for span in scope.spans]

    def named(self, name: str):
        (found,) = [span for span in self.spans if span.name == name]
        return found


@contextmanager
def collecting() -> Iterator[Collector]:
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            zipped = self.headers.get("Content-Encoding") == "gzip"
            collector.take(self.path, gzip.decompress(body) if zipped else body)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    collector.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield collector
    finally:
        server.shutdown()
        server.server_close()
