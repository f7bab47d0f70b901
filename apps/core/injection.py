"""Questions that try to overrule the program's instructions: told by their words, zh and en.

A sign for those who watch (the request ledger), never a reason to refuse: rules of an answer hold
whatever a question says (docs/adr/0022). The ways in which such words are hidden follow OWASP's LLM
Prompt Injection Prevention Cheat Sheet: https://cheatsheetseries.owasp.org/
"""

import base64
import binascii
import re
import unicodedata

MOST_CHARACTERS = 6_000  # of a question that is looked at: its beginning and its end
_ENCODED = re.compile(r"[A-Za-z0-9+/_-]{24,}={0,2}|(?:[0-9a-fA-F]{2}[\s:]?){16,}")
_SPACED = re.compile(r"(?:\b[^\W\d_][\s._*|-]{1,3}){5,}[^\W\d_]\b")  # i g n o r e
_LOOKALIKES = str.maketrans(
    "0134578@$!аеорсухіјѕԁӏοαετικν", "oieastbasiaeopcyxijsdloaetikv"
)  # digits and Cyrillic or Greek letters for Latin ones

_ALL = r"(?:all|any|every|each|the|your|my|these|those|of|and|or|above|earlier|prior|previous|preceding|foregoing|initial|original|former|system|safety|hidden|secret)"
_ORDERS = r"(?:instructions?|prompts?|rules?|guidelines?|directives?|directions|commands?|constraints|restrictions|programming|guardrails|safeguards|filters|policies|context|conversation)"
_ENGLISH = (
    rf"\b(?:ignore|disregard|forget|bypass|override|overrule|neglect|skip|drop|discard|dismiss)\b(?:\W+\w+){{0,2}}?(?:\W+{_ALL}){{1,6}}\W+(?:\w+\W+)?{_ORDERS}\b",
    r"\b(?:ignore|disregard|forget)\W+(?:everything|all|anything|whatever)\b(?:\W+\w+){0,3}?\W+(?:above|before|previous(?:ly)?|prior|so far|told|said|learned|know)\b",
    r"\b(?:do not|don't|dont|never|stop)\W+(?:follow|obey|following|obeying|adhering|adhere)\b(?:\W+\w+){0,2}?\W+(?:your|the|any|previous|prior|system)\W+(?:\w+\W+)?(?:instructions?|prompts?|rules?|guidelines?)\b",
    rf"\b(?:reveal|show|print|repeat|output|display|leak|expose|dump|recite|disclose|give me|tell me|what (?:is|are|was|were))\b(?:\W+\w+){{0,3}}?\W+(?:your|the|its|my)\W+(?:(?:full|entire|exact|complete|hidden|secret|initial|original|internal|first)\W+){{0,3}}(?:system|developer|initial|original|hidden|secret)\W+(?:prompts?|messages?|instructions?|rules?)\b(?!\W+(?:of|for|in|on|from|at|by)\b)",
    r"\b(?:repeat|print|output|show)\b(?:\W+\w+){0,3}?\W+(?:everything|words|text|all)\W+(?:\w+\W+)?(?:above|before)\b(?:\W+\w+){0,4}?\W+(?:starting|beginning|verbatim|word for word|prompt|instructions?|message)\b",
    r"\byou\s+are\s+(?:now|no longer)\b(?:\W+\w+){0,8}?\W+(?:bot|ai|assistant|model|dan|mode|unrestricted|unfiltered|jailbroken|bound|limited|restricted|hacker|root)\b",
    r"\b(?:from now on|pretend|act as|behave as|roleplay as|simulate|imagine)\b(?:\W+\w+){0,10}?\W+(?:no (?:rules|restrictions|limits|filters?|guidelines|safety)|without (?:any )?(?:rules|restrictions|limits|filters?|limitations|guidelines|censorship)|unrestricted|unfiltered|uncensored|jailbroken|developer mode|dan\b|do anything now)",
    r"\b(?:enable|activate|enter|switch to|go into|turn on)\W+(?:\w+\W+)?(?:developer|dan|debug|god|jailbreak|admin|unrestricted|maintenance|root)\W+mode\b",
    r"\b(?:do anything now|jailbreak(?:ed|ing)? (?:mode|prompt|you|yourself|this))\b",
    r"\b(?:new|updated|real|actual|revised|override)\W+(?:system\W+)?(?:instructions?|prompt|directives?)\s*[:=]",
    r"(?:<\|(?:im_start|im_end|system|user|assistant|endoftext|eot_id|start_header_id)[^>]{0,12}\|?>|\[/?inst\]|<</?sys>>|<start_of_turn>|###\s*(?:system|instruction)s?\s*:|^\s*(?:system|developer)\s*:\s*\S)",
    r"</?(?:system|instructions?|passages?|context|documents?)(?:\s[^>]{0,40})?>",
    r"\b(?:bypass|evade|circumvent|disable|turn off|remove)\b(?:\W+\w+){0,2}?\W+(?:(?:document )?access (?:control|rights?|restrictions?)\W+and\b|permissions? checks?|restrictions? (?:on|of) you|your (?:\w+\W+)?(?:restrictions?|limits?|limitations?|filters?|guardrails?|safety))\b",
    r"\b(?:answer|respond|reply)\b(?:\W+\w+){0,4}?\W+(?:without|ignoring)\W+(?:checking|regard(?:ing)? (?:to|for))?(?:\W+\w+){0,2}?\W*(?:permissions?|access rights?|your rules|your instructions|the rules above)\b",
)  # fmt: skip
_BEFORE = r"(?:之前|以前|先前|上面|上述|以上|前面|此前|原有|原先|原来|原來|所有|一切|任何|全部|系统|系統|预设|預設|你的|您的|安全|内置|內置)"
_RULES = r"(?:指令|指示|提示词|提示詞|提示语|提示語|系统提示|系統提示|规则|規則|规定|規定|设定|設定|约束|約束|限制|命令|要求|对话|對話|内容|內容|说明|說明)"
_CHINESE = (
    rf"(?:忽略|忽视|忽視|无视|無視|忘记|忘記|忘掉|抛开|拋開|不要遵守|不要遵循|别遵守|別遵守|不再遵守|不用遵守|不必遵守|不用理会|不要理会|不要理會|违背|違背|跳过|跳過|绕过|繞過|覆盖|覆蓋|取消|解除)(?:掉|了|你|您|我|们|們|的|所|有|把){{0,4}}(?:{_BEFORE}的?){{1,4}}.{{0,6}}?{_RULES}",
    rf"(?:把|将|將)?(?:{_BEFORE}的?){{1,4}}.{{0,4}}?{_RULES}.{{0,4}}?(?:都|全部|全都|统统|統統)?(?:忽略|忘掉|忘记|忘記|无视|無視|作废|作廢|抛开|拋開|不算数|不算數|失效|无效|無效)",
    r"(?:输出|輸出|显示|顯示|打印|列印|重复|重複|复述|複述|泄露|洩露|透露|告诉我|告訴我|说出|說出|公开|公開|展示|给我看|給我看).{0,6}?(?:你|您|系统|系統|完整|初始|隐藏|隱藏|内部|內部|原始).{0,6}?(?:提示词|提示詞|提示语|提示語|系统指令|系統指令|系统提示|系統提示|初始指令|初始设定|初始設定|隐藏指令|隱藏指令|内部指令|內部指令|预设指令|預設指令|prompt)",
    r"(?:你|您)(?:的|們的|们的)?(?:系统|系統|初始|隐藏|隱藏|原始|内部|內部)(?:提示词|提示詞|提示语|提示語|提示|指令|设定|設定)(?:是什么|是什麼|是啥|有哪些|內容|内容|原文)",
    r"(?:你现在|你現在|从现在开始|從現在開始|从现在起|從現在起|现在起|現在起|请扮演|請扮演|假装|假裝|扮演|假设你|假設你).{0,20}?(?:没有|沒有|不受|无|無|摆脱|擺脫|突破|解除|不再受|不需要遵守|不用遵守).{0,8}?(?:限制|约束|約束|规则|規則|审查|審查|束缚|束縛|过滤|過濾|道德)",
    r"(?:进入|進入|开启|開啟|打开|打開|启用|啟用|切换到|切換到|激活).{0,4}?(?:开发者|開發者|调试|調試|除錯|越狱|越獄|上帝|管理员|管理員|无限制|無限制|dan)(?:模式|权限|權限)",
    r"(?:越狱|越獄)(?:模式|提示|你|自己)",
    r"(?:绕过|繞過|绕开|繞開|突破|关闭|關閉|无视|無視|跳过|跳過|解除).{0,4}?(?:你的|您的|权限|權限|访问|訪問).{0,4}?(?:限制|检查|檢查|控制|过滤|過濾|审查|審查|规则|規則|机制|機制|策略)",
    r"(?:新的|真正的|最新的?)(?:系统|系統)?(?:指令|提示词|提示詞|命令)(?:是|如下|：|:)",
)  # fmt: skip
_WORDS = re.compile("|".join(f"(?:{one})" for one in _ENGLISH), re.IGNORECASE | re.MULTILINE)
_CHARACTERS = re.compile("|".join(f"(?:{one})" for one in _CHINESE), re.IGNORECASE)
# With nothing between the letters: what is left of words that were taken apart.
_RUN_TOGETHER = re.compile(
    r"(?:ignore|disregard|forget|bypass|override)(?:all|any|the|your|my|these|those|of|above|earlier|prior|previous|system)+(?:instructions?|prompts?|rules|guidelines|directives)"
    r"|(?:reveal|show|print|repeat|leak|dump)(?:me)?(?:your|the)(?:full|entire|hidden|secret|initial)*(?:system|developer)(?:prompt|message|instructions)"
    r"|doanythingnow|youarenowdan|(?:enable|enter|activate)(?:developer|dan|jailbreak)mode"
)


