"""Which profile counts, and what its glossary finds."""

from dataclasses import replace

import pytest

from apps.core import config
from apps.core.errors import Invalid
from apps.generation.answer import answer, answer_stream
from apps.generation.answers import Question
from apps.generation.models import Trace
from apps.generation.profiles import expansion_of, profile_of, profile_sought
from apps.knowledge.access import Scope
from apps.retrieval import indexer
from apps.retrieval.search import search
from ingest import runner
from ingest.services import text_submit
from ingest.submissions import TextUpload
from tests.factories import CollectionFactory, UserFactory

pytestmark = pytest.mark.django_db
ASKED = "What is done after a heart attack?"


@pytest.fixture
def user():
    return UserFactory()


@pytest.fixture
def collections(user):
    named = {"medicine": "medical", "wards": "medical", "accounts": "finance", "rest": ""}
    return {
        name: CollectionFactory(name=name, profile=profile, readers=[user])
        for name, profile in named.items()
    }


@pytest.fixture
def question(user, collections):
    def asked(*names, profile=""):
        uuids = [collections[name].uuid for name in names]
        scope = Scope.of(user).narrowed(uuids)
        return Question(ASKED, scope=scope, user=user, profile=profile)

    return asked


@pytest.mark.parametrize(
    ("names", "profile", "counts"),
    [
        (["medicine"], "", "medical"),
        (["medicine", "wards"], "", "medical"),
        (["medicine", "accounts"], "", "general"),
        (["medicine", "rest"], "", "general"),
        (["rest"], "", "general"),
        (["medicine"], "finance", "finance"),
    ],
)
def test_the_request_counts_then_the_collections_that_agree_then_the_setting(
    question, collections, names, profile, counts
):
    asked = question(*names, profile=profile)

    assert profile_sought(asked).name == counts
    assert profile_of(asked, {collections[name].uuid for name in names}).name == counts


def test_what_was_found_decides_how_it_is_answered(question, collections):
    asked = question("medicine", "accounts")

    assert profile_of(asked, {collections["accounts"].uuid}).name == "finance"
    assert profile_of(asked, set()).name == "general"


def test_collections_that_name_none_have_that_of_the_installation(question, monkeypatch):
    settings = config.load()
    model = settings.model.model_copy(update={"type": "finance"})
    monkeypatch.setattr(config, "load", lambda: settings.model_copy(update={"model": model}))

    assert profile_sought(question("rest")).name == "finance"
    assert profile_sought(question("rest", "accounts")).name == "finance"
    assert profile_sought(question("medicine")).name == "medical"


def test_an_unknown_profile_is_refused_before_anything_is_searched(question):
    with pytest.raises(Invalid, match="general, finance, medical, lite"):
        answer_stream(replace(question("rest"), profile="legal"))


@pytest.fixture
def guideline(collections):
    writer = UserFactory(is_superuser=True)
    texts = {"guideline.md": "心梗患者出院后应继续服用阿司匹林。", "menu.md": "今天食堂有鱼。"}
    for path, text in texts.items():
        upload = TextUpload(path=path, title=path, text=text)
        text_submit(collection=collections["medicine"], text=upload, by=writer)
    runner.drain()
    indexer.catch_up()


def by_words(question, named):
    """The paths that the search by words finds."""
    expansion = expansion_of(ASKED, scope=question.scope, named=named)
    found = search(ASKED, scope=question.scope, reading=False, expansion=expansion)
    return [hit.path for hit in found.hits if "lexical" in hit.legs]


def test_a_document_is_found_under_another_name_by_the_glossary_of_its_trade(guideline, question):
    asked = question("medicine")

    assert by_words(asked, "medical") == ["guideline.md"]
    assert by_words(asked, "general") == []


def test_a_trace_tells_which_names_were_added(guideline, question):
    given = answer(question("medicine"))
    plain = answer(question("medicine", profile="general"))

    assert "心梗" in Trace.objects.get(uuid=given.trace).expansion
    assert Trace.objects.get(uuid=plain.trace).expansion == []


def test_a_profile_refuses_in_its_own_words_and_the_closest_passages_follow(guideline, question):
    given = answer(replace(question("medicine"), text="Who won the chess final in Oslo?"))

    assert not given.is_answered
    assert "physician or pharmacist" in given.text
    assert given.nearest != ()
