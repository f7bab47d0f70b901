"""Whether two questions ask for the same: rather a miss than the answer to another question.

The words that carry the matter must be the same ones, in English in the same order; numbers,
denials, directions and what is allowed or required must agree. One content word more or less turns
leave into sick leave, which likeness alone cannot tell: measured in benchmarks/curated.py.
"""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from apps.generation.question_keys import question_key
from apps.generation.reading.questions import Wanted, asked_for
from apps.generation.reading.terms import Token, is_stop, numbers_in, tokens, word_list

LEAST_SIMILARITY = 0.85  # English: of the sentence vectors, beside equal words

# Words that name nobody's matter: with or without them a question is the same.
_LIGHT = """
    get receive got given entitled exactly currently now today company firm employee staff worker
    people everyone anyone someone find know hear hi hello thank thanks information info question
    answer there please tell
    """
_EN_LIGHT = frozenset(token.norm for token in tokens(_LIGHT))
_EN_POLITE = re.compile(
    r"^\W*(?:(?:hi|hello|hey)\b[\s,!.]*)?(?:(?:please|kindly)\s+)?(?:"
    r"(?:can|could|would|will) (?:you|anyone|someone)(?: please| kindly)? (?:tell|explain|say|show)"
    r"(?: to)?(?: me| us)?|(?:please |kindly )?(?:tell|show)(?: me| us)|do you know|"
    r"i(?:'d| would)(?: like| love)? (?:like )?to know|i (?:want|need) to know|"
    r"i(?:'m| am) (?:wondering|asking)|does (?:anyone|anybody) know)?[\s,:]*",
    re.IGNORECASE,
)
_EN_WORD = re.compile(r"[a-z]+(?:['’][a-z]+)?")
_EN_NUMBERS = word_list(
    """
    one two three four five six seven eight nine ten eleven twelve hundred thousand million first
    second third fourth fifth last next previous half double both other another
    """
)
_EN_NEGATIONS = word_list(
    """
    no not never none nobody nothing neither nor without cannot except unless unable instead
    against fail refuse deny forbid forbidden prohibited stop
    """
)
_EN_DIRECTIONS = word_list(
    """
    from to before after until since over under above below between within outside inside during
    more less fewer most least than off out with up down
    """
)
_EN_ALLOWED = word_list("can could may might able allowed permitted possible")
_EN_REQUIRED = word_list("must should shall ought need needed required obliged mandatory")
_OF = frozenset({"of", "for"})
_SIGN = re.compile(r"[+#]+")  # C is not C++

_ZH_LIGHT = re.compile(
    r"请问|請問|请|請|麻烦|麻煩|谢谢|謝謝|您好|你好|想知道|想问|想問|告诉我|告訴我|告诉|告訴|知道|"
    r"我们|我們|咱们|公司|本公司|单位|單位|员工|員工|职工|職工|大家|目前|现在|現在|当前|當前|具体|具體|"
    r"可以得到|能得到|得到|享有|关于|關於|一下|呢|啊|呀|吧"
)
# The unit behind "how many" is asked for, wherever the subject stands.
_ZH_COUNT = re.compile(
    r"(?:是|有|为|為)?(?:多少|几|幾)(天|日|个|個|名|位|元|块|塊|次|小时|小時|分钟|分鐘|周|月|页|頁|种|種)?"
)
_ZH_ASKING = re.compile(
    r"什么时候|什麼時候|何时|何時|是什么|是什麼|什么|什麼|怎么样|怎麼樣|怎么|怎麼|怎样|怎樣|如何|为何|為何|何|"
    r"是哪些|哪些|哪个|哪個|哪里|哪裡|哪儿|哪位|哪|是谁|是誰|由谁|由誰|谁|誰|吗|嗎"
)
_ZH_DONE_TO = re.compile(r"[^是为為由](?:谁|誰)\W*$")  # "who" is whom it is done to
_ZH_DIRECTION = re.compile(r"[从從到至向对對给給比被由往把让讓前后後内內外][\u3400-\u9fffa-z0-9]")
# "是不是", "有没有": a question, not a denial.
_ZH_EITHER = re.compile(r"(.)[不没沒](?=\1)")
_ZH_CONTENT = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]|[a-z0-9][a-z0-9.\-]*")
_ZH_DROPPED = frozenset("的了着著是在和与與及之其所有个個这這那也都就还還又")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A question made ready to be compared."""

    text: str
    key: str
    is_chinese: bool
    wanted: Wanted
    asking: frozenset[str]  # what is asked beside the question word: `deep` of `how deep`
    core: tuple[str, ...]  # what it is about, in order: words, or Chinese characters
    guards: frozenset[tuple[str, int]]  # numbers, denials, directions: must be the same


@lru_cache(maxsize=4096)
def phrase_of(text: str) -> Phrase:
    """Everything that is compared, from the text alone."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    wanted = asked_for(text).wanted
    if re.search(r"[\u3400-\u9fff]", plain):
        return _chinese(text, plain, wanted)
    polite = _EN_POLITE.match(plain)
    bare = plain[polite.end() :] if polite else plain
    asked = asked_for(bare)
    asking = frozenset(
        word.norm for word in tokens(bare[asked.start : asked.end]) if not is_stop(word.norm)
    )
    core = _words_in_order(bare, asked.start, asked.end)
    return Phrase(
        text, question_key(text), False, asked.wanted, asking, core, _guards(bare, asked.wanted)
    )


