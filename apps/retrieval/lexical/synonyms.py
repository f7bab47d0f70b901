"""What a query is called otherwise, as queries that count less than its own words."""

from collections.abc import Callable, Iterator, Sequence

import tantivy

from apps.retrieval.lexical import schema
from apps.retrieval.lexical.analysis import FUNCTION_WORDS

Key = tuple[str, str]  # field and term

# Half of what the query's own words count. Measured, recall@5 and @10 with/without: docs/adr/0021.
WEIGHT = 0.5
_MOST_CHUNKS = 100_000  # that have the rarest term of a name; more would cost too long
_LEAST_WORDS = 2  # of a name of several, save `of`, `a`, `is`


def synonym_queries(
    groups: Sequence[Sequence[str]], chunks_with: Callable[[Key], int]
) -> list[tantivy.Query]:
    """One query for each group of names that mean the same: the best of them counts, and only
    chunks that have all of a name. Names that no chunk has are left out.

    `chunks_with`: how many chunks have a term.
    """
    queries = []
    for group in groups:
        named = [_all_of(keys) for keys in map(_keys, group) if _is_findable(keys, chunks_with)]
        if named:
            best = tantivy.Query.disjunction_max_query(named)
            queries.append(tantivy.Query.boost_query(best, WEIGHT))
    return queries


def _keys(name: str) -> list[Key]:
    """The terms that a chunk with the name has; none for a name that says too little."""
    terms = schema.analysed(name)
    words = [word for word in terms.words if word not in FUNCTION_WORDS]
    if len(terms.words) > len(words) and len(words) < _LEAST_WORDS:
        return []
    return list(dict.fromkeys(_each(words, terms.lone, terms.word_pairs, terms.character_pairs)))


def _each(words: Sequence[str], lone: Sequence[str], *pairs: Sequence[str]) -> Iterator[Key]:
    yield from ((schema.UNITS, term) for term in (*words, *lone))
    yield from ((schema.PAIRS, term) for found in pairs for term in found)


def _is_findable(keys: Sequence[Key], chunks_with: Callable[[Key], int]) -> bool:
    rarest = min(map(chunks_with, keys), default=0)
    return 0 < rarest <= _MOST_CHUNKS


def _all_of(keys: Sequence[Key]) -> tantivy.Query:
    terms = [tantivy.Query.term_query(schema.SCHEMA, *key, "freq") for key in keys]
    return tantivy.Query.boolean_query([(tantivy.Occur.Must, term) for term in terms])
