"""Questions that an English sentence answers, by its form."""

import re
from collections.abc import Iterator, Mapping

Pair = tuple[str, str]  # question, answer

_SUBJECT = r"(?P<s>(?:(?:The|A|An|All|Every|Each) )?[A-Z]?[\w'’/-]+(?: [\w'’/&-]+){0,7}?)"
_NUMBER = r"(?P<n>(?:about |at most |at least |up to )?(?:[€$£] ?)?\d[\d,.]*(?: ?%)?)"
_REST = r"(?:(?!\b(?:and|or|which|that|but|who)\b)[^,;]){1,60}"
_WORD = r"(?!(?:a|an|the|per|each|every|and|or|in|on|at|to|for|before|after|from)\b)[a-z-]+"
_BASE: Mapping[str, str] = {
    "gets": "get", "get": "get", "has": "have", "have": "have", "receives": "receive",
    "receive": "receive", "needs": "need", "need": "need", "takes": "take", "take": "take",
    "lasts": "last", "last": "last", "holds": "hold", "hold": "hold", "costs": "cost",
    "cost": "cost", "contains": "contain", "contain": "contain", "employs": "employ",
    "pays": "pay", "pay": "pay", "weighs": "weigh", "earns": "earn", "allows": "allow",
    "requires": "require", "require": "require", "covers": "cover", "cover": "cover",
}  # fmt: skip
_COUNTED = re.compile(
    rf"^{_SUBJECT} (?P<v>{'|'.join(_BASE)}) {_NUMBER} "
    rf"(?P<u>[a-z-]+(?: of {_WORD}(?: {_WORD})?)?)(?P<rest>(?: {_REST})?)$"
)
_BY = re.compile(
    rf"^{_SUBJECT} (?P<v>is|are|was|were) (?P<p>[a-z]+(?:ed|en|wn|ght|de|lt)) by "
    r"(?P<x>(?:the |an? )?[A-Z]?[\w.'’-]+(?: (?!in\b|on\b|at\b|for\b|since\b)[\w.'’-]+){0,4})"
)
_WHEN = re.compile(
    rf"^{_SUBJECT} (?P<v>opens|closes|meets|starts|begins|ends|expires|lapses) "
    r"(?P<x>(?:at|on|in|every|each) [^,;]{2,50})$"
)
_WITHIN = re.compile(
    rf"^{_SUBJECT} (?P<m>must|should|has to be|have to be|may) be "
    r"(?P<p>[a-z]+(?:ed|en|wn|ght|de|id)) "
    r"(?P<x>(?:within|before|by|until|no later than) [^,;]{2,60})$"
)
_IS = re.compile(
    r"^(?P<s>The (?:[\w'’/-]+ ){0,7}?[\w'’/-]+|[A-Z][\w/-]+(?: [A-Z][\w/-]+){1,4}) "
    r"(?P<v>is|are|was|were) (?P<x>(?!not\b|also\b|only\b|to\b|being\b|\w+(?:ed|en)\b)"
    r"(?:(?!\band\b)[^,;]){3,80})$"
)
_KEY = re.compile(
    r"^(?!(?:From|To|Cc|Bcc|Subject|Date|Note|Example|Warning|Caution|Tip|Never|Always|Do)\b)"
    r"(?P<k>[A-Z][\w/&-]+(?: [\w/&-]+){0,2}): (?P<x>[^:;]{2,80})$"
)
_POINTERS = re.compile(
    r"^(?:It|They|He|She|We|You|I|This|That|These|Those|There|Here|Such|Both|Each|What|Which|"
    r"However|If|When|Where|As|In|On|For|See|Note)\b"
)


def pairs_of(sentence: str, title: str) -> Iterator[Pair]:
    """Questions with their answers, the surest form first. Nothing for a sentence that leans on
    another one. An answer stands in the sentence as it is."""
    text = sentence.rstrip(" .!").strip()
    if _POINTERS.match(text):
        return
    if found := _COUNTED.match(text):
        verb = _BASE[found["v"]]
        does = "does" if found["v"] != verb else "do"
        unit = found["u"]
        words = f"How many {unit} {does} {_lowered(found['s'])} {verb}{found['rest']}?"
        if "%" not in found["n"] and not re.search(r"[€$£]", found["n"]):
            yield words, f"{found['n']} {unit.partition(' of ')[0]}"
    if found := _BY.match(text):
        yield f"By whom {found['v']} {_lowered(found['s'])} {found['p']}?", found["x"]
    if found := _WHEN.match(text):
        verb = re.sub(r"s$", "", found["v"])
        yield f"When does {_lowered(found['s'])} {verb}?", found["x"]
    if found := _WITHIN.match(text):
        verb = found["m"] if found["m"] in ("must", "should", "may") else "must"
        yield f"By when {verb} {_lowered(found['s'])} be {found['p']}?", found["x"]
    if (found := _IS.match(text)) and " by " not in found["x"]:
        yield f"What {found['v']} {_lowered(found['s'])}?", found["x"]
    if found := _KEY.match(text):
        yield f"What is the {_lowered(found['k'])} in “{title}”?", found["x"]


def _lowered(subject: str) -> str:
    """As inside a sentence: a name or an abbreviation keeps its capitals."""
    first, _, rest = subject.partition(" ")
    is_name = first[1:] != first[1:].lower() or (rest[:1].isupper() and first not in _ARTICLES)
    return subject if is_name else subject[:1].lower() + subject[1:]


_ARTICLES = frozenset({"The", "A", "An", "All", "Every", "Each"})
