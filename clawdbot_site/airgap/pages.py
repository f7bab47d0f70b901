"""Opening the pages of the site one after the other, as a browser would, and what they load."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

from clawdbot_site.airgap.visitor import Visitor

MOST_PAGES = 150
ALIKE = 2  # of the pages whose addresses differ in numbers and ids only
_LOADS = {
    "script": "src", "img": "src", "iframe": "src", "source": "src", "video": "src",
    "audio": "src", "embed": "src", "object": "data",
}  # fmt: skip
_LOADING_LINKS = frozenset(
    {"stylesheet", "icon", "preload", "modulepreload", "preconnect", "dns-prefetch", "prefetch",
     "manifest", "apple-touch-icon"}
)  # fmt: skip
_CSS = re.compile(r"""(?:url\(\s*['"]?|@import\s+['"])([^'")\s]+)""")
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+")
_NEVER = re.compile(r"log-?out|/delete|/i18n/")


@dataclass(slots=True)
class Tour:
    """What was opened. `foreign`: what pages load from elsewhere; `broken`: answered with 4xx, 5xx,
    or not at all; `unguarded`: without a policy that keeps their scripts from other hosts."""

    pages: int = 0
    files: int = 0
    unguarded: int = 0
    foreign: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


def tour(visitor: Visitor, starts: list[str]) -> Tour:
    """Open the pages that can be reached from these, and every file that they load."""
    seen, made = _Seen(), Tour()
    waiting = [path for path in starts if seen.is_new_page(path)]
    while waiting and made.pages < MOST_PAGES:
        path = waiting.pop(0)
        answer = visitor.get(path)
        made.pages += 1
        if answer.is_broken:
            made.broken.append(f"{path}: {answer.status}")
        if "html" not in answer.kind:
            continue
        made.unguarded += not answer.is_guarded
        found = _Links()
        found.feed(answer.text)
        for link in found.leads_to:
            target = urlsplit(urldefrag(urljoin(path, link))[0])
            if (
                not target.netloc
                and target.scheme in ("", "http")
                and seen.is_new_page(target.path)
            ):
                waiting.append(target.path)
        _load(visitor, path, found.loads, seen, made)
    return made


def _load(visitor: Visitor, page: str, loads: list[str], seen: "_Seen", made: Tour) -> None:
    for path, foreign in _targets(page, loads):
        if foreign:
            made.foreign.append(f"{page} loads {foreign}")
        elif path not in seen.files:
            seen.files.add(path)
            answer = visitor.get(path)
            made.files += 1
            if answer.is_broken:
                made.broken.append(f"{path} (of {page}): {answer.status}")
            elif "css" in answer.kind:
                _load(visitor, path, _CSS.findall(answer.text), seen, made)


def _targets(page: str, loads: list[str]) -> Iterator[tuple[str, str]]:
    """For each: its path here, or where else it would come from."""
    for link in loads:
        target = urlsplit(urljoin(page, link))
        if target.scheme in ("data", "blob") or not (target.path or target.netloc):
            continue
        yield (target.path, "") if not target.netloc else ("", link)


class _Seen:
    def __init__(self) -> None:
        self.files: set[str] = set()
        self._pages: set[str] = set()
        self._kinds: dict[str, int] = {}

    def is_new_page(self, path: str) -> bool:
        """Not opened yet, harmless to open, and not the third of its kind."""
        if path in self._pages or _NEVER.search(path) or path.startswith("/static/"):
            return False
        kind = _ID.sub("*", path)
        self._kinds[kind] = self._kinds.get(kind, 0) + 1
        self._pages.add(path)
        return self._kinds[kind] <= ALIKE


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.leads_to: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "a" and values.get("href", "").strip():
            self.leads_to.append(values["href"])
        elif tag == "link" and _LOADING_LINKS & set(values.get("rel", "").split()):
            self.loads.append(values.get("href", ""))
        elif tag in _LOADS and values.get(_LOADS[tag]):
            self.loads.append(values[_LOADS[tag]])
        if "style" in values:
            self.loads += _CSS.findall(values["style"])
