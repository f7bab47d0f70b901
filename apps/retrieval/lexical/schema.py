"""The fields of the Tantivy index and the analysis that both of its sides share."""

from collections.abc import Iterable

import tantivy

from apps.retrieval.index_rows import IndexRow
from apps.retrieval.lexical.analysis import Terms, terms_of

UNITS, PAIRS = "units", "pairs"
CHUNK, VERSION, DOCUMENT, COLLECTION = "chunk", "version", "document", "collection"

_AS_GIVEN = "as-given"  # our terms come ready, joined by spaces
_SPLIT = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
_STEM = (
    tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace())
    .filter(tantivy.Filter.stemmer("english"))  # Porter 2; leaves codes and other scripts alone
    .build()
)


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for name in (UNITS, PAIRS):
        builder.add_text_field(name, tokenizer_name=_AS_GIVEN, index_option="freq")
    builder.add_unsigned_field(CHUNK, fast=True)
    for name in (VERSION, DOCUMENT, COLLECTION):
        builder.add_unsigned_field(name, indexed=True)
    return builder.build()


SCHEMA = _schema()


def opened(path: str) -> tantivy.Index:
    """The index in an existing folder, created there when the folder is empty.

    Raises ValueError or OSError when it cannot be read.
    """
    index = tantivy.Index(SCHEMA, path=path)
    index.register_tokenizer(_AS_GIVEN, _SPLIT)
    return index


def stem(words: list[str]) -> list[str]:
    """Each word without its English ending, in given order. Words have no spaces in them."""
    return list(_STEM.analyze(" ".join(words)))


def analysed(text: str) -> Terms:
    """The terms of a text or a query as they stand in the index."""
    return terms_of(text, stem)


def document(row: IndexRow) -> tantivy.Document:
    """A chunk as Tantivy takes it."""
    terms, made = analysed(row.text), tantivy.Document()
    made.add_text(UNITS, " ".join([*terms.words, *terms.characters]))
    made.add_text(PAIRS, " ".join([*terms.word_pairs, *terms.character_pairs]))
    # Never Document(chunk=1): an untyped number meets an unsigned field in the writer's thread,
    # and kills it.
    made.add_unsigned(CHUNK, row.chunk_id)
    made.add_unsigned(VERSION, row.version_id)
    made.add_unsigned(DOCUMENT, row.document_id)
    made.add_unsigned(COLLECTION, row.collection_id)
    return made


def of_versions(version_ids: Iterable[int]) -> tantivy.Query:
    """The chunks of these versions."""
    return tantivy.Query.term_set_query(SCHEMA, VERSION, sorted(version_ids))
