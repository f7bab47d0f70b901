"""What is stored comes back as it was, and only where nothing is."""

import pytest

from apps.core import clock
from apps.core.models import NodeProcess
from apps.knowledge.access import Scope
from apps.knowledge.models import Change, Version
from apps.ops.backups import restoring, schema
from apps.ops.backups.refusals import NotEmpty, SchemaUnknown
from apps.ops.backups.repository import Repository
from apps.retrieval import indexer
from apps.retrieval.models import NodeIndex
from apps.retrieval.search import search
from tests.apps.ops.backups.backing import backed_up, emptied, everything, restored
from tests.factories import CollectionFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_everything_comes_back_as_it_was(finance, admin, place):
    before = everything()
    backed_up(place)
    emptied()

    restored(place)

    assert everything() == before
    indexer.catch_up()
    assert search("code of the vault", scope=Scope.of(admin)).hits[0].path == "notes/vault"


def test_what_a_node_says_of_its_index_is_left_out(files, place):
    NodeIndex.objects.create(node="old", change_seq=7)
    backed_up(place)
    emptied()

    restored(place)

    assert not NodeIndex.objects.exists()


def test_every_table_that_is_left_out_exists():
    there = {schema.label_of(model) for model in schema.models_there()}

    assert there >= schema.NOT_KEPT


def test_a_key_is_never_given_twice(submit, place):
    submit("a.txt", "a")
    gone = submit("b.txt", "b").version
    key = gone.pk
    gone.document.versions.all().delete()
    backed_up(place)
    emptied()

    restored(place)

    assert Version.objects.create(
        document=Version.objects.get().document, number=9, content_sha256="", size_bytes=0
    ).pk > key  # fmt: skip


def test_an_older_snapshot_is_put_back_by_its_name(submit, place):
    submit("a.txt", "a")
    first = backed_up(place)
    submit("b.txt", "b")
    backed_up(place)
    emptied()

    restored(place, first.name[:20])

    assert Version.objects.count() == 1


def test_where_anything_is_nothing_is_put_back(files, place):
    backed_up(place)
    before = everything()

    with pytest.raises(NotEmpty, match="1 collections, 3 documents"):
        restored(place)

    assert everything() == before


def test_while_a_node_runs_nothing_is_put_back(files, place):
    backed_up(place)
    emptied()
    now = clock.now()
    NodeProcess.objects.create(node="two", kind="web", pid=1, started_at=now, seen_at=now)

    with pytest.raises(NotEmpty, match="runs on two"):
        restored(place)


def test_a_snapshot_of_a_newer_program_is_refused(files, place, monkeypatch):
    snapshot = backed_up(place).snapshot
    later = snapshot.model_copy(update={"migrations": [("knowledge", "9999_later")]})
    monkeypatch.setattr(Repository, "snapshot", lambda *_: later)
    emptied()

    with pytest.raises(SchemaUnknown, match=r"knowledge\.9999_later"):
        restored(place)


def test_originals_come_last_where_the_tables_know_no_place_for_them(files, place, monkeypatch):
    snapshot, order = backed_up(place).snapshot, []
    known = [one for one in snapshot.migrations if one != restoring.ORIGINALS_HAVE_A_PLACE]
    monkeypatch.setattr(
        Repository, "snapshot", lambda *_: snapshot.model_copy(update={"migrations": known})
    )
    for name in ("rows_load", "_originals", "call_command"):
        monkeypatch.setattr(restoring, name, lambda *_, _name=name, **__: order.append(_name) or {})
    monkeypatch.setattr(schema, "tables_make", lambda _: None)
    emptied()

    restored(place)

    assert order == ["rows_load", "call_command", "_originals"]


def test_rows_that_the_database_refuses_leave_it_as_it_was(files, place, monkeypatch):
    backed_up(place)
    emptied()
    CollectionFactory(name="x").delete()
    monkeypatch.setattr("apps.ops.backups.loading.counters_set", lambda *_: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        restored(place)

    assert (Version.objects.count(), Change.objects.count()) == (0, 0)
