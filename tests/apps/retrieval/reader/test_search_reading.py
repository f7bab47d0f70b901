"""What is found is read; without a reader the search still answers."""

import logging
import shutil

import pytest

from apps.core import config
from apps.knowledge.access import Scope
from apps.retrieval.reader import loading
from apps.retrieval.search import search
from tests.apps.retrieval.indexing import found, indexed
from tests.apps.retrieval.reader.scripted import ScriptedReader
from tests.factories import CollectionFactory, UserFactory

pytestmark = pytest.mark.django_db

TEXTS = ("vault vault vault vault relevance 1", "vault relevance 4", "the vault here relevance 9")


@pytest.fixture
def asker():
    return UserFactory()


@pytest.fixture
def collection(asker):
    return CollectionFactory(readers=[asker], writers=[])


@pytest.fixture
def script(monkeypatch):
    reader = ScriptedReader(rank_weight=0.5)
    monkeypatch.setattr(loading, "reader", lambda: reader)
    return reader


def test_the_most_relevant_comes_first_with_its_span(asker, collection, script):
    indexed(*TEXTS, collection=collection)

    best, *others = search("vault", scope=Scope.of(asker)).hits

    (span,) = best.reading.spans
    assert best.text[span.start : span.end] == "relevance 9"
    assert [hit.reading.relevance for hit in others] == [4, 1]
    assert best.score == pytest.approx(9 + 0.5 / best.legs["lexical"])


def test_legs_and_marks_are_those_of_the_search(asker, collection, script):
    indexed(*TEXTS, collection=collection)

    read = search("vault", scope=Scope.of(asker)).hits
    plain = search("vault", scope=Scope.of(asker), reading=False).hits

    assert {hit.chunk_id: (hit.legs, hit.leg_scores, hit.spans) for hit in read} == {
        hit.chunk_id: (hit.legs, hit.leg_scores, hit.spans) for hit in plain
    }


def test_more_is_read_than_is_shown(asker, collection, script):
    *_, right = indexed(*TEXTS, collection=collection)

    assert found("vault", Scope.of(asker), top_k=1) == [right.pk]


def test_only_so_many_are_read_and_the_others_stay_behind(asker, collection, script, set_retrieval):
    set_retrieval(read=2)
    indexed(*TEXTS, collection=collection)

    hits = search("vault", scope=Scope.of(asker)).hits

    assert len(script.asked) == 2
    assert [hit.reading is None for hit in hits] == [False, False, True]
    assert hits[1].score > hits[2].score


@pytest.mark.parametrize("values", [{"read": 0}, {}])
def test_reading_can_be_switched_off(asker, collection, script, set_retrieval, values):
    set_retrieval(**values)
    indexed(*TEXTS, collection=collection)

    result = search("vault", scope=Scope.of(asker), reading=bool(values))

    assert script.asked == []
    assert "read" not in result.timings_ms
    assert (result.hits[0].reading, result.degraded) == (None, ())


def test_the_deadline_is_told(asker, collection, script):
    indexed(*TEXTS, "vault out of reach", "vault at the end relevance 3", collection=collection)

    result = search("vault", scope=Scope.of(asker))

    (note,) = result.degraded
    assert note.startswith("reader: only ")
    assert "of 5 passages were read in 1500 ms" in note
    assert len(result.hits) == 5


def test_a_certain_passage_ends_reading_and_nothing_is_wrong(asker, collection, monkeypatch):
    reader = ScriptedReader(certain=5.0)
    monkeypatch.setattr(loading, "reader", lambda: reader)
    indexed(*(f"vault {n} relevance 6" for n in range(9)), collection=collection)

    result = search("vault", scope=Scope.of(asker))

    assert len(reader.asked) == 2
    assert result.degraded == ()


def test_reading_asks_the_database_nothing(asker, collection, script, django_assert_num_queries):
    indexed(*TEXTS, collection=collection)
    scope = Scope.of(asker)

    with django_assert_num_queries(2):
        search("vault", scope=scope)


def test_what_may_not_be_read_by_the_asker_is_not_read_at_all(asker, collection, script):
    indexed(*TEXTS, collection=collection)

    search("vault", scope=Scope.of(UserFactory()))

    assert script.asked == []


def test_a_model_reads_english_and_chinese(asker, collection, use_reader, small_reader):
    use_reader(small_reader)
    indexed("Employees have 20 days of leave.", "员工每年有二十天年假。", collection=collection)

    result = search("leave 年假", scope=Scope.of(asker))

    assert result.degraded == ()
    assert [len(hit.reading.spans) > 0 for hit in result.hits] == [True, True]


def test_without_a_reader_the_search_answers_and_says_so(
    asker, collection, use_reader, tmp_path, caplog
):
    use_reader(tmp_path)
    indexed(*TEXTS, collection=collection)

    with caplog.at_level(logging.ERROR):
        results = [search("vault", scope=Scope.of(asker)) for _ in range(3)]

    plain = search("vault", scope=Scope.of(asker), reading=False)
    assert results[0].hits == plain.hits
    assert "model.reader" in results[2].degraded[0]
    assert len([one for one in caplog.records if "order of the search" in one.message]) == 1


def test_a_repaired_reader_is_taken_up_without_a_restart(
    asker, collection, use_reader, small_reader, tmp_path, monkeypatch
):
    monkeypatch.setattr(loading, "RETRY_S", 0.0)
    folder = shutil.copytree(small_reader, tmp_path / "reader")
    (folder / "model.onnx").write_bytes(b"broken")
    use_reader(folder)
    indexed(*TEXTS, collection=collection)

    before = search("vault", scope=Scope.of(asker))
    shutil.copy(small_reader / "model.onnx", folder)
    after = search("vault", scope=Scope.of(asker))

    assert "git checkout" in before.degraded[0]
    assert after.degraded == ()
    assert after.hits[0].reading is not None


def test_warming_up_leaves_nothing_to_load(use_reader, small_reader):
    use_reader(small_reader)

    loading.warm_up()

    assert loading._load.cache_info().currsize == 1


def test_warming_up_needs_no_reader(use_reader, tmp_path):
    use_reader(tmp_path)

    loading.warm_up()


def test_the_configured_threads_are_a_limit(use_reader, small_reader, monkeypatch):
    use_reader(small_reader)
    few = config.load().resource.model_copy(update={"read_threads": 1})
    settings = config.load().model_copy(update={"resource": few})
    monkeypatch.setattr(config, "load", lambda: settings)

    assert loading.reader().at_once == 2
