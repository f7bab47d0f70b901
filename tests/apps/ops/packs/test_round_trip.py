"""A pack brings a collection over as it was."""

import pytest

from apps.core import config
from apps.core.errors import Conflict, Forbidden, NotFound
from apps.generation.models import CuratedAnswer
from apps.knowledge import access, blobs
from apps.knowledge.access import Scope
from apps.knowledge.deletion import document_delete, version_delete
from apps.knowledge.models import Chunk, Collection, Document, DocumentGrant, Page, Version
from apps.ops.models import PackImport
from apps.ops.packs import rows
from apps.ops.packs.refusals import PackRefused
from apps.ops.packs.schema import CONTENT
from apps.retrieval import embedding, indexer
from apps.retrieval.search import search
from ingest import runner
from ingest.selectors import status_of, with_status
from tests.apps.ops.packs.conftest import forget_groups, push
from tests.apps.ops.packs.packing import everything, manifest_of, members_of, packed, taken
from tests.factories import CollectionFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
QUERIES = ["vault code", "train class", "住宿费", "days of leave", "first Monday"]


@pytest.fixture
def pack(finance, admin, tmp_path):
    return packed(finance, admin, tmp_path / "finance.ckb", has_history=True)


@pytest.fixture
def copy(pack, admin) -> Collection:
    copied = taken(pack, admin, name="Copy").collection
    indexer.catch_up()
    return copied


def hits(collection, by, query):
    scope = Scope.of(by).narrowed([collection.uuid])
    found = search(query, scope=scope, reading=False).hits
    return [(hit.path, hit.page, hit.text, round(hit.score, 6)) for hit in found]


def rows_of(collection, model, *fields):
    lead = "version__document" if model in {Chunk, Page} else "document"
    rows = model.objects.filter(**{f"{lead}__collection": collection})
    return sorted(rows.values_list(f"{lead}__path", *fields), key=str)


def test_what_comes_in_is_what_went_out(copy, pack, admin, tmp_path):
    again = packed(copy, admin, tmp_path / "again.ckb", has_history=True)

    first, second = members_of(pack), members_of(again)
    assert {name for name in first if first[name] != second.get(name)} == {
        "collection.json",  # its name
        "grants.jsonl",  # the importer manages it
    }
    assert first.keys() == second.keys()


@pytest.mark.parametrize("query", QUERIES)
def test_the_copy_finds_the_same_in_the_same_order(finance, copy, admin, query):
    assert hits(copy, admin, query) == hits(finance, admin, query) != []


def test_a_chunk_that_was_kept_out_of_search_stays_out(copy, admin):
    assert all("board" not in text for _, _, text, _ in hits(copy, admin, "board Monday"))


def test_nothing_is_embedded_when_the_model_is_the_same(pack, admin, monkeypatch):
    calls = []
    monkeypatch.setattr(embedding, "embedder", lambda: calls.append("called"))

    imported = taken(pack, admin, name="Copy")
    indexer.catch_up()

    assert (imported.to_embed, imported.is_same_model, calls) == (0, True, [])


def test_pages_spans_and_originals_are_the_same(finance, copy, admin):
    fields = ("number", "start", "text", "label", "blocks")

    assert rows_of(copy, Page, *fields) == rows_of(finance, Page, *fields)
    assert [row[1:] for row in rows_of(copy, Chunk, "start", "end", "heading", "text")] == [
        row[1:] for row in rows_of(finance, Chunk, "start", "end", "heading", "text")
    ]
    assert all(
        blobs.exists(sha256)
        for _, sha256, has_blob in rows_of(copy, Version, "content_sha256", "has_blob")
        if has_blob
    )


def test_the_settings_come_along(finance, copy):
    names = ("description", "language", "profile", "min_confidence", "suggested_questions")

    assert [getattr(copy, name) for name in names] == [getattr(finance, name) for name in names]


def test_every_document_is_ready(copy):
    documents = with_status(Document.objects.filter(collection=copy))

    assert {status_of(document).status for document in documents} == {"ready"}


def test_old_versions_stay_readable_and_unsearched(copy, admin):
    scope = Scope.of(admin).narrowed([copy.uuid])
    old = access.versions_of(scope).get(document__path="rules/travel.md", number=1)

    assert "third class" in old.pages.get().text
    assert not access.chunks_of(scope).filter(version=old).exists()


def test_without_history_only_what_is_live_goes_out(finance, admin, tmp_path):
    path = packed(finance, admin, tmp_path / "live.ckb")

    assert manifest_of(path)["counts"]["versions"] == 4
    assert b"third class" not in b"".join(members_of(path).values())


def test_rights_go_to_those_who_have_the_names(copy, admin):
    rights = {str(grant) for grant in copy.grants.all()}

    assert rights == {
        "root: Manage", "traders: Read", "board: Manage", "ann: Read and add documents"
    }  # fmt: skip
    denial = DocumentGrant.objects.get(document__collection=copy)
    assert (denial.document.path, denial.group.name, denial.is_denied) == (
        "notes/board", "traders", True
    )  # fmt: skip


def test_who_is_not_here_is_listed_and_gets_nothing(pack, admin):
    forget_groups()

    imported = taken(pack, admin, name="Copy")

    assert imported.grants.unknown == {"group traders", "group board"}
    assert {str(grant) for grant in imported.collection.grants.all()} == {
        "root: Manage", "ann: Read and add documents"
    }  # fmt: skip


def test_a_document_denied_to_somebody_unknown_is_closed(pack, admin):
    forget_groups()
    copy = taken(pack, admin, name="Copy").collection
    ann = copy.grants.exclude(user=admin).get().user

    readable = access.documents_of(Scope.of(ann)).filter(collection=copy)

    assert set(readable.values_list("path", flat=True)) == {
        "notes/vault", "rules/travel.md", "费用/报销.txt"
    }  # fmt: skip


