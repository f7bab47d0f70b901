"""After another embedding model is configured, every passage gets its vector; words serve until."""

import pytest

from apps.knowledge.access import Scope
from apps.retrieval import embedding, generation_building, indexer, model_switch
from apps.retrieval.index_files import folder_of
from apps.retrieval.models import EmbeddingGeneration, Vector
from apps.retrieval.search import search
from tests.apps.retrieval.indexing import indexed
from tests.factories import ChunkFactory, CollectionFactory

pytestmark = pytest.mark.django_db
TEXTS = ("The office opens at nine.", "员工每年有十五天年假。", "The lift is out of order.")


@pytest.fixture
def old(reader):
    """The generation of a model that is not configured any more, with what was embedded by it."""
    indexed(*TEXTS, collection=CollectionFactory(readers=[reader]))
    EmbeddingGeneration.objects.update(model_sha256="0" * 64)
    return EmbeddingGeneration.objects.get()


def switched():
    said = []
    return model_switch.switch(lambda done, total: said.append((done, total))), said


def test_until_the_switch_words_are_searched_and_the_answer_says_so(reader, old):
    result = search("When does the office open?", scope=Scope.of(reader))

    assert result.hits[0].legs == {"lexical": 1}
    assert any("clawdbot index switch" in one for one in result.degraded)


def test_the_switch_embeds_every_passage_and_search_is_whole_again(reader, old):
    count, said = switched()
    indexer.catch_up()
    result = search("When does the office open?", scope=Scope.of(reader))

    assert count == 3
    assert said == [(0, 3), (3, 3)]
    assert result.hits[0].legs == {"lexical": 1, "dense": 1}
    assert result.degraded == ()


def test_vectors_of_a_model_that_has_gone_are_given_up_after_the_switch(old):
    switched()

    current = embedding.current_generation()
    old.refresh_from_db()
    assert old.state == EmbeddingGeneration.State.DISCARDED
    assert set(Vector.objects.values_list("generation", flat=True)) == {current.pk}
    assert not folder_of(old.pk).exists()


def test_a_switch_that_was_cut_short_goes_on_and_the_old_vectors_stay_until_the_end(
    old, monkeypatch
):
    monkeypatch.setattr(generation_building, "BATCH", 1)

    def cut(done, total):
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        model_switch.switch(cut)

    assert model_switch.is_due()
    assert old.vectors.count() == 3
    assert switched() == (3, [(2, 3), (3, 3)])


def test_a_text_that_stands_twice_is_embedded_once(old):
    twice = ChunkFactory(text=TEXTS[0], context="")

    assert switched() == (3, [(0, 3), (3, 3)])
    assert Vector.objects.filter(text_sha256=twice.text_sha256).count() == 1


def test_without_a_change_there_is_nothing_to_do(reader):
    indexed(*TEXTS, collection=CollectionFactory(readers=[reader]))

    assert not model_switch.is_due()
    assert switched() == (0, [])
