"""How sure an answer must be."""

from dataclasses import replace

import pytest

from apps.core import config
from apps.generation import prompting
from apps.generation.calibration import calibration_of, needed_confidence
from apps.generation.protocols import Prompt
from apps.modelhub.profiles import profile_for
from apps.retrieval.protocols import Calibration, SearchResult
from tests.apps.generation.conftest import make_hit
from tests.factories import CollectionFactory

HIT, OTHER = make_hit("One."), make_hit("Two.", rank=2)
ASKED = Prompt("Why?", (HIT, OTHER), "en", temperature=0.0)
CALIBRATED = Calibration(threshold=0.6)


@pytest.mark.parametrize(
    ("installation", "collections", "needed"),
    [
        (None, {}, 0.6),
        (0.4, {}, 0.4),
        (0.0, {}, 0.0),
        (None, {HIT.collection: 0.2, OTHER.collection: 0.3}, 0.3),
        (None, {HIT.collection: 0.2}, 0.6),
        (0.4, {HIT.collection: 0.9}, 0.9),
    ],
)
def test_the_strictest_collection_cited_counts(installation, collections, needed):
    asked = replace(ASKED, min_confidence=installation, collection_confidence=collections)

    assert needed_confidence(asked, [HIT, OTHER], CALIBRATED) == needed


def test_a_collection_that_is_not_cited_does_not_count():
    asked = replace(ASKED, collection_confidence={OTHER.collection: 0.9})

    assert needed_confidence(asked, [HIT], CALIBRATED) == 0.6
    assert needed_confidence(asked, [], CALIBRATED) == 0.6


def test_without_a_reader_the_defaults_hold(monkeypatch, tmp_path):
    monkeypatch.setattr("apps.core.config.Config.reader_dir", tmp_path)

    assert calibration_of("Why?") == Calibration()


@pytest.mark.django_db
def test_the_prompt_carries_what_installation_and_collections_ask_for(django_assert_num_queries):
    strict, usual = CollectionFactory(min_confidence=0.9), CollectionFactory()
    hits = tuple(make_hit("One.", collection=one.uuid) for one in (strict, usual))
    found = SearchResult(hits, {}, index_generation=1, change_seq=1, language="en")

    profile = profile_for("general")

    with django_assert_num_queries(1):
        prompt = prompting.prompt_for("Why?", found, profile)

    assert prompt.collection_confidence == {strict.uuid: 0.9}
    assert prompt.min_confidence is config.load().answers.min_confidence is None
