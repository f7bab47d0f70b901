"""Questions that lean on the one before ("And in 2021?", "它多少钱？")."""

import re

MAX_CARRIED_CHARACTERS = 300

_EN_OPENING = re.compile(
    r"^\s*(?:and|but|or|so|then|also|what about|how about|what else|which one|why\??$|how\??$|"
    r"when\??$|where\??$|who\??$)\b",
    re.IGNORECASE,
)
_EN_PRONOUN = re.compile(
    r"\b(?:it|its|they|them|their|theirs|he|him|his|she|her|hers|this|those|these)\b"
    r"|\b(?:about|of|for|in|on|is|was|does|did|after|before)\s+that\b|\bthat\s*\?",
    re.IGNORECASE,
)
# "How long does it take" points at nothing before it.
_EN_EXPLETIVE = re.compile(
    r"\b(?:does|did|will|is|was)\s+it\s+(?:take|possible|\w+ed to)\b", re.IGNORECASE
)
_ZH_OPENING = re.compile(
    r"^\s*(?:那么|那麼|那|还有|還有|另外|然后|然後|为什么|為什麼|什么时候|什麼時候)"
)
_ZH_REFERENCE = re.compile(
    r"[它他她牠]们?們?|(?:这|這|那|该|該|此|其)(?:个|個|种|種|项|項|次|些|人|事|中|后|後)?"
)
_ZH_ELLIPSIS = re.compile(r"呢\s*[？?]?\s*$")
_HAN = re.compile(r"[\u3400-\u9fff]")
_QUESTION_WORD = re.compile(
    r"\b(?:who|whom|whose|what|which|when|where|why"
    r"|how(?:\s+(?:many|much|long|often|far|old|big|large|high|tall))?)\b"
    r"|(?:是|在|由|有|为|為)?(?:谁|誰|(?:什么|什麼)(?:时候|時候|地方)?|何[时時处處]"
    r"|哪(?:里|裡|些|个|個|天|年)?|多少(?:钱|錢)?|多久|多长时间|多長時間|[几幾](?=[天个個次年月小])"
    r"|怎么样?|怎麼樣?|怎样|怎樣|如何)"
    r"|为什么|為什麼|为何|為何",
    re.IGNORECASE,
)
_SHORT_HAN = 6
_SHORT_WORDS = 3


def is_follow_up(text: str) -> bool:
    """Whether `text` cannot be understood alone: it opens as a continuation, points back by a
    pronoun, or is too short to name its subject."""
    if _HAN.search(text):
        return bool(
            _ZH_ELLIPSIS.search(text)
            or _ZH_OPENING.search(text)
            or _ZH_REFERENCE.search(text)
            or len(_HAN.findall(text)) <= _SHORT_HAN
        )
    if _EN_OPENING.search(text) or len(text.split()) <= _SHORT_WORDS:
        return True
    return bool(_EN_PRONOUN.search(_EN_EXPLETIVE.sub(" ", text)))


def search_query(text: str, *, previous: str) -> str:
    """`text`, and the previous question behind it when `text` leans on it: what people are shown
    as searched for."""
    if not previous or not is_follow_up(text):
        return text
    return f"{text} {previous[:MAX_CARRIED_CHARACTERS]}"


def sought(text: str, *, previous: str) -> str:
    """As `search_query`, for machines: the previous question loses its question word where `text`
    has one of its own. A reader answers whatever is asked of it: "And when? Who designed it?" by
    name, "And when? designed it" by date."""
    if not _QUESTION_WORD.search(text):
        return search_query(text, previous=previous)
    subject = " ".join(re.sub("[?？]", " ", _QUESTION_WORD.sub(" ", previous)).split())
    return search_query(text, previous=subject)
