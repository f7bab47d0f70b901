"""Words that deny, require, allow or forbid what stands behind them.

A cue reaches forward to the end of its clause, as in NegEx (Chapman et al., J. Biomed. Inform.
2001), whose pseudo-cues ("not only") and words that end a scope ("but") are kept, too; what is
denied first of all is the focus, in the sense of the annotation of focus and scope surveyed by
Morante and Blanco (NLE 2020). Kinds of Chinese cues follow what the CNeSp corpus marks (Zou, Zhou
and Zhu, ACL 2015). The lists are our own. Texts come in simplified characters, lower case, with
"not" spelled out (`plain_of`).
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from apps.modelhub.glossaries.script import simplified


class Kind(StrEnum):
    """What a cue does to what stands behind it."""

    NOT = "not"
    FORBIDDEN = "forbidden"
    EXEMPT = "exempt"  # need not
    OBLIGED = "obliged"
    ALLOWED = "allowed"


DENYING = frozenset({Kind.NOT, Kind.FORBIDDEN, Kind.EXEMPT})
_BOTH_WAYS = (
    (Kind.OBLIGED, Kind.FORBIDDEN),
    (Kind.ALLOWED, Kind.FORBIDDEN),
    (Kind.OBLIGED, Kind.EXEMPT),
    (Kind.OBLIGED, Kind.ALLOWED),
    (Kind.EXEMPT, Kind.FORBIDDEN),
)
CLASHING = frozenset(_BOTH_WAYS) | {(other, one) for one, other in _BOTH_WAYS}


@dataclass(frozen=True, slots=True)
class Cue:
    """`plain[start:end]`."""

    kind: Kind
    start: int
    end: int


_BE = r"(?:is|are|was|were|be|been|being)"
# In this order: at one place the first that fits counts. None: it only looks like a cue.
_ENGLISH: tuple[tuple[Kind | None, str], ...] = (
    (
        None,
        r"not (?:only|just|merely|simply|necessarily|least|until|to mention)|whether or not|or not|"
        r"if not|no doubt|no sooner|no matter|nothing but|no other than|no wonder|"
        r"no\.? ?(?=\d)|can not but|"
        r"(?:no|not) (?:more|less|fewer|later|earlier|higher|lower|greater|larger|smaller|over|"
        r"above|below|under) than|(?:\w+ )?not (?:to )?exceed(?:ing)?(?= [$€£¥]?\d)|"
        r"(?:in|of|by|on|since|until|from|to|late|early|mid|through|and|\d|,) may\b|may(?= \d)|"
        r"may(?= \w+ \d)|as (?:soon|far|much|well) as (?:possible|can be)",
    ),
    (
        Kind.EXEMPT,
        rf"need not|(?:{_BE} )?not (?:be )?(?:required|obliged|obligated|necessary|mandatory|"
        r"compulsory)(?: to| for)?|(?:do|does|did|will|would) not (?:have|need|require)(?: to)?|"
        r"no (?:need|obligation|requirement|duty)(?: to| for)?|without (?:having|needing) to|"
        rf"{_BE} (?:optional|voluntary)|{_BE} exempt(?:ed)? from|free not to",
    ),
    (
        Kind.FORBIDDEN,
        r"(?:must|shall|may|can|could|should|might|ought) (?:not|never)(?: to)?|"
        rf"(?:{_BE} )?not (?:be )?(?:allowed|permitted|entitled|eligible|able|authori[sz]ed|"
        r"possible|free)(?: to| for)?|(?:prohibited|forbidden|banned|barred|precluded) from|"
        rf"{_BE} (?:strictly )?(?:prohibited|forbidden|banned|disallowed)|"
        r"under no circumstances|unable to|no longer (?:be )?(?:able|allowed|permitted) to",
    ),
    (
        Kind.OBLIGED,
        rf"must|shall|(?:has|have|had|having) to|{_BE} (?:required|obliged|obligated|bound)"
        r"(?: to)?|(?:required|obliged|obligated) to|needs? to|needed to|should|ought to|"
        rf"{_BE} (?:mandatory|compulsory)",
    ),
    (
        Kind.ALLOWED,
        rf"may|can|could|might|{_BE} (?:allowed|permitted|entitled|free|eligible|authori[sz]ed|"
        r"able)(?: to)?|(?:allowed|permitted|entitled) to",
    ),
    (
        Kind.NOT,
        r"not|never|neither|nor|no longer|no one|no|none of|none|nobody|nothing|without|"
        r"lacks?|lacking|lacked|fail(?:s|ed|ing)? to|failure to|refus(?:e|es|ed|ing) to|"
        r"declin(?:e|es|ed|ing) to|ceas(?:e|es|ed|ing) to|instead of|rather than|absence of|"
        r"hardly|scarcely|barely|rarely|seldom|nowhere|far from",
    ),
)
_CHINESE: tuple[tuple[Kind | None, str], ...] = (
    (
        None,
        r"不(?:但|仅|只|光|单|论|管|久|断|同|少|一|等(?!于)|时|由|禁|料|妨|愧|惜|锈|动产|外乎|然|"
        r"过(?!\d)|得了|得已|可避免|可抗力|可分割|约而同|可或缺|丹|列颠|莱梅|知|幸|安|良|规则|错|凡|"
        r"朽|力|肖|堪|懈|屈|齐|致|解|景气|可思议)|无(?:论|不|比|非|疑|锡|线|人机|数|限|形|穷|辜|"
        r"聊|情|产|奈|双|敌|意识)|未(?:来|必|免|知|婚|成年)|非(?:常|洲|凡|遗|典)|除非|莫非|是非|"
        r"没(?:收|落|入)|[沉淹埋吞出湮隐覆]没|[是能可与有]否|否则|差不多|[对了来看听]不[起及到得]|"
        r"[岂何要莫]不|不(?:得|能|可|会|无|是)不|并非没有|有没有|(?P<same>[\u4e00-\u9fff])不(?P=same)|"
        r"可能|不(?:得|应|可|能)?(?:超过|高于|多于|大于|晚于|迟于|少于|低于|小于|早于|超出|逾)"
        r"(?=[约为人民币\s]*[\d零一二两三四五六七八九十百千万])|"
        r"[未没](?:有)?超过(?=\s?\d)|不足|不满|未满|不到|[许认]可|可(?:[见谓是靠口比观爱怜惜怕乐耕]|持续|再生)|"
        r"(?:功|技|智|动|职|性|节|核|太阳|本|才|只|才|热|势|机|潜|产|效)能|能(?:力|源|量|耗|见度|干|人)|"
        r"应(?:[收付用对急届聘邀力变计纳景]|税)|[反供适响效对相因感]应|需[求方]|必需品|[所按急]需",
    ),
    (
        Kind.EXEMPT,
        r"无需|无须|毋须|毋需|毋庸|无庸|不必|不用|不需要?|不须|没有?必要|无必要|不强制|可以?不|免于|"
        r"没有义务|无义务|不要求",
    ),
    (
        Kind.FORBIDDEN,
        r"不得|不可以?|不能够?|不准|不许|不应[当该]?|不该|不宜|严禁|禁止|不允许|不被允许|切勿|请勿|勿|"
        r"无法|无权|不要|未能",
    ),
    (
        Kind.OBLIGED,
        r"必须|必需|务必|应[当该]|应|须|需要|需|有义务|被?要求|有责任",
    ),
    (Kind.ALLOWED, r"可以|可|能够|能|允许|准许|得以|有权|获准"),
    (
        Kind.NOT,
        r"并不是|并不|并非|并没有|并未|不是|不会|不再|不曾|不予|没有|从未|从不|从没|尚未|未曾|未经|"
        r"未获|而非|而不是|没|未|不|非|无|免(?=[征缴交收付税])|缺乏|缺少|拒绝|绝不|毫无|毫不",
    ),
)


def _pattern(cues: tuple[tuple[Kind | None, str], ...], border: str) -> re.Pattern[str]:
    return re.compile(
        "|".join(f"(?P<{kind or 'seeming'}>{border}(?:{words}){border})" for kind, words in cues)
    )


_PATTERNS = (_pattern(_ENGLISH, r"\b"), _pattern(_CHINESE, ""))
_CONTRACTIONS = (
    (re.compile(r"['’`]"), "'"),
    (re.compile(r"\bcan(?:'t|not)\b"), "can not"),
    (re.compile(r"\bwon't\b"), "will not"),
    (re.compile(r"\bshan't\b"), "shall not"),
    (re.compile(r"n't\b"), " not"),
)


def plain_of(text: str) -> str:
    """`text` in lower case, simplified characters and half-width forms, "not" spelled out."""
    plain = simplified(unicodedata.normalize("NFKC", text)).casefold()
    for pattern, instead in _CONTRACTIONS:
        plain = pattern.sub(instead, plain)
    return plain


def cues_in(plain: str) -> Iterator[Cue]:
    """The cues of a plain text, those that only look like one left out."""
    for pattern in _PATTERNS:
        for found in pattern.finditer(plain):
            name = next(kind for kind in _NAMES if found[kind] is not None)
            if name != "seeming":
                yield Cue(Kind(name), found.start(), found.end())


_NAMES = ("seeming", *Kind)
