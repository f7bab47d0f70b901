"""A process of the node under test that searches as a web process does: see scale_node.py."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.scale_scopes import WARM, Kind, Shape, scope_ids

if TYPE_CHECKING:
    from apps.knowledge.access import Scope
    from apps.retrieval.protocols import SearchResult

POLL_S = 0.005
PAUSE_S = 0.02  # between two searches while something else runs
NEAREST = 10
STAGES = "dense", "lexical", "fuse", "hydrate"


class Reader:
    """Each method is a request. Times are milliseconds where they are not named otherwise."""

    def __init__(self) -> None:
        self._shape = Shape(0, 0, ())

    def ready(self, shape: dict[str, Any], question: str) -> dict[str, float]:
        """Load what a web process has loaded before it has opened the index."""
        from apps.accounts.models import User
        from apps.retrieval import embedding, search

        self._shape = Shape(**shape)
        self._user_ids = dict(User.objects.values_list("username", "pk"))
        self._search = search.search
        started = time.perf_counter()
        embedding.embedder().embed([question])
        return {"model_s": time.perf_counter() - started}

    def open(self, question: str) -> dict[str, float]:
        """The first search of the process."""
        started = time.perf_counter()
        found = self._found(question, self._scope(Kind.ALL, WARM))
        return {"open_s": time.perf_counter() - started, "hits": len(found.hits)}

    def scope_of(self, kind: str, times: int) -> list[float]:
        """Reading a user's scope from the database."""
        from apps.accounts.models import User
        from apps.knowledge.access import Scope

        user = User.objects.get(username=kind)
        taken = []
        for _ in range(times):
            started = time.perf_counter()
            Scope.of(user)
            taken.append(_ms_since(started))
        return taken

    def embed(self, questions: list[str], to: str) -> list[float]:
        """Embed questions; searches find the vectors in the process's cache. Saved in file `to`."""
        from apps.retrieval import searched

        where, vectors, times = searched.current(), [], []
        for question in questions:
            started = time.perf_counter()
            vectors.append(where.vector_of(question))
            times.append(_ms_since(started))
        np.save(to, np.stack(vectors))
        return times

    def search(
        self, kind: str, questions: list[str], variants: list[int], is_dense_told: bool
    ) -> dict[str, Any]:
        """Search question i in variant i; what the dense leg alone finds beside it, not timed."""
        from apps.retrieval import searched

        times: dict[str, list[float]] = {stage: [] for stage in (*STAGES, "legs", "search", "all")}
        found, degraded = [], set[str]()
        for question, variant in zip(questions, variants, strict=True):
            scope = self._scope(Kind(kind), variant)
            started = time.perf_counter()
            result = self._found(question, scope)
            times["all"].append(_ms_since(started))
            stages = [result.timings_ms.get(stage, 0.0) for stage in STAGES]
            for stage, ms in zip(STAGES, stages, strict=True):
                times[stage].append(ms)
            times["legs"].append(sum(stages[:2]))
            times["search"].append(sum(stages))
            degraded |= set(result.degraded)
            if is_dense_told:
                found.append(self._nearest_to(searched.current().vector_of(question), scope))
        return {"times": times, "dense": found, "degraded": sorted(degraded)}

    def nearest(self, vectors: str) -> dict[str, Any]:
        """The dense leg for ready vectors, in the whole index."""
        scope, found, times = self._scope(Kind.ALL, WARM), list[list[int]](), list[float]()
        for vector in np.load(vectors):
            started = time.perf_counter()
            found.append(self._nearest_to(vector, scope))
            times.append(_ms_since(started))
        return {"times": times, "dense": found}

    def search_while(self, questions: list[str], flag: str) -> dict[str, Any]:
        """Search in turn for as long as a file of that name exists."""
        scope, path = self._scope(Kind.ALL, WARM), Path(flag)
        legs, alls, generations = list[float](), list[float](), set[int]()
        while path.exists() and questions:
            for question in questions:
                started = time.perf_counter()
                result = self._found(question, scope)
                alls.append(_ms_since(started))
                legs.append(sum(result.timings_ms.get(stage, 0.0) for stage in STAGES[:2]))
                generations.add(result.index_generation)
                if not path.exists():
                    break
                time.sleep(PAUSE_S)
        return {"legs": legs, "all": alls, "publishes": len(generations) - 1}

    def wait_for(self, word: str, is_there: bool, timeout_s: float) -> dict[str, float]:
        """When (monotonic) a search first shows the word, or no longer; and when its index."""
        scope, seen = self._scope(Kind.ALL, WARM), dict[str, float]()
        deadline = time.monotonic() + timeout_s
        while len(seen) < 2 and time.monotonic() < deadline:
            result = self._found(word, scope)
            is_shown = any(word in hit.text for hit in result.hits)
            if is_shown == is_there:
                seen.setdefault("shown", time.monotonic())
            if self._holds(word, scope) == is_there:
                seen.setdefault("indexed", time.monotonic())
            time.sleep(POLL_S)
        return seen

    def _found(self, question: str, scope: "Scope") -> "SearchResult":
        return self._search(question, scope=scope, top_k=NEAREST, reading=False)

    def _scope(self, kind: Kind, variant: int) -> "Scope":
        """Made anew each time, as every request makes its own."""
        from apps.knowledge.access import Scope

        user = Kind.DOCUMENTS if kind == Kind.DOCUMENTS else Kind.ALL
        ids = scope_ids(kind, variant, self._shape)
        return Scope(
            user_id=self._user_ids[user.value],
            collection_ids=ids.collections,
            granted_ids=ids.granted,
            denied_ids=ids.denied,
            partial_ids=ids.partial,
        )

    def _nearest_to(self, vector: Any, scope: "Scope") -> list[int]:
        """As `search` asks the dense leg."""
        from apps.core import config
        from apps.retrieval import searched
        from apps.retrieval.filters import row_filter
        from apps.retrieval.protocols import Filters

        snapshot = searched.current().snapshot
        if snapshot is None:
            return []
        rows, limit = row_filter(scope, Filters()), config.load().retrieval.candidates
        return [one.chunk_id for one in snapshot.dense.search(vector, rows=rows, limit=limit)]

    def _holds(self, word: str, scope: "Scope") -> bool:
        """Whether the index of this process has it, whatever the database says."""
        from apps.retrieval import searched
        from apps.retrieval.filters import row_filter
        from apps.retrieval.protocols import Filters

        snapshot = searched.current().snapshot
        if snapshot is None or snapshot.lexical is None:
            return False
        return bool(snapshot.lexical.search(word, rows=row_filter(scope, Filters()), limit=1))


def _ms_since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 3)
