"""Questions made of plain text: a span that recurs is taken out of one sentence, and the rest of
the passage has to give it back.

Source: recurring span selection, Ram et al., "Few-Shot Question Answering by Pretraining Span
Selection" (Splinter), ACL 2021; here with the sentence as the question and one span a question.
"""

import random
import re
from collections.abc import Iterator

BLANK = "[MASK]"
_CHINESE_SENTENCE = re.compile(r"[^。！？；!?\n]+[。！？；!?\n]?")
_ENGLISH_SENTENCE = re.compile(r"\S.*?(?:[.!?](?=\s|$)|\n|$)")
_ENGLISH = re.compile(
    r"\b(?:[A-Z][\w-]+(?:\s(?:of|the|and|for)?\s?[A-Z][\w-]+)*|\d[\d.,:/-]*\w*)\b"
)
_OPENING = re.compile(r"^(?:The|A|An|In|On|At|It|This|These|For|If|When|To|You|By|As)\b\s?")
_NUMBER = re.compile(r"\d[\d.,]*(?:年|月|日|条|條|项|項|款|元|万|億|亿|%|％|个|個|人|次)?")
_HAN_RUN = re.compile(r"[\u3400-\u9fff]{4,}")


def cloze_questions(
    text: str, words: list[str] | None, chance: random.Random, *, most: int = 2
) -> Iterator[tuple[str, str, tuple[int, int]]]:
    """(question with a blank, passage without that sentence, span of the answer in the passage).

    `words`: the text cut into words (Chinese); None for English.
    """
    pattern = _ENGLISH_SENTENCE if words is None else _CHINESE_SENTENCE
    sentences = [match.span() for match in pattern.finditer(text)]
    sentences = [(a, b) for a, b in sentences if 8 <= b - a <= 200]
    if len(sentences) < 3:
        return
    spans = _chinese_spans(text, words) if words is not None else _english_spans(text)
    chance.shuffle(spans)
    used: set[int] = set()
    for span in spans:
        if len(used) == most:
            return
        inside = [s for s, (a, b) in enumerate(sentences) if span in text[a:b]]
        if len(inside) < 2 or len(inside) > 4:
            continue
        chosen = chance.choice(inside)
        if chosen in used or len(span) * 2 > sentences[chosen][1] - sentences[chosen][0]:
            continue
        used.add(chosen)
        first, last = sentences[chosen]
        question = text[first:last].replace(span, BLANK, 1).strip()
        passage = text[:first] + text[last:]
        places = [i for i in range(len(passage)) if passage.startswith(span, i)]
        place = chance.choice(places)
        yield question, passage, (place, place + len(span))


def _english_spans(text: str) -> list[str]:
    """Names and numbers that occur more than once."""
    found = dict.fromkeys(_OPENING.sub("", match[0]) for match in _ENGLISH.finditer(text))
    return [span for span in found if 2 < len(span) < 60 and text.count(span) > 1]


def _chinese_spans(text: str, words: list[str]) -> list[str]:
    """Numbers, and runs of one to three words, that occur more than once; longer ones first."""
    found: dict[str, None] = dict.fromkeys(match[0] for match in _NUMBER.finditer(text))
    for size in (3, 2, 1):
        for start in range(len(words) - size + 1):
            run = "".join(words[start : start + size])
            if 2 <= len(run) <= 16 and re.fullmatch(r"[\u3400-\u9fffA-Za-z0-9·]+", run):
                found.setdefault(run)
    return [span for span in found if len(span) > 1 and text.count(span) > 1]
