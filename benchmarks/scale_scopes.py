"""The scopes that benchmarks/scale.py searches in, and which rows each of them allows."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]


class Kind(StrEnum):
    """How much may be read: everything, a tenth, a thousandth; a tenth by grants on documents."""

    ALL = "all"
    TENTH = "tenth"
    THOUSANDTH = "thousandth"
    DOCUMENTS = "documents"


SHARES = {Kind.TENTH: 10, Kind.THOUSANDTH: 1000, Kind.DOCUMENTS: 10}
WARM = 0  # the variant that is asked again and again; every other is asked once


@dataclass(frozen=True, slots=True)
class Shape:
    """Collections are numbered from 1; number `collections` + 1 is the one that changes.

    `first_documents[i]`: the first document of collection i + 1; the last entry ends them all.
    """

    chunks: int
    collections: int
    first_documents: Sequence[int]

    @property
    def changing(self) -> int:
        """The collection that documents are added to while the benchmark runs."""
        return self.collections + 1


@dataclass(frozen=True, slots=True)
class ScopeIds:
    """What a Scope is made of; `partial`: the collections of what is granted."""

    collections: frozenset[int]
    partial: frozenset[int] = frozenset()
    granted: frozenset[int] = frozenset()
    denied: frozenset[int] = frozenset()

    def allowed(self, documents: npt.NDArray[np.int32], collections: npt.NDArray[np.int32]) -> Mask:
        """Which rows, given by the document and the collection of each, may be found."""
        in_collection = _table(self.collections, int(collections.max(initial=0)))[collections]
        if not (self.granted or self.denied):
            return in_collection
        last = int(documents.max(initial=0))
        granted, denied = _table(self.granted, last), _table(self.denied, last)
        return granted[documents] | (in_collection & ~denied[documents])


def scope_ids(kind: Kind, variant: int, shape: Shape) -> ScopeIds:
    """The scope of a kind; every variant is another one, the same at every run.

    Variants of `all` differ by an empty collection. `documents`: every second document of a tenth
    of the collections is denied, and every second of as many others granted; variants leave some
    of the collections out.
    """
    if kind == Kind.ALL:
        further = {shape.changing + variant} if variant else set[int]()
        return ScopeIds(frozenset(range(1, shape.changing + 1)) | further)
    size = max(1, shape.collections // SHARES[kind])
    if kind != Kind.DOCUMENTS:
        chance = random.Random(f"{kind} {variant}")
        return ScopeIds(frozenset(chance.sample(range(1, shape.collections + 1), size)))
    chosen = random.Random(kind).sample(range(1, shape.collections + 1), 2 * size)
    left_out = set(random.Random(variant).sample(chosen, size // 10)) if variant else set[int]()
    whole = [one for one in chosen[:size] if one not in left_out]
    partial = [one for one in chosen[size:] if one not in left_out]
    return ScopeIds(
        frozenset(whole), frozenset(partial), _second(partial, shape), _second(whole, shape)
    )


def _second(collections: Sequence[int], shape: Shape) -> frozenset[int]:
    """Every second document of these collections."""
    starts = shape.first_documents
    ranges = (range(starts[one - 1], starts[one], 2) for one in collections)
    return frozenset(document for documents in ranges for document in documents)


def _table(ids: frozenset[int], highest: int) -> Mask:
    table = np.zeros(highest + 1, np.bool_)
    table[[id_ for id_ in ids if id_ <= highest]] = True
    return table
