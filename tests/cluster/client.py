"""What the tests ask of a cluster, over real HTTP."""

import uuid
from collections.abc import Mapping
from typing import Any

import httpx

PATIENCE_S = 30.0


class Client:
    """An administrator with an API key. What is refused raises httpx.HTTPStatusError."""

    def __init__(self, address: str, key: str, *, patience_s: float = PATIENCE_S) -> None:
        self.http = httpx.Client(
            base_url=f"{address}/api/v1/",
            headers={"Authorization": f"Bearer {key}"},
            timeout=patience_s,
            trust_env=False,
        )

    def collection(self, name: str) -> str:
        """Make one; its id."""
        return str(self._post("collections/", {"name": name})["id"])

    def write(self, collection: str, text: str, *, path: str = "") -> str:
        """Submit a text as a document of its own; its id."""
        body = {"path": path or f"{uuid.uuid4()}.txt", "title": "Note", "text": text}
        return str(self._post(f"collections/{collection}/documents/", body)["id"])

    def upload(self, collection: str, name: str, content: bytes) -> str:
        """Submit a file; its id."""
        address = f"collections/{collection}/documents/"
        answer = self.http.post(address, files={"file": (name, content)}).raise_for_status()
        return str(answer.json()["id"])

    def original(self, document: str) -> bytes:
        """The bytes that were uploaded."""
        return self.http.get(f"documents/{document}/file/").raise_for_status().content

    def found(self, words: str, collection: str) -> list[str]:
        """The texts that a search for these words finds."""
        hits = self._post("search/", {"query": words, "collections": [collection]})["hits"]
        return [hit["text"] for hit in hits]

    def ask(self, question: str, collection: str) -> dict[str, Any]:
        """The whole answer."""
        return self._post("ask/", {"question": question, "collections": [collection]})

    def statuses(self, collection: str) -> dict[str, str]:
        """What became of each document of a collection, by its path."""
        found, page = {}, 1
        while page:
            asked = {"collection": collection, "page_size": 200, "page": page}
            listed = self.http.get("documents/", params=asked).raise_for_status().json()
            found |= {one["path"]: one["status"] for one in listed["results"]}
            page = page + 1 if listed["next"] else 0
        return found

    def _post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return dict(self.http.post(path, json=body).raise_for_status().json())
