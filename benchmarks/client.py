"""The benchmarks' view of an installation: its REST API over real HTTP."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

import httpx

POLL_S = 0.05
NDJSON = "application/x-ndjson"


class Client:
    """One caller with an API key and a connection of its own. Raises httpx.HTTPStatusError."""

    def __init__(self, address: str, key: str) -> None:
        self._http = httpx.Client(
            base_url=f"{address}/api/v1/",
            headers={"Authorization": f"Bearer {key}"},
            timeout=httpx.Timeout(120.0),
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exit_info: object) -> None:
        self._http.close()

    def collection(self, name: str) -> str:
        """Make an empty collection; returns its id."""
        return str(self._post("collections/", json={"name": name})["id"])

    def import_lines(self, collection: str, lines: Iterable[bytes]) -> None:
        """Send texts {id, title, text}, one JSON object a line, streamed."""
        self._post(
            f"collections/{collection}/documents/import/",
            content=lines,
            headers={"Content-Type": NDJSON},
        )

    def upload(self, collection: str, paths: Sequence[Path]) -> None:
        """Send files, each in a request of its own as browsers and scripts do."""
        for path in paths:
            with path.open("rb") as file:
                self._post(
                    f"collections/{collection}/documents/", files={"file": (path.name, file)}
                )

    def wait_until_searchable(self, collection: str, count: int, *, timeout_s: float) -> int:
        """Wait until `count` documents are ready or failed; returns how many failed.

        A ready document is in the index of this node. Raises TimeoutError.
        """
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            failed = self.count(collection, status="failed")
            if self.count(collection, status="ready") + failed >= count:
                return failed
            time.sleep(POLL_S)
        raise TimeoutError(f"not searchable after {timeout_s:.0f} s: see the installation's logs")

    def count(self, collection: str, **filters: str) -> int:
        """Documents of a collection, for instance with `status="ready"`."""
        asked = {"collection": collection, "page_size": "1", **filters}
        return int(self._get("documents/", asked)["count"])

    def documents(self, collection: str) -> Iterator[dict[str, Any]]:
        """All documents of a collection."""
        page = 1
        while True:
            listed = self._get(
                "documents/", {"collection": collection, "page_size": "200", "page": str(page)}
            )
            yield from listed["results"]
            if not listed["next"]:
                return
            page += 1

    def search(self, query: str, collection: str) -> float:
        """Search with the API's defaults; returns milliseconds from sending to the last byte."""
        return self._timed("search/", {"query": query, "collections": [collection]})

    def ask(self, question: str, collection: str) -> float:
        """Ask without streaming; returns milliseconds from sending to the last byte."""
        return self._timed("ask/", {"question": question, "collections": [collection]})

    def conversation(self, question: str, collection: str) -> str:
        """Open a conversation and ask one question in it; returns its id."""
        made = str(self._post("conversations/", json={})["id"])
        body = {"question": question, "collections": [collection], "conversation": made}
        self._post("ask/", json=body)
        return made

    def _timed(self, path: str, body: Mapping[str, Any]) -> float:
        started = time.perf_counter()
        self._post(path, json=body)
        return (time.perf_counter() - started) * 1000

    def _get(self, path: str, params: Mapping[str, str]) -> dict[str, Any]:
        response = self._http.get(path, params=dict(params)).raise_for_status()
        return dict(response.json())

    def _post(self, path: str, **request: Any) -> dict[str, Any]:
        response = self._http.post(path, **request).raise_for_status()
        return dict(response.json())


def clients(address: str, key: str, count: int, stack: ExitStack) -> list[Client]:
    """`count` callers, closed with the stack."""
    return [stack.enter_context(Client(address, key)) for _ in range(count)]
