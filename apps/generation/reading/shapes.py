"""Stretches of text that look like a date, an amount, a name."""

import re
from dataclasses import dataclass
from enum import StrEnum


class Shape(StrEnum):
    """What a stretch of text looks like."""

    DATE = "date"
    MONEY = "money"
    PERCENT = "percent"
    NUMBER = "number"
    NAME = "name"
    PLACE = "place"
    QUOTED = "quoted"


@dataclass(frozen=True, slots=True)
class Region:
    """Characters `start:end` look like `shape`."""

    start: int
    end: int
    shape: Shape


_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|"
    r"Sept?(?:ember)?|"
    r"Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
_AMOUNT = r"\d+(?:[,.]\d+)*"
_SCALE = r"(?:\s?(?:thousand|million|billion|trillion|bn|m|k)\b)?"
_WORD_NUMBER = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|"
    r"sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|"
    r"hundred|thousand|million|billion|dozen|half)"
)
_EN_UNIT = (
    r"(?:\s?(?:km|kilomet(?:er|re)s?|met(?:er|re)s?|miles?|feet|ft|inches|cm|mm|kg|kilograms?|"
    r"tons?|"
    r"tonnes?|pounds|acres|hectares|square (?:miles|kilomet(?:er|re)s|feet)|km2|mph|°[CF]|degrees|"
    r"years?|months?|weeks?|days?|hours?|minutes?|seconds?|GB|MB|kW|percent)\b)?"
)
_EN: tuple[tuple[Shape, str], ...] = (
    (Shape.DATE, rf"(?:\d{{1,2}}(?:st|nd|rd|th)?(?: of)? )?{_MONTH} \d{{1,2}}(?:st|nd|rd|"
                 rf"th)?(?:,? \d{{4}})?\b"
                 rf"|\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH}(?:,? \d{{4}})?\b|"
                 rf"{_MONTH},? \d{{4}}\b"
                 r"|\d{4}-\d{2}-\d{2}|\b(?:early |late |mid-?)?\d{4}s\b|\b(?:1[0-9]|"
                 r"20)\d\d(?:[-–](?:\d{4}|\d{2}))?\b"
                 r"|\b(?:\d{1,2}(?:st|nd|rd|th)|(?:nine|eigh|seven|six|fif|four|thir)teenth|"
                 r"twelfth|twentieth) century\b(?: (?:BC|AD|BCE|CE))?"
                 r"|\b\d+ (?:BC|AD|BCE|CE)\b|\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b"
                 r"|\b\d{1,2}:\d{2}(?: ?[ap]\.?m\.?)?"),
    (Shape.MONEY, rf"(?:US|A|C|HK)?[$€£¥]\s?{_AMOUNT}{_SCALE}|\b(?:USD|EUR|RMB|CNY|"
                  rf"GBP)\s?{_AMOUNT}{_SCALE}"
                  rf"|\b{_AMOUNT}{_SCALE} (?:dollars|euros|pounds sterling|yuan|yen|USD|EUR|"
                  rf"RMB|CNY)\b"),
    (Shape.PERCENT, rf"{_AMOUNT}\s?(?:%|percent\b|per cent\b|percentage points\b)"),
    (Shape.NUMBER, rf"{_AMOUNT}{_SCALE}{_EN_UNIT}|"
                   rf"\b{_WORD_NUMBER}(?:[ -]{_WORD_NUMBER})*\b{_EN_UNIT}"),
    (Shape.QUOTED, r"[\"“][^\"“”]{2,80}[\"”]"),
    (Shape.NAME, r"\b[A-Z][\w'’.-]*(?:(?: (?:of|the|de|la|von|van|del|and|for|&) (?:the )?|"
                 r" )[A-Z][\w'’-]*)*"),
)  # fmt: skip
_ZH_DIGITS = r"[\d〇零一二三四五六七八九十百千两兩]+"
_ZH_UNIT = (
    r"(?:个月|個月|个|個|人|名|位|家|座|条|條|只|隻|部|次|场|場|张|張|本|种|種|项|項|所|间|間|米|公尺|"
    r"公里|千米|公分|厘米|毫米|平方公里|平方千米|平方米|"
    r"公顷|公頃|亩|畝|公斤|千克|克|吨|噸|岁|歲|年|天|日|周|小时|小時|分钟|分鐘|秒|"
    r"度|倍|级|級|层|層|股|手|户|戶|票|分|集|届|屆|支|艘|架|辆|輛|门|門|"
    r"台|臺|款|首|篇|章|节|節|页|頁|句|字|点|點|套|枚|件|对|對|组|組|匹|头|頭|棵|英尺|英里|"
    r"海里|GB|MB|KB|km|kg|cm|mm|m)"
)
# The hundred most common, simplified and traditional: a name only where it stands alone.
_SURNAMES = (
    "王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何林高罗羅郑鄭梁谢謝宋唐许許邓鄧冯馮韩韓曹曾"
    "彭萧蕭肖蔡潘田董袁于余叶葉蒋蔣杜苏蘇魏程吕呂丁沈任姚卢盧傅钟鍾姜崔谭譚廖范汪陆陸金石戴贾賈韦韋"
    "夏邱方侯邹鄒熊孟秦白江阎閻薛尹段雷黎史龙龍陶贺賀顾顧毛郝龚龔邵万萬钱錢严嚴洪武莫孔汤湯"
)
_ZH: tuple[tuple[Shape, str], ...] = (
    (Shape.DATE, r"(?:公元前|西元前|公元|西元|约|約)?\d{1,4}年(?:代|底|初|末|间|"
                 r"間)?(?:\d{1,2}月)?(?:份|底|初|中旬|上旬|下旬|"
                 r"末)?(?:\d{1,2}[日号號])?(?:[上下]午|凌晨|晚)?"
                 r"|\d{1,2}月(?:份)?\d{1,2}[日号號]|\d{1,2}月份?|\d{4}-\d{1,2}-\d{1,2}|"
                 r"\d{1,2}[日号號]"
                 r"|(?:公元前|西元前)?\d{1,2}世[纪紀](?:末|初|中叶|中葉|后期|後期|"
                 r"[\d一二三四五六七八九]0年代)?"
                 r"|[\u4e00-\u9fff]{2}[元一二三四五六七八九十]+年|"
                 r"二[〇○零][〇○零一二三四五六七八九]{2}年|"
                 r"[一二][〇○零一二三四五六七八九]{3}年"
                 r"|(?:夏|商|周|秦|西汉|东汉|东晋|西晋|唐|北宋|南宋|元|明|清)(?:朝|代)(?:末年|"
                 r"初年|末期|初期)?"),
    (Shape.PERCENT, r"\d+(?:\.\d+)?(?:%|％|‰)|百分之[\d.零一二三四五六七八九十百点]+|"
                    r"\d+(?:\.\d+)?个?個?百分点"),
    (Shape.MONEY, r"(?:人民币|人民幣|港币|美金|约|約|超过|至少|不超过)?[\d,.]+(?:余|多|"
                  r"餘)?[万亿萬億千百]{0,2}(?:余|多|餘)?(?:元|美元|港元|欧元|歐元|日元|日圓|"
                  r"英镑|英鎊|人民币|法郎|卢布|台币|新台幣)"
                  r"|[零一二三四五六七八九十百千万亿萬億两]+(?:元|美元|港元|英镑|英鎊|法郎)"),
    (Shape.NUMBER, rf"(?:第)?(?:[\d,.]+|{_ZH_DIGITS})(?:余|多|餘)?[万亿萬億]{{0,2}}(?:余|多|"
                   rf"餘)?{_ZH_UNIT}?"),
    (Shape.QUOTED, r"《[^《》]{1,40}》|“[^“”]{1,40}”|「[^「」]{1,40}」|『[^『』]{1,40}』"),
    (Shape.PLACE, r"[\u4e00-\u9fff]{1,6}(?:共和国|共和國|自治区|自治區|自治州|省|市|县|縣|区|"
                  r"區|镇|鎮|乡|鄉|村|岛|島|州|街道|大学|大學|学院|學院|机场|機場|车站|車站|"
                  r"寺|山|河|湖)"),
    (Shape.NAME, rf"(?<![\u4e00-\u9fff])[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}(?![\u4e00-\u9fff])"
                 r"|[\u4e00-\u9fffA-Za-z]{1,8}[·•・‧－][\u4e00-\u9fffA-Za-z·•・‧－]{1,20}|"
                 r"[A-Za-z][A-Za-z0-9 .&'-]{1,40}[A-Za-z0-9]"),
)  # fmt: skip
_EN_RULES = [(shape, re.compile(pattern)) for shape, pattern in _EN]
_ZH_RULES = [(shape, re.compile(pattern)) for shape, pattern in _ZH]


def regions(text: str, *, is_chinese: bool) -> list[Region]:
    """Regions of `text` in reading order; of overlapping ones the narrower shape is kept."""
    found: list[Region] = []
    taken = bytearray(len(text))
    for shape, pattern in _ZH_RULES if is_chinese else _EN_RULES:
        for match in pattern.finditer(text):
            if not any(taken[match.start() : match.end()]):
                taken[match.start() : match.end()] = b"\1" * (match.end() - match.start())
                found.append(Region(match.start(), match.end(), shape))
    return sorted(found, key=lambda region: (region.start, region.end))
