"""What is asked of the configuration before vectors are looked for in Milvus."""

import pytest

from apps.core import config, config_retrieval


def test_milvus_without_its_address_stops_the_start(home):
    (home / "clawdbot.yaml").write_text("index: {vectors: milvus}\n")

    with pytest.raises(SystemExit, match=r"index: .*milvus_uri must be set"):
        config.load()


def test_milvus_without_its_library_stops_the_start_and_says_how_to_get_it(home, monkeypatch):
    (home / "clawdbot.yaml").write_text("index: {vectors: milvus, milvus_uri: 'http://milvus'}\n")
    monkeypatch.setattr(config_retrieval, "find_spec", lambda name: None)

    with pytest.raises(SystemExit, match="run: make server"):
        config.load()


def test_the_token_of_milvus_may_come_from_a_file(home, monkeypatch):
    (home / "token").write_text("root:Milvus\n")
    monkeypatch.setenv("CLAWDBOT_INDEX__MILVUS_TOKEN_FILE", str(home / "token"))

    assert config.load().index.milvus_token == "root:Milvus"
