"""A sentence-transformers folder is described without loading it; what it lacks is said."""

import json
import sys

import pytest

from apps.retrieval.embedders import model_folder
from apps.retrieval.embedders.sentence_transformers import (
    PackageMissing,
    SentenceTransformersEmbedder,
)
from apps.retrieval.model_files import ModelDamaged
from tests.apps.retrieval.embedders.transformer_models import described_model, real_model


def test_dimension_pooling_and_prompt_come_from_its_files(tmp_path):
    folder = described_model(tmp_path / "m", prompts={"query": "query: ", "document": "passage: "})

    found = model_folder.describe(folder)

    assert (found.kind, found.dimension) == ("sentence-transformers", 8)
    assert (found.pooling, found.prefix) == ("mean", "passage: ")


@pytest.mark.parametrize("name", ["model.safetensors", "config_sentence_transformers.json"])
def test_one_changed_byte_is_another_model(tmp_path, name):
    before = model_folder.describe(described_model(tmp_path / "a")).identity
    changed = described_model(tmp_path / "b")
    (changed / name).write_bytes((changed / name).read_bytes() + b" ")

    assert model_folder.describe(changed).identity.model_sha256 != before.model_sha256


def test_papers_and_other_forms_of_the_weights_are_no_part_of_it(tmp_path):
    before = model_folder.describe(described_model(tmp_path / "a")).identity
    other = described_model(tmp_path / "b", card="# A card")
    (other / "onnx").mkdir()
    (other / "onnx" / "model.onnx").write_bytes(b"weights")

    assert model_folder.describe(other).identity.model_sha256 == before.model_sha256


@pytest.mark.parametrize(
    ("card", "languages"),
    [
        ("---\nlanguage: en\n---\n", {"en"}),
        ("---\nlanguage:\n- zh\n- fr\n---\n", {"zh"}),
        ("---\nlicense: mit\n---\n", {"en", "zh"}),
        ("", {"en", "zh"}),
    ],
)
def test_languages_are_those_of_its_card(tmp_path, card, languages):
    assert model_folder.describe(described_model(tmp_path / "m", card=card)).languages == languages


@pytest.mark.parametrize("name", ["model.safetensors", "1_Pooling/config.json", "config.json"])
def test_a_folder_that_lacks_something_is_refused(tmp_path, name):
    folder = described_model(tmp_path / "m")
    (folder / name).unlink()
    if name != "model.safetensors":
        (folder / "1_Pooling" / "config.json").write_text(json.dumps({}))
        (folder / "config.json").write_text(json.dumps({}))

    with pytest.raises(ModelDamaged, match=r"weights|how long"):
        model_folder.describe(folder)


def test_without_the_package_the_profile_that_has_it_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    monkeypatch.setattr(
        "apps.retrieval.embedders.sentence_transformers.find_spec", lambda name: None
    )

    with pytest.raises(PackageMissing, match="Run: make server"):
        SentenceTransformersEmbedder(described_model(tmp_path / "m"), threads=1)


def test_a_published_model_is_described_as_it_loads():
    folder = real_model()

    loaded = SentenceTransformersEmbedder(folder, threads=2)

    assert loaded.identity.dimension == 384
    assert loaded.languages == {"en"}
    assert loaded.embed(["a"]).shape == (1, 384)


def test_weights_that_cannot_be_loaded_are_refused(tmp_path):
    real_model()

    with pytest.raises(ModelDamaged, match="cannot load"):
        SentenceTransformersEmbedder(described_model(tmp_path / "m"), threads=1)
