"""Questions and passages as tokens, cut into chunks like those that are served."""

import random
import re
from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from training.bilingual.corpora import QuestionSet

CHUNK_TOKENS, MAX_PREFIX, MAX_QUESTION = 190, 24, 48
_END = re.compile(r"[。！？；!?]+[”\"」』]?|(?<=[a-z\d)\]])\.(?=\s)|\n+")


@dataclass(frozen=True, slots=True)
class Chunk:
    """Tokens first..last (exclusive) of a passage."""

    passage: int
    first: int
    last: int


@dataclass(slots=True)
class Asked:
    """A question. `answers`: token spans (first, last inclusive) in its passage.

    `negatives`: chunks of other passages that look like an answer.
    """

    tokens: list[int]
    passage: int
    answers: list[tuple[int, int]]
    source: str
    language: str
    negatives: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Examples:
    """Everything by number. `prefixes`: the tokens of each passage's title."""

    asked: list[Asked]
    passages: list[npt.NDArray[np.uint16]]
    prefixes: list[list[int]]
    languages: list[str]
    chunks: list[Chunk]
    chunks_of: dict[int, list[int]]
    article_of: list[str]
    passages_of_article: dict[str, list[int]]
    texts: list[str]
    offsets: list[npt.NDArray[np.int32]]
    question_texts: list[str]

    def chunk_text(self, number: int) -> str:
        """Its characters."""
        chunk = self.chunks[number]
        places = self.offsets[chunk.passage]
        return self.texts[chunk.passage][places[chunk.first, 0] : places[chunk.last - 1, 1]]

    def chunk_tokens(self, number: int) -> list[int]:
        """Without its title."""
        chunk = self.chunks[number]
        return self.passages[chunk.passage][chunk.first : chunk.last].tolist()

    def holds_answer(self, number: int, asked: Asked) -> bool:
        """Whether the whole first answer lies in the chunk."""
        chunk = self.chunks[number]
        return chunk.passage == asked.passage and any(
            chunk.first <= a and b < chunk.last for a, b in asked.answers
        )


def prepare(found: QuestionSet, tokenizer: object) -> Examples:
    """Tokenise and cut. Questions whose answer cannot be found among the tokens are dropped."""
    texts = [passage.text for passage in found.passages]
    encoded = _encode(tokenizer, texts)
    passages = [np.array(one.ids, dtype=np.uint16) for one in encoded]
    offsets = [np.array(one.offsets, dtype=np.int32).reshape(-1, 2) for one in encoded]
    titles = _encode(tokenizer, [passage.title for passage in found.passages])
    chunks: list[Chunk] = []
    chunks_of: dict[int, list[int]] = {}
    by_article: defaultdict[str, list[int]] = defaultdict(list)
    for number, passage in enumerate(found.passages):
        cut = cut_chunks(passage.text, offsets[number])
        chunks_of[number] = list(range(len(chunks), len(chunks) + len(cut)))
        chunks += [Chunk(number, first, last) for first, last in cut]
        by_article[passage.article].append(number)
    asked, kept_texts = [], []
    questions = _encode(tokenizer, [question.text for question in found.questions])
    for question, tokens in zip(found.questions, questions, strict=True):
        spans = [
            span
            for one in question.answers
            if (span := _token_span(offsets[question.passage], one))
        ]
        if question.answers and not spans:
            continue
        language = found.passages[question.passage].language
        asked.append(
            Asked(tokens.ids[:MAX_QUESTION], question.passage, spans, question.source, language)
        )
        kept_texts.append(question.text)
    return Examples(
        asked,
        passages,
        [one.ids[:MAX_PREFIX] for one in titles],
        [passage.language for passage in found.passages],
        chunks,
        chunks_of,
        [passage.article for passage in found.passages],
        dict(by_article),
        texts,
        offsets,
        kept_texts,
    )


def cut_chunks(text: str, offsets: npt.NDArray[np.int32]) -> list[tuple[int, int]]:
    """Token ranges of at most about CHUNK_TOKENS that end with a sentence where they can."""
    total = len(offsets)
    if total <= CHUNK_TOKENS * 1.25:
        return [(0, total)] if total else []
    ends = [match.end() for match in _END.finditer(text)]
    borders = sorted({int(np.searchsorted(offsets[:, 0], end)) for end in ends} | {total})
    cut, first, last = [], 0, 0
    for border in borders:
        if border - first > CHUNK_TOKENS and last > first:
            cut.append((first, last))
            first = last
        while border - first > CHUNK_TOKENS * 1.5:
            cut.append((first, first + CHUNK_TOKENS))
            first += CHUNK_TOKENS
        last = border
    if first < total:
        cut.append((first, total))
    return cut


def split_articles(found: QuestionSet, *, held: dict[str, int], seed: int = 0) -> set[str]:
    """Articles to validate on: the given number of each source, drawn at random."""
    by_source: defaultdict[str, set[str]] = defaultdict(set)
    for question in found.questions:
        by_source[question.source].add(found.passages[question.passage].article)
    chance = random.Random(seed)
    chosen: set[str] = set()
    for source, number in held.items():
        articles = sorted(by_source[source])
        chosen.update(chance.sample(articles, min(number, len(articles))))
    return chosen


def _encode(tokenizer: object, texts: list[str]) -> list:
    made = []
    for first in range(0, len(texts), 4000):
        made += tokenizer.encode_batch(texts[first : first + 4000], add_special_tokens=False)  # type: ignore[attr-defined]
    return made


def _token_span(offsets: npt.NDArray[np.int32], span: tuple[int, int]) -> tuple[int, int] | None:
    first = int(np.searchsorted(offsets[:, 1], span[0], side="right"))
    last = int(np.searchsorted(offsets[:, 0], span[1], side="left")) - 1
    return (first, last) if 0 <= first <= last < len(offsets) and last - first < 60 else None
