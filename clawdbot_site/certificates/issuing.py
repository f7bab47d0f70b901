"""Certificates of servers: given, renewed in time, looked at."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from apps.core.errors import ClawdbotError, Invalid
from clawdbot_site.certificates import files, names
from clawdbot_site.certificates.authority import SLACK, Authority, sign

CERTIFICATE, KEY = "certificate.pem", "certificate-key.pem"
LIFE = timedelta(days=397)
SHORTEST = timedelta(days=1)
RENEWED_AT = 1 / 3  # of its life is left


@dataclass(frozen=True, slots=True)
class Facts:
    """What a certificate says."""

    names: list[str]
    issuer: str
    not_before: datetime
    not_after: datetime

    @property
    def left(self) -> timedelta:
        """How long it is still good; negative when it is over."""
        return self.not_after - datetime.now(UTC)

    @property
    def is_due(self) -> bool:
        """Whether it is time to renew it."""
        return self.left < (self.not_after - self.not_before) * RENEWED_AT


def certificate_issue(
    authority: Authority, hosts: Iterable[str], *, folder: Path, life: timedelta = LIFE
) -> Facts:
    """Write a certificate for hosts and addresses, and a new key for it, into a folder.

    Clients need the authority's certificate and no other: nothing lies between. Raises Invalid.
    """
    sans = names.general_names(hosts)
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = sign(authority, sans, key, life)
    files.key_write(folder / KEY, key)
    files.certificate_write(folder / CERTIFICATE, certificate)
    return _facts_of(certificate)


def certificate_renew(authority: Authority, *, folder: Path, is_sure: bool = False) -> bool:
    """Give the certificate of a folder anew, for the same names and as long, when it is due, or its
    key is gone or another's. Tells whether it did. Raises Invalid when another authority gave it.
    """
    old = files.certificate_read(folder / CERTIFICATE)
    try:
        old.verify_directly_issued_by(authority.certificate)
    except (ValueError, TypeError, InvalidSignature):
        raise Invalid(
            f"{folder / CERTIFICATE} was given by another authority, {_name(old.issuer)}. "
            "For one of this authority: clawdbot tls issue"
        ) from None
    facts = _facts_of(old)
    if not (is_sure or facts.is_due) and _has_key(folder):
        return False
    life = max(facts.not_after - facts.not_before - SLACK, SHORTEST)
    certificate_issue(authority, facts.names, folder=folder, life=life)
    return True


def certificate_facts(path: Path) -> Facts:
    """What the first certificate of a file says. Raises NotFound or Invalid."""
    return _facts_of(files.certificate_read(path))


def is_key_of(key: Path, certificate: Path) -> bool:
    """Whether both files belong together, whatever kind of key it is. Raises NotFound, Invalid."""
    public = files.certificate_read(certificate).public_key()
    try:
        private = serialization.load_pem_private_key(key.read_bytes(), password=None)
    except (TypeError, ValueError):
        raise Invalid(f"{key} is no key in PEM without a passphrase.") from None
    return private.public_key() == public


def _has_key(folder: Path) -> bool:
    try:
        return is_key_of(folder / KEY, folder / CERTIFICATE)
    except (ClawdbotError, OSError):
        return False


def _facts_of(certificate: x509.Certificate) -> Facts:
    try:
        sans = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        sans = x509.SubjectAlternativeName([])
    return Facts(
        names=names.texts(sans),
        issuer=_name(certificate.issuer),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
    )


def _name(subject: x509.Name) -> str:
    common = subject.get_attributes_for_oid(x509.oid.NameOID.COMMON_NAME)
    return str(common[0].value) if common else subject.rfc4514_string()
