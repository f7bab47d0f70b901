"""A model folder is read strictly and its files are verified."""

import shutil

import pytest

from apps.core import config
from apps.retrieval.embedders import model_folder
from apps.retrieval.model_files import ModelDamaged


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(config.load().embedder_dir, tmp_path / "model")


def test_the_bundled_model_is_whole():
    description = model_folder.verify(config.load().embedder_dir)

    assert description.dimension == 384


def test_a_file_with_one_changed_byte_is_refused_by_name(folder):
    with (folder / "model.onnx").open("r+b") as file:
        file.seek(1_000_000)
        file.write(b"!")

    with pytest.raises(ModelDamaged, match=r"damaged: .*model\.onnx"):
        model_folder.verify(folder)


def test_a_missing_file_is_refused_by_name(folder):
    (folder / "tokenizer.json").unlink()

    with pytest.raises(ModelDamaged, match=r"incomplete: .*tokenizer\.json"):
        model_folder.verify(folder)


def test_a_folder_without_a_model_says_which_setting_to_change(tmp_path):
    with pytest.raises(ModelDamaged, match=r"model\.embedder"):
        model_folder.describe(tmp_path)


def test_an_impossible_description_names_its_key(tmp_path):
    (tmp_path / "model.json").write_text('{"name": "x", "dimension": 0}')

    with pytest.raises(ModelDamaged, match=r"files|dimension"):
        model_folder.describe(tmp_path)


def test_another_tokenizer_is_another_model(folder):
    published = model_folder.describe(folder)

    changed = published.model_copy(update={"files": published.files | {"tokenizer.json": "0" * 64}})

    assert changed.identity.model_sha256 != published.identity.model_sha256
