"""A small BM25 over paragraphs cut into chunks, for training data only."""

import math
import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from apps.generation.reading import ranking
from apps.generation.reading.queries import prepare
from apps.generation.reading.ranking import Passage, Ranked
from apps.generation.reading.sentences import split_sentences
from apps.generation.reading.terms import is_han, terms_of, tokens
from apps.retrieval.protocols import Hit
from training.squad_json import AnsweredQuestion, Paragraph

PASSAGES = 8
CHUNK_CHARACTERS = {False: 900, True: 300}
K1, B = 1.2, 0.75
_NOBODY = uuid.UUID(int=0)


@dataclass(frozen=True, slots=True)
class Found:
    """A question with the sentences of the passages retrieved for it, features filled in."""

    question: AnsweredQuestion
    passages: tuple[Passage, ...]
    paragraphs: tuple[int, ...]  # of each passage
    sentences: tuple[Ranked, ...]

    def text_of(self, one: Ranked) -> str:
        """The sentence."""
        return self.passages[one.passage].hit.text[one.start : one.end]

    def is_right(self, one: Ranked) -> bool:
        """Whether it has the answer and stands in the question's own paragraph."""
        is_own = self.paragraphs[one.passage] == self.question.paragraph
        return is_own and self.question.answer in self.text_of(one)


class Corpus:
    """Paragraphs by index, searchable by words."""

    def __init__(self, paragraphs: Mapping[int, Paragraph]) -> None:
        self._chunks = [
            (index, paragraph.title, text)
            for index, paragraph in paragraphs.items()
            for text in _chunks(paragraph.text)
        ]
        self._postings: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        self._lengths: list[int] = []
        for number, (_, title, text) in enumerate(self._chunks):
            counts = Counter(terms_of(tokens(f"{title}\n{text}")))
            self._lengths.append(sum(counts.values()))
            for term, count in counts.items():
                self._postings[term].append((number, count))
        self._mean = sum(self._lengths) / len(self._lengths)

    def retrieve(self, question: AnsweredQuestion) -> Found:
        """The sentences of the best passages."""
        query = prepare(question.text)
        best = self._search(question.text)
        cut = tuple(ranking.cut(self._hit(number, rank), query) for rank, number in enumerate(best))
        weights = ranking.term_weights(query, cut)
        sentences = tuple(ranking.sentence_features(query, cut, weights))
        return Found(question, cut, tuple(self._chunks[number][0] for number in best), sentences)

    def _search(self, text: str) -> list[int]:
        scores: defaultdict[int, float] = defaultdict(float)
        for term in set(terms_of(tokens(text))):
            postings = self._postings.get(term, [])
            rarity = math.log1p((len(self._chunks) - len(postings) + 0.5) / (len(postings) + 0.5))
            for number, count in postings:
                share = 1 - B + B * self._lengths[number] / self._mean
                scores[number] += rarity * count * (K1 + 1) / (count + K1 * share)
        return sorted(scores, key=lambda number: -scores[number])[:PASSAGES]

    def _hit(self, number: int, rank: int) -> Hit:
        _, title, text = self._chunks[number]
        return Hit(
            chunk_id=number, chunk=_NOBODY, document=_NOBODY, version=_NOBODY, version_number=1,
            collection=_NOBODY, title=title, path="", page=1, heading="", context=title, text=text,
            start=0, end=len(text), score=0.0, legs={"lexical": rank + 1},
        )  # fmt: skip


def _chunks(text: str) -> list[str]:
    limit = CHUNK_CHARACTERS[any(is_han(token.norm) for token in tokens(text[:200]))]
    chunks, start = [], 0
    for begin, end in split_sentences(text):
        if end - start > limit and begin > start:
            chunks.append(text[start:begin].strip())
            start = begin
    return [*chunks, text[start:].strip()]
