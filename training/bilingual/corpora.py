"""Reading what the models are trained on. Sources and licences: the model cards in models/."""

import json
import lzma
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

# Shares of a source's lines that are kept: documentation of one vendor must not be half of it all.
KEPT_ZH = {"ms-": 0.45, "tw-law": 0.7, "lawrefbook": 0.8}
KEPT_EN = {"ms-": 0.6}
MIN_PAIR, MAX_PAIR = 8, 400


@dataclass(frozen=True, slots=True)
class Question:
    """A question on one passage; no answers: the passage does not answer it."""

    text: str
    passage: int
    answers: tuple[tuple[int, int], ...]  # characters start..end in the passage
    source: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph with the title it is served under."""

    title: str
    text: str
    language: str
    article: str  # of one article: hard negatives for each other


def sampled_lines(path: Path, kept: Mapping[str, float], *, seed: int) -> Iterator[str]:
    """Texts of a `source<TAB>text` file, thinned by source."""
    chance = random.Random(seed)
    with lzma.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            source, _, text = line.rstrip("\n").partition("\t")
            share = next((s for prefix, s in kept.items() if source.startswith(prefix)), 1.0)
            if share >= 1 or chance.random() < share:
                yield text


def pairs(path: Path, *, most: int, seed: int) -> list[tuple[str, str]]:
    """(English, Chinese) sentences, each English one once, shuffled."""
    found: dict[str, str] = {}
    with lzma.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            parts = line.rstrip("\n").split("\t")
            if len(parts) == 3 and MIN_PAIR <= len(parts[1]) <= MAX_PAIR and len(parts[2]) >= 3:
                found.setdefault(parts[1], parts[2])
    rows = list(found.items())
    random.Random(seed).shuffle(rows)
    return rows[:most]


def headed_passages(path: Path) -> list[tuple[str, str, str]]:
    """(title, heading, passage) of documents whose headings ask or name what the passage tells."""
    with lzma.open(path, "rt", encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file]
    return [(row[2], row[3], row[4]) for row in rows if len(row) == 5 and row[4]]


class QuestionSet:
    """Passages and questions of SQuAD-like files; the same passage is held once."""

    def __init__(self) -> None:
        self.passages: list[Passage] = []
        self.questions: list[Question] = []
        self._known: dict[str, int] = {}
        self._seen: set[tuple[str, int]] = set()

    def read(self, path: Path, *, language: str, source: str, longest: int = 1600) -> None:
        """Add a file. Long contexts are cut to a window around the answer."""
        with lzma.open(path, "rt", encoding="utf-8") as file:
            articles = json.load(file)["data"]
        for number, article in enumerate(articles):
            title = str(article.get("title", "")).replace("_", " ")
            title = "" if title.startswith("<") or len(title) > 40 else title
            for paragraph in article["paragraphs"]:
                place = Passage(title, paragraph["context"], language, f"{source}-{number}")
                for asked in paragraph["qas"]:
                    self._add(place, asked, source, longest)

    def _add(self, place: Passage, asked: dict, source: str, longest: int) -> None:
        spans = _spans(place.text, asked.get("answers", ()))
        is_impossible = str(asked.get("is_impossible", "")).lower() == "true"
        if not spans and not is_impossible:
            return
        if len(place.text) > longest:
            if not spans:
                return
            first = max(0, spans[0][0] - longest // 2)
            place = replace(place, text=place.text[first : first + longest])
            spans = [
                (a - first, b - first) for a, b in spans if b - first <= longest and a >= first
            ]
        number = self._known.setdefault(place.text, len(self.passages))
        if number == len(self.passages):
            self.passages.append(place)
        text = str(asked["question"]).strip()
        if (text, number) not in self._seen:
            self._seen.add((text, number))
            self.questions.append(Question(text, number, tuple(spans[:3]), source))


def _spans(context: str, answers: list[dict]) -> list[tuple[int, int]]:
    """Where each answer stands: at its given place, else the place nearest to it."""
    found: list[tuple[int, int]] = []
    for answer in answers:
        text, start = str(answer["text"]), int(answer["answer_start"])
        if not text.strip():
            continue
        if context[start : start + len(text)] != text:
            places = [i for i in range(len(context)) if context.startswith(text, i)]
            if not places:
                continue
            start = min(places, key=lambda place: abs(place - start))
        if (start, start + len(text)) not in found:
            found.append((start, start + len(text)))
    return found
