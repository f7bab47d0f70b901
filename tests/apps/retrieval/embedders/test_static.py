"""The static table: what it promises beyond every embedder's contract."""

import numpy as np
import pytest
from tokenizers import Tokenizer

from apps.retrieval import generation_models
from apps.retrieval.embedders import model_folder
from apps.retrieval.embedders.static import StaticEmbedder
from apps.retrieval.model_files import ModelDamaged
from tests.small_reader import MODELS
from training.bilingual.static_files import write_table
from training.quantisation import quantise

DIMENSION = 16


@pytest.fixture
def tokenizer():
    return Tokenizer.from_file(str(sorted(MODELS.glob("*/tokenizer.json"))[0]))


@pytest.fixture
def table(tokenizer):
    words = tokenizer.get_vocab_size()
    return np.random.default_rng(0).standard_normal((words, DIMENSION)).astype(np.float32)


@pytest.fixture
def folder(tmp_path, tokenizer, table):
    write_table(tmp_path, *quantise(table, axis=1, bits=4), tokenizer)
    return tmp_path


def test_a_text_is_the_sum_of_its_tokens(folder, tokenizer, table):
    (found,) = StaticEmbedder(folder).embed(["the pump leaks"])

    ids = tokenizer.encode("the pump leaks", add_special_tokens=False).ids
    numbers, scales = quantise(table[ids], axis=1, bits=4)
    expected = (numbers * scales.astype(np.float16).astype(np.float32)).sum(0)
    assert found == pytest.approx(expected / np.linalg.norm(expected), abs=1e-5)


def test_every_text_has_a_vector_of_length_one(folder):
    vectors = StaticEmbedder(folder).embed(["", " \n", "🙂", "水泵漏水", "pump " * 3000])

    assert vectors.dtype == np.float32
    assert vectors.shape == (5, DIMENSION)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)


def test_no_texts_become_no_rows(folder):
    assert StaticEmbedder(folder).embed([]).shape == (0, DIMENSION)


def test_a_vector_does_not_depend_on_its_neighbours(folder):
    embedder = StaticEmbedder(folder)

    together = embedder.embed(["the pump leaks", "水泵漏水"])

    assert np.array_equal(together[1], embedder.embed(["水泵漏水"])[0])


def test_a_text_beyond_the_window_is_embedded_by_its_beginning(folder):
    embedder = StaticEmbedder(folder)

    longer, shorter = embedder.embed(["pump " * 600 + "leaks", "pump " * 512])

    assert np.array_equal(longer, shorter)
    assert embedder.count_tokens("pump " * 600) == 600


def test_the_same_table_gives_the_same_files(folder, tmp_path, tokenizer, table):
    write_table(tmp_path / "again", *quantise(table, axis=1, bits=4), tokenizer)

    described = model_folder.describe(tmp_path / "again")
    assert described.files == model_folder.describe(folder).files
    assert StaticEmbedder(folder).identity.model_sha256 == described.sha256
    assert StaticEmbedder(folder).languages == {"en", "zh"}


def test_a_changed_table_is_refused(folder):
    changed = bytearray((folder / "numbers.npy").read_bytes())
    changed[-1] ^= 1
    (folder / "numbers.npy").write_bytes(changed)

    with pytest.raises(ModelDamaged, match=r"numbers\.npy"):
        StaticEmbedder(folder)


def test_the_kind_of_the_model_chooses_the_adapter(folder):
    chosen = generation_models.opened(folder, model_folder.describe(folder))

    assert isinstance(chosen, StaticEmbedder)
