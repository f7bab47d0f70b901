"""Taking out of texts what nobody outside may read: names, addresses, what people wrote."""

import ipaddress
import re
from collections.abc import Iterable, Mapping
from enum import StrEnum

from apps.core.request_ids import HEADER

_WORD = re.compile(r"[\w.@+-]+")
_ADDRESS = re.compile(
    r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?!\w|\.\d)"
    r"|(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![\w:])"
)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_URL = re.compile(r"\b([a-z][a-z0-9+.-]*)://[^\s'\"<>]*")
_PATH = re.compile(
    r"(?<![\w.:/])/(?!(?:dev|proc|sys|usr|etc|bin|lib|api|admin)/)(?:[\w.@+-]+/)+[\w.@+-]*"
)
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff][\u3000-\u9fff\uf900-\ufaff\uff00-\uffef]*")
_NUMBER = re.compile(r"[+-]?\d{1,9}(?:\.\d+)?(?:e-?\d+)? ?(?:s|ms|%|MB|GB|kB|bytes)?")
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_HEX = re.compile(r"[0-9a-f]{12,}")
_KIND = re.compile(r"[A-Z]\w+(?:Error|Exception|Exit|Interrupt|Warning|Away|Damaged|Timeout)")
_PLAIN = frozenset({"True", "False", "None", "none", "", "-", HEADER})
_TOKEN = re.compile(
    r"(?i)\b(bearer|basic|password|passwd|pwd|secret|token|api[_-]?key|passphrase|authorization)"
    r"(['\"]?\s*[:=]\s*['\"]?|\s+)((?:(?:bearer|basic)\s+)?[^\s'\",;&]{4,})"
)
_PEM = re.compile(r"-----BEGIN [A-Z ]+-----.*?(?:-----END [A-Z ]+-----|\Z)", re.DOTALL)
_KEPT_HEX = 8
GONE = "‹secret›"


class Keep(StrEnum):
    """What may stay, where somebody says so. Secrets never do."""

    ADDRESSES = "addresses"
    NAMES = "names"
    MESSAGES = "messages"


class Redactor:
    """Writes the same stand-in for the same name or address wherever it stands."""

    def __init__(
        self,
        *,
        names: Mapping[str, str],
        secrets: Iterable[str],
        words: frozenset[str],
        keep: frozenset[Keep] = frozenset(),
    ) -> None:
        """`names`: each with what it is of (user, node); `words`: the program's own, no names."""
        self.keep = keep
        self.taken_out = 0
        self._stand_ins: dict[str, str] = {}
        self._counts: dict[str, int] = {}
        self._words = words
        self._secrets = sorted({one for one in secrets if len(one) >= 4}, key=len, reverse=True)
        self._names = {name: kind for name, kind in names.items() if self._is_telling(name)}
        parts = sorted(map(re.escape, self._names), key=len, reverse=True)
        self._pattern = re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)") if parts else None

    def text(self, text: str) -> str:
        """A text that the program wrote about itself: names and addresses have stand-ins."""
        text = self.without_secrets(text)
        if Keep.NAMES not in self.keep:
            if self._pattern is not None:
                text = self._pattern.sub(lambda m: self._name(m[0]), text)
            text = _MAIL.sub(lambda m: self._stand_in("mail", m[0]), text)
            text = _PATH.sub("‹path›", text)
        return self._addresses(text)

    def hole(self, data: str) -> str:
        """A piece of data in a message: figures and ids stay, everything else has its length."""
        bare = data.strip("'\"“”()[],. ")
        if Keep.MESSAGES in self.keep:
            return self.text(data)
        if bare in _PLAIN or bare in self._words:
            return data
        if _NUMBER.fullmatch(bare) or _UUID.fullmatch(bare) or _KIND.fullmatch(bare):
            return data
        if _HEX.fullmatch(bare):
            return f"{bare[:_KEPT_HEX]}…"
        if _ADDRESS.fullmatch(bare):
            return self._addresses(bare)
        self.taken_out += 1
        return f"‹{len(data)}›"

    def without_secrets(self, text: str) -> str:
        """What opens something, known or by its look, is gone."""
        for secret in self._secrets:
            if secret in text:
                text = text.replace(secret, GONE)
        if "\n" in text:  # of a single line the rest would be left
            text = _PEM.sub(GONE, text)
        text = _TOKEN.sub(lambda m: f"{m[1]}{m[2]}{GONE}", text)
        return _URL.sub(_bare_url, text)

    def net(self, text: str) -> str:
        """The last look at a finished file: whatever slipped through goes now."""
        text = self.without_secrets(text)
        if Keep.NAMES not in self.keep:
            found = {word for word in _WORD.findall(text) if word in self._names}
            for name in sorted(found, key=len, reverse=True):
                text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", self._name(name), text)
            text = _MAIL.sub(lambda m: self._stand_in("mail", m[0]), text)
        if Keep.MESSAGES not in self.keep and Keep.NAMES not in self.keep:
            text = _HAN.sub(lambda m: f"‹{len(m[0])}›", text)
        return text

    def _is_telling(self, name: str) -> bool:
        return len(name) >= 2 and name not in self._words and not name.isdigit()

    def _addresses(self, text: str) -> str:
        if Keep.ADDRESSES in self.keep:
            return text
        return _ADDRESS.sub(lambda m: self._address(m[0]), text)

    def _address(self, text: str) -> str:
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            return text
        is_nobodys = address.is_loopback or address.is_unspecified
        return text if is_nobodys else self._stand_in("address", text)

    def _name(self, name: str) -> str:
        return self._stand_in(self._names[name], name)

    def _stand_in(self, kind: str, value: str) -> str:
        if value not in self._stand_ins:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            self._stand_ins[value] = f"‹{kind} {self._counts[kind]}›"
        self.taken_out += 1
        return self._stand_ins[value]


def _bare_url(found: re.Match[str]) -> str:
    """Of an address with a name and a password in it nothing but its scheme."""
    return f"{found[1]}://{GONE}" if "@" in found[0] else found[0]
