"""Clients that ask and write through nginx again and again, and remember every answer."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

import httpx

from tests.cluster.client import Client
from tests.installation import wait_until

RETRY_S = 0.2
THOUGHT_S = 0.1  # between an answer and the next question: the cores are for the nodes, too
MOST_REFUSALS = 200


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one request. `status` is 0 when the connection gave no answer."""

    status: int
    said: str
    headers: httpx.Headers

    @property
    def is_answered(self) -> bool:
        return self.status == httpx.codes.OK

    @property
    def is_told_when(self) -> bool:
        """Refused for a while, with the time after which to come back."""
        return self.status in (429, 503) and "Retry-After" in self.headers


class Crowd:
    """Askers give up nothing and repeat nothing: what they are told is what is counted.

    Writers do as a program should: an Idempotency-Key, and the same again until it is accepted.
    """

    def __init__(
        self, client: Callable[[], Client], collection: str, *, askers: int, writers: int = 0
    ) -> None:
        self._client, self._collection = client, collection
        self._is_over = threading.Event()
        self.outcomes: list[Outcome] = []
        self.refusals: list[Outcome] = []
        self.accepted: list[str] = []
        works = [self._ask] * askers + [self._write] * writers
        self._threads = [threading.Thread(target=work, args=(n,)) for n, work in enumerate(works)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        self.wait_for_more()
        return self

    def __exit__(self, *exit_info: object) -> None:
        self._is_over.set()
        for thread in self._threads:
            thread.join()

    @property
    def lost(self) -> Sequence[Outcome]:
        """Questions without an answer."""
        return [outcome for outcome in self.outcomes if not outcome.is_answered]

    def wait_for_more(self, count: int = 6) -> None:
        """Until so many further questions are answered."""
        before = len(self.outcomes) - len(self.lost)
        wait_until(
            lambda: len(self.outcomes) - len(self.lost) >= before + count,
            what=f"{count} more answers", tries=120,
        )  # fmt: skip

    def wait_for_more_accepted(self, count: int = 3) -> None:
        """Until so many further documents are accepted."""
        before = len(self.accepted)
        wait_until(lambda: len(self.accepted) >= before + count, what=f"{count} more documents")

    def _ask(self, number: int) -> None:
        client, asked = self._client(), 0
        while not self._is_over.is_set():
            asked += 1
            question = f"What is the vault code of house {number}{asked}?"
            body = {"question": question, "collections": [self._collection]}
            self.outcomes.append(_outcome(client.http, "ask/", body))
            time.sleep(THOUGHT_S)

    def _write(self, number: int) -> None:
        client, written = self._client(), 0
        while not self._is_over.is_set():
            written += 1
            path = f"crowd-{id(self)}-{number}-{written}.txt"
            body = {"path": path, "title": path, "text": f"The parcel {path} is in room {written}."}
            address = f"collections/{self._collection}/documents/"
            while (outcome := _outcome(client.http, address, body, key=path)).status != 202:
                self.refusals.append(outcome)
                time.sleep(RETRY_S)
                if self._is_over.is_set() and len(self.refusals) > MOST_REFUSALS:
                    return
            self.accepted.append(path)
            time.sleep(RETRY_S)


def _outcome(http: httpx.Client, path: str, body: object, *, key: str = "") -> Outcome:
    try:
        answer = http.post(path, json=body, headers={"Idempotency-Key": key} if key else {})
    except httpx.HTTPError as error:
        return Outcome(0, repr(error), httpx.Headers())
    return Outcome(answer.status_code, answer.text, answer.headers)
