"""Tantivy, the reading side: BM25 over one published snapshot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Self

import numpy as np
import tantivy

from apps.modelhub.glossaries import Synonyms
from apps.modelhub.glossaries.script import spellings
from apps.retrieval.lexical import schema
from apps.retrieval.lexical.damage import damage_told
from apps.retrieval.lexical.synonyms import Key, synonym_queries
from apps.retrieval.protocols import Candidate, RowFilter

# Words and pairs of characters say what is meant; their pairs and single characters break ties
# (as in the sequential dependence model, Metzler and Croft 2005). Measured, recall@1 with/without:
# word pairs tatqa 57/54, squad 79/78; characters bbt_finqa_zh 86/85, drcd 93.8/93.6.
_WORD_PAIR = 0.3
_CHARACTER = 0.2

_WORDS = "lexical"  # what Damaged names while searching
_MOST_TERMS = 48  # of a query; a pasted page is searched by its rarest terms
_MOST_CHARACTERS = 4_000

# What a search looks at, ~5 ms; no index of less than ~20,000 chunks has so many for 48 terms. One
# posting a chunk, as at a million, costs no recall@10 (squad 95.6 -> 96.0, cmrc 99.7 -> 99.9, drcd
# 99.6 -> 99.7, tatqa 83.6 -> 85.6, bbt_finqa_zh 98.0 -> 98.8; docs/adr/0013).
_MOST_POSTINGS = 1_000_000
_LEAST_TERMS = 2


@dataclass(frozen=True, slots=True)
class _Term:
    """A term of a query, how much it counts, and how many chunks have it."""

    key: Key
    weight: float
    chunks: int


class TantivyLexical:
    """LexicalLeg over one snapshot folder. Safe for many threads."""

    def __init__(self, searcher: tantivy.Searcher, collection_ids: frozenset[int] | None) -> None:
        self._searcher = searcher
        self._collection_ids = collection_ids

    @classmethod
    def open(cls, folder: Path, *, collection_ids: frozenset[int] | None) -> Self:
        """Map a snapshot with chunks of these collections (None: unknown). Raises Damaged."""
        with damage_told(str(folder)):
            return cls(schema.opened(str(folder)).searcher(), collection_ids)

    def search(
        self,
        query: str,
        *,
        rows: RowFilter,
        limit: int,
        others: Sequence[Synonyms] = (),
    ) -> list[Candidate]:
        """See LexicalLeg. Raises Damaged when a file of the snapshot is not what was written.

        Very common terms of a query are left out of a big index where rarer ones fill all places.
        """
        terms = self._terms(query[:_MOST_CHARACTERS])
        with damage_told(_WORDS):
            synonyms = synonym_queries(others, lambda key: self._searcher.doc_freq(*key))
        telling = _telling(terms)
        found = self._best(telling, synonyms, rows, limit)
        if len(found) < limit and len(telling) < len(terms):
            return self._best(terms, synonyms, rows, limit)
        return found

    def _best(
        self,
        terms: Sequence[_Term],
        synonyms: Sequence[tantivy.Query],
        rows: RowFilter,
        limit: int,
    ) -> list[Candidate]:
        wanted = [*(_term_query(*term.key, term.weight) for term in terms), *synonyms]
        if not wanted:
            return []
        any_of = [(tantivy.Occur.Should, query) for query in wanted]
        within = self._within(tantivy.Query.boolean_query(any_of), rows)
        with damage_told(_WORDS):
            found = self._searcher.search(within, limit, count=False).hits
            values = self._searcher.fast_field_values(schema.CHUNK, [at for _, at in found])
            chunk_ids = np.array(values, np.int64).tolist()
        return [Candidate(id_, score) for id_, (score, _) in zip(chunk_ids, found, strict=True)]

    def _terms(self, query: str) -> list[_Term]:
        """The rarest of the query as it is written, and as many as it is spelled otherwise."""
        own, *others = [_weighted(one) for one in spellings(query)]
        added = {key: weight for one in others for key, weight in one.items() if key not in own}
        terms = [*self._rarest(own), *self._rarest(added)]
        return sorted(terms, key=lambda term: term.chunks)

    def _rarest(self, weights: Mapping[Key, float]) -> list[_Term]:
        with damage_told(_WORDS):
            known = [
                _Term(key, weight, self._searcher.doc_freq(*key)) for key, weight in weights.items()
            ]
        rarest = sorted((term for term in known if term.chunks), key=lambda term: term.chunks)
        return rarest[:_MOST_TERMS]

    def _within(self, query: tantivy.Query, rows: RowFilter) -> tantivy.Query:
        """Without a filter Tantivy skips blocks that cannot win, so none is added for nothing."""
        parts = [(tantivy.Occur.Must, query)]
        if self._collection_ids is None or not self._collection_ids <= rows.collection_ids:
            parts.append((tantivy.Occur.Must, _any_of(rows)))
        elif rows.denied_ids:
            parts.append((tantivy.Occur.MustNot, _one_of(schema.DOCUMENT, rows.denied_ids)))
        if rows.document_ids is not None:
            parts.append((tantivy.Occur.Must, _one_of(schema.DOCUMENT, rows.document_ids)))
        return query if len(parts) == 1 else tantivy.Query.boolean_query(parts)


def _telling(rarest: Sequence[_Term]) -> Sequence[_Term]:
    """The first of them, as many as stand in _MOST_POSTINGS chunks together, and a few anyhow."""
    together = accumulate(term.chunks for term in rarest)
    count = sum(1 for chunks in together if chunks <= _MOST_POSTINGS)
    return rarest[: max(count, _LEAST_TERMS)]


def _weighted(query: str) -> dict[Key, float]:
    """Terms to look for, and how much each counts."""
    terms = schema.analysed(query)
    characters = {(schema.UNITS, term): _CHARACTER for term in terms.characters}
    return (
        characters
        | {(schema.PAIRS, term): _WORD_PAIR for term in terms.word_pairs}
        | {(schema.UNITS, term): 1.0 for term in [*terms.words, *terms.lone]}
        | {(schema.PAIRS, term): 1.0 for term in terms.character_pairs}
    )


def _any_of(rows: RowFilter) -> tantivy.Query:
    """Granted, or inside a collection and not denied."""
    inside = [(tantivy.Occur.Must, _one_of(schema.COLLECTION, rows.collection_ids))]
    if rows.denied_ids:
        inside.append((tantivy.Occur.MustNot, _one_of(schema.DOCUMENT, rows.denied_ids)))
    whole = tantivy.Query.boolean_query(inside)
    if not rows.granted_ids:
        return whole
    granted = _one_of(schema.DOCUMENT, rows.granted_ids)
    return tantivy.Query.boolean_query(
        [(tantivy.Occur.Should, whole), (tantivy.Occur.Should, granted)]
    )


def _one_of(field: str, ids: frozenset[int]) -> tantivy.Query:
    """Documents with one of the ids; without a part in the score."""
    terms = tantivy.Query.term_set_query(schema.SCHEMA, field, sorted(ids))
    return tantivy.Query.const_score_query(terms, 0.0)


def _term_query(field: str, term: str, weight: float) -> tantivy.Query:
    found = tantivy.Query.term_query(schema.SCHEMA, field, term, "freq")
    return found if weight == 1.0 else tantivy.Query.boost_query(found, weight)
