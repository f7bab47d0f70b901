"""Texts of both languages as the published models are given them: to quantise by, to compare on."""

import json
import lzma
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from training.bilingual.shards import CLS, SEP
from training.input_ranges import Inputs

LANGUAGES = ("en", "zh")
QUESTION, PREFIX, BODY = 48, 24, 216  # tokens at most, as the reader is trained
ANSWERABLE = ("squad", "cmrc", "drcd")


@dataclass(frozen=True, slots=True)
class Row:
    """Token ids; `types` 1 from `offset` on, `body` the first token of the passage's own text."""

    ids: list[int]
    offset: int
    body: int

    @property
    def inputs(self) -> Inputs:
        """As the reader's graph takes them."""
        types = (np.arange(len(self.ids)) >= self.offset).astype(np.int64)
        return {"input_ids": np.array([self.ids]), "token_types": types[None]}


class CalibrationTexts:
    """Passages and questions of questions.json.xz, drawn at random, the languages in turn."""

    def __init__(self, data: Path, tokenizer: Tokenizer, *, seed: int) -> None:
        with lzma.open(data / "questions.json.xz", "rt", encoding="utf-8") as file:
            stored = json.load(file)
        self._tokenizer, self._passages = tokenizer, stored["passages"]
        self._asked: dict[str, list[tuple[str, int]]] = {language: [] for language in LANGUAGES}
        for text, passage, _, source in stored["questions"]:
            if source in ANSWERABLE:
                self._asked[self._passages[passage][2]].append((text, passage))
        chance = random.Random(seed)
        for asked in self._asked.values():
            chance.shuffle(asked)

    def passages(self, count: int, max_tokens: int) -> Iterator[list[int]]:
        """[CLS] passage [SEP]; every other one goes on with further passages to `max_tokens`, so
        that no position is left unseen."""
        for number, (_, passage) in self._turns(count):
            ids = self._body(passage, max_tokens - 2, is_full=number % 4 < 2)
            yield [CLS, *ids, SEP]

    def readings(self, count: int) -> Iterator[Row]:
        """[CLS] question [SEP] title, passage [SEP]; every other passage full as above."""
        for number, (question, passage) in self._turns(count):
            head = [CLS, *self._ids(question)[:QUESTION], SEP]
            prefix = self._ids(self._passages[passage][0])[:PREFIX]
            body = self._body(passage, BODY, is_full=number % 4 < 2)
            ids = [*head, *prefix, *body, SEP]
            yield Row(ids, len(head), len(head) + len(prefix))

    def _turns(self, count: int) -> Iterator[tuple[int, tuple[str, int]]]:
        for number in range(count):
            asked = self._asked[LANGUAGES[number % 2]]
            yield number, asked[number // 2 % len(asked)]

    def _body(self, passage: int, most: int, *, is_full: bool) -> list[int]:
        ids = self._ids(self._passages[passage][1])
        while is_full and len(ids) < most:
            passage = (passage + 1) % len(self._passages)
            ids += self._ids(self._passages[passage][1])
        return ids[:most]

    def _ids(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return ids
