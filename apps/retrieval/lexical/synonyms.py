"""What a query is called otherwise, as queries that count less than its own words."""

from collections.abc import Callable, Iterator, Sequence

import tantivy

from apps.modelhub.glossaries import Synonyms
from apps.retrieval.lexical import schema
from apps.retrieval.lexical.analysis import FUNCTION_WORDS

Key = tuple[str, str]  # field and term

# A quarter of what the query's own words count. Recall with and without them: docs/adr/0021.
WEIGHT = 0.25
_MOST_CHUNKS = 100_000  # that have the rarest term of a name; more would cost too long
_LEAST_WORDS = 2  # of a name of several, save `of`, `a`, `is`


def synonym_queries(
    synonyms: Sequence[Synonyms], chunks_with: Callable[[Key], int]
) -> list[tantivy.Query]:
    """One query for each term that is called otherwise: the best of its other names counts, where a
    chunk has all of it and none of the names that the query uses. Names that no chunk has are left
    out.

    `chunks_with`: how many chunks have a term.
    """
    queries = []
    for one in synonyms:
        named = [
            _all_of(keys) for keys in map(_keys, one.others) if _is_findable(keys, chunks_with)
        ]
        if named:
            best = tantivy.Query.disjunction_max_query(named)
            queries.append(tantivy.Query.boost_query(_without(best, one.said), WEIGHT))
    return queries


def _keys(name: str) -> list[Key]:
    """The terms that a chunk with the name has; none for a name that says too little."""
    terms = schema.analysed(name)
    words = [word for word in terms.words if word not in FUNCTION_WORDS]
    is_cut = len(terms.words) > len(words) and len(words) < _LEAST_WORDS
    if is_cut or not (words or terms.character_pairs):
        return []
    return list(dict.fromkeys(_each(words, terms.lone, terms.word_pairs, terms.character_pairs)))


def _each(words: Sequence[str], lone: Sequence[str], *pairs: Sequence[str]) -> Iterator[Key]:
    yield from ((schema.UNITS, term) for term in (*words, *lone))
    yield from ((schema.PAIRS, term) for found in pairs for term in found)


def _is_findable(keys: Sequence[Key], chunks_with: Callable[[Key], int]) -> bool:
    rarest = min(map(chunks_with, keys), default=0)
    return 0 < rarest <= _MOST_CHUNKS


def _without(query: tantivy.Query, said: Sequence[str]) -> tantivy.Query:
    names = [_all_of(keys) for keys in map(_keys, said) if keys]
    parts = [(tantivy.Occur.Must, query), *((tantivy.Occur.MustNot, name) for name in names)]
    return tantivy.Query.boolean_query(parts) if names else query


def _all_of(keys: Sequence[Key]) -> tantivy.Query:
    terms = [tantivy.Query.term_query(schema.SCHEMA, *key, "freq") for key in keys]
    return tantivy.Query.boolean_query([(tantivy.Occur.Must, term) for term in terms])
