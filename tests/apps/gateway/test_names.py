"""What the name of a model means, and to whom."""

import pytest

from apps.core.errors import Invalid, NotFound
from apps.gateway import names
from apps.gateway.listing import models_of
from apps.gateway.names import Talker, meant
from apps.modelhub.models import Model
from tests.factories import CollectionFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader():
    return UserFactory()


def make(*called, reader):
    return [CollectionFactory(name=name, readers=[reader]) for name in called]


def test_kb_is_everything_that_may_be_read(reader):
    mine, other = *make("Mine", reader=reader), CollectionFactory(name="Other")

    assert meant("kb", reader).scope.collection_ids == {mine.pk}
    assert other.pk not in meant("kb:latest", reader).scope.visible_ids


def test_an_exact_name_goes_before_an_id_and_a_slug(reader):
    first, *_ = make("Travel policy", reader=reader)
    named, slugged, *_ = make(str(first.uuid), "travel-policy", reader=reader)

    assert meant(f"kb/{first.uuid}", reader).collection == named
    assert meant("kb/travel-policy", reader).collection == slugged
    assert meant("kb/Travel policy", reader).collection == first


def test_a_name_that_ends_like_ollamas_goes_before_the_one_without(reader):
    plain, tagged = make("Notes", "Notes:latest", reader=reader)

    assert meant("kb/Notes:latest", reader).collection == tagged
    assert meant("kb/Notes", reader).collection == plain


def test_a_slug_of_several_is_refused_with_their_names(reader):
    make("Travel Policy", "Travel, policy", reader=reader)

    with pytest.raises(Invalid, match="Travel Policy, Travel, policy"):
        meant("kb/travel-policy", reader)


def test_a_slug_of_an_unreadable_one_does_not_count(reader):
    [mine] = make("Travel Policy", reader=reader)
    CollectionFactory(name="Travel, policy")

    assert meant("kb/travel-policy", reader).collection == mine


@pytest.mark.parametrize("name", ["kb/", "kb/None", "", " ", "kb/ "])
def test_nothing_is_not_found(reader, name):
    with pytest.raises(NotFound):
        meant(name, reader)


def test_a_deleted_collection_is_not_found(reader):
    [gone] = make("Gone", reader=reader)
    type(gone).objects.update(deleted_at="2026-01-01T00:00Z")

    with pytest.raises(NotFound):
        meant("kb/Gone", reader)


def test_any_other_name_is_a_language_model(reader):
    assert meant("qwen2.5:latest", reader) == Talker("qwen2.5")
    assert meant("qwen2.5:7b", reader) == Talker("qwen2.5:7b")


def test_the_list_has_the_hubs_models_that_are_there(reader):
    Model.objects.create(name="talker", path="a.gguf", architecture="llama")
    Model.objects.create(name="vectors", path="b.gguf", is_embedding=True)
    Model.objects.create(name="broken", path="c.gguf", state=Model.State.DAMAGED)

    listed = {one.name: str(one.kind) for one in models_of(reader)}

    assert listed == {
        "kb": "knowledge", "talker": "chat", "vectors": "embedding",
        names.EMBEDDER: "embedding", names.READER: "reranking",
    }  # fmt: skip


def test_the_list_costs_as_much_for_one_collection_as_for_many(reader, django_assert_num_queries):
    make(*"abcdefgh", reader=reader)
    list(models_of(reader))

    with django_assert_num_queries(3):
        list(models_of(reader))
