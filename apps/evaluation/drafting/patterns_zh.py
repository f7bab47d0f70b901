"""Questions that a Chinese sentence answers, by its form."""

import re
from collections.abc import Iterator

Pair = tuple[str, str]  # question, answer

_S = r"(?P<s>[^，,；;。：:（）()]{2,28}?)"
_X = r"(?P<x>[^，,；;。：:]{1,30}?)"
_NUMBER = re.compile(r"[0-9０-９〇零一二两三四五六七八九十百千万亿兩萬億]")
_DUTIES = "负责|負責|审批|審批|批准|审核|審核|管理|提供|承担|承擔|组织|組織|制定|签发|簽發|保管"
_BY = re.compile(rf"^{_S}(?:应|應|須|须)?由{_X}(?P<v>{_DUTIES})(?P<o>[^，,；;。]{{0,12}})$")
_MOST = re.compile(
    rf"^{_S}(?P<v>不得超过|不超过|不得少于|不少于|不得低于|不低于|不得超過|不超過|至少为|最多为|最高为)"
    r"(?P<x>[0-9０-９一二两三四五六七八九十百千万][^，,；;。]{0,14})$"
)
_WITHIN = re.compile(
    rf"^{_S}(?P<m>应当|应该|必须|应|须|需|應當|必須|應|須)?(?:在|于|於)"
    r"(?P<x>[^，,；;。]{0,16}?[0-9０-９一二两三四五六七八九十][^，,；;。]{0,8}?"
    r"(?:之内|以内|内|之前|以前|前|之后|以后|后|內|後))(?P<v>[^，,；;。]{2,20})$"
)
_IS = re.compile(rf"^{_S}(?P<v>为|是|等于|為)(?P<x>[^，,；;。：:]{{2,40}})$")
_KEY = re.compile(
    r"^(?![一二两三四五六七八九十第])(?P<k>[\u3400-\u9fff]{2,14})[：:](?P<x>[^：:；;。]{2,40})$"
)
_POINTERS = re.compile(
    r"^(?:其|该|此|这|那|它|他|她|本|上述|以上|如果|若|当|但|因此|所以|該|這|當)"
)


def pairs_of(sentence: str, title: str) -> Iterator[Pair]:
    """Questions with their answers, the surest form first. Nothing for a sentence that leans on
    another one. An answer stands in the sentence as it is."""
    text = sentence.strip().rstrip("。！!；;.")
    if _POINTERS.match(text):
        return
    if found := _BY.match(text):
        yield f"{found['s']}由谁{found['v']}{found['o']}？", found["x"]
    if found := _MOST.match(text):
        yield f"{found['s']}{found['v']}多少？", found["x"]
    if found := _WITHIN.match(text):
        must = found["m"] or ""
        yield f"{found['s']}{must}在什么时间{found['v']}？", found["x"]
    if found := _IS.match(text):
        asked = "多少" if _NUMBER.search(found["x"]) else "什么"
        yield f"{found['s']}{'是' if found['v'] != '为' else '为'}{asked}？", found["x"]
    if found := _KEY.match(text):
        asked = "多少" if _NUMBER.search(found["x"]) else "什么"
        yield f"《{title}》中的{found['k']}是{asked}？", found["x"]
