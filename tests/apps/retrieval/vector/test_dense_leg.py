"""Files and Milvus keep the same promises."""

from itertools import count

import numpy as np
import pytest
from milvus_lite.adapter.grpc.server import start_server_in_thread

from apps.retrieval.vector.dense import SegmentsDense
from apps.retrieval.vector.live import LiveSegment
from apps.retrieval.vector.milvus import MilvusServer
from apps.retrieval.vector.milvus_collection import MilvusCollection
from apps.retrieval.vector.milvus_dense import MilvusDense
from apps.retrieval.vector.segment import FaissSegment, write_segment
from tests.apps.retrieval.vector.dense_leg_contract import DIMENSION, DenseLegContract


class FilesStore:
    """A segment each time something is put."""

    def __init__(self, folder):
        self._folder, self._numbers, self._segments = folder, count(), []

    @property
    def leg(self):
        return SegmentsDense(self._segments)

    def put(self, rows, vectors):
        target = self._folder / str(next(self._numbers))
        write_segment(target, [vectors], np.vstack([rows, np.ones(rows.shape[1], int)]), DIMENSION)
        opened = FaissSegment.open(target / "vectors.faiss", target / "rows.npy")
        self._segments.append(LiveSegment(opened, np.ones(rows.shape[1], np.bool_)))

    def remove(self, version_ids):
        self._segments = [live.without(version_ids) for live in self._segments]


class MilvusStore:
    """A collection of one milvus-lite."""

    def __init__(self, collection):
        self.collection = collection
        self.leg = MilvusDense(collection, retired=lambda: ())

    def put(self, rows, vectors):
        self.collection.upsert(rows, vectors)

    def remove(self, version_ids):
        self.collection.delete(self.collection.ids(version_ids)[0].tolist())


class TestFilesDense(DenseLegContract):
    @pytest.fixture(scope="class")
    @classmethod
    def make_store(cls, tmp_path_factory):
        return lambda: FilesStore(tmp_path_factory.mktemp("segments"))


def stores_in(server):
    """Makes a store with a collection of its own at each call."""
    names = count()

    def make():
        collection = MilvusCollection(server, f"clawdbot_test_{next(names)}", DIMENSION)
        collection.prepare()
        return MilvusStore(collection)

    return make


class TestMilvusDense(DenseLegContract):
    @pytest.fixture(scope="class")
    @classmethod
    def make_store(cls, tmp_path_factory):
        server = MilvusServer(str(tmp_path_factory.mktemp("milvus") / "vectors.db"))
        yield stores_in(server)
        server.close()


class TestServedMilvusDense(DenseLegContract):
    @pytest.fixture(scope="class")
    @classmethod
    def make_store(cls, tmp_path_factory):
        lite, db, port = start_server_in_thread(str(tmp_path_factory.mktemp("milvus") / "s.db"))
        server = MilvusServer(f"http://127.0.0.1:{port}")
        yield stores_in(server)
        server.close()
        lite.stop(grace=0).wait()
        db.close()
