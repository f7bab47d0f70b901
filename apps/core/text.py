"""What every part does with texts in the same way."""

import re
from typing import Any

from django.utils.translation import gettext

_CJK = re.compile(r"[㐀-䶿一-鿿豈-﫿]")
_LETTER = re.compile(r"[^\W\d_]")
CJK_SHARE = 0.2


def detect_language(text: str) -> str:
    """`zh` when at least a fifth of the letters are Han characters, else `en`."""
    letters = len(_LETTER.findall(text))
    return "zh" if letters and len(_CJK.findall(text)) / letters >= CJK_SHARE else "en"


def labelled(name: Any, what: Any) -> str:
    """What is said of something behind its name, with the colon of the language."""
    return gettext("%(name)s: %(what)s") % {"name": name, "what": what}
