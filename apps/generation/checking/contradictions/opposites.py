"""Words that say the opposite of each other, of finance, contracts and offices.

Antonyms on aligned words are a feature of de Marneffe, Rafferty and Manning (ACL 2008); the pairs
are our own. What is no pair here is not seen.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache

from apps.generation.reading.terms import Token, tokens

# A line is a pair: words of one side / words of the other.
_ENGLISH = """
increase rise rises rose risen rising grow grows grew grown growth gain climb surge jump soar
    raise raised expand improve strengthen up upward appreciate upturn uptick escalate exceeded /
    decrease fall falls fell fallen falling decline drop reduce reduction shrink shrank shrunk
    plunge slump slide slid dip weaken worsen deteriorate down downward depreciate downturn
    diminish
higher greater larger more bigger longer / lower less smaller fewer shorter
highest largest most biggest greatest maximum longest / lowest smallest least fewest minimum
    shortest
profit profitable / loss unprofitable
surplus / deficit shortfall
asset / liability
debit / credit
buy buys bought purchase acquire acquisition buyer purchaser / sell sells sold sale dispose
    disposal seller divest
import importer / export exporter
inflow / outflow
income revenue earnings / expense expenditure expenses
receivable / payable
receive receives received / pay pays paid payment send sent
deposit / withdraw withdrew withdrawn withdrawal
lend lends lent lender / borrow borrower
lessor landlord / lessee tenant
employer / employee
creditor / debtor
approve approval accept acceptance agree agreed consent grant granted / reject rejection refuse
    refusal deny denied disagree decline disapprove
allow permit permitted legal lawful / prohibit prohibition forbid forbidden forbade ban illegal
    unlawful
support supports favour favor / oppose opposes opposed opposition against
include inclusive including cover covers covered / exclude exclusive excluding except
before prior earlier precede / after later following subsequent follow afterwards
above over / below under beneath
start starts begin begins began begun commence open opens opened / end ends finish cease conclude
    close closes closed terminate expire stop stopped
first initial / last final
early / late
internal inside indoors / external outside outdoors
domestic / foreign overseas abroad
public / private
gross / net
fixed / variable floating
permanent / temporary
with / without
mandatory compulsory obligatory / optional voluntary
active / passive inactive
long / short
old older oldest / new newer newest young younger youngest
high / low
gain gains gained / lose loses lost
success succeed successful succeeded win wins won victory / fail failure failed unsuccessful lose
    loses lost defeat
hire hires hired appoint appointed / fire fired dismiss dismissed resign resigned
join joined enter entered / leave leaves left exit exited
majority / minority
positive / negative
better best / worse worst
rich wealthy / poor
strong stronger / weak weaker
true correct right / false incorrect wrong
easy easier / difficult hard harder
north northern / south southern
east eastern / west western
northeast northeastern / southwest southwestern
northwest northwestern / southeast southeastern
male men man boy boys father husband / female women woman girl girls mother wife
upgrade / downgrade
accelerate faster fast quick quickly / decelerate slow slower slowly
create created establish established found founded build built / destroy destroyed abolish
    abolished dissolve dissolved
ancient / modern
upper / lower
major / minor
input / output
supply / demand
maximum maximize / minimum minimize
arrive arrived arrival / depart departed departure
attack attacked / defend defended
same identical / different
present / absent
add added / remove removed subtract
hot warm / cold cool
parent / child
encourage encouraged / discourage discouraged
enable enabled / disable disabled prevent prevented
raise raised / lowered cut cuts
"""
_CHINESE = """
上升 增长 增加 上涨 提高 提升 上调 攀升 回升 走高 飙升 大涨 涨 升至 增至 增多 增幅
    涨幅 扩大 上扬 增强 改善 / 下降 减少 下跌 降低 下滑 下调 回落 走低 暴跌
    大跌 跌 降至 减至 缩减 降幅 跌幅 缩小 下挫 减弱 恶化
