"""Tells the language of a query."""

import pytest

from apps.retrieval.language import Language, detect


@pytest.mark.parametrize(
    ("query", "language"),
    [
        ("How many days of leave?", Language.ENGLISH),
        ("年假有多少天？", Language.CHINESE),
        ("年假有多少天 2024", Language.CHINESE),
        ("什么是 RAG 架构 pipeline", Language.MIXED),
        ("INV-2024/07", Language.ENGLISH),
        ("", Language.ENGLISH),
    ],
)
def test_the_share_of_chinese_characters_decides(query, language):
    assert detect(query) is language


def test_a_mixed_query_needs_a_bilingual_embedder():
    assert Language.MIXED.needed == {"en", "zh"}
