"""When two questions are the same but for their layout."""

import hashlib
import re
import unicodedata

_SPACE = re.compile(r"\s+")
_END = re.compile(r"[\W_]+$")


def question_key(text: str) -> str:
    """A hash (64 hexadecimal digits) that leaves out width, case, spaces, punctuation at the end.

    A text of nothing but punctuation keeps it.
    """
    folded = _SPACE.sub("", unicodedata.normalize("NFKC", text).casefold())
    return hashlib.sha256((_END.sub("", folded) or folded).encode()).hexdigest()
