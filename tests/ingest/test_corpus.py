"""Real and hostile files: everything is read or refused with a reason, and nothing else happens."""

import csv

import pytest

from ingest import archives, sandbox
from ingest.chunking import chunk_pages
from ingest.loaders.protocol import LoadError
from ingest.sniffing import SUPPORTED, sniff

REASONS = {
    "empty", "unsupported", "encrypted", "damaged", "no_text", "too_large", "bomb", "nested_archive",  # noqa: E501
    "too_many_files", "out_of_memory", "timed_out", "parser_crashed",
}  # fmt: skip


def files_of(folder):
    with (folder / "index.tsv").open(encoding="utf-8") as index:
        rows = csv.DictReader(index, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [folder / row["path"] for row in rows]


def outcome(path):
    """The number of chunks of a file, or the reason why there are none."""
    try:
        if sniff(path, path.name) == "application/zip":
            return sum(1 for _ in archives.members(path)) or "empty"
        _, *pages = sandbox.parse(path, filename=path.name)
    except LoadError as error:
        return error.code
    version = "\f".join(page.text for page in pages)
    chunks = list(chunk_pages(pages, title=path.name, target_tokens=200))
    assert all(chunk.text == version[chunk.start : chunk.end] for chunk in chunks)
    return len(chunks)


def test_every_real_file_of_a_supported_format_is_read(shared):
    files = [
        path for path in files_of(shared / "docs_corpus") if sniff(path, path.name) in SUPPORTED
    ]

    outcomes = {path.name: outcome(path) for path in files}

    assert len(files) >= 195
    assert {name for name, result in outcomes.items() if result == 0} == set()
    assert {result for result in outcomes.values() if isinstance(result, str)} <= {"no_text"}


def test_hostile_files_are_read_or_refused(shared):
    outcomes = {path.name: outcome(path) for path in files_of(shared / "hostile_corpus")}

    assert {result for result in outcomes.values() if isinstance(result, str)} <= REASONS
    assert "parser_crashed" not in outcomes.values()


@pytest.mark.parametrize(
    "name", ["bug1782186.pdf", "libreoffice-writer-password.pdf", "testPPT_protected_passtika.pptx",
             "testEXCEL_protected_passtika.xls", "testODTEncrypted.odt", "fake-encrypted.eml"],
)  # fmt: skip
def test_protected_files_are_called_encrypted(shared, name):
    assert outcome(shared / "hostile_corpus" / "encrypted" / name) == "encrypted"
