"""Whether two questions ask for the same: rather a miss than the answer to another question."""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from apps.generation.question_keys import question_key
from apps.generation.reading.queries import prepare
from apps.generation.reading.questions import Wanted
from apps.generation.reading.terms import numbers_in

# Measured in benchmarks/curated.py on question pairs of SQuAD and CMRC; see docs there.
LEAST_SIMILARITY = 0.86
LEAST_AGREEMENT_EN = 0.75
LEAST_AGREEMENT_ZH = 0.75

_EN_WORD = re.compile(r"[a-z]+(?:['’][a-z]+)?")
_EN_NUMBERS = frozenset(
    "one two three four five six seven eight nine ten eleven twelve hundred thousand million first "
    "second third fourth fifth last next previous half double both".split()
)
_EN_NEGATIONS = frozenset(
    "no not never none nobody nothing neither nor without cannot except unless unable instead "
    "against fail refuse deny forbid forbidden prohibited stop".split()
)
_EN_DIRECTIONS = frozenset(
    "from to before after by until since over under above below between within outside inside "
    "more less fewer most least minimum maximum earliest latest highest lowest".split()
)
_ZH_NUMBERS = re.compile(r"[〇零一二三四五六七八九十百千万萬亿億两兩半首末]")
_ZH_NEGATIONS = re.compile(r"[不没沒无無非未勿别別禁拒否]|除了|除外|以外")
_ZH_DIRECTIONS = re.compile(r"[前后後上下内內外早晚多少大小高低最先男女新旧舊从從到至]")
# "是不是", "有没有": a question, not a denial.
_ZH_EITHER = re.compile(r"(.)[不没沒]\1|有[没沒]有|是否|能否|可否|会否|會否")
_ZH_ASKING = re.compile(r"多少|多久|多大|多高|多长|多長|多远|多遠|前后|大小")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A question made ready to be compared."""

    text: str
    key: str
    is_chinese: bool
    wanted: Wanted
    terms: frozenset[str]  # what it is about
    guards: tuple[tuple[str, int], ...]  # numbers, denials, directions: must be the same


@lru_cache(maxsize=4096)
def phrase_of(text: str) -> Phrase:
    """Everything that is compared, from the text alone."""
    query = prepare(text)
    return Phrase(
        text=text,
        key=question_key(text),
        is_chinese=query.is_chinese,
        wanted=query.asked.wanted,
        terms=query.terms,
        guards=_guards(text, is_chinese=query.is_chinese),
    )


def may_agree(one: Phrase, other: Phrase) -> bool:
    """Whether nothing speaks against the same meaning: language, kind of answer, numbers, denials,
    directions. Cheap, and needed before anything else is weighed."""
    return (
        one.is_chinese == other.is_chinese
        and one.wanted == other.wanted
        and one.guards == other.guards
    )


def agreement(one: Phrase, other: Phrase) -> float:
    """The share of content terms that both have (Jaccard), 0..1; 0 when either has none."""
    union = one.terms | other.terms
    return len(one.terms & other.terms) / len(union) if one.terms and other.terms else 0.0


def _guards(text: str, *, is_chinese: bool) -> tuple[tuple[str, int], ...]:
    plain = unicodedata.normalize("NFKC", text).casefold()
    found = Counter(f"#{number}" for number in numbers_in(plain))
    if is_chinese:
        denied = _ZH_EITHER.sub("", plain)
        found.update(_ZH_NUMBERS.findall(plain))
        found.update("!" for _ in _ZH_NEGATIONS.findall(denied))
        found.update(_ZH_DIRECTIONS.findall(_ZH_ASKING.sub("", plain)))
        return tuple(sorted(found.items()))
    words = _EN_WORD.findall(plain)
    kept = _EN_NUMBERS | _EN_DIRECTIONS
    found.update(word for word in words if word in kept)
    found.update("!" for word in words if _is_denial(word))
    return tuple(sorted(found.items()))


def _is_denial(word: str) -> bool:
    return word in _EN_NEGATIONS or word.endswith(("n't", "n’t"))
