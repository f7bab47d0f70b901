"""Numbers of a text with unit and bound, however they are written."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from apps.generation.checking.contradictions.numerals import WORDS, value_of

UPPER, LOWER = "at most", "at least"
_SCALES = {
    "thousand": 1e3, "k": 1e3, "million": 1e6, "mn": 1e6, "m": 1e6, "billion": 1e9, "bn": 1e9,
    "trillion": 1e12, "百": 1e2, "千": 1e3, "万": 1e4, "百万": 1e6, "千万": 1e7, "亿": 1e8,
    "百亿": 1e10, "千亿": 1e11, "万亿": 1e12,
}  # fmt: skip
# Of each unit its ways to be written; what no list has goes without a unit.
_UNITS = {
    "percent": "% percent per|cent ％ 个百分点 percentage|points? basis|points? 个基点 ‰",
    "day": "(?:(?:calendar|working|business)[ -])?days? 个?(?:工作|自然|交易)日 天 日",
    "week": "weeks? 周 个?星期",
    "month": "months? 个月",
    "year": "years? 年度? 周年 年",
    "hour": "hours? 个?小时 钟头",
    "minute": "minutes? mins? 分钟",
    "second": "seconds? secs? 秒钟?",
    "usd": "us|dollars? dollars? 美元 美金",
    "cny": "yuan rmb renminbi 人民币 元",
    "hkd": "hong|kong|dollars? 港元 港币",
    "eur": "euros? 欧元",
    "gbp": "pounds|sterling 英镑",
    "jpy": "yen 日元",
    "twd": "新台币 台币",
    "person": "people persons? employees? 人 名 位",
    "share": "shares? 股",
    "time": "times 次",
    "km": "km kilomet(?:er|re)s? 公里 千米",
    "mile": "miles? 英里",
    "metre": "met(?:er|re)s? 米 公尺",
    "foot": "feet foot 英尺",
    "kg": "kg kilograms? 公斤 千克",
    "tonne": "tonn?es? 吨",
    "area": "square|(?:kilomet(?:er|re)|met(?:er|re)|mile)s? 平方(?:公里|米|千米)",
}
_BEFORE = {"$": "usd", "us$": "usd", "hk$": "hkd", "nt$": "twd", "€": "eur", "£": "gbp",
           "¥": "cny", "rmb": "cny", "usd": "usd", "eur": "eur", "人民币": "cny",
           "港币": "hkd", "美金": "usd", "新台币": "twd"}  # fmt: skip
_MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august", "september",
           "october", "november", "december"]  # fmt: skip
_DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_UPPER_BEFORE = (
    r"(?:no|not) (?:more|later|over|longer|higher|greater) than|at most|at the latest|up to|"
    r"(?:a )?maximum (?:of )?|not exceed(?:ing)?|within|(?:less|fewer|lower|earlier|smaller) than|"
    r"under|below|before|until|不(?:得|应|可|能)?(?:超过|高于|多于|大于|晚于|迟于|超出|逾)|"
    r"[未没]有?超过|至多|最多|最高|最迟|最晚|不足|低于|少于|小于|不到|未满|不满|早于|截至|截止"
)
_LOWER_BEFORE = (
    r"(?:no|not) (?:less|fewer|earlier|lower|smaller) than|at least|(?:a )?minimum (?:of )?|"
    r"(?:more|later|greater|higher|longer|larger) than|over|above|exceed(?:s|ed|ing)?|after|since|"
    r"不(?:得|应|可|能)?(?:少于|低于|小于|早于)|至少|最少|最低|最早|超过|高于|多于|大于|晚于|逾"
)
_UPPER_AFTER = (
    r"or (?:less|fewer|earlier|below|under)|at (?:the )?most|以下|以内|之内|内|以前|之前|前"
)
_LOWER_AFTER = r"or (?:more|over|above|later|longer)|以上|以后|之后|后|起|开外"
_GAP = r"(?:\s|约|为|the|an?|about|around|approximately|[$€£¥]|us\$|人民币)*"


def _of(words: str) -> str:
    """Alternatives, those of letters as whole words."""
    return "|".join(
        rf"{one.replace('|', ' ')}\b" if one[0].isascii() and one[0] != "%" else one
        for one in _written(words)
    )


def _written(words: str) -> list[str]:
    return re.sub(r"(?<=[a-z])\|(?=[a-z(])", "\0", words).replace("\0", "|").split()


_NUMBER = re.compile(
    rf"(?:(?P<money>(?:us|hk|nt)?\$|[€£¥]|\b(?:rmb|usd|eur)\b|人民币|港币|美金|新台币)\s*)?"
    rf"(?P<cent>百分之)?"
    rf"(?:(?P<digits>(?<!\d)(?<!\d\.)\d+(?:,\d{{3}})*(?:\.\d+)?)|(?P<words>{WORDS}))"
    rf"(?:[\s-]?(?P<scale>(?:thousand|million|billion|trillion|mn|bn|k|m)\b|"
    rf"[百千万]?[万亿]|[百千](?![米克])))?[多余]?"
    rf"(?:[\s-]?(?:{'|'.join(f'(?P<{name}>{_of(words)})' for name, words in _UNITS.items())}))?"
)
_NAMED = re.compile(
    rf"\b(?:(?P<month>{'|'.join(_MONTHS)})|(?P<day>{'|'.join(_DAYS)}))s?\b"
    r"|(?P<month_zh>\d{1,2})月(?!份?间)|(?:周|星期|礼拜)(?P<day_zh>[一二三四五六日天])"
)
_BOUNDS_BEFORE = re.compile(rf"(?:(?P<upper>{_UPPER_BEFORE})|(?P<lower>{_LOWER_BEFORE})){_GAP}$")
_BOUNDS_AFTER = re.compile(rf"\s?(?:的|\()?(?:(?P<upper>{_UPPER_AFTER})|(?P<lower>{_LOWER_AFTER}))")
_LOOK_BACK = 40


@dataclass(frozen=True, slots=True)
class Quantity:
    """`plain[start:end]`. `written`: the digits as they are, without grouping commas; empty for
    words. `scale` 1: none is named. `bound`: at most, at least, or empty."""

    value: float
    written: str
    scale: float
    unit: str
    bound: str
    start: int
    end: int


def quantities_in(plain: str) -> list[Quantity]:
    """The numbers of a plain text, in order; months and days of the week are numbers, too."""
    found = [*_named(plain)]
    taken = {place for one in found for place in range(one.start, one.end)}
    found += [one for one in _counted(plain) if one.start not in taken]
    return sorted(found, key=lambda one: one.start)


def _counted(plain: str) -> Iterator[Quantity]:
    for match in _NUMBER.finditer(plain):
        unit = next((name for name in _UNITS if match[name]), "")
        unit = "percent" if match["cent"] else _BEFORE.get(match["money"] or "", unit) or unit
        scale = _SCALES[match["scale"]] if match["scale"] else 1.0
        written = (match["digits"] or "").replace(",", "")
        number = float(written) if written else value_of(match["words"])
        if number is None or (number == 1 and not (written or unit)):
            continue  # "one of them"
        start, end = match.span()
        yield Quantity(
            round(number * scale, 6), written, scale, unit, _bound(plain, start, end), start, end
        )


def _named(plain: str) -> Iterator[Quantity]:
    for match in _NAMED.finditer(plain):
        kind = "month" if match["month"] or match["month_zh"] else "weekday"
        if match[0] in ("may", "march") and not _is_date(plain, *match.span()):
            continue
        if match["month_zh"]:
            number = int(match["month_zh"])
        elif match["month"]:
            number = _MONTHS.index(match["month"]) + 1
        elif match["day"]:
            number = _DAYS.index(match["day"]) + 1
        else:
            number = "一二三四五六日".find(match["day_zh"].replace("天", "日")) + 1
        start, end = match.span()
        bound = _bound(plain, start, end)
        yield Quantity(
            float(number), match["month_zh"] or "", 1.0, f"name of {kind}", bound, start, end
        )


def _is_date(plain: str, start: int, end: int) -> bool:
    return bool(
        re.search(r"(?:\d(?:st|nd|rd|th)?|\b(?:in|of|by|since|until|on|from))\s$", plain[:start])
        or re.match(r"\s\d", plain[end:])
    )


def _bound(plain: str, start: int, end: int) -> str:
    before = _BOUNDS_BEFORE.search(plain[max(0, start - _LOOK_BACK) : start])
    found = before or _BOUNDS_AFTER.match(plain, end)
    if not found:
        return ""
    return UPPER if found["upper"] else LOWER
