"""Compressing, encrypting and naming what lies in a backup (ADR 31).

Keys: the passphrase gives a key by scrypt (RFC 7914), which opens the repository's master key; HKDF
(RFC 5869) draws two keys from that: one for AES-256-GCM (NIST SP 800-38D, random 96-bit nonces),
one for names (HMAC-SHA-256).
"""

import hashlib
import hmac
import os
import zlib
from dataclasses import dataclass
from typing import Annotated, Literal, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from django.utils.translation import gettext_noop
from pydantic import BaseModel, ConfigDict, Field, model_validator

from apps.ops.backups.refusals import BackupDamaged, WrongPassphrase, told

NONCE_BYTES, KEY_BYTES = 12, 32
MOST_BYTES = 2**30  # of memory for a moment, whatever a header says
LEVEL = 1  # of zlib: two thirds of what the highest saves, in a tenth of the time
SAMPLE_BYTES, WORTH = 16 * 1024, 0.95
RAW, DEFLATED = b"r", b"z"
Digits = Annotated[str, Field(pattern=r"^([0-9a-f]{2})+$")]


class PassphraseKey(BaseModel):
    """How the key of a passphrase is made. OWASP's second choice of costs: 64 MB for a moment."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kdf: Literal["scrypt"] = "scrypt"
    n: int = Field(2**16, ge=2, le=2**22)
    r: int = Field(8, ge=1, le=64)
    p: int = Field(2, ge=1, le=64)
    salt: Digits

    @model_validator(mode="after")
    def _can_be_paid(self) -> Self:
        if self.n & (self.n - 1) or 128 * self.n * self.r > MOST_BYTES:
            raise ValueError("a power of two, and costs that a machine can bear")
        return self

    def of(self, passphrase: str) -> bytes:
        """The key that this passphrase gives."""
        kdf = Scrypt(salt=bytes.fromhex(self.salt), length=KEY_BYTES, n=self.n, r=self.r, p=self.p)
        return kdf.derive(passphrase.encode())


def passphrase_key() -> PassphraseKey:
    """A way with a salt of its own."""
    return PassphraseKey(salt=os.urandom(16).hex())  # type: ignore[call-arg]


def wrapped(master: bytes, key: bytes) -> str:
    """The master key, encrypted, in hexadecimal digits."""
    nonce = os.urandom(NONCE_BYTES)
    return (nonce + AESGCM(key).encrypt(nonce, master, b"master")).hex()


def unwrapped(text: str, key: bytes) -> bytes:
    """The master key. Raises WrongPassphrase."""
    sealed = bytes.fromhex(text)
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], b"master")
    except InvalidTag:
        text = gettext_noop("This is not the passphrase of these backups.")
        raise told(WrongPassphrase, text) from None


@dataclass(frozen=True, slots=True)
class Sealer:
    """Seals what is stored under a name, and opens it. Safe in many threads."""

    naming: bytes
    cipher: AESGCM | None  # None: not encrypted, a checksum instead

    @classmethod
    def of(cls, master: bytes, *, is_encrypted: bool) -> "Sealer":
        """With the keys that the master key gives."""
        cipher = AESGCM(_drawn(master, b"clawdbot-backup seal")) if is_encrypted else None
        return cls(_drawn(master, b"clawdbot-backup name"), cipher)

    def name(self, kind: str, content: bytes) -> str:
        """64 hexadecimal digits: the same for the same content, and without the key no trace of
        it."""
        return hmac.digest(self.naming, kind.encode() + b"\0" + content, "sha256").hex()

    def seal(self, content: bytes, *, name: str) -> bytes:
        """What is stored: it opens under this name only."""
        body = DEFLATED + zlib.compress(content, LEVEL) if _shrinks(content) else RAW + content
        if self.cipher is None:
            return hashlib.sha256(name.encode() + body).digest() + body
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self.cipher.encrypt(nonce, body, name.encode())

    def unseal(self, sealed: bytes, *, name: str) -> bytes:
        """The content. Raises BackupDamaged when a single bit is not as it was stored."""
        body = self._body(sealed, name)
        if body[:1] == RAW:
            return body[1:]
        try:
            return zlib.decompress(body[1:])
        except zlib.error:
            raise _damaged(name) from None

    def _body(self, sealed: bytes, name: str) -> bytes:
        if self.cipher is None:
            digest, body = sealed[:32], sealed[32:]
            if hashlib.sha256(name.encode() + body).digest() != digest:
                raise _damaged(name)
            return body
        try:
            return self.cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], name.encode())
        except (InvalidTag, ValueError):
            raise _damaged(name) from None


def _shrinks(content: bytes) -> bool:
    """Whether compressing is worth its time, by a piece out of the middle: PDFs and office files
    are compressed already."""
    sample = content[len(content) // 2 :][:SAMPLE_BYTES]
    return len(zlib.compress(sample, LEVEL)) < len(sample) * WORTH


def _drawn(master: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose).derive(master)


def _damaged(name: str) -> BackupDamaged:
    text = gettext_noop("%(name)s in the backups is damaged. See: clawdbot backup verify")
    return told(BackupDamaged, text, name=name)
