"""How found passages and given answers are scored."""

import math
import re
import string
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence

Metric = Callable[[str, Sequence[str]], float]  # prediction, gold answers -> 0..1

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")
_PUNCTUATION = frozenset(string.punctuation)


def distinct(items: Iterable[str]) -> list[str]:
    """Each item once, where it first stood."""
    return list(dict.fromkeys(items))


def is_recalled(ranked: Sequence[str], relevant: Collection[str], *, k: int) -> bool:
    """Whether any relevant passage is among the first `k` (each passage ranked once)."""
    return any(passage in relevant for passage in ranked[:k])


def reciprocal_rank(ranked: Sequence[str], relevant: Collection[str]) -> float:
    """1 / rank of the first relevant passage (ranks from 1); 0 when none is ranked."""
    for rank, passage in enumerate(ranked, start=1):
        if passage in relevant:
            return 1.0 / rank
    return 0.0


def exact_match(prediction: str, answers: Sequence[str]) -> float:
    """1 when the prediction equals any gold answer after normalisation, else 0.

    Source: SQuAD's evaluation (Rajpurkar et al., EMNLP 2016); Chinese is compared by characters.
    """
    return _best(_equal, prediction, answers)


def f1(prediction: str, answers: Sequence[str]) -> float:
    """Best token F1 over the gold answers: words in English, characters in Chinese.

    Source: SQuAD's evaluation (Rajpurkar et al., EMNLP 2016). Two empty texts count 1.
    """
    return _best(_overlap, prediction, answers)


def contains(text: str, wanted: str) -> bool:
    """Whether `wanted` stands in `text`: as it is, between word borders, or token by token."""
    is_chinese = bool(_CJK.search(text) or _CJK.search(wanted))
    said = tokens_of(text, is_chinese=is_chinese)
    sought = tokens_of(wanted, is_chinese=is_chinese)
    ends = range(len(said) - len(sought) + 1)
    return bool(sought) and (
        any(said[at : at + len(sought)] == sought for at in ends) or _is_literal(text, wanted)
    )


def is_evidence(sentence: str, evidences: Iterable[str]) -> bool:
    """Whether a sentence is, is part of, or holds a passage that people marked as evidence."""
    return any(contains(sentence, one) or contains(one, sentence) for one in evidences)


def area_under_curve(positive: Sequence[float], negative: Sequence[float]) -> float:
    """How likely a positive scores above a negative, ties counting half; 0.5 where one is empty.

    Source: Hanley and McNeil, Radiology 1982 (area under the ROC curve).
    """
    if not positive or not negative:
        return 0.5
    ordered = sorted(negative)
    below = sum(bisect_left(ordered, score) for score in positive)
    same = sum(bisect_right(ordered, score) for score in positive) - below
    return (below + same / 2) / (len(positive) * len(negative))


def share_above(positive: Sequence[float], negative: Sequence[float], *, allowed: float) -> float:
    """Share of positives above the score that at most the share `allowed` of negatives exceed."""
    if not positive or not negative:
        return 0.0
    limit = percentile(negative, 1 - allowed)
    return mean([score > limit for score in positive])


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` (0..1) of the values do not exceed; 0 for none."""
    if not values:
        return 0.0
    return sorted(values)[max(math.ceil(share * len(values)), 1) - 1]


def mean(values: Collection[float]) -> float:
    """The arithmetic mean; 0 for no values."""
    return sum(values) / len(values) if values else 0.0


def tokens_of(text: str, *, is_chinese: bool) -> list[str]:
    """What answers are compared by.

    English: lower case, no ASCII punctuation, no articles, split at spaces (SQuAD's order).
    Chinese: lower-case characters, without any punctuation and spaces.
    """
    lowered = text.lower()
    if is_chinese:
        return [character for character in lowered if not _is_dropped(character)]
    kept = "".join(character for character in lowered if character not in _PUNCTUATION)
    return _ARTICLES.sub(" ", kept).split()


def _best(
    score: Callable[[list[str], list[str]], float], prediction: str, answers: Sequence[str]
) -> float:
    return max((_scored(score, prediction, answer) for answer in answers), default=0.0)


def _scored(score: Callable[[list[str], list[str]], float], prediction: str, answer: str) -> float:
    is_chinese = bool(_CJK.search(prediction) or _CJK.search(answer))
    return score(
        tokens_of(prediction, is_chinese=is_chinese), tokens_of(answer, is_chinese=is_chinese)
    )


def _equal(predicted: list[str], gold: list[str]) -> float:
    return float(predicted == gold)


def _overlap(predicted: list[str], gold: list[str]) -> float:
    if not predicted or not gold:
        return float(predicted == gold)
    common = (Counter(predicted) & Counter(gold)).total()
    return 2 * common / (len(predicted) + len(gold))


def _is_literal(text: str, wanted: str) -> bool:
    """As "$3" stands in "US$3 a barrel", which is another token; "2010" does in "2007-2010"."""
    before = r"(?<!\w)" if wanted[:1].isalnum() else ""
    behind = r"(?!\w)" if wanted[-1:].isalnum() else ""
    return bool(re.search(f"{before}{re.escape(wanted.lower())}{behind}", text.lower()))


def _is_dropped(character: str) -> bool:
    return (
        character.isspace()
        or character in _PUNCTUATION
        or unicodedata.category(character).startswith("P")
        or character == "～"
    )
