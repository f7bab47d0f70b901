"""Lists of Tantivy's files that are not what was written."""

import pytest

from apps.retrieval.index_files import Damaged
from apps.retrieval.lexical.files import META
from apps.retrieval.lexical.writer import TantivyWriter


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"segments": [null]}', '{"segments": 3}'])
def test_a_list_of_files_that_is_none_is_damage(tmp_path, content):
    snapshot = tmp_path / "snapshot"
    snapshot.mkdir()
    (snapshot / META).write_text(content)

    with pytest.raises(Damaged):
        TantivyWriter(tmp_path / "work", snapshot)