盈利 盈余 净利润 获利 / 亏损 净亏损
收入 / 支出
流入 / 流出
买入 购入 买进 购买 收购 买方 买家 / 卖出 出售 售出 转让 卖方 卖家
进口 / 出口
应收 / 应付
资产 / 负债
债权 / 债务
增持 / 减持
借方 / 贷方
贷款人 出借人 / 借款人
出租 出租人 / 承租 承租人
甲方 / 乙方
存入 / 取出 支取
以上 / 以下
之前 以前 此前 / 之后 以后 此后
早于 / 晚于
高于 多于 大于 超过 / 低于 少于 小于 不足
最高 最大 最多 最长 / 最低 最小 最少 最短
较高 更高 / 较低 更低
首次 首个 首先 第一 / 末次 最后 最终
同意 批准 核准 通过 接受 赞成 / 拒绝 驳回 否决 反对 不同意
支持 / 反对 抵制
允许 准许 可以 / 禁止 严禁 不得
承认 / 否认
包括 包含 / 排除 除外
开始 启动 开工 开启 开幕 / 结束 终止 停止 完工 闭幕
境内 国内 / 境外 国外 海外
内部 / 外部
公开 / 秘密
长期 / 短期
固定 / 浮动 可变
税前 / 税后
升值 / 贬值
顺差 / 逆差
上游 / 下游
获胜 战胜 / 落败 败给
成功 / 失败
加强 / 削弱
加快 加速 / 放缓 减缓 减速
录用 聘用 聘任 任命 / 解雇 辞退 解聘 免职 罢免
入职 就任 上任 / 离职 辞职 卸任
加入 / 退出
有效 / 无效 失效
合法 / 非法 违法
强制 必须 / 自愿
全部 全体 所有 / 部分 个别
全职 / 兼职
多数 / 少数
正面 积极 / 负面 消极
有利 / 不利
优于 / 劣于
东部 / 西部
南部 / 北部
男性 / 女性
上午 / 下午
永久 / 临时 暂时
借入 / 借出
看涨 看多 / 看跌 看空
宽松 / 收紧 紧缩
乐观 / 悲观
建立 成立 创建 / 解散 撤销
安全 / 危险
简单 容易 / 复杂 困难
公立 公共 / 私立 私人
出生 / 去世 逝世
出现 / 消失
允诺 / 拒绝
主动 / 被动
正确 / 错误
相同 / 不同
古代 / 现代
提前 / 推迟 延迟 延后
"""
# Alone these are parts of names and of other words, unless a number follows.
_BEFORE_NUMBERS = {"增": 1, "升": 1, "涨": 1, "减": -1, "降": -1, "跌": -1}
_IN_TIME = re.compile(
    r"在[\u4e00-\u9fff]{1,8}?(?<![目提以之最然今先向])([前后])(?![往来任期续方面])"
)
_MOVES = re.compile(r"[增升涨减降跌](?=约?\s?\d)")

Side = tuple[str, int]  # the pair, and which side of it: 1 or -1


def opposites_in(words: Sequence[Token], plain: str) -> Iterator[tuple[Side, int, int]]:
    """The words of pairs: their side, and where they stand in `plain`."""
    english, chinese, pattern = _tables()
    for word in words:
        for side in english.get(word.norm, ()):
            yield side, word.start, word.end
    for found in pattern.finditer(plain):
        for side in chinese[found[0]]:
            yield side, found.start(), found.end()
    for found in _MOVES.finditer(plain):
        yield (_MOVING, _BEFORE_NUMBERS[found[0]]), found.start(), found.end()
    for found in _IN_TIME.finditer(plain):
        yield ("之前", 1 if found[1] == "前" else -1), found.start(1), found.end(1)


@cache
def _tables() -> tuple[dict[str, list[Side]], dict[str, list[Side]], re.Pattern[str]]:
    english = _sides(_ENGLISH, lambda word: tokens(word)[0].norm)
    chinese = _sides(_CHINESE, str)
    longest_first = sorted(chinese, key=len, reverse=True)
    return english, chinese, re.compile("|".join(map(re.escape, longest_first)))


def _sides(pairs: str, norm: Callable[[str], str]) -> dict[str, list[Side]]:
    """A pair is named by its first word."""
    found: dict[str, list[Side]] = {}
    for line in re.sub(r"\n +", " ", pairs.strip()).splitlines():
        name = line.split()[0]
        for sign, words in zip((1, -1), line.split(" / "), strict=True):
            for word in dict.fromkeys(map(norm, words.split())):
                found.setdefault(word, []).append((name, sign))
    return found


DUTIES = ("allow", "允许")  # pairs that are cues of duties, too
_MOVING = _CHINESE.split(maxsplit=1)[0]
