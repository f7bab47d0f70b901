"""What asks nothing ("hello", "谢谢", "???") gets a friendly line, not a search."""

import re
from enum import StrEnum

from django.db.models import QuerySet
from django.utils.translation import get_language

from apps.generation.models import Trace
from apps.generation.wording import AnswerLanguage, language_of

COURTESY = "courtesy"  # the engine's name in answers and traces


class Remark(StrEnum):
    """What was said instead of a question."""

    GREETING = "greeting"
    THANKS = "thanks"
    ABOUT = "about"
    WORDLESS = "wordless"


_EN = {
    Remark.GREETING: r"(?:(?:hi|hello|hey|greetings)(?: there| all| again)?"
    r"|good (?:morning|afternoon|evening|day))",
    Remark.THANKS: r"(?:(?:(?:ok|okay|great|perfect) )?(?:many thanks|thanks|thank you|thx|cheers)"
    r"(?: a lot| so much| very much)?|ok|okay|great|perfect|good ?bye|bye)",
    Remark.ABOUT: r"(?:help|who are you|what are you|what can you do(?: for me)?"
    r"|how can you help(?: me)?|what can i ask(?: you)?|how does this work)",
}
_ZH = {
    Remark.GREETING: r"[你您]好[啊呀吗嗎]?|大家好|嗨|哈[喽囉啰]|在[吗嗎]|[早晚]安"
    r"|(?:早上|上午|中午|下午|晚上)好",
    Remark.THANKS: r"(?:好的? ?|非常|十分|太)?(?:谢谢|謝謝|多谢|多謝|感谢|感謝)[你您]?(?:了|啦)?"
    r"|好的|收到|再见|再見|拜拜",
    Remark.ABOUT: r"[你您](?:是[谁誰]|(?:是|[会會]|能做|可以做|能[帮幫]我)什[么麼])"
    r"|[帮幫]助|怎[么麼]用",
}
_PATTERNS = [
    (remark, re.compile(f"(?:{_EN[remark]}|{_ZH[remark]})", re.IGNORECASE)) for remark in _EN
]
_NO_WORD = re.compile(r"[\W_]+")

REPLIES: dict[Remark, dict[AnswerLanguage, str]] = {
    Remark.GREETING: {
        "en": "Hello! Ask me something, and I look for the answer in your documents.",
        "zh-hans": "您好！请提出您的问题，我会在文档中为您查找答案。",
        "zh-hant": "您好！請提出您的問題，我會在文件中為您尋找答案。",
    },
    Remark.THANKS: {
        "en": "Gladly. Ask whenever you want to know more.",
        "zh-hans": "不客气，有问题随时提出。",
        "zh-hant": "不客氣，有問題隨時提出。",
    },
    Remark.ABOUT: {
        "en": "I look for answers in the documents that you may read, and show the source of each. "
        "Ask in a whole sentence, in English or Chinese.",
        "zh-hans": "我在您可以查阅的文档中查找答案，并注明每个答案的来源。"
        "请用完整的句子提问，中文英文均可。",
        "zh-hant": "我在您可以查閱的文件中尋找答案，並註明每個答案的來源。"
        "請用完整的句子提問，中文英文均可。",
    },
    Remark.WORDLESS: {
        "en": "Write in words what you want to know, and I look for the answer in your documents.",
        "zh-hans": "请用文字写下您想了解的内容，我会在文档中为您查找答案。",
        "zh-hant": "請用文字寫下您想了解的內容，我會在文件中為您尋找答案。",
    },
}


def remark_in(text: str) -> Remark | None:
    """What `text` says when it asks nothing; None for everything that may be a question.

    The whole text must be such a remark: "Hello, how many days of leave?" is a question.
    """
    words = _NO_WORD.sub(" ", text).strip()
    if not words:
        return Remark.WORDLESS
    return next((remark for remark, found in _PATTERNS if found.fullmatch(words)), None)


def reply_to(text: str) -> str:
    """The line that answers such a remark, in its language; empty for a question.

    Without any word the language is that of the interface, which also decides between simplified
    and traditional Chinese where the words are written the same in both.
    """
    remark = remark_in(text)
    if remark is None:
        return ""
    written, spoken = language_of(text), _of_interface()
    is_open = remark is Remark.WORDLESS or (written, spoken) == ("zh-hans", "zh-hant")
    return REPLIES[remark][spoken if is_open else written]


def questions_asked() -> QuerySet[Trace]:
    """What was asked, in no order: greetings and thanks were no questions."""
    return Trace.objects.filter(kind=Trace.Kind.ASK).exclude(engine=COURTESY).order_by()


def _of_interface() -> AnswerLanguage:
    active = (get_language() or "").lower()
    if active.startswith("zh"):
        return "zh-hant" if "hant" in active else "zh-hans"
    return "en"
