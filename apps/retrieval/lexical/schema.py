"""The fields of the Tantivy index and the analyser that both of its sides share."""

import tantivy

from apps.retrieval.lexical.analysis import index_terms

TEXT, CHUNK, VERSION, DOCUMENT, COLLECTION = "text", "chunk", "version", "document", "collection"
_ANALYZER = "terms"

# Our terms come joined by spaces; English endings are cut (Porter 2), which leaves Chinese and
# codes as they are.
ANALYZER = (
    tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace())
    .filter(tantivy.Filter.stemmer("english"))
    .build()
)


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field(TEXT, tokenizer_name=_ANALYZER, index_option="freq")
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
    index.register_tokenizer(_ANALYZER, ANALYZER)
    return index


def stemmed(terms: list[str]) -> list[str]:
    """The terms as they stand in the index, in the given order."""
    return list(ANALYZER.analyze(" ".join(terms)))


def document(
    text: str, *, chunk_id: int, version_id: int, document_id: int, collection_id: int
) -> tantivy.Document:
    """A document to add."""
    made = tantivy.Document()
    made.add_text(TEXT, " ".join(index_terms(text)))
    # Never Document(chunk=1): an untyped number meets an unsigned field in the writer's thread,
    # and kills it.
    for name, value in (
        (CHUNK, chunk_id),
        (VERSION, version_id),
        (DOCUMENT, document_id),
        (COLLECTION, collection_id),
    ):
        made.add_unsigned(name, value)
    return made
