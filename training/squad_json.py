"""Reads question sets in SQuAD's JSON format, xz-compressed."""

import json
import lzma
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph with the title of its article."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class AnsweredQuestion:
    """A question, its answer, and the index of the paragraph that has it."""

    text: str
    answer: str
    paragraph: int


def read(path: Path) -> tuple[list[Paragraph], list[AnsweredQuestion]]:
    """All paragraphs in order, and the questions that have an answer."""
    with lzma.open(path, "rt", encoding="utf-8") as file:
        articles = json.load(file)["data"]
    paragraphs: list[Paragraph] = []
    questions: list[AnsweredQuestion] = []
    for article in articles:
        title = article.get("title", "").replace("_", " ")
        for paragraph in article["paragraphs"]:
            questions += [
                AnsweredQuestion(asked["question"], asked["answers"][0]["text"], len(paragraphs))
                for asked in paragraph["qas"]
                if asked.get("answers")
            ]
            paragraphs.append(Paragraph(title, paragraph["context"]))
    return paragraphs, questions