def _chinese(text: str, plain: str, wanted: Wanted) -> Phrase:
    bare = _ZH_LIGHT.sub(" ", _ZH_EITHER.sub("", plain))
    asking = frozenset(unit for unit in _ZH_COUNT.findall(bare) if unit)
    bare = _ZH_ASKING.sub(" ", _ZH_COUNT.sub(" ", bare))
    core = tuple(one for one in _ZH_CONTENT.findall(bare) if one not in _ZH_DROPPED)
    found = Counter(f"#{number}" for number in numbers_in(plain))
    found.update(_ZH_DIRECTION.findall(bare))
    found.update(_SIGN.findall(plain))
    found["done to"] += bool(_ZH_DONE_TO.search(plain))
    return Phrase(text, question_key(text), True, wanted, asking, core, frozenset(found.items()))


def is_same(one: Phrase, other: Phrase) -> bool:
    """Whether the words say the same question; in English the vectors are asked afterwards."""
    if one.key == other.key:
        return True
    return (
        bool(one.core)
        and one.is_chinese == other.is_chinese
        and one.wanted == other.wanted
        and one.asking == other.asking
        and one.guards == other.guards
        and _is_same_order(one, other)
    )


def _is_same_order(one: Phrase, other: Phrase) -> bool:
    """In Chinese the subject may stand in front or behind, the rest in its order."""
    if one.core == other.core or not one.is_chinese:
        return one.core == other.core
    turns = range(1, len(one.core))
    return any(one.core[turn:] + one.core[:turn] == other.core for turn in turns)


def _words_in_order(text: str, asked_start: int, asked_end: int) -> tuple[str, ...]:
    """Content words: what stands before the question word is read last ("In 2014, who …"), and
    `days of paid leave` as `paid leave days`."""
    words = [word for word in tokens(text) if not asked_start <= word.start < asked_end]
    after = [word for word in words if word.start >= asked_start]
    before = [word for word in words if word.start < asked_start]
    return tuple(_content(after) + _content(before))


def _content(words: list[Token]) -> list[str]:
    groups: list[list[str]] = [[]]  # runs of content words, cut at function words but `of`
    held: list[str] | None = None  # what stands before `of`, put behind what follows it
    for word in words:
        if word.norm in _OF:
            held = (held or []) + groups.pop() if groups[-1] else held
            groups.append([])
        elif is_stop(word.norm) and word.norm not in ("the", "a", "an"):
            if groups[-1]:
                groups[-1] += held or []
                held = None
                groups.append([])
        elif not is_stop(word.norm) and word.norm not in _EN_LIGHT:
            groups[-1].append(word.norm)
    groups[-1] += held or []
    return [word for group in groups for word in group]


def _guards(plain: str, wanted: Wanted) -> frozenset[tuple[str, int]]:
    words = _EN_WORD.findall(plain.replace("how to ", "how "))
    found = Counter(f"#{number}" for number in numbers_in(plain))
    found.update(word for word in words if word in _EN_NUMBERS or word in _EN_DIRECTIONS)
    found.update(_SIGN.findall(plain))
    found.update("not" for word in words if _is_denial(word))
    found["required"] += not _EN_REQUIRED.isdisjoint(words)
    if wanted == Wanted.YES_NO:  # "how can I" is "how do I", but "can I" is not "do I"
        found["allowed"] += not _EN_ALLOWED.isdisjoint(words)
    return frozenset(found.items())


def _is_denial(word: str) -> bool:
    return word in _EN_NEGATIONS or word.endswith(("n't", "n’t"))
