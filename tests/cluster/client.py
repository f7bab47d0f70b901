"""What the tests ask of a cluster, over real HTTP."""

import uuid
from collections.abc import Mapping
from typing import Any

import httpx

PATIENCE_S = 30.0


class Client:
    """An administrator with an API key. What is refused raises httpx.HTTPStatusError."""

    def __init__(self, address: str, key: str) -> None:
        self.http = httpx.Client(
            base_url=f"{address}/api/v1/",
            headers={"Authorization": f"Bearer {key}"},
            timeout=PATIENCE_S,
            trust_env=False,
        )

    def collection(self, name: str) -> str:
        """Make one; its id."""
        return str(self._post("collections/", {"name": name})["id"])

    def write(self, collection: str, text: str, *, path: str = "") -> str:
        """Submit a text as a document of its own; its id."""
        body = {"path": path or f"{uuid.uuid4()}.txt", "title": "Note", "text": text}
        return str(self._post(f"collections/{collection}/documents/", body)["id"])

    def found(self, words: str, collection: str) -> list[str]:
        """The texts that a search for these words finds."""
        hits = self._post("search/", {"query": words, "collections": [collection]})["hits"]
        return [hit["text"] for hit in hits]

    def ask(self, question: str, collection: str) -> dict[str, Any]:
        """The whole answer."""
        return self._post("ask/", {"question": question, "collections": [collection]})

    def statuses(self, collection: str) -> dict[str, str]:
        """What became of each document of a collection, by its path."""
        asked = {"collection": collection, "page_size": 200}
        listed = self.http.get("documents/", params=asked).raise_for_status().json()["results"]
        return {one["path"]: one["status"] for one in listed}

    def _post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return dict(self.http.post(path, json=body).raise_for_status().json())
