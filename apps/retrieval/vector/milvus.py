"""The connection to Milvus: the only file that imports pymilvus."""

import logging
import os
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

os.environ.setdefault("PYTHON_DOTENV_DISABLED", "1")  # pymilvus would read a .env it finds

from grpc import RpcError
from pymilvus import DataType, MilvusClient, MilvusException

from apps.core.errors import Conflict, Retryable

logging.getLogger("pymilvus").setLevel(logging.CRITICAL)  # it logs what it raises, with a traceback
logging.getLogger("milvus_lite").setLevel(logging.CRITICAL)

logger = logging.getLogger(__name__)
Answer = TypeVar("Answer")

CONNECT_S = 1.0
PAUSE_S = 5.0  # a Milvus that did not answer is left alone for so long
KEY, VECTOR = "chunk", "vector"
NUMBERS = ("version", "document", "collection")
LITE, LITE_VERSION = ".db", "milvus_lite"
FLAT: Mapping[str, Any] = {"index_type": "FLAT"}
HNSW: Mapping[str, Any] = {"index_type": "HNSW", "params": {"M": 16, "efConstruction": 200}}
NO_COLLECTION = 100  # a code of Milvus's


class MilvusServer:
    """One Milvus (or milvus-lite, where `uri` is a path ending in .db). Thread-safe.

    Connects at first use. Every fault is raised as Retryable, within the given time; for PAUSE_S
    after one the next calls fail at once, so that a Milvus that is down costs searches nothing.
    """

    def __init__(self, uri: str, token: str = "", database: str = "") -> None:
        self.uri = uri
        self._login = {"token": token, "db_name": database}
        self._connecting = threading.Lock()
        self._client: MilvusClient | None = None
        self._away_until = 0.0

    @property
    def is_lite(self) -> bool:
        """Whether it is milvus-lite inside this process."""
        return self.uri.endswith(LITE)

    def call(self, work: Callable[[MilvusClient], Answer]) -> Answer:
        """What `work` returns for the client. Raises Retryable."""
        if time.monotonic() < self._away_until:
            raise Retryable(self._unreachable)
        try:
            return work(self._connected())
        except (MilvusException, RpcError, OSError, ValueError) as error:
            if isinstance(error, MilvusException) and error.code == NO_COLLECTION:
                raise Retryable(f"The vectors are not in Milvus at {self.uri} yet") from error
            self._disconnect(str(error))
            raise Retryable(self._unreachable) from error

    def version(self, *, timeout_s: float) -> str:
        """What the server calls itself."""
        return str(self.call(lambda client: client.get_server_version(timeout=timeout_s)))

    def names(self, prefix: str, *, timeout_s: float) -> list[str]:
        """Names of the collections that begin with `prefix`."""
        found = self.call(lambda client: client.list_collections(timeout=timeout_s))
        return sorted(name for name in found if name.startswith(prefix))

    def drop(self, name: str, *, timeout_s: float) -> None:
        """Delete a collection with all it holds; nothing happens when there is none."""
        self.call(lambda client: client.drop_collection(name, timeout=timeout_s))

    def create(self, name: str, dimension: int, *, timeout_s: float) -> None:
        """A collection of our fields, to be searched by inner product; none may have this name.

        A server searches by HNSW: its recall is the highest of Milvus's indexes at the speed of a
        search, and under a filter that leaves little Milvus looks at every row that is left.
        milvus-lite does not (half of the nearest were lost in a thousandth of the rows), so there,
        also where it is served, every row is looked at.
        """
        is_lite = self.is_lite or LITE_VERSION in self.version(timeout_s=timeout_s)
        schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field(KEY, DataType.INT64, is_primary=True)
        for number in NUMBERS:
            schema.add_field(number, DataType.INT64)
        schema.add_field(VECTOR, DataType.FLOAT_VECTOR, dim=dimension)
        index = MilvusClient.prepare_index_params()
        index.add_index(VECTOR, metric_type="IP", **(FLAT if is_lite else HNSW))
        for number in () if is_lite else NUMBERS:
            index.add_index(number, index_type="INVERTED")
        self.call(
            lambda client: client.create_collection(
                name, schema=schema, index_params=index, timeout=timeout_s,
                consistency_level="Strong",
            )
        )  # fmt: skip

    def check(self, name: str, dimension: int, *, timeout_s: float) -> bool:
        """Whether there is a collection of this name. Raises Conflict when it is not one of ours,
        or holds vectors of another dimension."""
        if not self.call(lambda client: client.has_collection(name, timeout=timeout_s)):
            return False
        told = self.call(lambda client: client.describe_collection(name, timeout=timeout_s))
        fields = {field["name"]: field for field in told["fields"]}
        if list(fields) != [KEY, *NUMBERS, VECTOR]:
            raise Conflict(
                f"The Milvus collection {name} was not made by Clawdbot. Set index.milvus_database "
                "to a database of its own.",
                code="milvus_foreign",
            )
        if (held := int(fields[VECTOR]["params"]["dim"])) != dimension:
            raise Conflict(
                f"The Milvus collection {name} holds vectors of {held} numbers, and the embedding "
                f"model gives {dimension}. It is of another model: drop it, or set "
                "index.milvus_database to another one.",
                code="milvus_foreign",
            )
        return True

    @property
    def search_params(self) -> Mapping[str, Any]:
        """How thoroughly a search looks: HNSW follows 512 candidates."""
        return {"metric_type": "IP", "params": {} if self.is_lite else {"ef": 512}}

    @property
    def _unreachable(self) -> str:
        return f"Milvus does not answer at {self.uri}"

    def _connected(self) -> MilvusClient:
        with self._connecting:
            if self._client is None:
                self._client = MilvusClient(
                    self.uri, timeout=CONNECT_S, dedicated=True, **self._login
                )
            return self._client

    def close(self) -> None:
        """End the connection. The next call makes a new one."""
        with self._connecting:
            if self._client is not None:
                self._client.close()
            self._client = None

    def _disconnect(self, reason: str) -> None:
        """Forget the connection: a new one finds out sooner that the server is back."""
        logger.warning("Milvus at %s: %s", self.uri, reason[:500])
        self._away_until = time.monotonic() + PAUSE_S
        self.close()