def test_without_grants_only_the_importer_may_use_it(pack, admin):
    copy = taken(pack, admin, name="Copy", has_grants=False).collection

    assert [str(grant) for grant in copy.grants.all()] == ["root: Manage"]


def test_golden_questions_and_curated_answers_come_along(copy):
    question = copy.golden_questions.get()
    answer = CuratedAnswer.objects.get(collection=copy)

    assert (question.text, question.answers) == ("What is the code?", ["42"])
    assert question.documents.get().collection == copy
    source = answer.sources.get()
    assert source.version_id_quoted == source.document.current_version_id
    assert answer.questions.get().text == "When does the vault open?"


def test_exported_twice_it_is_the_same_but_for_the_time(finance, admin, pack, tmp_path):
    again = packed(finance, admin, tmp_path / "again.ckb", has_history=True)

    first, second = manifest_of(pack), manifest_of(again)
    assert first | {"created": ""} == second | {"created": ""}


def test_the_same_name_is_refused_with_advice(pack, admin):
    with pytest.raises(Conflict, match=r"a collection “Finance”.*“Finance 2”.*--as"):
        taken(pack, admin)


def test_ids_are_those_of_this_installation(finance, copy):
    assert not set(Document.objects.filter(collection=copy).values_list("uuid")) & set(
        Document.objects.filter(collection=finance).values_list("uuid")
    )


def test_what_was_deleted_is_not_exported(finance, admin, tmp_path):
    document_delete(document=Document.objects.get(path="notes/vault"), by=admin)

    path = packed(finance, admin, tmp_path / "rest.ckb")

    assert b"vault" not in b"".join(members_of(path).values())


def test_a_golden_answer_drawn_from_a_deleted_document_is_not_exported(finance, admin, tmp_path):
    board = Document.objects.get(path="notes/board")
    finance.golden_questions.get().documents.add(board)
    document_delete(document=board, by=admin)

    path = packed(finance, admin, tmp_path / "rest.ckb")

    assert b"What is the code?" not in b"".join(members_of(path).values())


def test_a_quote_of_a_deleted_version_is_not_exported(finance, admin, tmp_path):
    push(finance, admin, "notes/vault", "The vault is gone.")
    runner.drain()
    vault = Document.objects.get(path="notes/vault")
    version_delete(version=vault.versions.get(number=1), by=admin)

    path = packed(finance, admin, tmp_path / "rest.ckb")

    assert b"nine" not in b"".join(members_of(path).values())


def test_who_does_not_manage_it_exports_nothing(finance, tmp_path):
    reader = UserFactory()
    finance.grants.create(user=reader, permission=10)

    with pytest.raises(Forbidden):
        packed(finance, reader, tmp_path / "no.ckb")
    with pytest.raises(NotFound):
        packed(finance, UserFactory(), tmp_path / "no.ckb")
    assert list(tmp_path.iterdir()) == []


def test_a_manager_exports_only_what_they_may_read(finance, tmp_path):
    manager = UserFactory()
    finance.grants.create(user=manager, permission=30)
    vault = Document.objects.get(path="notes/vault")
    DocumentGrant.objects.create(document=vault, user=manager, is_denied=True)

    path = packed(finance, manager, tmp_path / "part.ckb")

    assert manifest_of(path)["counts"]["documents"] == 3
    assert b"vault" not in b"".join(members_of(path).values())


def test_a_manager_exports_no_golden_answer_from_what_is_denied_to_them(finance, tmp_path):
    manager = UserFactory()
    finance.grants.create(user=manager, permission=30)
    question = finance.golden_questions.get()
    question.documents.add(Document.objects.get(path="notes/board"))
    DocumentGrant.objects.create(
        document=Document.objects.get(path="notes/vault"), user=manager, is_denied=True
    )

    path = packed(finance, manager, tmp_path / "part.ckb")

    assert question.text.encode() not in b"".join(members_of(path).values())


def test_only_administrators_import(pack):
    with pytest.raises(Forbidden):
        taken(pack, UserFactory(), name="Copy")


def test_an_empty_collection_goes_out_and_in(admin, tmp_path):
    path = packed(CollectionFactory(name="Empty"), admin, tmp_path / "empty.ckb")

    assert taken(path, admin, name="Copy").counts["documents"] == 0


def test_large_originals_need_the_same_limit(pack, admin, monkeypatch):
    settings = config.load()
    tight = settings.ingest.model_copy(update={"max_file": "20B"})
    monkeypatch.setattr(config, "load", lambda: settings.model_copy(update={"ingest": tight}))

    with pytest.raises(PackRefused, match="larger than"):
        taken(pack, admin, name="Copy")


def test_lines_of_a_pack_name_their_kind(pack):
    lines = members_of(pack)["content/00000.jsonl"].splitlines()

    kinds = [CONTENT.validate_json(line).kind for line in lines]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "document": 4, "version": 5, "page": 5, "chunk": kinds.count("chunk")
    }  # fmt: skip


def test_a_name_that_is_taken_meanwhile_leaves_nothing_behind(pack, admin, monkeypatch):
    before = everything()[0]
    monkeypatch.setattr(rows, "originals_keep", lambda *_: CollectionFactory(name="Copy"))

    with pytest.raises(Conflict, match="already a collection with this name"):
        taken(pack, admin, name="Copy")

    assert everything()[0] - before == {"Collection": 1, "PackImport": 1}
    assert PackImport.objects.get().state == "failed"
