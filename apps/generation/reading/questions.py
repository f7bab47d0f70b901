"""What a question asks for."""

import re
from dataclasses import dataclass
from enum import StrEnum


class Wanted(StrEnum):
    """The kind of answer; `THING` when the question word does not tell."""

    PERSON = "person"
    TIME = "time"
    PLACE = "place"
    COUNT = "count"
    MONEY = "money"
    PERCENT = "percent"
    REASON = "reason"
    MANNER = "manner"
    YES_NO = "yes_no"
    THING = "thing"


@dataclass(frozen=True, slots=True)
class Asked:
    """The kind of answer wanted; `start`/`end`: the question word's place in the question."""

    wanted: Wanted
    start: int
    end: int


# The first that matches counts: the narrow ones stand before the wide ones.
_EN: tuple[tuple[Wanted, str], ...] = (
    (Wanted.PERCENT, r"(?:what|which) (?:percent\w*|share|proportion|fraction)|how many percent"),
    (Wanted.MONEY, r"how much (?:money|did .{1,60} (?:cost|pay|spend|earn)|does .{1,60} cost|"
                   r"is .{1,40} worth)"
                   r"|what (?:is|was|were|are) the (?:\w+ ){0,3}(?:price|cost|fee|salary|"
                   r"revenue|income|budget|amount|limit)\b"),
    (Wanted.REASON, r"\bwhy\b|what (?:is|was|were|are) the (?:\w+ )?(?:reason|cause)s?\b|"
                    r"for what reason|what caused"),
    (Wanted.TIME, r"\bwhen\b|(?:what|which) (?:\w+ )?(?:year|date|day|month|century|decade|"
                  r"time|era|period)s?\b|by what date"),
    (Wanted.PLACE, r"\bwhere\b|(?:what|which) (?:\w+ )?(?:country|countries|city|cities|state|"
                   r"states|town|place|region|location|continent|province|county|river)\b"),
    (Wanted.PERSON, r"\bwho\b|\bwhom\b|\bwhose\b|(?:what|which) (?:\w+ )?(?:person|man|woman|"
                    r"president|king|queen|emperor|author|scientist|actor|leader|player)\b"),
    (Wanted.COUNT, r"how (?:many|much|long|often|old|tall|high|far|large|big|deep|wide|fast|"
                   r"heavy|hot|"
                   r"cold)|what (?:is|was) the (?:\w+ )?(?:number|population|total|"
                   r"temperature|length|height|size|area|rate)\b|(?:what|which) number"),
    (Wanted.MANNER, r"\bhow\b"),
    (Wanted.THING, r"(?:in|at|on|to|for|of|by|from) (?:what|which)\b|\bwhat\b|\bwhich\b"),
    (Wanted.YES_NO, r"^\s*(?:is|are|was|were|do|does|did|can|could|may|must|should|will|would|"
                    r"has|have|had)\b"),
)  # fmt: skip
_ZH: tuple[tuple[Wanted, str], ...] = (
    (Wanted.PERCENT, r"百分之(?:多少|几|幾)|百分比|多少个?個?百分点|(?:比例|占比|比率|利率|"
                     r"税率|稅率|增长率|增長率|股权比|持股比)[^，。]{0,6}(?:多少|什么|什麼|几|"
                     r"幾)"),
    (Wanted.MONEY, r"多少(?:钱|錢|元|万元|萬元|亿元|億元|美元|人民币|人民幣|港元|日元|日圓|"
                   r"欧元|歐元|英镑|英鎊)|(?:金额|金額|价格|價格|费用|費用|工资|工資|薪资|"
                   r"薪資|净亏损|净利润|营收|收入|成本|总额|總額|股价|"
                   r"票价)[^，。]{0,6}(?:多少|什么|什麼|几|幾)"),
    (Wanted.REASON, r"为什么|為什麼|为何|為何|何以|(?:什么|什麼|何种|何種)(?:原因|缘故|理由)|"
                    r"原因(?:是|为|為)?(?:什么|什麼|何)|因(?:何|什么|什麼)|为了什么|為了什麼"),
    (Wanted.TIME, r"什么时(?:候|间)|什麼時(?:候|間)|何时|何時|哪(?:一)?(?:年|天|日|月|个月|"
                  r"個月|个?世纪|個?世紀|朝|个?年代|個?年代|段时间|個時期|个时期|个朝代|"
                  r"個朝代)|几(?:年|月|日|号|点)(?:几|开|成|出|去)?|幾(?:年|月|日|號|點)|"
                  r"何年|何月|何日|什么年代|什麼年代|(?:时间|時間|"
                  r"日期)[^，。]{0,4}(?:什么|什麼|何|哪|多少|几)"),
    (Wanted.PLACE, r"哪里|哪裡|哪裏|哪儿|何处|何處|何地|(?:什么|什麼)(?:地方|地点|地點|位置|"
                   r"城市|国家|國家)|哪(?:一)?(?:个|個|座|些|两个|兩個)?(?:国|國|省|市|县|縣|"
                   r"州|区|區|城|地|洲|镇|鎮|村|岛|島|河)"),
    (Wanted.PERSON, r"谁|誰|(?:哪|何)(?:一)?(?:位|人|个人|個人|些人|名)|什么人|什麼人|何许人|"
                    r"(?:导演|作者|创始人|董事长|总裁|主席|总统|皇帝|名字|姓名)(?:是|叫|"
                    r"为)(?:什么|何)"),
    (Wanted.COUNT, r"多少|多久|多长时间|多長時間|"
                   r"(?:^|[^幾])[几幾](?=[\u4e00-\u9fff])|多(?:大|长|長|高|远|遠|重|宽|"
                   r"寬|深|快|厚)|数量|數量|第几|第幾"),
    (Wanted.MANNER, r"怎么样?|怎麼樣?|怎样|怎樣|如何"),
    (Wanted.YES_NO, r"是否|有没有|有沒有|能否|可否|是不是|可不可以|能不能|吗\s*[？?]?\s*$|"
                    r"嗎\s*[？?]?\s*$"),
    (Wanted.THING, r"(?:什么|什麼|何种|何種|哪(?:一)?(?:个|個|些|种|種|两|兩|三|几|幾|家|部|"
                   r"本|项|項|支|所|类|類|款|座|次|场|場|首|条|條)?|何)"),
)  # fmt: skip
_EN_RULES = [(wanted, re.compile(pattern, re.IGNORECASE)) for wanted, pattern in _EN]
_ZH_RULES = [(wanted, re.compile(pattern)) for wanted, pattern in _ZH]
_HAN = re.compile(r"[\u3400-\u9fff]")
_WH = re.compile(r"\b(?:who|whom|whose|what|which|when|where|why|how)\b", re.IGNORECASE)


def asked_for(question: str) -> Asked:
    """The kind of answer, and where the question word stands; a phrase without one is THING.

    In English the first question word counts: in "Who do I tell when …" the "when" asks nothing.
    """
    is_chinese = _HAN.search(question) is not None
    first = None if is_chinese else _WH.search(question)
    for wanted, pattern in _ZH_RULES if is_chinese else _EN_RULES:
        for match in pattern.finditer(question):
            if first is None or match.start() <= first.start() < match.end():
                return Asked(wanted, match.start(), match.end())
    return Asked(Wanted.THING, len(question), len(question))