def is_injection(text: str) -> bool:
    """Whether the text carries such an attempt, also spaced out, in look-alike or full-width
    letters, reversed, or in base64 or hex. Some milliseconds at most, whatever the text."""
    if len(text) > MOST_CHARACTERS:
        text = text[: MOST_CHARACTERS // 2] + "\n" + text[-MOST_CHARACTERS // 2 :]
    plain = text.lower() if text.isascii() else _plain(text)
    return _is_plain_attempt(plain) or any(map(_is_plain_attempt, _decoded(text)))


def _is_plain_attempt(text: str) -> bool:
    return bool(
        _WORDS.search(text)
        or (not text.isascii() and _CHARACTERS.search(_without_gaps(text)))
        or (_SPACED.search(text) and _RUN_TOGETHER.search(_letters(text)))
        or _RUN_TOGETHER.search(_letters(text.translate(_LOOKALIKES)))
        or _RUN_TOGETHER.search(_letters(text[::-1]))
    )


def _plain(text: str) -> str:
    """In compatible, small letters without accents and without what cannot be seen."""
    parts = unicodedata.normalize("NFKD", text)
    kept = (one for one in parts if unicodedata.category(one) not in {"Mn", "Cf", "Co"})
    return unicodedata.normalize("NFKC", "".join(kept)).lower().replace("’", "'")


def _letters(text: str) -> str:
    return "".join(one for one in text if one.isalpha())


def _without_gaps(text: str) -> str:
    """Chinese with what was put between the characters taken out."""
    return re.sub(r"(?<=[\u3400-\u9fff])[\s._*|/\\,，·、。~-]{1,3}(?=[\u3400-\u9fff])", "", text)


def _decoded(text: str) -> list[str]:
    found = []
    for match in _ENCODED.finditer(text):
        for read in (_base64, _hex):
            if told := read(match.group()):
                found.append(_plain(told))
    return found


def _base64(text: str) -> str:
    body = text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(body + "=" * (-len(body) % 4)).decode("utf-8")
    except (binascii.Error, ValueError):
        return ""


def _hex(text: str) -> str:
    try:
        return bytes.fromhex(re.sub(r"[\s:]", "", text)).decode("utf-8")
    except ValueError:
        return ""
