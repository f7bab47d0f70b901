"""What contradiction_pairs.py puts in place of what: patterns and their replacements."""

_AUX = r"is|are|was|were|can|could|will|would|may|might|should|must"
_CLEAR = r"(?! (?:not|only|also|just|no|never)\b)"

NEGATED_EN = (
    (rf"\b({_AUX})\b{_CLEAR}(?= [a-z])", r"\1 not"),
    (r"\b(has|have|had) (?=(?:been|\w+ed)\b)", r"\1 not "),
    (r"\b(is|are|was|were) (?=\w+ed\b)", r"\1 never "),
    (r"\bwith (?=[a-z]+ )", "without "),
    *(
        (rf"\b{past}\b(?= (?:the|a|an|in|to|by|from|[a-z]+) )(?<!been )", f"did not {base}")
        for past, base in (
            ("became", "become"), ("won", "win"), ("began", "begin"), ("took", "take"),
            ("gave", "give"), ("led", "lead"), ("reached", "reach"), ("received", "receive"),
            ("included", "include"), ("created", "create"), ("moved", "move"),
        )
    ),
)  # fmt: skip
UNNEGATED_EN = (
    (r"\b(is|are|was|were|can|could|will|would|may|should|must|has|have|had) not "
     r"(?!only|just|necess|until|more|less)", r"\1 "),
    (r"\bcannot\b", "can"),
    (r"\b(?:did|does|do) not (?=[a-z])", "do "),
    (r"\b(\w+) never (?=[a-z])", r"\1 always "),
    (r"\bthere (is|was|were|are) no\b", r"there \1 a"),
    (r"\bwithout (?=[a-z])", "with "),
)  # fmt: skip
_IS = r"(?<![不但还就也都只可于总若或正要凡硬说而者便像算老])是(?![否非不由因为以])"
_HAS = r"(?<![没所拥具只占持还含富享私国公共稀])有(?![关限效些的所着时利机望人助趣意名待])"
_HAS += r"(?!色|可能|没有|赖|别|两|一)"
NEGATED_ZH = (
    (_IS, "不是"),
    (_HAS, "没有"),
    (r"(?<![不是])可以", "不可以"),
    (r"(?<![不只])能够", "不能够"),
    *(
        (rf"(?<![不未没有的])({verb})(?!的)", rf"{cue}\1")
        for verb, cue in (
            ("包括", "不"), ("位于", "不"), ("属于", "不"), ("采用", "未"), ("获得", "未"),
            ("成为", "未"), ("实现", "未"), ("参加", "没有"), ("使用", "没有"), ("出现", "没有"),
            ("发布", "未"), ("举行", "没有"), ("加入", "没有"), ("担任", "没有"), ("允许", "不"),
            ("需要(?=[\u4e00-\u9fff])", "不"), ("影响", "不会"), ("支持", "不"), ("计入", "不"),
            ("披露", "未"),
        )
    ),
)  # fmt: skip
UNNEGATED_ZH = (
    (r"并没有|没有(?=[\u4e00-\u9fff]{2})(?!的)", "有"),
    (r"并未|尚未|从未", "已"),
    (r"(?<!功)未能", "能"),
    (r"(?<![是可得])不能(?!不)", "能"),
    (r"(?<![是])不会(?!不)", "会"),
    (r"(?<![并])不是(?!不)", "是"),
    (r"不得(?!不|已|了)", "可"),
    (r"不再", "仍"),
    (r"无法", "可以"),
    (r"不包括", "包括"),
    (r"不需要?", "需要"),
    (r"并不(?!是)", ""),
)
_ENTAILING = (
    (r"\babout(?= \d)", "approximately"), (r"\bpurchased\b", "bought"), (r"\bbegan\b", "started"),
    (r"\bapproximately\b", "about"), (r"\bstarted\b", "began"), (r"\bhowever, ", ""),
    (r"\bbecause\b", "since"), (r"\bmany\b", "numerous"), (r"\bnumerous\b", "many"),
    (r"\blarge\b", "big"), (r"\bshowed\b", "demonstrated"), (r"\balso ", ""),
    (r"\bwhile\b", "and"),
    (r"\bmust\b", "has to"), (r"\bdue to\b", "because of"), (r"\bincreased\b", "rose"),
    (r"\bdecreased\b", "fell"), (r"\bdid not\b", "didn't"), (r"\bcannot\b", "is unable to"),
    (r"\bis not\b", "isn't"), (r"\bwas not\b", "wasn't"), (r"\bprior to\b", "before"),
    (r"\bmore than\b", "over"), (r"\bover(?= \d)", "more than"), (r"\bless than\b", "under"),
    (r"\bin order to\b", "to"), (r"\bsuch as\b", "like"), (r"\bcan be\b", "may be"),
    (r"\brequired to\b", "obliged to"), (r"\bat least\b", "no less than"),
    (r"\bwas established\b", "was founded"), (r"\boften\b", "frequently"),
    (r"\bnot allowed\b", "not permitted"), (r"\bcompany\b", "firm"), (r"\bfees\b", "charges"),
)  # fmt: skip
_SAME_ZH = (
    ("因为", "由于"), ("由于", "因为"), ("但是", "不过"), (r"(?<![不非])但(?!是)", "可是"),
    ("大约", "约"), (r"(?<![大条合公节制])约(?=\d)", "大约"),
    ("开始", "起初"), ("购买", "买入"), ("增加", "增长"), ("增长", "增加"), ("减少", "下降"),
    ("下降", "减少"), ("必须", "应当"), ("应当", "应该"), ("可以", "能够"), ("超过", "多于"),
    ("不能", "无法"), ("无法", "不能"), ("没有", "并没有"), ("并未", "没有"), ("不是", "并不是"),
    ("以及", "和"), ("目前", "现在"), ("称为", "叫做"), ("位于", "坐落在"), ("使用", "采用"),
    ("成立", "创立"), ("许多", "很多"), ("认为", "觉得"), ("其中", ""), ("同时", ""),
    ("至少", "不少于"), ("不超过", "最多"), ("不得", "不可"), ("公司", "企业"),
)  # fmt: skip
SAME = (_ENTAILING, _SAME_ZH)
UNITS = (
    ((r"\bmillion\b", "billion"), (r"\bbillion\b", "million"), (r"(?<=\d )days\b", "months"),
     (r"(?<=\d )years\b", "months"), (r"(?<=\d )months\b", "years"), (r"(?<=\d)%", " million"),
     (r"(?<=\d )percent\b", "dollars"), (r"(?<=\d )hours\b", "days"),
     (r"(?<=\d )minutes\b", "hours"), (r"(?<=\d )miles\b", "feet")),
    ((r"(?<=\d)万", "亿"), (r"(?<=\d)亿", "万"), (r"(?<=\d)天", "个月"), (r"(?<=\d)个月", "年"),
     (r"(?<=\d)小时", "天"), (r"(?<=\d)分钟", "小时"), (r"(?<=\d)%", "元"),
     (r"(?<=\d)公里", "米"),
     (r"(?<=\d)美元", "人民币"), (r"(?<=\d)人(?=[,，。])", "吨")),
)  # fmt: skip
BOUNDS = (
    ((r"\bmore than(?= [$€£]?\d)", "less than"), (r"\bless than(?= [$€£]?\d)", "more than"),
     (r"\bover(?= [$€£]?\d)", "under"), (r"\bat least(?= [$€£]?\w)", "at most"),
     (r"\bat most(?= [$€£]?\d)", "at least"), (r"\bup to(?= [$€£]?\d)", "at least"),
     (r"\bwithin(?= \w+ (?:days|months|years))", "after"),
     (r"\bexceed(?:s|ed|ing)?(?= [$€£]?\d)", "at most")),
    ((r"不超过(?=\d)", "超过"), (r"(?<!不)超过(?=\d)", "不到"), (r"至少(?=\d)", "至多"),
     (r"以上(?=[,，。的])", "以下"), (r"以下(?=[,，。的])", "以上"),
     (r"(?<=[\d年月日])以前", "以后"),
     (r"低于(?=\d)", "高于"), (r"(?<!不)高于(?=\d)", "低于"), (r"不少于(?=\d)", "少于"),
     (r"(?<=[\d年月日天])以?内", "以后"), (r"(?<=[\d年月日])之?前", "之后")),
)  # fmt: skip
DUTIES = (
    ((r"\bmust (?!not|be able)", "may "), (r"\bmust (?!not)", "need not "),
     (r"\bmust (?!not)", "must not "), (r"\bmay (?!not|\d)", "may not "),
     (r"\bmay (?!not|\d)", "must "), (r"\bcan (?!not)", "cannot "), (r"\bcannot\b", "can"),
     (r"\bshould (?!not)", "need not "), (r"\bmust not\b", "may"), (r"\bmay not\b", "may"),
     (r"\b(is|are|was|were) required to\b", r"\1 not required to"),
     (r"\b(is|are|was|were) (allowed|permitted|able) to\b", r"\1 not \2 to"),
     (r"\b(?:has|have) to\b", "need not"), (r"\bshall (?!not)", "may ")),
    ((r"必须", "无需"), (r"必须", "不得"), (r"必须", "可以"), (r"应当", "不得"),
     (r"应当", "可以"),
     (r"(?<!不)可以", "不得"), (r"(?<!不)可以", "必须"), (r"不得(?!不|已)", "可以"),
     (r"不可以?(?!避|分|能)", "可以"),
     (r"(?<![不展的])需要(?=[\u4e00-\u9fff])", "不必"), (r"(?<!不)能够", "不能"),
     (r"不能(?!不)", "可以"), (r"应该", "无需"),
     (r"(?<!不)允许", "禁止"), (r"禁止", "允许"), (r"有权", "无权"), (r"无需|不必", "必须")),
)  # fmt: skip
_UP_DOWN = (
    ("increase", "decrease"), ("increased", "decreased"), ("increases", "decreases"),
    ("increasing", "decreasing"), ("rose", "fell"), ("grew", "declined"), ("rise", "fall"),
    ("growth", "decline"), ("higher", "lower"), ("highest", "lowest"), ("before", "after"),
    ("above", "below"), ("reduced", "raised"), ("reduction", "increase"), ("gained", "lost"),
    ("prior to", "after"), ("earlier", "later"), ("largest", "smallest"), ("more", "less"),
    ("expanded", "shrank"), ("rising", "falling"), ("longer", "shorter"), ("larger", "smaller"),
    ("improved", "worsened"), ("upper", "lower"), ("greater", "smaller"),
)  # fmt: skip
_OTHER_PAIRS = (
    ("first", "last"), ("north", "south"), ("east", "west"), ("northern", "southern"),
    ("eastern", "western"), ("public", "private"), ("old", "new"), ("large", "small"),
    ("success", "failure"), ("won", "lost"), ("began", "ended"), ("founded", "dissolved"),
    ("accepted", "rejected"), ("approved", "rejected"), ("supported", "opposed"),
    ("internal", "external"), ("income", "expense"), ("assets", "liabilities"),
    ("receivable", "payable"), ("bought", "sold"), ("imports", "exports"),
    ("majority", "minority"),
    ("positive", "negative"), ("strong", "weak"), ("early", "late"), ("major", "minor"),
    ("included", "excluded"), ("domestic", "foreign"), ("rich", "poor"), ("best", "worst"),
    ("ancient", "modern"), ("possible", "impossible"), ("legal", "illegal"), ("hot", "cold"),
    ("common", "rare"), ("simple", "complex"), ("dark", "bright"), ("urban", "rural"),
    ("wide", "narrow"), ("open", "closed"), ("direct", "indirect"), ("dependent", "independent"),
    ("popular", "unpopular"), ("successful", "unsuccessful"), ("heavy", "light"),
    ("married", "divorced"), ("born", "buried"), ("current", "former"),
    ("upstream", "downstream"),
)  # fmt: skip
_UP_DOWN_ZH = (
    ("上升", "下降"), ("增长", "下降"), ("增加", "减少"), ("上涨", "下跌"), ("提高", "降低"),
    ("提升", "下降"), ("扩大", "缩小"), ("之前", "之后"), ("以前", "以后"), ("高于", "低于"),
    ("最高", "最低"), ("最大", "最小"), ("盈利", "亏损"), ("流入", "流出"), ("增持", "减持"),
    ("加快", "放缓"), ("回升", "回落"), ("升值", "贬值"), ("上调", "下调"), ("最多", "最少"),
)  # fmt: skip
_OTHER_PAIRS_ZH = (
    ("同意", "拒绝"), ("支持", "反对"), ("开始", "结束"), ("成立", "解散"), ("成功", "失败"),
    ("国内", "国外"), ("收入", "支出"), ("进口", "出口"), ("购买", "出售"), ("加入", "退出"),
    ("内部", "外部"), ("公立", "私立"), ("长期", "短期"), ("第一", "最后"), ("东部", "西部"),
    ("南部", "北部"), ("资产", "负债"), ("批准", "驳回"), ("出生", "去世"), ("出现", "消失"),
    ("现代", "古代"), ("主要", "次要"), ("复杂", "简单"), ("先进", "落后"), ("富裕", "贫穷"),
    ("公开", "秘密"), ("直接", "间接"), ("著名", "无名"), ("城市", "乡村"), ("独立", "依附"),
    ("战胜", "败给"), ("向上", "向下"), ("白天", "夜晚"), ("积极", "消极"), ("完整", "残缺"),
)  # fmt: skip


def _both(pairs: tuple[tuple[str, str], ...], border: str) -> tuple[tuple[str, str], ...]:
    """Each word of a pair for the other."""
    there = tuple((rf"{border}{one}{border}", other) for one, other in pairs)
    return there + tuple((rf"{border}{other}{border}", one) for one, other in pairs)


DIRECTIONS = (_both(_UP_DOWN, r"\b"), _both(_UP_DOWN_ZH, ""))
OPPOSITES = (_both(_OTHER_PAIRS, r"\b"), _both(_OTHER_PAIRS_ZH, ""))
